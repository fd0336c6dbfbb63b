package io.chaski.ca.tls;

import io.chaski.core.Environment;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/** A wall clock that begins at some time, goes on, and jumps when it is told to. Thread-safe. */
final class MovableClock implements InstantSource {

    private final Instant start;
    private final long startNanos = System.nanoTime();
    private volatile Duration jumped = Duration.ZERO;
    private volatile Runnable whenAsked = () -> {};

    MovableClock(Instant start) {
        this.start = start;
    }

    void jump(Duration by) {
        jumped = by;
    }

    /** From now on done on each thread that asks for the time, before it gets an answer. */
    void whenAsked(Runnable action) {
        whenAsked = action;
    }

    @Override
    public Instant instant() {
        whenAsked.run();
        return start.plusNanos(System.nanoTime() - startNanos).plus(jumped);
    }

    /** The real world, but for the time of day. */
    Environment environment() {
        return new WorldAt(this);
    }
}
