package io.chaski.core.internal.protocol.access;

import io.chaski.core.internal.protocol.Peer;
import io.chaski.core.internal.protocol.TopicRef;
import io.chaski.core.internal.wire.DiscoveryFrame;
import io.chaski.core.internal.wire.Frame;
import io.chaski.core.internal.wire.FrameRule;
import io.chaski.core.internal.wire.MembershipFrame;
import io.chaski.core.internal.wire.TreeFrame;
import io.chaski.core.security.policy.Action;
import java.util.List;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

/**
 * Decides whether a peer may send a frame, by the table of {@link FrameRule}. Frames whose right depends on a name were judged
 * when the name was announced: the alias of one that was refused stands for nothing. Confined to the node's event loop.
 */
public final class Gate {

    private final Permissions permissions;
    private final LongFunction<@Nullable TopicRef> topics;

    /**
     * A gate.
     *
     * @param permissions whom to ask
     * @param topics names of topics by their hashes, as far as this node knows them; null for others
     */
    public Gate(Permissions permissions, LongFunction<@Nullable TopicRef> topics) {
        this.permissions = permissions;
        this.topics = topics;
    }

    /**
     * Whether a frame is let in.
     *
     * @param from who sends it
     * @param frame about a topic or a look-up
     */
    public boolean admits(Peer from, Frame frame) {
        if (permissions.isOpen()) {
            return true;
        }
        FrameRule.Need need = FrameRule.of(frame.type()).need();
        if (frame instanceof MembershipFrame membership) {
            return mayWith(from, need, from.topicOf(membership.topic()));
        }
        if (frame instanceof TreeFrame tree) {
            return mayWith(from, need, from.topicOf(tree.topic()));
        }
        if (frame instanceof DiscoveryFrame.Find find) {
            return mayDiscover(from, List.of(find.topicHash()));
        }
        if (frame instanceof DiscoveryFrame.Found found) {
            return mayDiscover(from, List.of(found.topicHash()));
        }
        return !(frame instanceof DiscoveryFrame.Register register) || mayDiscover(from, register.topicHashes());
    }

    /** An alias without a name is no matter of rights: whoever reads the frame finds it void. */
    private boolean mayWith(Peer from, FrameRule.Need need, @Nullable TopicRef topic) {
        return topic == null || permissions.may(from.subject(), need, topic.name());
    }

    /** The hash of a topic says nothing to whoever does not know its name; then any right to discover has to do. */
    private boolean mayDiscover(Peer from, List<Long> hashes) {
        if (!permissions.mayAny(from.subject(), Action.DISCOVER)) {
            return false;
        }
        for (long hash : hashes) {
            TopicRef topic = topics.apply(hash);
            if (topic != null && !permissions.may(from.subject(), Action.DISCOVER, topic.name())) {
                return false;
            }
        }
        return true;
    }
}
