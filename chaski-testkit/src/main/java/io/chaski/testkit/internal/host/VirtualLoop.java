package io.chaski.testkit.internal.host;

import io.chaski.core.internal.runtime.TaskLoop;
import io.chaski.testkit.internal.virtual.Machine;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * The event loop of a node in virtual time: each task is an event. What a task throws ends the test, because it is a bug
 * of ours. Confined to the thread of the test.
 */
final class VirtualLoop implements TaskLoop {

    /** A real loop is never back within the same nanosecond; a timer that re-arms itself for now would stop time. */
    private static final long SHORTEST_DELAY_NANOS = 1_000;

    private final VirtualWorld world;
    private final Machine machine;
    private boolean isShutDown;
    private boolean isOver;

    VirtualLoop(VirtualWorld world, Machine machine) {
        this.world = world;
        this.machine = machine;
    }

    @Override
    public boolean execute(Runnable task) {
        if (isShutDown) {
            return false;
        }
        world.after(0, () -> machine.whenAwake(() -> run(task)));
        return true;
    }

    @Override
    public Timer schedule(Runnable task, long delayNanos) {
        Scheduled scheduled = new Scheduled(task);
        world.after(Math.max(delayNanos, SHORTEST_DELAY_NANOS), () -> machine.whenAwake(scheduled::fire));
        return scheduled;
    }

    /** Runs an input as the loop. */
    void run(Runnable input) {
        if (!isOver) {
            world.run(this, input);
        }
    }

    @Override
    public boolean await(CompletableFuture<?> future, long timeoutNanos) throws InterruptedException {
        if (Thread.interrupted()) {
            throw new InterruptedException();
        }
        if (future.isDone()) {
            return true;
        }
        world.await(() -> future.isDone() || isOver, timeoutNanos);
        return future.isDone();
    }

    @Override
    public <V extends @Nullable Object> CompletableFuture<V> newFuture() {
        return new VirtualFuture<>(world);
    }

    @Override
    public void runDue() {
        world.runDue();
    }

    @Override
    public boolean inLoop() {
        return world.isRunning(this);
    }

    @Override
    public boolean inAnyLoop() {
        return world.isInLoop();
    }

    @Override
    public long nanoTime() {
        return machine.nanoTime();
    }

    @Override
    public void shutdown() {
        execute(() -> isOver = true);
        isShutDown = true;
    }

    @Override
    public boolean awaitShutdown(long timeoutNanos) {
        return world.runUntil(() -> isOver, timeoutNanos);
    }

    void die() {
        isShutDown = true;
        isOver = true;
    }

    private final class Scheduled implements Timer {
        private @Nullable Runnable task;

        Scheduled(Runnable task) {
            this.task = task;
        }

        void fire() {
            Runnable due = task;
            if (due != null) {
                task = null;
                run(due);
            }
        }

        @Override
        public void cancel() {
            task = null;
        }
    }
}
