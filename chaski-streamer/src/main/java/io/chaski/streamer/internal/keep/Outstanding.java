package io.chaski.streamer.internal.keep;

import io.chaski.core.NodeId;
import io.chaski.core.internal.module.ModuleMessages.Encoded;
import io.chaski.streamer.Acknowledgement;
import io.chaski.streamer.Acknowledgement.Status;
import io.chaski.streamer.internal.durable.Sequences;
import io.chaski.streamer.internal.durable.Source;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;

/**
 * The messages of a publisher that are not yet kept by enough keepers, and who keeps them. Decides when a message is
 * published, who is sent it once more, and what became of it. Confined to whoever locks it.
 *
 * <pre>
 *   waiting --- enough keepers are connected ---> published --- it has a number ---> numbered --- enough have it ---> KEPT
 *     deadline: NO_KEEPER                           deadline: UNKNOWN                  deadline: UNKNOWN; all refuse: refused
 * </pre>
 */
final class Outstanding {

    /** What may wait for keepers, bodies together: a second of 128 Mbit/s. */
    static final long MAX_BYTES = 16L << 20;

    /** What a message costs besides its body. */
    private static final int COST_BYTES = 256;

    /** Beyond the round trip: the tree repairs what it has lost by itself, mostly, and a disk needs its time. */
    static final long PATIENCE_NANOS = Duration.ofMillis(200).toNanos();

    /** After a keeper was busy. */
    private static final long PAUSE_NANOS = Duration.ofSeconds(1).toNanos();

    /** What a keeper said of numbers that this node does not know yet that it has given. */
    private static final int MAX_EARLY_INTERVALS = 4_096;

    private final NodeId self;
    private final long epoch;
    private final Outbox out;
    private final Map<NodeId, Link> links = new LinkedHashMap<>();
    private final Deque<Held> waiting = new ArrayDeque<>();
    private final Set<Held> unnumbered = new LinkedHashSet<>();
    private final NavigableMap<Long, Held> numbered = new TreeMap<>();

    /** What the keeper on this node has not been given yet, also if it has ended: nobody else brings it there soon. */
    private final Deque<Held> owed = new ArrayDeque<>();

    private long bytes;

    /** What follows from it. Called while it is locked. */
    interface Outbox {

        /** Publishes a message, and has {@link #onNumber} or {@link #onUnpublished} called later. */
        void publish(Held message);

        /** Sends messages to a keeper once more; false if there is no room. */
        boolean put(NodeId keeper, KeeperFrame.Messages messages);

        /** Ends the connection to a keeper that says what cannot be. */
        void refuse(NodeId keeper, String why);

        /** It is known what became of a message. */
        void end(Held message, Acknowledgement acknowledgement);
    }

    /** A message that is not yet kept by enough; its sequence is 0 as long as it has none. */
    static final class Held {
        final Encoded message;
        final Object user;
        private final int replicas;
        private final long deadlineNanos;
        private long sequence;
        private long numberedNanos;
        private boolean isOwed;
        private boolean hasEnded;
        private final Map<UUID, NodeId> keptBy = new LinkedHashMap<>();
        private final Map<NodeId, Refusal> refusedBy = new LinkedHashMap<>();

        private Held(Encoded message, Object user, int replicas, long deadlineNanos) {
            this.message = message;
            this.user = user;
            this.replicas = replicas;
            this.deadlineNanos = deadlineNanos;
        }

        private long cost() {
            return (long) message.body().length + COST_BYTES;
        }
    }

    /** A connection to a keeper that has said what it has. */
    private static final class Link {
        final UUID store;
        final long patienceNanos;
        final Set<Held> sent = new HashSet<>();
        Sequences early = Sequences.NONE;
        long pausedUntilNanos;
        boolean isPaused;

        Link(UUID store, long patienceNanos) {
            this.store = store;
            this.patienceNanos = patienceNanos;
        }
    }

    /**
     * Nothing waits yet.
     *
     * @param epoch of this incarnation: what keepers say of former ones does not concern it
     */
    Outstanding(NodeId self, long epoch, Outbox out) {
        this.self = self;
        this.epoch = epoch;
        this.out = out;
    }

    /** How many messages are not yet kept. */
    int size() {
        return waiting.size() + unnumbered.size() + numbered.size();
    }

    /** The keepers that are connected. */
    Set<NodeId> keepers() {
        return Set.copyOf(links.keySet());
    }

    // ---- messages

    /**
     * A message is to be published.
     *
     * @param user what the outbox knows it by
     * @param replicas how many stores must have it, 1 or more
     */
    void add(Encoded message, Object user, int replicas, long deadlineNanos) {
        Held held = new Held(message, user, replicas, deadlineNanos);
        if (message.body().length > KeeperFrame.MAX_BODY_BYTES) {
            out.end(held, acknowledgement(held, Status.TOO_LARGE));
        } else if (bytes > 0 && bytes + held.cost() > MAX_BYTES) {
            out.end(held, acknowledgement(held, Status.BUSY));
        } else {
            bytes += held.cost();
            waiting.add(held);
            publishWaiting();
        }
    }

