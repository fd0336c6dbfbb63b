package io.chaski.core.internal.runtime;

import io.chaski.core.Address;
import io.chaski.core.NodeId;
import io.chaski.core.Registration;
import io.chaski.core.internal.module.ModuleMailbox;
import io.chaski.core.internal.module.ModuleMessages;
import io.chaski.core.internal.module.ModuleNode;
import io.chaski.core.stream.NodeStreams;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The door that modules see: each call goes to the part that does it. Thread-safe. */
final class ModuleSide implements ModuleNode {

    private static final Logger LOG = LoggerFactory.getLogger(ModuleSide.class);

    private final NodeLoop loop;
    private final Callbacks callbacks;
    private final Pending pending;
    private final LongSupplier wallMillis;
    private final Supplier<RandomGenerator> randoms;
    private final ClosingHooks closing;
    private final NodeStreams inlineStreams;
    private final ModuleMessages messages;

    ModuleSide(
            NodeLoop loop,
            Callbacks callbacks,
            Pending pending,
            LongSupplier wallMillis,
            Supplier<RandomGenerator> randoms,
            ClosingHooks closing,
            NodeStreams inlineStreams,
            ModuleMessages messages) {
        this.loop = loop;
        this.callbacks = callbacks;
        this.pending = pending;
        this.wallMillis = wallMillis;
        this.randoms = randoms;
        this.closing = closing;
        this.inlineStreams = inlineStreams;
        this.messages = messages;
    }

    @Override
    public long nanoTime() {
        return loop.nanoTime();
    }

    @Override
    public long currentTimeMillis() {
        return wallMillis.getAsLong();
    }

    @Override
    public RandomGenerator newRandom() {
        return randoms.get();
    }

    @Override
    public boolean after(Duration delay, Runnable task) {
        return callbacks.later(() -> callbacks.executeAnyway(task), NodeLoop.nanosOf(delay));
    }

    @Override
    public <E> ModuleMailbox<E> newMailbox(String what, int capacity) {
        return new Mailbox<>(what, capacity, callbacks);
    }

    @Override
    public <V extends @Nullable Object> CompletableFuture<V> newFuture() {
        return loop.newFuture();
    }

    @Override
    public <V> void complete(CompletableFuture<V> future, V value) {
        callbacks.complete(future, value);
    }

    @Override
    public void fail(CompletableFuture<?> future, Throwable failure) {
        callbacks.fail(future, failure);
    }

    @Override
    public boolean await(CompletableFuture<?> future, Duration limit) throws InterruptedException {
        return loop.await(future, NodeLoop.nanosOf(limit));
    }

    @Override
    public void hint(NodeId node, long epoch, List<Address> addresses) {
        try {
            loop.execute((protocol, nowNanos) -> protocol.hint(node, epoch, addresses));
        } catch (IllegalStateException stuck) {
            LOG.debug("it is not noted where {} is: {}", node, stuck.getMessage()); // who needs it hears of it again
        }
    }

    @Override
    public CompletableFuture<Map<NodeId, Duration>> roundTrips() {
        return pending.ask((protocol, nowNanos, answer) -> answer.succeed(protocol.roundTrips()));
    }

    @Override
    public NodeStreams inlineStreams() {
        return inlineStreams;
    }

    @Override
    public ModuleMessages messages() {
        return messages;
    }

    @Override
    public Registration onClosing(Runnable task) {
        return closing.add(task);
    }
}
