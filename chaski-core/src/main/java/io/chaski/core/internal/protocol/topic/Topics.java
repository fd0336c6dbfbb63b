package io.chaski.core.internal.protocol.topic;

import io.chaski.core.CloseReason;
import io.chaski.core.internal.protocol.Peer;
import io.chaski.core.internal.protocol.ProtocolContext;
import io.chaski.core.internal.protocol.PublishOutcome;
import io.chaski.core.internal.protocol.Source;
import io.chaski.core.internal.protocol.TopicRef;
import io.chaski.core.internal.protocol.find.Discovery;
import io.chaski.core.internal.protocol.member.HyParView;
import io.chaski.core.internal.protocol.member.NonMember;
import io.chaski.core.internal.wire.ArrayPayload;
import io.chaski.core.internal.wire.Descriptor;
import io.chaski.core.internal.wire.EdgeFrame;
import io.chaski.core.internal.wire.FrameType;
import io.chaski.core.internal.wire.MembershipFrame;
import io.chaski.core.internal.wire.PayloadView;
import io.chaski.core.internal.wire.TreeFrame;
import io.chaski.core.internal.wire.WireLimits;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * All topics of this node and the control overlay "@": routes frames to the topic they belong to and tells the peers
 * what this node subscribes to. Confined to the node's event loop.
 */
public final class Topics implements Discovery.LocalTopics {

    private final ProtocolContext context;
    private final Announcer announcer;
    private final TopicRef controlTopic;
    private final @Nullable HyParView control;
    private final Discovery discovery;
    private final NonMember strangers;
    private final Leases leases;
    private final Surroundings surroundings;
    private final PublishedTopics published;
    private final TopicTable table = new TopicTable();
    private List<Long> hashes = List.of();

    /** Tells every peer what has changed. */
    @FunctionalInterface
    public interface Announcer {
        /**
         * The subscriptions of this node have changed.
         *
         * @param change for every edge
         */
        void announce(EdgeFrame.Topics change);
    }

    /**
     * No topics yet.
     *
     * @param context the node
     * @param announcer tells the peers
     */
    public Topics(ProtocolContext context, Announcer announcer) {
        this.context = context;
        this.announcer = announcer;
        this.controlTopic = context.names().retainTopic(HyParView.CONTROL);
        this.control = context.settings().manualTopology()
                ? null
                : new HyParView(context, controlTopic, new ControlListener());
        this.discovery = new Discovery(context, control, this);
        this.strangers = new NonMember(context, discovery::lookUp);
        this.leases = new Leases(context);
        this.surroundings = new Surroundings(
                discovery, strangers, new OwnSequences(context), leases, new Relays(context, discovery));
        this.published = new PublishedTopics(context, this::remove);
    }

    /** Joins the control overlay. */
    public void start() {
        if (control != null) {
            control.start();
        }
        discovery.start();
    }

    /** Leaves everything. */
    public void leave() {
        published.close();
        for (TopicOverlay overlay : table.copy()) {
            remove(overlay);
        }
        if (control != null) {
            control.leave();
        }
    }

    /** The look-ups of this node. */
    public Discovery discovery() {
        return discovery;
    }

    /** The control overlay; null in manual topology. */
    public @Nullable HyParView control() {
        return control;
    }

    // ---- commands

    /**
     * Becomes a member.
     *
     * @param name a valid topic name
     * @throws IllegalStateException if the node subscribes to as many topics as it may
     */
    public void subscribe(String name) {
        TopicOverlay overlay = table.named(name);
        if (overlay != null && overlay.isSubscribed()) {
            return;
        }
        if (hashes.size() >= WireLimits.MAX_TOPICS) {
            throw new IllegalStateException("a node subscribes to at most " + WireLimits.MAX_TOPICS + " topics");
        }
        if (overlay == null) {
            overlay = add(name, true);
            changed(List.of(overlay.topic().hash()), List.of());
            overlay.start();
        } else {
            published.remove(overlay);
            changed(List.of(overlay.topic().hash()), List.of());
            overlay.setSubscribed(true);
        }
        discovery.onSubscriptionsChanged();
    }