    /** In order: one that wants more keepers than there are keeps those behind it waiting. */
    private void publishWaiting() {
        while (!waiting.isEmpty() && waiting.element().replicas <= stores()) {
            Held next = waiting.remove();
            unnumbered.add(next);
            out.publish(next);
        }
    }

    private long stores() {
        return links.values().stream().map(link -> link.store).distinct().count();
    }

    /** A message has its number. */
    void onNumber(Held held, long sequence, long nowNanos) {
        held.sequence = sequence;
        if (unnumbered.contains(held)) {
            takeNumbered(nowNanos);
        } else if (links.containsKey(self)) { // its deadline was earlier, and still others may want it
            bytes += held.cost();
            owe(held);
        }
    }

    /** A message was not published after all. */
    void onUnpublished(Held held, Status why, long nowNanos) {
        if (unnumbered.remove(held)) {
            end(held, why);
            takeNumbered(nowNanos);
        }
    }

    /** In the order of publishing, which receipts do not keep: a store that gets a later one first has a hole if it is killed then. */
    private void takeNumbered(long nowNanos) {
        for (Held held : List.copyOf(unnumbered)) {
            if (held.sequence == 0) {
                return;
            }
            unnumbered.remove(held);
            takeNumbered(held, nowNanos);
        }
        if (unnumbered.isEmpty()) {
            links.values().forEach(link -> link.early = Sequences.NONE);
        }
    }

    /** At its deadline a message waits no longer for an earlier one's number: it may be kept. */
    private void takeLate(long nowNanos) {
        for (Held held : List.copyOf(unnumbered)) {
            if (held.sequence != 0 && nowNanos - held.deadlineNanos >= 0) {
                unnumbered.remove(held);
                takeNumbered(held, nowNanos);
            }
        }
    }

    private void takeNumbered(Held held, long nowNanos) {
        held.numberedNanos = nowNanos;
        numbered.put(held.sequence, held);
        if (links.containsKey(self)) {
            owe(held);
        }
        for (Map.Entry<NodeId, Link> link : List.copyOf(links.entrySet())) {
            if (link.getValue().early.contains(held.sequence)) {
                kept(link.getKey(), link.getValue(), held);
            }
        }
    }

    private void owe(Held held) {
        held.isOwed = true;
        owed.add(held);
        putOwed();
    }

    /** In the order of publishing; what finds no room goes before all that comes later. */
    private void putOwed() {
        Link link = links.get(self);
        while (link != null && !owed.isEmpty()) {
            List<Held> frame = new ArrayList<>();
            long frameBytes = 0;
            for (Held held : owed) {
                frameBytes += held.message.body().length;
                if (!frame.isEmpty() && isFull(frameBytes, frame.size())) {
                    break;
                }
                frame.add(held);
            }
            if (!put(self, link, frame)) {
                return;
            }
            frame.forEach(unused -> settle(owed.remove()));
        }
    }

    private void settle(Held held) {
        held.isOwed = false;
        if (held.hasEnded) {
            bytes -= held.cost();
        }
    }

    private static boolean isFull(long frameBytes, int messages) {
        return frameBytes > KeeperFrame.FRAME_BYTES || messages == KeeperFrame.MAX_ITEMS;
    }

    // ---- keepers

    /** What a keeper has, said for the first time on this connection or later. */
    void onKept(NodeId keeper, KeeperFrame.Kept kept, long roundTripNanos) {
        Link link = links.get(keeper);
        if (link == null) {
            // What this node publishes does not come to itself: a keeper that is here gets everything from its
            // publisher.
            link = new Link(kept.store(), keeper.equals(self) ? 0 : roundTripNanos + PATIENCE_NANOS);
            links.put(keeper, link);
        } else if (!link.store.equals(kept.store())) {
            out.refuse(keeper, "another store on the same connection");
            return;
        }
        if (kept.epoch() == epoch) {
            if (!unnumbered.isEmpty()) {
                link.early = link.early.plus(kept.sequences());
            }
            if (link.early.size() > MAX_EARLY_INTERVALS) {
                out.refuse(keeper, "too many intervals");
                return;
            }
            for (Sequences.Interval interval : kept.sequences().intervals()) {
                Collection<Held> theirs = numbered.subMap(interval.first(), true, interval.last(), true)
                        .values();
                for (Held held : List.copyOf(theirs)) {
                    kept(keeper, link, held);
                }
            }
        }
        publishWaiting();
    }

    private void kept(NodeId keeper, Link link, Held held) {
        held.keptBy.put(link.store, keeper);
        if (held.keptBy.size() >= held.replicas && numbered.remove(held.sequence) != null) {
            end(held, Status.KEPT);
        }
    }

