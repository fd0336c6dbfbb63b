package io.chaski.core.internal.runtime;

import io.chaski.core.Address;
import io.chaski.core.ChaskiException;
import io.chaski.core.ChaskiNode;
import io.chaski.core.NodeEvent;
import io.chaski.core.NodeSnapshot;
import io.chaski.core.internal.protocol.LocalNode;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The end of a node, in order: modules say their last words, nothing new, what is owed goes out, topics are left, what is queued goes out, the loop ends, open requests fail,
 * the last event, the callbacks end, the data directory is free. Interrupts cut none of it short: whoever ends a program by them
 * wants an orderly end, and gets them back afterwards. Thread-safe.
 *
 * <pre>
 *   RUNNING -- close() --> CLOSING -- all of the above, within 5 s --> CLOSED
 * </pre>
 */
final class NodeShutdown {

    private static final Logger LOG = LoggerFactory.getLogger(NodeShutdown.class);

    /** Of the five seconds, what the loop gets to tell what remains; whoever takes longer is stuck or overloaded. */
    private static final long SNAPSHOT_NANOS = TimeUnit.SECONDS.toNanos(1);

    /** Of the five seconds, what connections get to send what they hold. */
    private static final long CONNECTIONS_NANOS = TimeUnit.SECONDS.toNanos(1);

    /** Of the five seconds, what callbacks get to finish before they are interrupted. */
    private static final long CALLBACKS_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final LocalNode self;
    private final NodeParts parts;
    private final LastLoop loop;
    private final @Nullable DataDirectory dataDirectory;
    private final AtomicBoolean isClosing = new AtomicBoolean();
    private final CompletableFuture<Void> closed = new CompletableFuture<>();

    /** The loop, as far as ending it is concerned. */
    interface LastLoop {
        /** See {@link Settling#await}. */
        List<String> settle(long timeoutNanos) throws InterruptedException;

        /** See {@link NodeRuntime#close(long)}. */
        boolean close(long timeoutNanos);
    }

    NodeShutdown(LocalNode self, NodeParts parts, LastLoop loop, @Nullable DataDirectory dataDirectory) {
        this.self = self;
        this.parts = parts;
        this.loop = loop;
        this.dataDirectory = dataDirectory;
    }

    NodeSnapshot.State state() {
        if (closed.isDone()) {
            return NodeSnapshot.State.CLOSED;
        }
        return isClosing.get() ? NodeSnapshot.State.CLOSING : NodeSnapshot.State.RUNNING;
    }

    /** See {@link io.chaski.core.ChaskiNode#close()}. */
    void close() {
        boolean isFirst = isClosing.compareAndSet(false, true);
        if (parts.loop().inAnyLoop()) {
            // A loop cannot wait for its own end, and must not wait for another's; and callbacks may have all their
            // threads
            // for longer than an end may take.
            if (isFirst) {
                onOwnThread(this::end);
            }
            return;
        }
        if (isFirst) {
            end();
            return;
        }
        if (parts.callbacks().isInside()) {
            return; // whoever closes may be waiting for this very callback
        }
        Patience patience = newPatience();
        patience.await(timeoutNanos -> parts.loop().await(closed, timeoutNanos), ChaskiNode.CLOSE_LIMIT.toNanos());
        patience.giveBack();
    }

    private Patience newPatience() {
        return new Patience(parts.loop()::nanoTime);
    }

    /** See {@link io.chaski.core.ChaskiNode#awaitClosed}. */
    boolean await(long timeoutNanos) throws InterruptedException {
        return parts.loop().await(closed, timeoutNanos);
    }

