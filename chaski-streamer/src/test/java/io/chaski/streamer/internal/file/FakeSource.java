package io.chaski.streamer.internal.file;

import io.chaski.core.ChaskiNode;
import io.chaski.core.Registration;
import io.chaski.core.Topic;
import io.chaski.core.stream.Stream;
import io.chaski.core.stream.StreamException;
import io.chaski.core.stream.StreamListener;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;

/** A node that says about files what the test wants, and gives of them what the test wants. */
final class FakeSource {

    static final Map<String, String> METADATA = Map.of("for", "press");

    final FileHasher.Hashed hashed;
    private final KnownFile file;
    private final Queue<Announcement.Offer> offers = new ConcurrentLinkedQueue<>();
    private final Map<Manifest, Script> others = new ConcurrentHashMap<>();
    final AtomicInteger streams = new AtomicInteger();
    private final ChaskiNode node;
    private final Topic<byte[]> topic;
    private Registration served;

    /** What it has of a file, and what it says to each request for a chunk of it. */
    private record Script(KnownFile file, BitSet has, Function<Integer, List<PullMessage>> answers) {}

    FakeSource(ChaskiNode node, String topic, Path file) throws Exception {
        this.node = node;
        this.topic = Topic.bytes(Announcement.TOPIC_PREFIX + topic);
        this.file = new KnownFile(file);
        this.hashed = this.file.hashed;
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
        Script script = new Script(file, has, answers);
        served = node.streams().serve(PullMessage.PROTOCOL, stream -> {
            streams.incrementAndGet();
            return new Listener(script);
        });
    }

    /** Offers another file besides, says that it has all of it, and answers each request for a chunk with what the test says. */
    void offerAlso(
            long pushId,
            KnownFile other,
            Manifest manifest,
            String name,
            Function<Integer, List<PullMessage>> answers) {
        others.put(manifest, new Script(other, other.all(), answers));
        offer(pushId, manifest, name);
    }

    /** Offers and gives nothing more; the node may be used for something else. */
    void stop() {
        offers.clear();
        served.close();
    }

    /** Of one stream; until it has been told which file is meant, it is its own. */
    private final class Listener implements StreamListener {
        private Script script;

        private Listener(Script script) {
            this.script = script;
        }

        @Override
        public void onMessage(Stream stream, byte[] message) {
            PullMessage request = PullMessage.decode(message);
            if (request instanceof PullMessage.Which which) {
                script = others.getOrDefault(which.manifest(), script);
                if (which.withList()) {
                    send(stream, script.file().list());
                }
                send(stream, PullMessage.Book.of(script.file().manifest(), script.has()));
            } else if (request instanceof PullMessage.Get get) {
                script.answers().apply(get.chunk()).forEach(answer -> send(stream, answer));
            }
        }

        @Override
        public void onEnd(Stream stream) {
            stream.end();
        }
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
        return file.all();
    }

    List<PullMessage> pieces(int chunk) {
        return file.pieces(chunk);
    }

    PullMessage piece(int chunk, int offset, int length) {
        return file.piece(chunk, offset, length);
    }
}
