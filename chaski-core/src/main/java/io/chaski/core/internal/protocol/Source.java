package io.chaski.core.internal.protocol;

import io.chaski.core.NodeId;

/**
 * One incarnation of one publisher on one topic: what a sequence number belongs to. Compared by identity; made by
 * {@link Names}. Confined to the node's event loop, but its accessors may be read by any thread.
 */
public final class Source {

    /** Channel of the application's messages. */
    public static final int MESSAGES = 0;

    /** Channel of presence announcements, which have sequence numbers of their own and never make gaps. */
    public static final int PRESENCE = 1;

    /**
     * Channel of messages that are signed: each has a {@link io.chaski.core.internal.wire.MessageProof} in front of its content.
     * It has numbers of its own, so nothing that was not signed can make a signed message look like a duplicate.
     */
    public static final int SIGNED = 2;

    /** How many channels there are. */
    public static final int CHANNELS = 3;

    private final TopicRef topic;
    private final NodeId origin;
    private final long epoch;
    private final int channel;
    private final int index;

    Source(TopicRef topic, NodeId origin, long epoch, int channel, int index) {
        this.topic = topic;
        this.origin = origin;
        this.epoch = epoch;
        this.channel = channel;
        this.index = index;
    }

    /** The topic. */
    public TopicRef topic() {
        return topic;
    }

    /** The publisher. */
    public NodeId origin() {
        return origin;
    }

    /** Incarnation of the publisher. */
    public long epoch() {
        return epoch;
    }

    /** {@link #MESSAGES}, {@link #PRESENCE} or {@link #SIGNED}. */
    public int channel() {
        return channel;
    }

    /** Dense number within this node over all topics, reused after the source is forgotten. */
    public int index() {
        return index;
    }

    @Override
    public String toString() {
        return topic + "/" + origin.shortForm() + "/" + epoch + "/" + channel;
    }
}
