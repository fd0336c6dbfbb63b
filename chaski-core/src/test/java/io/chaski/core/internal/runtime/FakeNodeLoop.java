package io.chaski.core.internal.runtime;

import io.chaski.core.Address;
import io.chaski.core.NodeEvent;
import io.chaski.core.NodeId;
import io.chaski.core.internal.protocol.LocalNode;
import io.chaski.core.internal.protocol.NodeProtocol;
import io.chaski.core.internal.protocol.Outbox;
import io.chaski.core.internal.protocol.ProtocolSettings;
import io.chaski.core.internal.protocol.PublishOutcome;
import io.chaski.core.internal.protocol.Source;
import io.chaski.core.internal.wire.ArrayPayload;
import io.chaski.core.internal.wire.Datagram;
import io.chaski.core.internal.wire.Frame;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A node's loop that does what a test tells it, when the test tells it. Its protocol is alone in the world. */
class FakeNodeLoop implements NodeLoop {

    /** What was published. */
    record Published(
            String topic,
            int channel,
            int hopLimit,
            ArrayPayload body,
            @Nullable Consumer<PublishOutcome> done) {}

    private record Scheduled(Task task, long atNanos) {}

    final List<Published> published = new ArrayList<>();
    final Deque<PublishOutcome> outcomes = new ArrayDeque<>();
    boolean isClosed;
    private boolean isStuck;
    boolean isFull;

    /** How often somebody has asked for the time. */
    int looksAtTheClock;

    private final Deque<Task> tasks = new ArrayDeque<>();
    private final List<Runnable> heldTurn = new ArrayList<>();
    private boolean isTurnHeld;
    private final List<Scheduled> timers = new ArrayList<>();
    private final NodeProtocol protocol;
    private boolean isInLoop;
    private long nowNanos;

    FakeNodeLoop() {
        LocalNode self = new LocalNode(new NodeId(0, 1), 1, "fake", "test", List.of(), List.of(), false, false);
        this.protocol = new NodeProtocol(self, ProtocolSettings.DEFAULTS, new Random(1), new Nowhere());
    }

    /** Runs what is queued. */
    void run() {
        for (Task next = tasks.poll(); next != null; next = tasks.poll()) {
            inLoop(next);
        }
    }

    /** Runs something as if on the loop. */
    void inLoop(Task task) {
        isInLoop = true;
        try {
            task.run(protocol, nowNanos);
        } finally {
            isInLoop = false;
        }
    }

    /** Lets time pass, and what is due happen. */
    void advance(Duration duration) {
        long untilNanos = nowNanos + duration.toNanos();
        run();
        while (true) {
            Scheduled next = timers.stream()
                    .filter(timer -> timer.atNanos <= untilNanos)
                    .min(Comparator.comparingLong(Scheduled::atNanos))
                    .orElse(null);
            if (next == null) {
                nowNanos = untilNanos;
                return;
            }
            timers.remove(next);
            nowNanos = next.atNanos;
            inLoop(next.task);
            run();
        }
    }

    /** How many commands wait for the loop. */
    int waiting() {
        return tasks.size();
    }

    int timers() {
        return timers.size();
    }

    /** Tasks are not taken any more, as if too many waited. */
    void stick() {
        isStuck = true;
    }

    @Override
    public boolean execute(Task task) {
        if (isStuck) {
            throw new IllegalStateException("too many tasks wait");
        }
        return !isClosed && tasks.add(task);
    }

    @Override
    public boolean executeAlways(Task task) {
        return !isClosed && tasks.add(task);
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
        if (isClosed) {
            return false;
        }
        if (isFull) {
            if (timeoutNanos > 0 && Thread.interrupted()) {
                throw new InterruptedException();
            }
            nowNanos += timeoutNanos;
            return false;
        }
        published.add(new Published(topic, channel, hopLimit, body, done));
        PublishOutcome outcome = outcomes.poll();
        if (done != null && outcome != null) {
            done.accept(outcome);
        }
        return true;
    }

    @Override
    public <V extends @Nullable Object> CompletableFuture<V> newFuture() {
        return new WaitedFuture<>(this::inAnyLoop);
    }

    @Override
    public void atEndOfTurn(Runnable task) {
        if (isTurnHeld) {
            heldTurn.add(task);
        } else {
            task.run();
        }
    }

    /** As above, from now on at the end of {@code turn} only. */
    void holdTurn(Runnable turn) {
        isTurnHeld = true;
        turn.run();
        isTurnHeld = false;
        heldTurn.forEach(Runnable::run);
        heldTurn.clear();
    }

    @Override
    public TaskLoop.Timer schedule(Task task, long delayNanos) {
        Scheduled timer = new Scheduled(task, nowNanos + delayNanos);
        timers.add(timer);
        return () -> timers.remove(timer);
    }

    @Override
    public boolean await(CompletableFuture<?> future, long timeoutNanos) throws InterruptedException {
        if (isInLoop) {
            throw new IllegalStateException("waiting on the loop");
        }
        if (Thread.interrupted()) {
            throw new InterruptedException();
        }
        run();
        if (!future.isDone()) {
            advance(Duration.ofNanos(timeoutNanos));
        }
        return future.isDone();
    }

    @Override
    public boolean inLoop() {
        return isInLoop;
    }

    @Override
    public boolean inAnyLoop() {
        return isInLoop;
    }

    @Override
    public boolean isClosing() {
        return isClosed;
    }

    @Override
    public long nanoTime() {
        looksAtTheClock++;
        return nowNanos;
    }

    private static final class Nowhere implements Outbox {
        @Override
        public void send(int link, Frame frame) {}

        @Override
        public void sendData(int link, int source, long seq, int hop, int hopLimit, int flags, ArrayPayload body) {}

        @Override
        public boolean isWritable(int link) {
            return true;
        }

        @Override
        public @Nullable Address local(int link) {
            return null;
        }

        @Override
        public boolean datagram(Address to, Datagram datagram) {
            return true;
        }

        @Override
        public void dial(int link, Address address) {}

        @Override
        public void close(int link) {}

        @Override
        public void deliver(Source source, long seq, int hop, boolean isProved, ArrayPayload body) {}

        @Override
        public void gap(Source source, long from, long to) {}

        @Override
        public void datagramReceived(NodeId from, ArrayPayload payload) {}

        @Override
        public void emit(NodeEvent event) {}
    }
}
