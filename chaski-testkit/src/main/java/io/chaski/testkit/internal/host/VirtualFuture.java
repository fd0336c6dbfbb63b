package io.chaski.testkit.internal.host;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * A future of a node in virtual time: whoever waits for it, or for a stage made from it, lets time pass, because nobody
 * else would. ({@link CompletableFuture#allOf} and {@link CompletableFuture#anyOf} make ordinary ones.) Waiting is for
 * the thread of the test.
 *
 * @param <V> type of the result
 */
final class VirtualFuture<V extends @Nullable Object> extends CompletableFuture<V> {

    private final VirtualWorld world;

    VirtualFuture(VirtualWorld world) {
        this.world = world;
    }

    @Override
    public <U> CompletableFuture<U> newIncompleteFuture() {
        return new VirtualFuture<>(world);
    }

    @Override
    public V join() {
        letTimePass();
        return super.join();
    }

    @Override
    public V get() throws InterruptedException, ExecutionException {
        letTimePass();
        return super.get();
    }

    @Override
    public V get(long timeout, TimeUnit unit) throws InterruptedException, ExecutionException, TimeoutException {
        if (!isDone() && !world.await(this::isDone, unit.toNanos(timeout))) {
            throw new TimeoutException("not within " + timeout + " " + unit + " of virtual time");
        }
        return super.get();
    }

    private void letTimePass() {
        if (!isDone()) {
            world.await(this::isDone, Long.MAX_VALUE);
        }
    }
}