    /** A keeper will not have a message. */
    void onRefused(NodeId keeper, KeeperFrame.Refused refused, long nowNanos) {
        Link link = links.get(keeper);
        Held held = numbered.get(refused.sequence());
        if (link == null || held == null || refused.epoch() != epoch) {
            return;
        }
        if (refused.why() == Refusal.BUSY) {
            link.sent.remove(held);
            link.isPaused = true;
            link.pausedUntilNanos = nowNanos + PAUSE_NANOS;
            return;
        }
        held.refusedBy.put(keeper, refused.why());
        if (held.refusedBy.keySet().containsAll(links.keySet())) {
            numbered.remove(held.sequence);
            // Too large for a keeper is not too large: live subscribers may have it.
            end(held, refused.why() == Refusal.DISK_FULL ? Status.DISK_FULL : Status.REFUSED);
        }
    }

    /** The connection to a keeper has ended. */
    void onGone(NodeId keeper) {
        links.remove(keeper);
        if (keeper.equals(self)) {
            owed.forEach(this::settle);
            owed.clear();
        }
    }

    // ---- time

    /** Sends again what is late, and gives up what is too late. */
    void onTick(long nowNanos) {
        endLate(waiting, nowNanos, Status.NO_KEEPER);
        takeLate(nowNanos);
        endLate(unnumbered, nowNanos, Status.UNKNOWN);
        takeNumbered(nowNanos);
        endLate(numbered.values(), nowNanos, Status.UNKNOWN);
        publishWaiting(); // one that was given up may have kept others waiting
        putOwed();
        for (Map.Entry<NodeId, Link> link : List.copyOf(links.entrySet())) {
            putLate(link.getKey(), link.getValue(), nowNanos);
        }
    }

    private void endLate(Collection<Held> from, long nowNanos, Status status) {
        List<Held> late = new ArrayList<>();
        from.removeIf(held -> {
            boolean isLate = nowNanos - held.deadlineNanos >= 0;
            if (isLate) {
                late.add(held);
            }
            return isLate;
        });
        late.forEach(held -> end(held, status));
    }

    /** There is room again on the connection to a keeper. */
    void onWritable(NodeId keeper, long nowNanos) {
        Link link = links.get(keeper);
        if (link != null) {
            putOwed();
            putLate(keeper, link, nowNanos);
        }
    }

    /** A stream loses nothing: once on each connection is enough. */
    private void putLate(NodeId keeper, Link link, long nowNanos) {
        if (link.isPaused && nowNanos - link.pausedUntilNanos < 0) {
            return;
        }
        link.isPaused = false;
        List<Held> frame = new ArrayList<>();
        long frameBytes = 0;
        for (Held held : numbered.values()) {
            boolean isDue = nowNanos - held.numberedNanos >= link.patienceNanos
                    && !held.keptBy.containsKey(link.store)
                    && !held.refusedBy.containsKey(keeper)
                    && !(held.isOwed && keeper.equals(self))
                    && !link.sent.contains(held);
            if (!isDue) {
                continue;
            }
            int length = held.message.body().length;
            if (!frame.isEmpty() && isFull(frameBytes + length, frame.size())) {
                if (!put(keeper, link, frame)) {
                    return;
                }
                frame.clear();
                frameBytes = 0;
            }
            frame.add(held);
            frameBytes += length;
        }
        if (!frame.isEmpty()) {
            put(keeper, link, frame);
        }
    }

    private boolean put(NodeId keeper, Link link, List<Held> frame) {
        Source source = new Source(self, epoch);
        boolean hasRoom = out.put(
                keeper,
                new KeeperFrame.Messages(frame.stream()
                        .map(held -> new KeeperFrame.Item(source, held.sequence, held.message.body()))
                        .toList()));
        if (hasRoom) {
            frame.stream().filter(held -> !held.hasEnded).forEach(link.sent::add);
        }
        return hasRoom;
    }

    /** Gives everything up. */
    void close() {
        giveUp(waiting, Status.NO_KEEPER);
        giveUp(unnumbered, Status.UNKNOWN);
        giveUp(numbered.values(), Status.UNKNOWN);
    }

    private void giveUp(Collection<Held> from, Status status) {
        List<Held> all = List.copyOf(from);
        from.clear();
        all.forEach(held -> end(held, status));
    }

    private void end(Held held, Status status) {
        held.hasEnded = true;
        if (!held.isOwed) {
            bytes -= held.cost();
        }
        links.values().forEach(link -> link.sent.remove(held));
        out.end(held, acknowledgement(held, status));
    }

    private Acknowledgement acknowledgement(Held held, Status status) {
        return new Acknowledgement(
                status, held.sequence == 0 ? 0 : epoch, held.sequence, new LinkedHashSet<>(held.keptBy.values()));
    }
}
