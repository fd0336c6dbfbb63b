package io.chaski.core.internal.runtime;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** A loop whose time stands still until a test moves it. */
public final class ManualLoop implements TaskLoop {

    private record Scheduled(Runnable task, long atNanos) {}

    private final ArrayDeque<Runnable> tasks = new ArrayDeque<>();
    private final List<Scheduled> timers = new ArrayList<>();
    private long nowNanos;
    private int timesScheduled;

    /** Runs what is due after this much time. */
    public void advance(Duration duration) {
        long untilNanos = nowNanos + duration.toNanos();
        while (true) {
            runTasks();
            Scheduled next = timers.stream()
                    .filter(timer -> timer.atNanos <= untilNanos)
                    .min(Comparator.comparingLong(Scheduled::atNanos))
                    .orElse(null);
            if (next == null) {
                nowNanos = untilNanos;
                return;
            }
            timers.remove(next);
            nowNanos = Math.max(nowNanos, next.atNanos);
            next.task.run();
        }
    }

    /** Lets time pass while the loop is busy with something else. */
    public void stall(Duration duration) {
        nowNanos += duration.toNanos();
    }

    public int timesScheduled() {
        return timesScheduled;
    }

    public void runTasks() {
        for (Runnable next = tasks.poll(); next != null; next = tasks.poll()) {
            next.run();
        }
    }

    @Override
    public boolean execute(Runnable task) {
        return tasks.add(task);
    }

    @Override
    public Timer schedule(Runnable task, long delayNanos) {
        timesScheduled++;
        Scheduled scheduled = new Scheduled(task, nowNanos + delayNanos);
        timers.add(scheduled);
        return () -> timers.remove(scheduled);
    }

    @Override
    public boolean inAnyLoop() {
        return inLoop();
    }

    @Override
    public boolean inLoop() {
        return true;
    }

    @Override
    public long nanoTime() {
        return nowNanos;
    }

    @Override
    public void shutdown() {
        tasks.clear();
        timers.clear();
    }

    @Override
    public boolean awaitShutdown(long timeoutNanos) {
        return true;
    }
}