    /**
     * Ceases to be a member. A node that has just published goes on as a publisher, one that carries the topic for others
     * as a relay.
     *
     * @param name a topic
     */
    public void unsubscribe(String name) {
        TopicOverlay overlay = table.named(name);
        if (overlay == null || !overlay.isSubscribed()) {
            return;
        }
        changed(List.of(), List.of(overlay.topic().hash()));
        if (overlay.clients().isCarrying()) {
            overlay.setSubscribed(false);
        } else if (published.isQuiet(overlay)) {
            remove(overlay);
        } else {
            published.makeRoom();
            overlay.setSubscribed(false);
            published.add(overlay);
        }
        discovery.onSubscriptionsChanged();
    }

    /**
     * Publishes, joining the topic's tree from outside if this node does not subscribe.
     *
     * @param name a valid topic name
     * @param channel see {@link Source}
     * @param hopLimit 1 to 255
     * @param live whether to leave subscribers behind that take no more, instead of waiting for them
     * @param body envelope and payload
     */
    public PublishOutcome publish(String name, int channel, int hopLimit, boolean live, ArrayPayload body) {
        return toPublishOn(name).publish(channel, hopLimit, live, body);
    }

    /**
     * Has a message signed and publishes it then, as {@link #publish} does.
     *
     * @param name a valid topic name
     * @param hopLimit 1 to 255
     * @param live as in {@link #publish}
     * @param content envelope and payload
     * @param whenSent hears what has become of it if this returns PENDING
     */
    public PublishOutcome publishSigned(
            String name, int hopLimit, boolean live, ArrayPayload content, Consumer<PublishOutcome> whenSent) {
        return toPublishOn(name).publishSigned(hopLimit, live, content, whenSent);
    }

    private TopicOverlay toPublishOn(String name) {
        TopicOverlay overlay = table.named(name);
        if (overlay == null) {
            published.makeRoom();
            overlay = add(name, false);
            overlay.start();
            published.add(overlay);
        }
        return overlay;
    }

    /**
     * This node takes no messages without a proof from now on, as long as it has to do with the topic.
     *
     * @param name of a topic; ignored if this node has nothing to do with it
     */
    public void requireProofs(String name) {
        TopicOverlay overlay = table.named(name);
        if (overlay != null) {
            overlay.broadcast().requireProofs();
        }
    }

    /**
     * The application takes more of a topic, or begins or ceases to take only what it grants.
     *
     * @param name of a topic
     */
    public void onRoom(String name) {
        TopicOverlay overlay = table.named(name);
        if (overlay != null) {
            overlay.broadcast().onRoom();
        }
    }

    /** Topics on which something has still to go to somebody who must not miss it. */
    public List<String> owing() {
        List<String> owing = new ArrayList<>();
        for (TopicOverlay overlay : table.all()) {
            if (overlay.broadcast().isOwing()) {
                owing.add(overlay.topic().name());
            }
        }
        return owing;
    }

    // ---- frames

    /**
     * A membership frame.
     *
     * @param from its sender
     * @param frame the frame
     */
    public void onFrame(Peer from, MembershipFrame frame) {
        TopicRef topic = from.topicOf(frame.topic());
        if (topic == null) {
            from.misbehaved("alias");
        } else if (topic == controlTopic) {
            if (control != null) {
                control.onFrame(from, frame);
            } else {
                strangers.onFrame(from, topic, frame); // or it would be asked again and again, as one that is silent
            }
        } else if (!frame.isCarried() || leases.isWithinRate(from)) {
            TopicOverlay overlay = table.of(topic);
            if (overlay != null) {
                overlay.onFrame(from, frame);
                if (overlay.clients().isCarrying()) {
                    published.remove(overlay); // it is left with its last client, not with the last message
                }
            } else if (frame.isCarried() && frame instanceof MembershipFrame.Neighbor ask) {
                carry(from, topic, ask);
            } else {
                strangers.onFrame(from, topic, frame);
            }
        }
    }

