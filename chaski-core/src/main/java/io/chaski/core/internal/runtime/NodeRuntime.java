package io.chaski.core.internal.runtime;

import io.chaski.core.Address;
import io.chaski.core.internal.protocol.NodeProtocol;
import io.chaski.core.internal.protocol.Outbox;
import io.chaski.core.internal.protocol.PublishOutcome;
import io.chaski.core.internal.wire.ArrayPayload;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs one node on one event loop, from its ports to its goodbye. Thread-safe; the {@link ProtocolSteps steps of the protocol}
 * are taken on the loop only.
 *
 * <pre>
 *   start() -> RUNNING -- close() --> CLOSING -- all connections closed, or 1 s --> loop ended
 * </pre>
 */
public final class NodeRuntime implements NodeLoop, NodeShutdown.LastLoop, AutoCloseable {

    /** Longest that {@link #close()} takes; the connections have one second of it to say goodbye. */
    public static final long CLOSE_TIMEOUT_NANOS = TimeUnit.SECONDS.toNanos(5);

    /** Longest that the first step on a new loop takes: a machine that needs longer for it runs nothing else either. */
    private static final long START_TIMEOUT_NANOS = TimeUnit.SECONDS.toNanos(30);

    private static final Logger LOG = LoggerFactory.getLogger(NodeRuntime.class);

    /** Makes the protocol of a node, on the thread that starts it. */
    @FunctionalInterface
    public interface ProtocolFactory {
        /**
         * Makes it, when the ports are known.
         *
         * @param bound addresses the node listens on
         * @param outbox carries out what the protocol causes
         * @param random where its chance comes from
         */
        NodeProtocol create(List<Address> bound, Outbox outbox, RandomGenerator random);
    }

    private final String nodeName;
    private final TaskLoop loop;
    private final List<Address> addresses;
    private final boolean hasUdp;
    private final Inbox inbox;
    private final AtomicBoolean isClosing = new AtomicBoolean();

    /** Null when the node has left: who keeps a closed node does not keep all that it knew. Read and written on the loop. */
    private @Nullable ProtocolSteps steps;

    private NodeRuntime(
            String nodeName,
            @Nullable LiveSecurity security,
            RuntimeEnvironment environment,
            RuntimeEnvironment.Host host,
            Ports ports,
            Function<NodeLoop, Application> application,
            ProtocolFactory factory) {
        this.nodeName = nodeName;
        this.loop = host.loop();
        this.addresses = ports.addresses();
        this.hasUdp = !ports.datagrams().isEmpty();
        this.inbox = new Inbox(() -> loop.execute(this::drainInbox));
        this.steps = new ProtocolSteps(
                nodeName, security, environment, host, ports, inbox, application.apply(this), factory);
    }

    /**
     * Takes the ports, makes the protocol and starts it.
     *
     * @param environment the world it runs in
     * @param settings how
     * @param application hears what the protocol reports
     * @param factory makes the protocol
     * @throws IOException if an address cannot be taken; nothing is left behind then
     */
    public static NodeRuntime start(
            RuntimeEnvironment environment, RuntimeSettings settings, Application application, ProtocolFactory factory)
            throws IOException {
        return start(environment, settings, loop -> application, factory);
    }

    /**
     * As above, for an application that talks to its loop.
     *
     * @param environment the world it runs in
     * @param settings how
     * @param application makes who hears what the protocol reports; may keep the loop, and use it after the start
     * @param factory makes the protocol
     * @throws IOException if an address cannot be taken; nothing is left behind then
     */
    public static NodeRuntime start(
            RuntimeEnvironment environment,
            RuntimeSettings settings,
            Function<NodeLoop, Application> application,
            ProtocolFactory factory)
            throws IOException {
        LiveSecurity security = settings.security();
        RuntimeEnvironment.Host host = security == null
                ? environment.open(settings.nodeName(), settings.limits())
                : environment.open(settings.nodeName(), settings.limits(), security);
        NodeRuntime runtime;
        Ports ports;
        try {
            ports = Ports.take(host.transports(), settings);
            try {
                runtime =
                        new NodeRuntime(settings.nodeName(), security, environment, host, ports, application, factory);
            } catch (RuntimeException | Error failure) {
                ports.giveBack();
                throw failure;
            }
        } catch (IOException | RuntimeException | Error failure) {
            host.loop().shutdown();
            awaitEnd(host.loop());
            throw failure;
        }
        try {
            runtime.begin(ports, environment.currentTimeMillis());
        } catch (IOException | RuntimeException | Error failure) {
            runtime.abandon();
            throw failure;
        }
        return runtime;
    }

    /** Addresses the node listens on, with the ports that were taken. */
    public List<Address> addresses() {
        return addresses;
    }

    /** Whether it has a UDP port. */
    public boolean hasUdp() {
        return hasUdp;
    }

    @Override
    public boolean isClosing() {
        return isClosing.get();
    }

    @Override
    public boolean execute(Task task) {
        Inbox.Offer outcome = inbox.offer(task);
        if (outcome == Inbox.Offer.FULL && !loop.inAnyLoop()) {
            loop.runDue();
            outcome = inbox.offer(task);
        }
        if (outcome == Inbox.Offer.FULL) {
            throw new IllegalStateException(
                    Inbox.MAX_LATE + " commands are waiting for the loop of node " + nodeName + ", which is stuck");
        }
        return outcome == Inbox.Offer.QUEUED;
    }

