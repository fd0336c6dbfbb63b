package io.chaski.core.internal.protocol.topic;

import io.chaski.core.NodeId;
import io.chaski.core.internal.protocol.NodeProtocol.Discovered;
import io.chaski.core.internal.protocol.Peer;
import io.chaski.core.internal.protocol.Peers;
import io.chaski.core.internal.protocol.ProtocolContext;
import io.chaski.core.internal.protocol.Timers;
import io.chaski.core.internal.protocol.TopicRef;
import io.chaski.core.internal.protocol.edge.Edges;
import io.chaski.core.internal.wire.Descriptor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Look-ups that the application asks for in manual topology: finds members of a topic through the edges that stand,
 * connects to them, and leaves those who only introduced them if that is wished. Confined to the node's event loop.
 */
public final class Introductions {

    /** Members one look-up connects to; a person who builds a topology by hand wants no more. */
    private static final int MAX_MEMBERS = 16;

    /** After the first answer: the round trip of a slow wide-area link. */
    private static final long LAST_ANSWERS_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

    private final ProtocolContext context;
    private final Edges edges;
    private final Topics topics;
    private final Map<String, LookUp> lookUps = new LinkedHashMap<>();

    /**
     * No look-ups yet.
     *
     * @param context the node
     * @param edges where members become peers
     * @param topics of this node
     */
    public Introductions(ProtocolContext context, Edges edges, Topics topics) {
        this.context = context;
        this.edges = edges;
        this.topics = topics;
    }

    /**
     * Looks for members. Wishes for the same topic share one look-up, and each ends at its own deadline. In automatic
     * topology the topic looks by itself, and its neighbours are the answer at once.
     *
     * @param name a valid topic name
     * @param keepIntroducer false closes edges to peers that only named members, once one of these was reached
     * @param deadlineNanos when to be content with what was found
     * @param done hears who is connected
     */
    public void discover(String name, boolean keepIntroducer, long deadlineNanos, Discovered done) {
        if (!context.settings().manualTopology()) {
            done.onDiscovered(topics.report().neighbourIds(name));
            return;
        }
        LookUp lookUp = lookUps.get(name);
        if (lookUp == null) {
            lookUp = new LookUp(context.names().retainTopic(name));
            lookUps.put(name, lookUp);
            lookUp.join(keepIntroducer, deadlineNanos, done);
            lookUp.start();
        } else {
            lookUp.join(keepIntroducer, deadlineNanos, done);
        }
    }

    private final class LookUp {
        private final TopicRef topic;
        private final List<Wish> wishes = new ArrayList<>(1);
        private final Set<NodeId> asked = new LinkedHashSet<>();
        private final Set<NodeId> connected = new LinkedHashSet<>();

        /** Who named a member; compared by identity, because a node that comes again is not meant. */
        private final Set<Peer> introducers = new LinkedHashSet<>();

        private boolean isIntroducerKept;
        private int pending;

        /** Whether a member is to be reached that was not connected. */
        private boolean isAnyNew;

        /** Runs when somebody has answered and named only those who are connected anyway: others may name more. */
        private final Timers.Timer lastAnswers = context.timers().timer(this::endAll);

        LookUp(TopicRef topic) {
            this.topic = topic;
        }

        void join(boolean keepIntroducer, long deadlineNanos, Discovered done) {
            isIntroducerKept |= keepIntroducer;
            Wish wish = new Wish(done);
            wishes.add(wish);
            wish.deadline.armAt(deadlineNanos);
        }

        void start() {
            topics.discovery().want(topic, this::onFound);
        }

        private void onFound(List<Descriptor> members, @Nullable Peer from) {
            if (wishes.isEmpty()) {
                return;
            }
            if (from != null) {
                introducers.add(from);
                if (!lastAnswers.isArmed()) {
                    lastAnswers.armAt(context.nowNanos() + LAST_ANSWERS_NANOS);
                }
            }
            for (Descriptor member : members) {
                boolean isNew = !member.id().equals(context.self()) && asked.size() < MAX_MEMBERS;
                if (isNew && asked.add(member.id())) {
                    isAnyNew |= context.peers().get(member.id()) == null;
                    pending++;
                    edges.reach(member, Peers.Trust.HINT, new Arrival());
                }
            }
        }

        private final class Arrival implements Peers.Reach {
            @Override
            public void onReached(Peer peer) {
                edges.keep(peer);
                connected.add(peer.id());
                ended();
            }

            @Override
            public void onUnreachable() {
                ended();
            }
        }

        private void ended() {
            pending--;
            if (isAnyNew) {
                endAll();
            }
        }

        private void endAll() {
            if (pending == 0 && !connected.isEmpty()) {
                List.copyOf(wishes).forEach(this::end);
            }
        }

        /** One call of the application. */
        private final class Wish {
            private final Discovered done;
            private final Timers.Timer deadline = context.timers().timer(() -> end(this));

            Wish(Discovered done) {
                this.done = done;
            }
        }

        private void end(Wish wish) {
            wish.deadline.cancel();
            wishes.remove(wish);
            if (wishes.isEmpty()) {
                lastAnswers.cancel();
                lookUps.remove(topic.name());
                topics.discovery().satisfied(topic);
                context.names().release(topic);
            }
            if (!isIntroducerKept && !connected.isEmpty()) {
                leaveIntroducers();
            }
            wish.done.onDiscovered(new ArrayList<>(connected));
        }

        /** Whoever came by himself, was found, or shares another topic is more than an introducer. */
        private void leaveIntroducers() {
            for (Peer peer : introducers) {
                boolean isMember =
                        connected.contains(peer.id()) || topics.all().stream().anyMatch(peer::maySubscribe);
                if (peer.isUp() && peer.isOutbound() && !isMember) {
                    edges.disconnect(peer.id(), true);
                }
            }
        }
    }
}
