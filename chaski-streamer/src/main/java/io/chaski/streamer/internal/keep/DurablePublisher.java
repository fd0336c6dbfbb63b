package io.chaski.streamer.internal.keep;

import io.chaski.core.ChaskiException;
import io.chaski.core.NodeId;
import io.chaski.core.PublishOptions;
import io.chaski.core.Receipt;
import io.chaski.core.Topic;
import io.chaski.core.internal.module.ModuleMessages.Encoded;
import io.chaski.core.internal.module.ModuleMessages.Published;
import io.chaski.streamer.Acknowledgement;
import io.chaski.streamer.Acknowledgement.Status;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Publishes on one durable topic, and has a line to each keeper that it knows of. Thread-safe. */
public final class DurablePublisher implements DurableNode.Ticked, AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(DurablePublisher.class);

    /** More would not make anything safer, and each costs a line. */
    static final int MAX_KEEPERS = 8;

    /** One that has not said a first word after this time does not count as one of them: another one is tried beside it. */
    private static final long FIRST_WORD_NANOS = Duration.ofSeconds(1).toNanos();

    /** Lines, those included to keepers that say nothing; then the oldest of these makes room. */
    static final int MAX_LINES = 4 * MAX_KEEPERS;

    private static final long RETRY_NANOS = Duration.ofSeconds(1).toNanos();

    private final DurableNode hub;
    private final Topic<?> topic;

    /** Guards all below. Nothing is called under it that waits, and no code of the application. */
    private final Object lock = new Object();

    private final Outstanding outstanding;
    private final Attempts attempts = new Attempts();

    /** The oldest is the first. */
    private final Map<NodeId, Connection> connections = new LinkedHashMap<>();

    private final Map<NodeId, Long> nextTryNanos = new HashMap<>();
    private boolean isClosed;

    private record Request(CompletableFuture<Acknowledgement> future, PublishOptions options) {}

    private DurablePublisher(DurableNode hub, Topic<?> topic) {
        this.hub = hub;
        this.topic = topic;
        this.outstanding = new Outstanding(hub.node().id(), hub.node().epoch(), new NodeOutbox());
    }

    /**
     * Looks for keepers from now on.
     *
     * @param hub of the node
     * @param topic where it publishes
     */
    public static DurablePublisher on(DurableNode hub, Topic<?> topic) {
        DurablePublisher publisher = new DurablePublisher(hub, topic);
        hub.add(publisher);
        publisher.onTick(hub.module().nanoTime());
        return publisher;
    }

    /**
     * Publishes a message as soon as there are enough keepers.
     *
     * @param to the topic
     * @param payload what
     * @param options its key and headers
     * @param replicas how many stores must have it, 1 or more
     * @param deadline longest until the future completes
     * @return what became of it; does not fail by itself
     */
    public <T extends @Nullable Object> CompletableFuture<Acknowledgement> publish(
            Topic<T> to, T payload, PublishOptions options, int replicas, Duration deadline) {
        CompletableFuture<Acknowledgement> future = hub.module().newFuture();
        Optional<Encoded> message = hub.messages().encode(to, payload, options);
        if (message.isEmpty()) {
            hub.module().complete(future, new Acknowledgement(Status.TOO_LARGE, 0, 0, Set.of()));
            return future;
        }
        synchronized (lock) {
            if (isClosed) {
                throw new IllegalStateException("the durable topic is closed: " + topic.name());
            }
            outstanding.add(
                    message.get(),
                    new Request(future, options),
                    replicas,
                    hub.module().nanoTime() + deadline.toNanos());
        }
        return future;
    }

    /** The keepers that there is a line to. */
    public Set<NodeId> keepers() {
        synchronized (lock) {
            return outstanding.keepers();
        }
    }

    @Override
    public String topicName() {
        return topic.name();
    }

    @Override
    public void onTick(long nowNanos) {
        List<NodeId> known = hub.keepers(topic.name());
        synchronized (lock) {
            if (isClosed) {
                return;
            }
            outstanding.onTick(nowNanos);
            List.copyOf(connections.values()).stream()
                    .filter(each -> nowNanos - each.heardNanos >= Keeper.SILENCE_NANOS)
                    .forEach(each -> each.refuse("it says nothing"));
            nextTryNanos.keySet().retainAll(known);
            for (NodeId keeper : attempts.order(known)) {
                boolean isDue = nowNanos - nextTryNanos.getOrDefault(keeper, nowNanos) >= 0;
                if (isDue && !connections.containsKey(keeper) && makeRoom(nowNanos)) {
                    connect(keeper, nowNanos);
                }
            }
        }
    }

    /** Whether one more may be tried. */
    private boolean makeRoom(long nowNanos) {
        long counted = connections.values().stream()
                .filter(each -> each.hasSpoken || nowNanos - each.begunNanos < FIRST_WORD_NANOS)
                .count();
        if (counted < MAX_KEEPERS && connections.size() >= MAX_LINES) {
            connections.values().stream()
                    .filter(each -> !each.hasSpoken)
                    .findFirst()
                    .ifPresent(each -> each.refuse("it says nothing, and others wait"));
        }
        return counted < MAX_KEEPERS && connections.size() < MAX_LINES;
    }

    private void connect(NodeId keeper, long nowNanos) {
        Connection connection = new Connection(keeper, nowNanos);
        connections.put(keeper, connection);
        nextTryNanos.put(keeper, nowNanos + RETRY_NANOS);
        var unused = hub.open(keeper, topic.name(), Role.PUBLISH, connection)
                .whenComplete((line, failure) -> connection.onOpen(line, failure));
    }

    private long spoken() {
        return connections.values().stream().filter(each -> each.hasSpoken).count();
    }

    /** Ends what waits, with what is known of it. Does nothing when closed. */
    @Override
    public void close() {
        List<Connection> open;
        synchronized (lock) {
            if (isClosed) {
                return;
            }
            isClosed = true;
            outstanding.close();
            open = List.copyOf(connections.values());
        }
        hub.remove(this);
        open.forEach(Connection::end);
    }

    /** A line to a keeper, or the attempt to have one. */
    private final class Connection implements Line.Listener {
        private final NodeId keeper;
        private final long begunNanos;
        private long heardNanos;
        private boolean hasSpoken;
        private @Nullable Line line;

        Connection(NodeId keeper, long nowNanos) {
            this.keeper = keeper;
            this.begunNanos = nowNanos;
            this.heardNanos = nowNanos;
        }

        void onOpen(@Nullable Line opened, @Nullable Throwable failure) {
            if (opened == null) {
                LOG.debug("{}: no line to a keeper", topic.name(), failure);
                onEnd();
                return;
            }
            boolean isLate;
            synchronized (lock) {
                line = opened;
                isLate = isClosed || connections.get(keeper) != this;
                outstanding.onWritable(keeper, hub.module().nanoTime());
            }
            if (isLate) {
                opened.refuse("too late");
            }
        }

        void end() {
            Line open;
            boolean isHonest;
            synchronized (lock) {
                open = line;
                isHonest = hasSpoken;
            }
            if (open != null && isHonest) {
                open.end();
            } else if (open != null) {
                open.refuse("it says nothing"); // and might never end its side
            }
        }

        @Override
        public void onFrame(KeeperFrame frame, Runnable taken) {
            taken.run();
            synchronized (lock) {
                if (connections.get(keeper) != this) {
                    return;
                }
                heardNanos = hub.module().nanoTime();
                if (frame instanceof KeeperFrame.Kept kept) {
                    if (!hasSpoken && spoken() >= MAX_KEEPERS) {
                        refuse("others were sooner");
                        return;
                    }
                    hasSpoken = true;
                    outstanding.onKept(keeper, kept, hub.roundTripNanos(keeper));
                } else if (frame instanceof KeeperFrame.Refused refused) {
                    outstanding.onRefused(keeper, refused, hub.module().nanoTime());
                } else {
                    refuse("not what a keeper says to a publisher");
                }
            }
        }

        private void refuse(String why) {
            hub.counters().add(Counters.REFUSED);
            if (line != null) {
                line.refuse(why);
            }
            hasSpoken = false; // whatever it has said, it is of no use
            onEnd();
        }

        @Override
        public void onWritable() {
            synchronized (lock) {
                outstanding.onWritable(keeper, hub.module().nanoTime());
            }
        }

        @Override
        public void onEnd() {
            synchronized (lock) {
                if (connections.remove(keeper, this)) {
                    outstanding.onGone(keeper);
                    if (hasSpoken) {
                        attempts.onWorked(keeper);
                    } else {
                        attempts.onFailed(keeper);
                    }
                }
            }
        }
    }

    /** Called under the lock. */
    private final class NodeOutbox implements Outstanding.Outbox {
        @Override
        public void publish(Outstanding.Held held) {
            try {
                var unused = hub.messages()
                        .publish(topic, held.message, ((Request) held.user).options())
                        .whenComplete((published, failure) -> onPublished(held, published, failure));
            } catch (ChaskiException refused) { // closed, or not allowed any more
                LOG.debug("{}: not published: {}", topic.name(), refused.getMessage());
                outstanding.onUnpublished(held, Status.REFUSED, hub.module().nanoTime());
            } catch (IllegalStateException stuck) { // the loop of the node
                LOG.debug("{}: not published: {}", topic.name(), stuck.getMessage());
                outstanding.onUnpublished(held, Status.BUSY, hub.module().nanoTime());
            }
        }

        private void onPublished(Outstanding.Held held, @Nullable Published published, @Nullable Throwable failure) {
            synchronized (lock) {
                if (published == null) {
                    LOG.warn("{}: whether a message was published is not known", topic.name(), failure);
                    outstanding.onUnpublished(held, Status.UNKNOWN, hub.module().nanoTime());
                    return;
                }
                Receipt receipt = published.receipt();
                if (receipt.isRejected()) {
                    boolean isTooLarge = receipt.status() == Receipt.Status.TOO_LARGE;
                    outstanding.onUnpublished(
                            held,
                            isTooLarge ? Status.TOO_LARGE : Status.BUSY,
                            hub.module().nanoTime());
                } else {
                    outstanding.onNumber(held, receipt.sequence(), hub.module().nanoTime());
                }
            }
        }

        @Override
        public boolean put(NodeId keeper, KeeperFrame.Messages messages) {
            Connection connection = connections.get(keeper);
            return connection != null && connection.line != null && connection.line.offer(messages);
        }

        @Override
        public void refuse(NodeId keeper, String why) {
            Connection connection = connections.get(keeper);
            if (connection != null) {
                connection.refuse(why);
            }
        }

        @Override
        public void end(Outstanding.Held held, Acknowledgement acknowledgement) {
            hub.module().complete(((Request) held.user).future(), acknowledgement);
        }
    }
}
