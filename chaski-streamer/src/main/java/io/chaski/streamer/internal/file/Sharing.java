package io.chaski.streamer.internal.file;

import io.chaski.core.ChaskiNode;
import io.chaski.core.Edge;
import io.chaski.core.NodeId;
import io.chaski.core.Registration;
import io.chaski.core.stream.Stream;
import io.chaski.core.stream.StreamCode;
import io.chaski.core.stream.StreamException;
import io.chaski.core.stream.StreamListener;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Which files this node shares, and which its peers do. Thread-safe. */
final class Sharing {

    private static final Logger log = LoggerFactory.getLogger(Sharing.class);

    /** Questions that wait for the disk; more are refused. */
    private static final int MAX_QUESTIONS = 64;

    private final ChaskiNode node;
    private final Holdings holdings;
    private final SerialExecutor serial;
    private final List<SharedDirectory> directories = new CopyOnWriteArrayList<>();
    private final AtomicInteger questions = new AtomicInteger();
    private final Registration served;

    Sharing(ChaskiNode node, Holdings holdings, Executor threads) {
        this.node = node;
        this.holdings = holdings;
        this.serial = new SerialExecutor(threads);
        this.served = node.streams().serve(ShareMessage.PROTOCOL, this::onStream);
    }

    /** Shares a directory once it has been read; its first question waits for that. */
    Registration share(Path directory) {
        SharedDirectory shared = new SharedDirectory(directory, holdings);
        directories.add(shared);
        serial.execute(() -> refresh(shared));
        return () -> {
            directories.remove(shared);
            shared.close();
            serial.execute(shared::forget);
        };
    }

    private static void refresh(SharedDirectory shared) {
        try {
            shared.refresh();
        } catch (IOException unreadable) {
            log.warn("cannot look for shared files: {}", unreadable.toString());
        }
    }

    // ---- answering

    private StreamListener onStream(Stream stream) {
        if (questions.incrementAndGet() > MAX_QUESTIONS) {
            questions.decrementAndGet();
            stream.reset(StreamCode.LIMIT, "too many questions");
            return (same, message) -> {};
        }
        return new StreamListener() {
            @Override
            public void onMessage(Stream same, byte[] message) {
                serial.execute(() -> answer(stream, message));
            }

            @Override
            public void onEnd(Stream same) {
                serial.execute(() -> end(stream));
            }

            @Override
            public void onClosed(Stream same) {
                questions.decrementAndGet();
            }

            @Override
            public void onFailed(Stream same, StreamException cause) {
                questions.decrementAndGet();
            }
        };
    }

    private static void end(Stream stream) {
        try {
            stream.end();
        } catch (StreamException ended) {
            log.debug("nobody waits for the answer any more");
        }
    }

    private void answer(Stream stream, byte[] message) {
        try {
            Record question = ShareMessage.question(message);
            directories.forEach(Sharing::refresh);
            if (!stream.offer(ShareMessage.answer(matching(question)))) {
                stream.reset(StreamCode.LIMIT, "one question at a time");
            }
        } catch (IllegalArgumentException malformed) {
            stream.reset(StreamCode.REFUSED, "malformed: " + malformed.getMessage());
        } catch (StreamException ended) {
            log.debug("nobody waits for the answer any more");
        }
    }

    private List<ShareMessage.Found> matching(Record question) {
        List<ShareMessage.Found> found = new ArrayList<>();
        for (SharedDirectory directory : directories) {
            for (SharedDirectory.Entry entry : directory.entries()) {
                Manifest manifest = entry.hashed().manifest();
                boolean isWanted = question instanceof ShareMessage.Who who
                        ? who.hash().equals(manifest.hash())
                        : question instanceof ShareMessage.Find find
                                && find.names().matches(entry.name());
                if (isWanted) {
                    found.add(new ShareMessage.Found(entry.name(), manifest));
                }
            }
        }
        return found;
    }

    // ---- asking

    /** Asks all connected peers; those that fail or are late are left out. */
    CompletableFuture<Map<NodeId, List<ShareMessage.Found>>> ask(byte[] question, Duration limit) {
        Map<NodeId, CompletableFuture<List<ShareMessage.Found>>> asked = new LinkedHashMap<>();
        for (Edge edge : node.edges()) {
            asked.put(
                    edge.peer(),
                    node.streams()
                            .request(edge.peer(), ShareMessage.PROTOCOL, question, limit)
                            .thenApply(ShareMessage::answered)
                            .exceptionally(failure -> {
                                log.debug("{} does not answer: {}", edge.peer().shortForm(), failure.toString());
                                return List.of();
                            }));
        }
        return CompletableFuture.allOf(asked.values().toArray(CompletableFuture<?>[]::new))
                .thenApply(all -> {
                    Map<NodeId, List<ShareMessage.Found>> found = new LinkedHashMap<>();
                    asked.forEach((peer, answer) -> found.put(peer, answer.join()));
                    return found;
                });
    }

    void close() {
        served.close();
        directories.forEach(SharedDirectory::close);
    }
}
