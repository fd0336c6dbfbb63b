package io.chaski.core.internal.runtime;

import io.chaski.core.NodeEvent;
import io.chaski.core.NodeId;
import io.chaski.core.Presence;
import io.chaski.core.Registration;
import io.chaski.core.Topic;
import io.chaski.core.internal.protocol.NodeProtocol;
import io.chaski.core.internal.protocol.Source;
import io.chaski.core.internal.wire.ArrayPayload;
import io.chaski.core.internal.wire.MessageBody;
import io.chaski.core.internal.wire.ProtocolException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;

/**
 * Who is in one topic: announces this node while it runs, and believes the announcements of others for a lease. The
 * table is the loop's; anybody may look at the copy.
 */
final class PresenceView implements Presence {

    /** Of a lease: two may be lost. */
    private static final long ANNOUNCEMENTS = LEASE.toNanos() / HEARTBEAT.toNanos();

    /** How exactly the lease is kept. */
    private static final long SWEEP_NANOS = TimeUnit.SECONDS.toNanos(1);

    /**
     * In a small company everybody greets a newcomer within a second, so that it need not wait for a heartbeat to know
     * who is there. In a large one that would be a storm.
     */
    private static final int GREETING_COMPANY = 32;

    /** Each member can come and leave once while a listener is busy. */
    private static final int QUEUED_CHANGES = 2 * MAX_MEMBERS;

    private final String topic;
    private final Member self;
    private final NodeLoop loop;
    private final EventBus events;
    private final HybridClock clock;
    private final RandomGenerator random;
    private final Voice voice;
    private final Mailbox<Change> changes;
    private final Map<NodeId, Entry> present = new LinkedHashMap<>();

    private volatile List<Member> members = List.of();
    private volatile boolean isRunning;

    /** For how long an announcement of this node counts. Loop only. */
    private Duration lease = LEASE;

    /** Tells the timer of an earlier run from the present one. Loop only, as what follows. */
    private int run;

    private long nextHeartbeatNanos;
    private boolean isFull;

    /** Says something in the topic for all members to hear. Called on the loop. */
    @FunctionalInterface
    interface Voice {
        /** How the protocol is told, outside of tests. */
        Voice PROTOCOL = (protocol, topic, body, nowNanos) ->
                protocol.publish(topic, Source.PRESENCE, Topic.DEFAULT_HOP_LIMIT, true, body, nowNanos);

        void say(NodeProtocol protocol, String topic, ArrayPayload body, long nowNanos);
    }

    /**
     * Somebody has come or gone.
     *
     * @param member who
     * @param isJoined whether it came
     */
    private record Change(Member member, boolean isJoined) {}

    /** One member and until when it counts. */
    private static final class Entry {
        final Member member;
        final long epoch;
        long untilNanos;

        Entry(Member member, long epoch) {
            this.member = member;
            this.epoch = epoch;
        }
    }

    PresenceView(
            String topic,
            Member self,
            NodeLoop loop,
            Callbacks callbacks,
            EventBus events,
            HybridClock clock,
            RandomGenerator random,
            Voice voice) {
        this.topic = topic;
        this.self = self;
        this.loop = loop;
        this.events = events;
        this.clock = clock;
        this.random = random;
        this.voice = voice;
        this.changes = new Mailbox<>("a listener of presence in " + topic, QUEUED_CHANGES, callbacks);
    }

    // ---- called on the loop

    /**
     * Announces this node from now on.
     *
     * @param ownLease for how long each announcement counts. Another one than before is announced soon; otherwise this does
     *     nothing if the node is announced already
     */
    void start(NodeProtocol protocol, Duration ownLease, long nowNanos) {
        if (!ownLease.equals(lease)) {
            lease = ownLease;
            nextHeartbeatNanos = nowNanos;
        }
        if (isRunning) {
            return;
        }
        isRunning = true;
        run++;
        publishMembers();
        nextHeartbeatNanos = nowNanos;
        tick(protocol, nowNanos, run);
    }

    /** Announces that this node leaves, and forgets everybody. Does nothing if it is not announced. */
    void stop(NodeProtocol protocol, long nowNanos) {
        if (!isRunning) {
            return;
        }
        isRunning = false;
        announce(protocol, PresenceWord.leaving(), nowNanos);
        present.clear();
        isFull = false;
        members = List.of();
    }

    /** Another neighbour: it and those behind it may not know this node. */
    void onCompany() {
        if (isRunning) {
            nextHeartbeatNanos = loop.nanoTime();
        }
    }

