package io.chaski.remote.internal.context;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * What happens when the time of a call is over. One timer for all of them, which stays when the call that it was for ends in time,
 * as nearly all do: a timer for each call would wake the thread of the timers twice for each call. Thread-safe.
 */
public final class Deadlines implements AutoCloseable {

    /** A deadline that has not passed; to be removed when it does not matter any more. */
    public static final class Deadline implements Comparable<Deadline> {
        private static final AtomicLong NUMBERS = new AtomicLong();

        private final long atNanos;
        private final Runnable onPassed;
        private final long number = NUMBERS.getAndIncrement();

        private Deadline(long atNanos, Runnable onPassed) {
            this.atNanos = atNanos;
            this.onPassed = onPassed;
        }

        @Override
        public int compareTo(Deadline other) {
            long later = atNanos - other.atNanos; // the clock may overflow
            return later == 0 ? Long.compare(number, other.number) : Long.signum(later);
        }

        @Override
        public boolean equals(@Nullable Object other) {
            return this == other;
        }

        @Override
        public int hashCode() {
            return System.identityHashCode(this);
        }
    }

    private final Executor executor;

    /** Guards what follows. Bounded by the calls that may be under way. */
    private final TreeSet<Deadline> open = new TreeSet<>();

    private @Nullable CompletableFuture<Void> timer;
    private long timerNanos;
    private boolean isClosed;

    /**
     * No deadlines yet.
     *
     * @param executor runs what happens when one has passed
     */
    public Deadlines(Executor executor) {
        this.executor = executor;
    }

    /**
     * Does something at a time, unless it is taken back.
     *
     * @param atNanos on the clock of {@link System#nanoTime()}
     * @param onPassed what
     */
    public Deadline add(long atNanos, Runnable onPassed) {
        Deadline added = new Deadline(atNanos, onPassed);
        synchronized (open) {
            if (!isClosed) {
                open.add(added);
                setTimer();
            }
        }
        return added;
    }

    /**
     * Takes it back; the timer stays.
     *
     * @param deadline of {@link #add}
     */
    public void remove(Deadline deadline) {
        synchronized (open) {
            open.remove(deadline);
        }
    }

    /** For the earliest, unless there is one that comes before. */
    private void setTimer() {
        if (open.isEmpty() || timer != null && timerNanos - open.first().atNanos <= 0) {
            return;
        }
        if (timer != null) {
            timer.cancel(false);
        }
        timerNanos = open.first().atNanos;
        long leftNanos = Math.max(0, timerNanos - System.nanoTime());
        CompletableFuture<Void> set =
                new CompletableFuture<Void>().completeOnTimeout(null, leftNanos, TimeUnit.NANOSECONDS);
        timer = set;
        var unused = set.thenRun(() -> onTimer(set));
    }

    private void onTimer(CompletableFuture<Void> fired) {
        List<Deadline> passed = new ArrayList<>();
        synchronized (open) {
            if (timer != fired) {
                return; // another one was set meanwhile
            }
            timer = null;
            long nowNanos = System.nanoTime();
            while (!open.isEmpty() && open.first().atNanos - nowNanos <= 0) {
                passed.add(open.pollFirst());
            }
            setTimer();
        }
        passed.forEach(this::pass);
    }

    /** On this thread if no other can be had: whoever waits for one must not wait for ever because of another one. */
    private void pass(Deadline each) {
        try {
            executor.execute(each.onPassed);
        } catch (RejectedExecutionException noThread) {
            each.onPassed.run();
        }
    }

    /** Forgets all of them. */
    @Override
    public void close() {
        synchronized (open) {
            isClosed = true;
            open.clear();
            if (timer != null) {
                timer.cancel(false);
            }
        }
    }
}