    @Override
    public boolean executeAlways(Task task) {
        return inbox.offerAlways(task) == Inbox.Offer.QUEUED;
    }

    @Override
    public boolean publish(
            String topic,
            int channel,
            int hopLimit,
            boolean live,
            ArrayPayload body,
            @Nullable Consumer<PublishOutcome> done,
            long timeoutNanos)
            throws InterruptedException {
        Inbox.Offer outcome = inbox.offer(topic, channel, hopLimit, live, body, done);
        if (outcome == Inbox.Offer.FULL && timeoutNanos > 0 && !loop.inAnyLoop()) {
            loop.runDue();
            outcome = inbox.await(() -> inbox.offer(topic, channel, hopLimit, live, body, done), timeoutNanos);
        }
        return outcome == Inbox.Offer.QUEUED;
    }

    @Override
    public TaskLoop.Timer schedule(Task task, long delayNanos) {
        return loop.schedule(
                () -> {
                    ProtocolSteps present = steps;
                    if (present != null) {
                        present.onTask(task);
                    }
                },
                delayNanos);
    }

    @Override
    public boolean await(CompletableFuture<?> future, long timeoutNanos) throws InterruptedException {
        return loop.await(future, timeoutNanos);
    }

    @Override
    public <V extends @Nullable Object> CompletableFuture<V> newFuture() {
        return loop.newFuture();
    }

    @Override
    public boolean inLoop() {
        return loop.inLoop();
    }

    @Override
    public boolean inAnyLoop() {
        return loop.inAnyLoop();
    }

    @Override
    public long nanoTime() {
        return loop.nanoTime();
    }

    /**
     * Says goodbye, closes everything and ends the loop, in at most {@link #CLOSE_TIMEOUT_NANOS}. Idempotent: later
     * callers wait for the same end. On the loop itself it only begins to close, because nobody can wait for himself.
     * An interrupt ends the waiting, not the closing, and is kept for the caller.
     */
    @Override
    public void close() {
        close(CLOSE_TIMEOUT_NANOS);
    }

    /**
     * As {@link #close()}, in a time that the caller still has.
     *
     * @param timeoutNanos longest to wait; 0 only begins to close
     * @return whether the loop has ended
     */
    @Override
    public boolean close(long timeoutNanos) {
        if (isClosing.compareAndSet(false, true)) {
            LOG.debug("node {} is closing", nodeName);
            inbox.close();
            loop.execute(this::leaveWhenDrained);
        }
        if (loop.inAnyLoop()) {
            return false;
        }
        try {
            if (loop.awaitShutdown(timeoutNanos)) {
                return true;
            }
            if (timeoutNanos > 0) {
                LOG.error("node {} has not ended within its time to close; its loop is stuck", nodeName);
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
        return false;
    }

    @Override
    public List<String> settle(long timeoutNanos) throws InterruptedException {
        return new Settling(loop, this::owing).await(timeoutNanos);
    }

    private List<String> owing() {
        ProtocolSteps present = steps;
        return present == null ? List.of() : present.owing();
    }

    /** Starts the protocol and lets others in, on the loop; whoever starts the node hears of a failure. */
    private void begin(Ports ports, long wallClockMillis) throws IOException {
        CompletableFuture<@Nullable Void> begun = loop.newFuture();
        loop.execute(() -> {
            try {
                running().start(ports, wallClockMillis);
                begun.complete(null);
            } catch (Throwable failure) { // it belongs to the thread that starts the node
                begun.completeExceptionally(failure);
            }
        });
        try {
            if (!loop.await(begun, START_TIMEOUT_NANOS)) {
                throw new IOException("the loop of node " + nodeName + " does not begin to work");
            }
            begun.getNow(null);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while starting node " + nodeName);
        } catch (CompletionException failed) {
            throw new IOException("the first step failed: " + failed.getCause(), failed.getCause());
        }
    }

    /** Closes everything without a word: nobody has met this node. */
    private void abandon() {
        isClosing.set(true);
        inbox.close();
        loop.execute(() -> letGo().abandon(loop::shutdown));
        awaitEnd(loop);
    }

    /** What was open is free again when the exception arrives, unless the loop is stuck. */
    private static void awaitEnd(TaskLoop loop) {
        try {
            if (!loop.awaitShutdown(CLOSE_TIMEOUT_NANOS)) {
                LOG.error("the loop of a node that failed to start does not end");
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt(); // it ends by itself
        }
    }

    @Override
    public void atEndOfTurn(Runnable task) {
        ProtocolSteps present = steps;
        if (present != null) {
            present.atEndOfTurn(task);
        } else {
            loop.execute(task);
        }
    }

    private ProtocolSteps running() {
        ProtocolSteps present = steps;
        if (present == null) {
            throw new IllegalStateException("node " + nodeName + " has left");
        }
        return present;
    }

    private ProtocolSteps letGo() {
        ProtocolSteps last = running();
        steps = null;
        return last;
    }

    private void drainInbox() {
        ProtocolSteps present = steps;
        if (present != null) {
            inbox.drain(present);
        }
    }

    private void leaveWhenDrained() {
        inbox.drain(running());
        if (!inbox.isExhausted()) {
            loop.execute(this::leaveWhenDrained);
            return;
        }
        letGo().leave(loop::shutdown);
    }
}
