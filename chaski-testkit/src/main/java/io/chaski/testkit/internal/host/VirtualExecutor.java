package io.chaski.testkit.internal.host;

import io.chaski.testkit.internal.virtual.Machine;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;

/**
 * Runs the callbacks of a node in virtual time: each soon, as an event of its own, never within another. Confined to the
 * thread of the test.
 */
final class VirtualExecutor extends AbstractExecutorService {

    private final VirtualWorld world;
    private final Machine machine;
    private final Queue<Runnable> waiting = new ArrayDeque<>();
    private boolean isShutDown;

    VirtualExecutor(VirtualWorld world, Machine machine) {
        this.world = world;
        this.machine = machine;
    }

    @Override
    public void execute(Runnable task) {
        if (isShutDown) {
            throw new RejectedExecutionException("the node has closed");
        }
        waiting.add(task);
        world.after(0, () -> machine.whenAwake(() -> begin(task)));
    }

    /** Forgets the callbacks that have not begun; new ones are taken. */
    void forget() {
        waiting.clear();
    }

    private void begin(Runnable task) {
        if (waiting.remove(task)) {
            task.run();
        }
    }

    @Override
    public void shutdown() {
        isShutDown = true;
    }

    @Override
    public List<Runnable> shutdownNow() {
        isShutDown = true;
        List<Runnable> left = List.copyOf(waiting);
        forget();
        return left;
    }

    @Override
    public boolean isShutdown() {
        return isShutDown;
    }

    @Override
    public boolean isTerminated() {
        return isShutDown && waiting.isEmpty();
    }

    @Override
    public boolean awaitTermination(long timeout, TimeUnit unit) {
        return world.runUntil(this::isTerminated, unit.toNanos(timeout));
    }
}
