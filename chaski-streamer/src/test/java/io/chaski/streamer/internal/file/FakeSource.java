package io.chaski.streamer.internal.file;

import io.chaski.core.ChaskiNode;
import io.chaski.core.Registration;
import io.chaski.core.Topic;
import io.chaski.core.stream.Stream;
import io.chaski.core.stream.StreamException;
import io.chaski.core.stream.StreamListener;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;

/** A node that says about files what the test wants, and gives of them what the test wants. */
final class FakeSource {

    static final Map<String, String> METADATA = Map.of("for", "press");

    final FileHasher.Hashed hashed;
    private final Queue<Announcement.Offer> offers = new ConcurrentLinkedQueue<>();
    final AtomicInteger streams = new AtomicInteger();
    private final ChaskiNode node;
    private final Topic<byte[]> topic;
    private final byte[] content;
    private Registration served;

    FakeSource(ChaskiNode node, String topic, Path file, byte[] content) throws Exception {
        this.node = node;
        this.topic = Topic.bytes(Announcement.TOPIC_PREFIX + topic);
        this.content = content;
        this.hashed = FileHasher.hash(file, () -> false).orElseThrow();
        node.subscribe(this.topic, message -> onMessage(message.payload()));
    }

    /** Repeats what it offers when somebody asks, as a publisher does: the first time may be too early. */
    private void onMessage(byte[] message) {
        if (Announcement.decode(message)
                .filter(Announcement.Ask.class::isInstance)
                .isPresent()) {
            offers.forEach(this::say);
        }
    }

    /** Offers the file under a name, with whatever manifest. */
    void offer(long pushId, Manifest manifest, String name) {
        Announcement.Offer offer = new Announcement.Offer(pushId, manifest, name, METADATA);
        offers.add(offer);
        say(offer);
    }

    void offer(String name) {
        offer(7, hashed.manifest(), name);
    }

    void say(Announcement announcement) {
        node.publish(topic, announcement.encode());
    }

    /** Has some chunks and answers each request for one with what the test says. */
    void serve(BitSet has, Function<Integer, List<PullMessage>> answers) {
        served = node.streams().serve(PullMessage.PROTOCOL, stream -> {
            streams.incrementAndGet();
            return listener(has, answers);
        });
    }

    /** Offers and gives nothing more; the node may be used for something else. */
    void stop() {
        offers.clear();
        served.close();
    }

    private StreamListener listener(BitSet has, Function<Integer, List<PullMessage>> answers) {
        return new StreamListener() {
            @Override
            public void onMessage(Stream stream, byte[] message) {
                PullMessage request = PullMessage.decode(message);
                if (request instanceof PullMessage.Which which) {
                    if (which.withList()) {
                        send(
                                stream,
                                new PullMessage.ChunkHashes(
                                        ByteBuffer.wrap(hashed.list().encoded())));
                    }
                    send(stream, PullMessage.Book.of(hashed.manifest(), has));
                } else if (request instanceof PullMessage.Get get) {
                    answers.apply(get.chunk()).forEach(answer -> send(stream, answer));
                }
            }

            @Override
            public void onEnd(Stream stream) {
                stream.end();
            }
        };
    }

    private static void send(Stream stream, PullMessage message) {
        try {
            stream.send(message.encode());
        } catch (StreamException noLongerHeard) {
            // The receiver has found out, which is what the test is about.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    BitSet all() {
        BitSet all = new BitSet();
        all.set(0, hashed.manifest().chunks());
        return all;
    }

    /** The pieces of a chunk as they should be. */
    List<PullMessage> pieces(int chunk) {
        List<PullMessage> pieces = new ArrayList<>();
        int length = hashed.manifest().length(chunk);
        for (int offset = 0; offset < length; offset += PullMessage.MAX_PIECE_BYTES) {
            pieces.add(piece(chunk, offset, Math.min(PullMessage.MAX_PIECE_BYTES, length - offset)));
        }
        return pieces;
    }

    PullMessage piece(int chunk, int offset, int length) {
        int from = (int) hashed.manifest().position(chunk) + offset;
        return new PullMessage.Piece(
                chunk, offset, ByteBuffer.wrap(content, from, length).slice());
    }
}
