package io.chaski.streamer.internal.file;

import io.chaski.core.stream.Stream;
import io.chaski.core.stream.StreamCode;
import io.chaski.core.stream.StreamHandler;
import io.chaski.core.stream.StreamListener;
import io.chaski.streamer.internal.thread.SerialExecutor;
import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.function.LongSupplier;

/** Takes the streams of those who pull files from this node, within bounds. Thread-safe. */
final class Serving implements StreamHandler, AutoCloseable {

    /** A file descriptor each. */
    static final int MAX_SESSIONS = 512;

    /** What one node with the default options, or a few times as large ones, opens. */
    static final int MAX_SESSIONS_PER_PEER = 64;

    /** Whoever still wants something asks every half second, if only how much there is. */
    static final Duration MAX_IDLE = Duration.ofSeconds(60);

    static final StreamListener REFUSED = (stream, message) -> {};

    private final Holdings holdings;
    private final Executor threads;
    private final LongSupplier clock;
    private final FileCounters counters;
    private final OpenExchanges<ServingSession> sessions = new OpenExchanges<>(MAX_SESSIONS, MAX_SESSIONS_PER_PEER);

    Serving(Holdings holdings, Executor threads, LongSupplier clock, FileCounters counters) {
        this.holdings = holdings;
        this.threads = threads;
        this.clock = clock;
        this.counters = counters;
    }

    @Override
    public StreamListener onStream(Stream stream) {
        ServingSession session =
                new ServingSession(stream, holdings, new SerialExecutor(threads), clock, counters, sessions::remove);
        if (!sessions.add(session)) {
            stream.reset(StreamCode.LIMIT, "too many files at a time");
            return REFUSED;
        }
        return session;
    }

    /** Ends those that are of no use to anybody. */
    void tick() {
        sessions.idleSince(clock.getAsLong() - MAX_IDLE.toNanos())
                .forEach(session -> session.close(StreamCode.LIMIT, "idle"));
    }

    /** Nothing is given any more. */
    @Override
    public void close() {
        sessions.close().forEach(session -> session.close(StreamCode.REFUSED, "closed"));
    }
}
