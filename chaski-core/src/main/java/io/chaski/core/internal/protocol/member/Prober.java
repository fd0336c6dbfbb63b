package io.chaski.core.internal.protocol.member;

import io.chaski.core.Address;
import io.chaski.core.NodeEvent;
import io.chaski.core.NodeId;
import io.chaski.core.internal.protocol.Peer;
import io.chaski.core.internal.protocol.Peers;
import io.chaski.core.internal.protocol.ProtocolContext;
import io.chaski.core.internal.protocol.Timers;
import io.chaski.core.internal.protocol.TopicRef;
import io.chaski.core.internal.wire.Descriptor;
import io.chaski.core.internal.wire.MembershipFrame;
import io.chaski.core.internal.wire.MembershipFrame.Priority;
import io.chaski.core.internal.wire.MembershipFrame.Probe;
import io.chaski.core.internal.wire.MembershipFrame.ProbeAck;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Joins what a partition or a restart has torn apart. Lost members and bootstraps are asked now and then whether they
 * are there; whoever answers and was lost, or knows nobody this node knows, belongs to another component, and a link to
 * it heals both. Confined to the node's event loop.
 */
final class Prober {

    /** Enough for one answer to set off the next two, eight times over; each has a deadline. */
    static final int MAX_OUTSTANDING = 16;

    /** One in four goes to a bootstrap, for ever: lost members alone never lead to nodes one has not met. */
    private static final double BOOTSTRAP_SHARE = 0.25;

    /** How many lost members are asked when one has answered: the wave doubles with each answer. */
    private static final int AFTER_AN_ANSWER = 2;

    /**
     * How often a peer that seems to know nobody we know is asked again, with another sample each time. In a component
     * of 1,000 nodes one answer in fifty seems so by chance, and a registry's, which knows everybody, one in three.
     */
    private static final int REPEATS = 5;

    /** Half of an answer shows what both sides know, half of it is news. */
    private static final int SHARED_IN_SAMPLE = MembershipFrame.MAX_DESCRIPTORS / 2;

    /** One event per heal, not one per link. */
    private static final long HEALED_EVENT_NANOS = 60_000_000_000L;

    /** As many as may be lost. */
    static final int MAX_RETURNED = 32;

    /** Mixes both sides (measured: half as many links across as in one random graph); one link would be a mere bridge. */
    private static final int LINKS_PER_HEAL = 5;

    private final ProtocolContext context;
    private final MembershipSettings settings;
    private final TopicRef topic;
    private final HyParView overlay;
    private final Links links;
    private final Members members;
    private final Timers.Timer timer;
    private final Timers.Timer healTimer;
    private final List<Question> outstanding = new ArrayList<>();
    /** Members that were lost or foreign, have been met (again), and are not linked. */
    private final List<NodeId> returned = new ArrayList<>();
    /** Those of them that this node wants links to. */
    private final View foreign = new View(MAX_RETURNED);

    private int linksOfHeal;
    private boolean healedBefore;
    private long healedNanos;

    Prober(ProtocolContext context, TopicRef topic, HyParView overlay, Links links, Members members) {
        this.context = context;
        this.settings = context.settings().membership();
        this.topic = topic;
        this.overlay = overlay;
        this.links = links;
        this.members = members;
        this.timer = context.timers().timer(this::onTimer);
        this.healTimer = context.timers().timer(this::healOne);
    }

    void start() {
        timer.armAt(context.nowNanos() + context.jittered(settings.probeEvery().toNanos()));
    }

    void leave() {
        timer.cancel();
        healTimer.cancel();
        for (Question question : List.copyOf(outstanding)) {
            question.end();
        }
    }

    int outstandingCount() {
        return outstanding.size();
    }

    int returnedCount() {
        return returned.size();
    }

    int foreignCount() {
        return foreign.size();
    }

    void tellDeadlines(Consumer<Timers.Timer> audience) {
        for (Question question : outstanding) {
            audience.accept(question.deadline);
        }
    }

    // ---- asking

    private void onTimer() {
        start();
        boolean hasBootstrap = !context.bootstrap().isEmpty();
        if (hasBootstrap && context.random().nextDouble() < BOOTSTRAP_SHARE) {
            probeBootstrap();
        } else {
            probeLost(1);
        }
    }

    void probeLost(int count) {
        for (LostMembers.Lost lost : members.lost().choose(count, context.random())) {
            Peers.Known known = lost.known();
            NodeId whom = known.descriptor().id();
            if (!isAsked(whom) && !links.isBusy(whom)) {
                Question question = admit(whom);
                if (question != null) {
                    question.wasLost = true;
                    context.peers().reach(known.descriptor(), known.trust(), question);
                }
            }
        }
    }

    void probeBootstrap() {
        List<Address> addresses = context.bootstrap();
        if (addresses.isEmpty()) {
            return;
        }
        Question question = admit(null);
        if (question != null) {
            context.peers()
                    .reach(addresses.get(context.random().nextInt(addresses.size())), Peers.Trust.CONFIGURED, question);
        }
    }

    /** Asks whoever is at an address that somebody has named. */
    void probe(Address address) {
        Question question = admit(null);
        if (question != null) {
            context.peers().reach(address, Peers.Trust.HINT, question);
        }
    }

    private @Nullable Question admit(@Nullable NodeId whom) {
        if (outstanding.size() >= MAX_OUTSTANDING) {
            return null;
        }
        Question question = new Question(whom);
        outstanding.add(question);
        question.deadline.armAt(context.nowNanos() + settings.reachWithin().toNanos());
        return question;
    }

    private boolean isAsked(NodeId id) {
        for (Question question : outstanding) {
            if (id.equals(question.whom)) {
                return true;
            }
        }
        return false;
    }

