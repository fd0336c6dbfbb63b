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

/**
 * Look-ups that the application asks for in manual topology: finds members of a topic through the edges that stand,
 * connects to them, and leaves those who only introduced them if that is wished. Confined to the node's event loop.
 */
public final class Introductions {

    /** Members one look-up connects to; a person who builds a topology by hand wants no more. */
    private static final int MAX_MEMBERS = 16;

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
     * Looks for members; wishes for the same topic share one look-up. In automatic topology the topic does so by itself, and its neighbours are the answer.
     *
     * @param name a valid topic name
     * @param keepIntroducer false closes edges to peers that share no topic with this node, once a member was found
     * @param deadlineNanos when to be content with what was found
     * @param done hears who is connected
     */
    public void discover(String name, boolean keepIntroducer, long deadlineNanos, Discovered done) {
        LookUp running = lookUps.get(name);
        if (!context.settings().manualTopology()) {
            done.onDiscovered(topics.report().neighbourIds(name));
        } else if (running != null) {
            running.waiting.add(done);
        } else {
            LookUp lookUp = new LookUp(context.names().retainTopic(name), keepIntroducer);
            lookUps.put(name, lookUp);
            lookUp.waiting.add(done);
            lookUp.start(deadlineNanos);
        }
    }

    private final class LookUp {
        private final TopicRef topic;
        private final boolean keepIntroducer;
        private final List<Discovered> waiting = new ArrayList<>(1);
        private final Timers.Timer deadline = context.timers().timer(this::finish);
        private final Set<NodeId> asked = new LinkedHashSet<>();
        private final Set<NodeId> connected = new LinkedHashSet<>();
        private int pending;
        private boolean isDone;

        LookUp(TopicRef topic, boolean keepIntroducer) {
            this.topic = topic;
            this.keepIntroducer = keepIntroducer;
        }

        void start(long deadlineNanos) {
            deadline.armAt(deadlineNanos);
            topics.discovery().want(topic, this::onFound);
        }

        private void onFound(List<Descriptor> members) {
            for (Descriptor member : members) {
                boolean isNew = !member.id().equals(context.self()) && asked.size() < MAX_MEMBERS;
                if (!isDone && isNew && asked.add(member.id())) {
                    pending++;
                    edges.reach(member, Peers.Trust.HINT, new Peers.Reach() {
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
                    });
                }
            }
        }

        private void ended() {
            pending--;
            if (pending == 0 && !connected.isEmpty()) {
                finish();
            }
        }

        private void finish() {
            if (isDone) {
                return;
            }
            isDone = true;
            lookUps.remove(topic.name());
            deadline.cancel();
            topics.discovery().satisfied(topic);
            context.names().release(topic);
            if (!keepIntroducer && !connected.isEmpty()) {
                leaveIntroducers();
            }
            waiting.forEach(done -> done.onDiscovered(new ArrayList<>(connected)));
        }

        private void leaveIntroducers() {
            for (Peer peer : List.copyOf(edges.all())) {
                if (topics.all().stream().noneMatch(peer::maySubscribe)) {
                    edges.disconnect(peer.id(), true);
                }
            }
        }
    }
}