    /** Somebody asks this node, which has nothing to do with the topic, to carry it. */
    private void carry(Peer from, TopicRef topic, MembershipFrame.Neighbor ask) {
        if (leases.admits(from, topic, ask, 0)) {
            TopicOverlay overlay = add(topic.name(), false);
            overlay.onFrame(from, ask);
            overlay.start();
        }
    }

    /**
     * A tree frame.
     *
     * @param from its sender
     * @param frame the frame
     */
    public void onFrame(Peer from, TreeFrame frame) {
        TopicRef topic = from.topicOf(frame.topic());
        TopicOverlay overlay = topic == null ? null : table.of(topic);
        if (overlay != null) {
            overlay.broadcast().onFrame(from, frame);
        } else if (topic == null) {
            from.misbehaved("alias");
        } else {
            context.counters().increment("topic.not-a-member");
        }
    }

    /** A message; the parameters are those of {@link Broadcast#onData}. */
    public void onData(Peer from, int alias, long seq, int hop, int hopLimit, int flags, PayloadView body) {
        Source source = from.sourceOf(alias);
        TopicOverlay overlay = source == null ? null : table.of(source.topic());
        if (source != null && overlay != null) {
            overlay.broadcast().onData(from, source, seq, hop, hopLimit, flags, body);
        } else if (source == null) {
            from.misbehaved("alias");
        } else {
            context.counters().increment("topic.not-a-member");
        }
    }

    // ---- edges

    /**
     * An edge is up.
     *
     * @param peer the new peer
     */
    public void onPeerUp(Peer peer) {
        discovery.onPeerUp(peer);
        if (control != null) {
            control.onPeerUp(peer);
        }
        for (TopicOverlay overlay : table.copy()) {
            overlay.membership().onPeerUp(peer);
        }
    }

    /**
     * An edge is down.
     *
     * @param peer who is gone
     * @param reason why
     */
    public void onPeerDown(Peer peer, CloseReason reason) {
        for (TopicOverlay overlay : table.copy()) {
            overlay.onPeerDown(peer, reason);
        }
        if (control != null) {
            control.onPeerDown(peer, reason);
        }
        discovery.onPeerDown(peer, reason);
        strangers.onPeerDown(peer);
        leases.onPeerDown(peer);
    }

    /**
     * A peer has begun or ceased to subscribe to topics. Costs as much for each as a look into a table, however many
     * topics this node has.
     *
     * @param peer who
     * @param topicHashes to or from what
     */
    public void onSubscriptionsChanged(Peer peer, List<Long> topicHashes) {
        discovery.learn(peer);
        for (long hash : topicHashes) {
            for (TopicOverlay overlay : table.withHash(hash)) {
                overlay.onSubscriptionChanged(peer, peer.maySubscribe(overlay.topic()));
                tellDenied(peer, overlay);
            }
        }
    }

    /**
     * Other rules say who may do what: members that may not subscribe any more lose their links and are told, and whoever may be
     * sent nothing any more is sent nothing.
     */
    public void onRules() {
        for (TopicOverlay overlay : table.copy()) {
            for (Peer peer : List.copyOf(context.peers().all())) {
                overlay.onSubscriptionChanged(peer, peer.maySubscribe(overlay.topic()));
                tellDenied(peer, overlay);
            }
            overlay.onRules();
        }
    }

    /** The peer has announced its subscription by a hash, so the refusal names the topic by an alias of ours. */
    private static void tellDenied(Peer peer, TopicOverlay overlay) {
        if (peer.isDenied(overlay.topic())) {
            peer.send(new EdgeFrame.Refuse(FrameType.TOPICS, peer.alias(overlay.topic()), EdgeFrame.Refusal.DENIED));
        }
    }