    /** One probe under way: first for an edge, then for an answer. */
    private final class Question implements Peers.Reach {
        private final @Nullable NodeId whom;
        private final long token = context.random().nextLong();
        private final Timers.Timer deadline = context.timers().timer(this::end);
        private boolean wasLost;
        private int repeats;
        private @Nullable Peer peer;

        Question(@Nullable NodeId whom) {
            this.whom = whom;
        }

        @Override
        public void onReached(Peer reached) {
            if (!outstanding.contains(this)) {
                return;
            }
            if (links.isBusy(reached.id())) {
                end();
                return;
            }
            peer = reached;
            reached.hold(this);
            ask(reached);
        }

        private void ask(Peer reached) {
            deadline.armAt(context.nowNanos() + overlay.answerNanos(reached));
            reached.send(
                    new Probe(reached.alias(topic), token, context.descriptor(), overlay.sample(reached.id(), null)));
        }

        /** Asks once more, unless that has been done often enough. */
        boolean repeat(Peer reached) {
            if (repeats == REPEATS) {
                return false;
            }
            repeats++;
            ask(reached);
            return true;
        }

        @Override
        public void onUnreachable() {
            end();
            if (wasLost) {
                overlay.onLostUnreachable();
            }
        }

        @Override
        public void onDeferred() {
            end();
        }

        void end() {
            outstanding.remove(this);
            deadline.cancel();
            if (peer != null) {
                peer.release(this);
            }
        }
    }

    void onPeerDown(Peer peer) {
        for (Question question : List.copyOf(outstanding)) {
            if (question.peer == peer) {
                question.end();
            }
        }
    }

    // ---- answering

    void onProbe(Peer from, Probe probe) {
        List<Descriptor> shared = new ArrayList<>();
        for (Descriptor descriptor : probe.sample()) {
            if (shared.size() < SHARED_IN_SAMPLE && isOurs(descriptor.id())) {
                shared.add(descriptor);
            }
        }
        List<Descriptor> sample = new ArrayList<>(shared);
        for (Descriptor descriptor : overlay.sample(from.id(), null)) {
            boolean repeated = shared.stream().anyMatch(other -> other.id().equals(descriptor.id()));
            if (!repeated && sample.size() < MembershipFrame.MAX_DESCRIPTORS) {
                sample.add(descriptor);
            }
        }
        from.send(new ProbeAck(from.alias(topic), probe.token(), true, context.descriptor(), sample));
        // Who shares nothing may be foreign and asks again: what it said must not come back as something shared.
        if (!shared.isEmpty()) {
            members.learn(probe.sample());
        }
    }

    void onProbeAck(Peer from, ProbeAck ack) {
        Question question = null;
        for (Question each : outstanding) {
            if (each.peer == from && each.token == ack.token()) {
                question = each;
            }
        }
        if (question == null) {
            from.misbehaved("membership.probe-ack-unsolicited");
            return;
        }
        boolean foreign = ack.sample().stream().noneMatch(descriptor -> isOurs(descriptor.id()));
        boolean saysSomething = ack.subscribed() || !ack.sample().isEmpty();
        if (foreign && saysSomething && !question.wasLost && question.repeat(from)) {
            return;
        }
        question.end();
        members.learn(ack.sample());
        if (ack.subscribed()) {
            if (question.wasLost || foreign) {
                heal(Members.wordOf(from), true);
            }
        } else if (foreign && !ack.sample().isEmpty()) {
            // A registry that knows members, none of which this node knows.
            Descriptor member =
                    ack.sample().get(context.random().nextInt(ack.sample().size()));
            if (members.isKnown(member.id())) {
                heal(member, false);
            }
        }
        if (question.wasLost) {
            probeLost(AFTER_AN_ANSWER);
        }
    }

    private boolean isOurs(NodeId id) {
        return id.equals(context.self()) || links.isLinked(id) || members.isKnown(id);
    }

    // ---- healing

    private void heal(Descriptor member, boolean met) {
        if (foreign.size() == 0 && !healTimer.isArmed()) {
            linksOfHeal = 0;
        }
        noteReturn(member.id());
        foreign.put(member, met, context.nowNanos(), context.random());
        if (!healTimer.isArmed()) {
            healOne();
        }
    }

    /** One link after the other, so that both sides stay connected in themselves while they mix. */
    private void healOne() {
        View.Entry member = foreign.random(context.random());
        if (member == null) {
            return;
        }
        healTimer.armAt(
                context.nowNanos() + context.jittered(settings.healEvery().toNanos()));
        if (linksOfHeal >= LINKS_PER_HEAL) {
            foreign.removeOlderThan(-1, context.nowNanos());
        } else if (links.isBusy(member.id())) {
            foreign.remove(member.id());
        } else if (links.count() < settings.activeTarget() || links.takeHeal()) {
            foreign.remove(member.id());
            links.request(member.descriptor(), member.trust(), Priority.HEAL, true);
        }
    }

    /** A lost member has spoken by itself: others that vanished with it may be there again. */
    void onReturn(Peer peer) {
        noteReturn(peer.id());
        probeLost(AFTER_AN_ANSWER);
    }

    private void noteReturn(NodeId id) {
        if (!returned.contains(id)) {
            if (returned.size() == MAX_RETURNED) {
                returned.remove(0);
            }
            returned.add(id);
        }
    }

    void onLinkUp(Peer peer) {
        boolean rejoined = returned.remove(peer.id());
        linksOfHeal += rejoined ? 1 : 0;
        boolean quiet = !healedBefore || context.nowNanos() - healedNanos >= HEALED_EVENT_NANOS;
        if (rejoined && quiet && !overlay.isControl()) {
            healedBefore = true;
            healedNanos = context.nowNanos();
            context.outbox().emit(new NodeEvent.Healed(topic.name()));
        }
    }
}
