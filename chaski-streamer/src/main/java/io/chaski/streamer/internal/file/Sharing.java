package io.chaski.streamer.internal.file;

import io.chaski.core.ChaskiException;
import io.chaski.core.ChaskiNode;
import io.chaski.core.Edge;
import io.chaski.core.NodeId;
import io.chaski.core.Registration;
import io.chaski.core.stream.Stream;
import io.chaski.core.stream.StreamCode;
import io.chaski.core.stream.StreamException;
import io.chaski.core.stream.StreamListener;
import io.chaski.streamer.internal.thread.SerialExecutor;
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
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Which files this node shares, and which its peers do. Thread-safe. */
final class Sharing {

    private static final Logger log = LoggerFactory.getLogger(Sharing.class);

    /** Questions that wait for the disk; more are refused. */
    static final int MAX_QUESTIONS = 64;

    static final int MAX_QUESTIONS_PER_PEER = MAX_QUESTIONS / 4;

    /** A question and its answer take a message each; waiting for the disk does not count. */
    static final Duration MAX_IDLE = Duration.ofSeconds(30);

    private final ChaskiNode node;
    private final Holdings holdings;
    private final SerialExecutor serial;
    private final List<SharedDirectory> directories = new CopyOnWriteArrayList<>();
    private final OpenExchanges<Question> questions = new OpenExchanges<>(MAX_QUESTIONS, MAX_QUESTIONS_PER_PEER);
    private final LongSupplier clock;
    private final Registration served;

    Sharing(ChaskiNode node, Holdings holdings, Executor threads, LongSupplier clock) {
        this.node = node;
        this.holdings = holdings;
        this.serial = new SerialExecutor(threads);
        this.clock = clock;
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
        Question question = new Question(stream);
        if (!questions.add(question)) {
            stream.reset(StreamCode.LIMIT, "too many questions");
            return Serving.REFUSED;
        }
        return question;
    }

    /** Ends those that ask nothing, or have their answer and do not go. */
    void tick() {
        questions
                .idleSince(clock.getAsLong() - MAX_IDLE.toNanos())
                .forEach(question -> question.stream.reset(StreamCode.LIMIT, "idle"));
    }

    /** What a peer asks. */
    private final class Question implements StreamListener, OpenExchanges.Exchange {
        private final Stream stream;
        private final AtomicInteger working = new AtomicInteger();
        private volatile long usedNanos = clock.getAsLong();

        private Question(Stream stream) {
            this.stream = stream;
        }

        @Override
        public NodeId peer() {
            return stream.peer();
        }

        @Override
        public long usedNanos() {
            return working.get() > 0 ? clock.getAsLong() : usedNanos;
        }

        @Override
        public void onMessage(Stream same, byte[] message) {
            working.incrementAndGet();
            serial.execute(() -> {
                try {
                    answer(stream, message);
                } finally { // or it would be in use for ever
                    usedNanos = clock.getAsLong();
                    working.decrementAndGet();
                }
            });
        }

        @Override
        public void onEnd(Stream same) {
            serial.execute(() -> end(stream));
        }

        @Override
        public void onClosed(Stream same) {
            questions.remove(this);
        }

        @Override
        public void onFailed(Stream same, StreamException cause) {
            questions.remove(this);
        }
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

    /** What this node would tell others. */
    CompletableFuture<List<ShareMessage.Found>> own(Wildcard names) {
        CompletableFuture<List<ShareMessage.Found>> own = new CompletableFuture<>();
        serial.execute(() -> {
            try {
                directories.forEach(Sharing::refresh);
                own.complete(matching(new ShareMessage.Find(names)));
            } catch (RuntimeException | Error bug) { // whoever asks must not wait for ever
                own.completeExceptionally(bug);
            }
        });
        return own;
    }

    // ---- asking

    /**
     * Asks all connected peers; those that fail or are late are left out.
     *
     * @return fails if this node asks nobody: it closes, or its loop is stuck
     */
    CompletableFuture<Map<NodeId, List<ShareMessage.Found>>> ask(byte[] question, Duration limit) {
        try {
            return askAll(question, limit);
        } catch (ChaskiException | IllegalStateException refused) {
            return CompletableFuture.failedFuture(refused);
        }
    }

    private CompletableFuture<Map<NodeId, List<ShareMessage.Found>>> askAll(byte[] question, Duration limit) {
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
        questions.close().forEach(question -> question.stream.reset(StreamCode.REFUSED, "closed"));
        directories.forEach(SharedDirectory::close);
    }
}
