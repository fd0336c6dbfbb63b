package io.chaski.remote.internal.directory;

import io.chaski.core.ChaskiNode;
import io.chaski.core.Edge;
import io.chaski.core.NodeClosedException;
import io.chaski.core.NodeId;
import io.chaski.core.NodeSnapshot;
import io.chaski.core.Registration;
import io.chaski.core.RequestRefusedException;
import io.chaski.core.RequestTimeoutException;
import io.chaski.core.internal.module.ModuleNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/**
 * Finds other nodes by their names, and waits for those that are not there yet: among the edges that stand first, then among those
 * that announce services. Thread-safe.
 *
 * @param <P> what whoever waits gets of a node
 */
public final class NamedPeers<P> implements AutoCloseable {

    /** As many threads as a process may have, and more. */
    static final int MAX_WAITS = 10_000;

    /** Events say when to look; they are dropped where there are too many of them, so it looks without them as well. */
    private static final Duration LOOK = Duration.ofSeconds(1);

    /** What fits into the message of an exception. */
    private static final int MAX_NAMES_TOLD = 64;

    private record Wait<P>(String name, Duration limit, long deadlineNanos, CompletableFuture<P> future) {}

    private final ChaskiNode node;
    private final ModuleNode module;
    private final ServiceDirectory directory;
    private final Function<NodeId, P> peer;
    private final Registration listening;

    /** Guards what follows; nothing is completed under it. */
    private final Object lock = new Object();

    private final List<Wait<P>> waits = new ArrayList<>();
    private int timer;
    private long timerNanos;
    private boolean isTimerSet;
    private boolean isClosed;

    /**
     * Nobody waits.
     *
     * @param node whose peers they are
     * @param directory of the same node
     * @param peer what is made of the node that is found
     */
    public NamedPeers(ChaskiNode node, ServiceDirectory directory, Function<NodeId, P> peer) {
        this.node = node;
        this.module = ModuleNode.of(node);
        this.directory = directory;
        this.peer = peer;
        this.listening = directory.listen(event -> look());
    }

    private Optional<NodeId> find(String name) {
        return node.edge(name).map(Edge::peer).or(() -> directory.named(name));
    }

    /**
     * Waits until a node of this name is known.
     *
     * @param name as the other node calls itself
     * @param limit how long to wait
     * @return fails with {@link RequestTimeoutException}, whose message has the names that are known, or with {@link
     *     NodeClosedException}, or with {@link IllegalStateException} if the remote closes alone. Dependents run on the callback executor
     * @throws RequestRefusedException if 10,000 wait already
     */
    public CompletableFuture<P> when(String name, Duration limit) {
        CompletableFuture<P> future = module.newFuture();
        add(name, limit, future);
        var unused = future.whenComplete((found, failure) -> {
            synchronized (lock) {
                waits.removeIf(wait -> wait.future() == future);
            }
        });
        look();
        return future;
    }

    void add(String name, Duration limit, CompletableFuture<P> future) {
        long limitNanos = limit.compareTo(ServiceWaits.LONGEST) > 0 ? ServiceWaits.LONGEST.toNanos() : limit.toNanos();
        synchronized (lock) {
            if (isClosed) {
                throw closed();
            }
            if (waits.size() >= MAX_WAITS) {
                throw new RequestRefusedException("wait for " + name + ": " + MAX_WAITS + " are waiting for peers");
            }
            waits.add(new Wait<>(name, limit, module.nanoTime() + limitNanos, future));
        }
    }

    /**
     * As {@link #when}, for threads that wait.
     *
     * @param name as the other node calls itself
     * @param limit how long to wait
     * @throws InterruptedException if the caller is interrupted
     * @throws IllegalStateException if called on an event loop
     */
    public P await(String name, Duration limit) throws InterruptedException {
        return ServiceWaits.await(module, when(name, limit));
    }

    /** Somebody may have come, or a time may be over. */
    public void look() {
        List<Wait<P>> all;
        synchronized (lock) {
            all = List.copyOf(waits);
        }
        if (all.isEmpty()) {
            return;
        }
        long nowNanos = module.nanoTime();
        for (Wait<P> wait : all) {
            Optional<NodeId> found = find(wait.name());
            if (found.isPresent()) {
                module.complete(wait.future(), peer.apply(found.get()));
            } else if (nowNanos - wait.deadlineNanos() >= 0) {
                module.fail(wait.future(), late(wait));
            }
        }
        setTimer();
    }

    private RequestTimeoutException late(Wait<P> wait) {
        TreeSet<String> known = new TreeSet<>(directory.nodeNames());
        node.edges().forEach(edge -> known.add(edge.name()));
        List<String> some = known.stream().limit(MAX_NAMES_TOLD).toList();
        return new RequestTimeoutException("a node '" + wait.name() + "'; known nodes: " + some, wait.limit());
    }

    private void setTimer() {
        int number;
        long waitNanos = LOOK.toNanos();
        synchronized (lock) {
            if (waits.isEmpty()) {
                return;
            }
            long nowNanos = module.nanoTime();
            for (Wait<P> wait : waits) {
                waitNanos = Math.min(waitNanos, Math.max(0, wait.deadlineNanos() - nowNanos));
            }
            if (isTimerSet && timerNanos - (nowNanos + waitNanos) <= 0) {
                return; // that one looks again
            }
            timerNanos = nowNanos + waitNanos;
            number = ++timer;
            isTimerSet = true;
        }
        var unused = module.after(Duration.ofNanos(waitNanos), () -> onTimer(number));
    }

    private void onTimer(int number) {
        synchronized (lock) {
            if (number == timer) {
                isTimerSet = false;
            }
        }
        look();
    }

    private RuntimeException closed() {
        return node.state() == NodeSnapshot.State.RUNNING
                ? new IllegalStateException("the remote is closed")
                : new NodeClosedException(node.name());
    }

    /** Whoever waits hears that it is over. Does nothing the second time. */
    @Override
    public void close() {
        List<Wait<P>> left;
        synchronized (lock) {
            isClosed = true;
            left = List.copyOf(waits);
        }
        listening.close();
        left.forEach(wait -> module.fail(wait.future(), closed()));
    }
}