    /** Somebody says that it is there or leaves. What cannot be read is ignored: a later version may say more. */
    void onAnnouncement(Source source, ArrayPayload body) {
        if (!isRunning || source.origin().equals(self.id())) {
            return;
        }
        try {
            MessageBody announcement = MessageBody.decode(body);
            byte[] said = announcement.payload().toByteArray();
            if (PresenceWord.isHere(said)) {
                onHere(
                        new Member(source.origin(), announcement.label().text()),
                        source.epoch(),
                        PresenceWord.lease(said));
            } else if (PresenceWord.isLeaving(said)) {
                onLeaving(source.origin(), source.epoch());
            }
        } catch (ProtocolException malformed) {
            events.emit(new NodeEvent.DecodeFailed(topic, source.origin(), "presence: " + malformed.detail()));
        }
    }

    private void onHere(Member member, long epoch, Duration theirLease) {
        long nowNanos = loop.nanoTime();
        Entry known = present.get(member.id());
        if (known != null && known.epoch > epoch) {
            return; // a late word of an incarnation that is over
        }
        if (known == null && present.size() + 1 >= MAX_MEMBERS) {
            if (!isFull) {
                isFull = true;
                events.emit(new NodeEvent.LimitReached("presence members", MAX_MEMBERS));
            }
            return;
        }
        if (known == null || known.epoch != epoch || !known.member.equals(member)) {
            known = new Entry(member, epoch);
            boolean isNew = present.put(member.id(), known) == null;
            publishMembers();
            if (isNew) {
                changes.offer(new Change(member, true));
                greet(nowNanos);
            }
        }
        known.untilNanos = nowNanos + theirLease.toNanos();
    }

    private void onLeaving(NodeId id, long epoch) {
        Entry known = present.get(id);
        if (known != null && known.epoch <= epoch) {
            remove(known);
        }
    }

    private void remove(Entry gone) {
        present.remove(gone.member.id());
        isFull = false;
        publishMembers();
        changes.offer(new Change(gone.member, false));
    }

    private void greet(long nowNanos) {
        if (present.size() <= GREETING_COMPANY) {
            long soonNanos = nowNanos + random.nextLong(SWEEP_NANOS);
            nextHeartbeatNanos = Math.min(nextHeartbeatNanos, soonNanos);
        }
    }

    private void tick(NodeProtocol protocol, long nowNanos, int startedRun) {
        if (!isRunning || startedRun != run) {
            return;
        }
        sweep(nowNanos);
        if (nowNanos - nextHeartbeatNanos >= 0) {
            announce(protocol, PresenceWord.here(lease), nowNanos);
            long periodNanos = lease.toNanos() / ANNOUNCEMENTS;
            nextHeartbeatNanos = nowNanos + periodNanos - random.nextLong(periodNanos / 5);
        }
        loop.schedule((same, later) -> tick(same, later, startedRun), SWEEP_NANOS);
    }

    private void sweep(long nowNanos) {
        List<Entry> expired = new ArrayList<>();
        for (Entry entry : present.values()) {
            if (nowNanos - entry.untilNanos >= 0) {
                expired.add(entry);
            }
        }
        expired.forEach(this::remove);
    }

    private void announce(NodeProtocol protocol, byte[] word, long nowNanos) {
        MessageBody body = new MessageBody(
                MessageBody.BYTES, clock.next(), self.name(), null, Map.of(), ArrayPayload.owning(word));
        voice.say(protocol, topic, body.encode(), nowNanos);
    }

    private void publishMembers() {
        List<Member> copy = new ArrayList<>(present.size() + 1);
        copy.add(self);
        for (Entry entry : present.values()) {
            copy.add(entry.member);
        }
        members = List.copyOf(copy);
    }

    // ---- called by anybody

    /** Whether this node announces itself. */
    boolean isRunning() {
        return isRunning;
    }

    @Override
    public String topic() {
        return topic;
    }

    @Override
    public List<Member> members() {
        return members;
    }

    @Override
    public Registration onJoined(Consumer<Member> callback) {
        return changes.listen(change -> {
            if (change.isJoined) {
                callback.accept(change.member);
            }
        });
    }

    @Override
    public Registration onLeft(Consumer<Member> callback) {
        return changes.listen(change -> {
            if (!change.isJoined) {
                callback.accept(change.member);
            }
        });
    }
}