    /**
     * An edge takes more bytes, or none for now.
     *
     * @param peer which
     */
    public void onWritability(Peer peer) {
        for (TopicOverlay overlay : table.copy()) {
            overlay.broadcast().onWritability(peer);
        }
    }

    /** Another second has passed. */
    public void onBeat() {
        for (TopicOverlay overlay : table.copy()) {
            overlay.onBeat();
            settle(overlay);
        }
    }

    /** When the last client of a topic has gone, this node is a mere publisher again, or has nothing to do with it. */
    private void settle(TopicOverlay overlay) {
        if (!overlay.clients().endIfLeft() || overlay.isSubscribed()) {
            return;
        }
        if (published.isQuiet(overlay)) {
            remove(overlay);
        } else {
            published.makeRoom();
            published.add(overlay);
        }
    }

    /** The process stood still or the network changed. */
    public void onNetworkChanged() {
        if (control != null) {
            control.onNetworkChanged();
        }
        for (TopicOverlay overlay : table.copy()) {
            overlay.onNetworkChanged();
        }
    }

    /**
     * Hash over all topic links on an edge; both ends have the same unless a link is half open.
     *
     * @param peer the edge
     */
    public long linkHash(Peer peer) {
        long hash = control == null ? 0 : control.linkHash(peer);
        for (TopicOverlay overlay : table.copy()) {
            hash += overlay.linkHash(peer);
        }
        return hash;
    }

    /**
     * The two ends disagree about their links. The hash does not say which one, so all of this edge are taken down;
     * they are replaced within about a second.
     *
     * @param peer the edge
     */
    public void onAsymmetry(Peer peer) {
        if (control != null) {
            control.onAsymmetry(peer);
        }
        for (TopicOverlay overlay : table.copy()) {
            overlay.onAsymmetry(peer);
        }
    }

    // ---- what Discovery asks

    @Override
    public @Nullable TopicRef subscribed(long topicHash) {
        for (TopicOverlay overlay : table.withHash(topicHash)) {
            if (overlay.isSubscribed()) {
                return overlay.topic();
            }
        }
        return null;
    }

    /**
     * A topic of this node, subscribed or not; null if none has the hash.
     *
     * @param topicHash of its name
     */
    public @Nullable TopicRef named(long topicHash) {
        for (TopicOverlay overlay : table.withHash(topicHash)) {
            return overlay.topic();
        }
        return null;
    }

    @Override
    public List<Descriptor> members(TopicRef topic, int limit) {
        TopicOverlay overlay = table.of(topic);
        return overlay == null ? List.of() : overlay.members(limit);
    }

    @Override
    public void onWanted(TopicRef topic, Descriptor origin) {
        TopicOverlay overlay = table.of(topic);
        if (overlay != null) {
            overlay.membership().onWanted(origin);
        }
    }

    @Override
    public List<TopicRef> all() {
        return table.all().stream()
                .filter(TopicOverlay::isSubscribed)
                .map(TopicOverlay::topic)
                .toList();
    }

    // ---- looking

    /** Hashes of the subscribed topics; the same list until they change. */
    public List<Long> hashes() {
        return hashes;
    }

    /** A look at the topics. */
    public TopicReport report() {
        return new TopicReport(table, control);
    }

    private TopicOverlay add(String name, boolean subscribed) {
        TopicRef topic = context.names().retainTopic(name);
        TopicOverlay overlay = new TopicOverlay(context, topic, surroundings, subscribed);
        table.add(overlay);
        return overlay;
    }

    private void remove(TopicOverlay overlay) {
        overlay.close();
        table.remove(overlay);
        context.names().release(overlay.topic());
        published.remove(overlay);
    }

    private void changed(List<Long> added, List<Long> removed) {
        List<Long> now = new ArrayList<>(hashes);
        now.addAll(added);
        now.removeAll(removed);
        hashes = List.copyOf(now);
        announcer.announce(new EdgeFrame.Topics(added, removed));
    }
}
