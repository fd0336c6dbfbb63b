package io.chaski.remote.internal.context;

import java.time.Duration;
import java.util.concurrent.Executor;

/**
 * Ends what does not get on: a peer that announces much, sends a part and then nothing would hold memory that all calls share for
 * as long as its deadline says, or its connection lasts. Thread-safe.
 */
public final class IdleInput {

    /** Longer than any pause of a connection that the core still keeps. */
    public static final Duration LIMIT = Duration.ofSeconds(30);

    /** How long all of something may take that gets on: 64 MiB at 220 KB a second. */
    public static final Duration TRANSFER_LIMIT = Duration.ofMinutes(5);

    /** Something of which more has to come. */
    @FunctionalInterface
    public interface Watched {

        /**
         * Ends it if nothing has come for too long.
         *
         * @param nowNanos on the clock of {@link System#nanoTime()}
         * @param limitNanos how long that is
         */
        void endIfIdle(long nowNanos, long limitNanos);
    }

    private final Rounds<Watched> rounds;

    /**
     * Watches nothing yet.
     *
     * @param limit how long nothing may come; noticed within twice this time
     * @param threads where it looks; does nothing if they are closed
     */
    public IdleInput(Duration limit, Executor threads) {
        long limitNanos = limit.toNanos();
        this.rounds = new Rounds<>(limit, threads, (input, nowNanos) -> input.endIfIdle(nowNanos, limitNanos));
    }

    /**
     * Watches something.
     *
     * @param input what
     */
    public void add(Watched input) {
        rounds.add(input);
    }

    /**
     * Watches it no longer.
     *
     * @param input what
     */
    public void remove(Watched input) {
        rounds.remove(input);
    }

    /** How many are watched. */
    public int watched() {
        return rounds.size();
    }
}
