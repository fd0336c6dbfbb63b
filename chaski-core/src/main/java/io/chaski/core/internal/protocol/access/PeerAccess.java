package io.chaski.core.internal.protocol.access;

import io.chaski.core.NodeId;
import io.chaski.core.internal.protocol.Source;
import io.chaski.core.internal.protocol.TopicRef;
import io.chaski.core.internal.wire.FrameRule;
import io.chaski.core.security.policy.Action;
import io.chaski.core.security.policy.Subject;
import java.util.Arrays;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What one peer may do. Whether it may be sent the messages of a topic is asked for each of them, so that answer is in an array.
 * Confined to the node's event loop.
 */
public final class PeerAccess {

    private final Permissions permissions;
    private final NodeId id;
    private final Function<NodeId, @Nullable Subject> known;
    private Subject subject;

    /** Asked for each datagram, so the answer is kept; null if nobody has asked since the rules changed. */
    private @Nullable Boolean maySendDatagrams;

    /** By {@link TopicRef#index()}; an index is reused, so the reference is compared. */
    private @Nullable TopicRef[] receivable = new TopicRef[8];

    /**
     * The rights of a peer.
     *
     * @param permissions whom to ask
     * @param id its node id
     * @param subject who it has proved to be
     * @param known who other nodes have proved to be, null for those that this node has never met
     */
    public PeerAccess(Permissions permissions, NodeId id, Subject subject, Function<NodeId, @Nullable Subject> known) {
        this.permissions = permissions;
        this.id = id;
        this.subject = subject;
        this.known = known;
    }

    /** Who the peer has proved to be. */
    public Subject subject() {
        return subject;
    }

    /**
     * The peer has proved again who it is.
     *
     * @param proved usually the same
     */
    public void onIdentity(Subject proved) {
        if (!proved.equals(subject)) {
            subject = proved;
            onRules();
        }
    }

    /** The rules have changed. */
    public void onRules() {
        Arrays.fill(receivable, null);
        maySendDatagrams = null;
    }

    /**
     * Whether its subscription counts.
     *
     * @param topic any topic
     */
    public boolean maySubscribe(TopicRef topic) {
        return permissions.may(subject, Action.SUBSCRIBE, topic.name());
    }

    /**
     * Whether it may be sent messages of a topic.
     *
     * @param topic any topic
     */
    public boolean mayReceive(TopicRef topic) {
        if (permissions.isOpen()) {
            return true;
        }
        int index = topic.index();
        if (index < receivable.length && receivable[index] == topic) {
            return true;
        }
        if (!permissions.may(subject, FrameRule.Need.RECEIVE, topic.name())) {
            return false;
        }
        if (index >= receivable.length) {
            receivable = Arrays.copyOf(receivable, Math.max(index + 1, 2 * receivable.length));
        }
        receivable[index] = topic;
        return true;
    }

    /**
     * Whether it may have a link in the tree of a topic.
     *
     * @param topic any topic
     */
    public boolean mayLink(TopicRef topic) {
        return permissions.may(subject, FrameRule.Need.LINK, topic.name());
    }

    /**
     * Whether it may have to do with a topic at all.
     *
     * @param topic name of a topic
     */
    public boolean mayName(String topic) {
        return permissions.may(subject, FrameRule.Need.ANYTHING, topic);
    }

    /**
     * Whether it may send messages of a publisher: its own if it may publish, those of others if it may relay, and they may
     * publish as far as this node knows who they are. Of a publisher that this node has never met the peer's word is taken: it
     * would otherwise name one that may. Whoever announces that it is there needs no more than to subscribe.
     *
     * @param topic name of the topic
     * @param origin the publisher
     * @param channel see {@link Source}
     */
    public boolean maySpeakFor(String topic, NodeId origin, int channel) {
        if (permissions.isOpen()) {
            return true;
        }
        Action action = channel == Source.PRESENCE ? Action.SUBSCRIBE : Action.PUBLISH;
        if (origin.equals(id)) {
            return permissions.may(subject, action, topic);
        }
        Subject publisher = known.apply(origin);
        return permissions.may(subject, Action.RELAY, topic)
                && (publisher == null || permissions.may(publisher, action, topic));
    }

    /**
     * Whether it may open a stream.
     *
     * @param protocol name of the stream's protocol
     */
    public boolean mayOpen(String protocol) {
        return permissions.mayOpen(subject, protocol);
    }

    /** Whether its best-effort messages are heard. */
    public boolean maySendDatagrams() {
        Boolean known = maySendDatagrams;
        if (known == null) {
            known = permissions.mayOpen(subject, StreamRules.DATAGRAMS);
            maySendDatagrams = known;
        }
        return known;
    }
}