    /** Each step is tried whatever became of those before it, and they share one deadline. */
    private void end() {
        Patience patience = newPatience();
        long deadlineNanos = parts.loop().nanoTime() + ChaskiNode.CLOSE_LIMIT.toNanos();
        step("modules", parts.closing()::run);
        step("publications", parts.publications()::close);
        NodeSnapshot answered = lastSnapshot(patience);
        if (answered == null) {
            // A loop that does not answer takes nothing more from anybody.
            closeLoop(patience, 0);
        } else {
            long settledNanos = deadlineNanos - CALLBACKS_NANOS - CONNECTIONS_NANOS;
            settle(patience, settledNanos - parts.loop().nanoTime());
        }
        // Members are told, presence says goodbye.
        step("subscriptions", () -> parts.topics().all().forEach(LocalTopic::closeAll));
        // After what was queued before, so publishes that were accepted still go out.
        closeLoop(patience, Math.max(0, deadlineNanos - parts.loop().nanoTime() - CALLBACKS_NANOS));
        step("completions", parts.callbacks()::finish);
        step("edges", parts.edges()::closeAll);
        step("requests", parts.pending()::close);
        step("queries", () -> parts.queries().close(answered != null ? answered : emptySnapshot()));
        step("the last event", () -> parts.events().emit(new NodeEvent.Closed()));
        step("events", parts.events()::close);
        step("callbacks", () -> patience.await(parts.callbacks()::shutdown, CALLBACKS_NANOS));
        step("promises", this::keepPromises);
        step("the data directory", this::releaseDataDirectory);
        closed.complete(null);
        patience.giveBack();
    }

    /** Whoever takes nothing now would not do so later either. */
    private void settle(Patience patience, long timeoutNanos) {
        step("what is owed", () -> {
            List<String> owing = patience.await(loop::settle, Math.max(0, timeoutNanos));
            if (!owing.isEmpty()) {
                LOG.warn(
                        "node {} closes before all who must not miss anything have its last messages on {}",
                        self.name(),
                        owing);
            }
        });
    }

    private void closeLoop(Patience patience, long timeoutNanos) {
        step("the loop", () -> {
            boolean isOver = patience.await(loop::close, timeoutNanos);
            if (!isOver) {
                LOG.debug("node {}: its loop has not ended yet", self.name());
            }
        });
    }

    /**
     * Completions and events whose turn never came, because callbacks had all threads or the application's executor takes nothing.
     * What depends on them may take its time, and so it has a thread that nobody waits for.
     */
    private void keepPromises() {
        if (parts.callbacks().owesPromised() || parts.events().owes()) {
            onOwnThread(() -> {
                parts.callbacks().runPromised();
                parts.events().finish();
            });
        }
    }

    /** Where the system has no thread left, a callback does. */
    private void onOwnThread(Runnable task) {
        Thread own = new Thread(task, "chaski-" + self.name() + "-close");
        try {
            own.start();
        } catch (OutOfMemoryError noThread) {
            LOG.warn("node {}: no thread for its end", self.name(), noThread);
            parts.callbacks().execute(task);
        }
    }

    private void step(String what, Runnable closing) {
        try {
            closing.run();
        } catch (Throwable failure) { // the other steps must not depend on this one
            LOG.error("node {}: closing {} failed", self.name(), what, failure);
        }
    }

    private void releaseDataDirectory() {
        if (dataDirectory == null) {
            return;
        }
        try {
            dataDirectory.close();
        } catch (IOException e) {
            LOG.warn("node {}: cannot release its data directory", self.name(), e);
        }
    }

    private @Nullable NodeSnapshot lastSnapshot(Patience patience) {
        try {
            return patience.await(parts.queries()::snapshot, SNAPSHOT_NANOS);
        } catch (ChaskiException | IllegalStateException unavailable) {
            LOG.debug("node {}: no last snapshot", self.name(), unavailable);
            return null;
        }
    }

    private NodeSnapshot emptySnapshot() {
        List<Address> addresses = self.addresses();
        return new NodeSnapshot(
                self.id(),
                self.name(),
                self.cluster(),
                parts.epoch().get(),
                NodeSnapshot.State.CLOSED,
                addresses,
                List.of(),
                List.of(),
                List.of(),
                List.of(),
                Map.of());
    }
}
