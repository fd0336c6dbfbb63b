package io.chaski.core.internal.wire;

import java.util.LinkedHashSet;
import java.util.Set;

/**
 * What all connections of a node hold of messages whose last part has not come. A connection has a bound of its own; this
 * one holds whatever the number of connections. When it is exceeded, the connection that has waited longest for its next
 * part has to go: a message under way moves on, one that nobody means to finish does not. Confined to the event loop of
 * the node.
 */
public final class UnfinishedMessages {

    private final long maxBytes;

    /** Connections that hold something, the one that has waited longest first. */
    private final Set<MessageParts> waiting = new LinkedHashSet<>();

    private long bytes;

    /**
     * Nothing held.
     *
     * @param maxBytes 0 or more; the connection that has got a part last may go beyond it by what it holds itself
     */
    public UnfinishedMessages(long maxBytes) {
        this.maxBytes = maxBytes;
    }

    /** Bytes that have come of messages that are not complete. */
    public long bytes() {
        return bytes;
    }

    /** A part has come; whoever has waited longest may have to go for it. */
    void onPart(MessageParts holder, int size) {
        bytes += size;
        waiting.remove(holder);
        waiting.add(holder);
        while (bytes > maxBytes && waiting.size() > 1) {
            waiting.iterator().next().giveUp();
        }
    }

    /** Some of what the connection holds is complete, or dropped. */
    void onReleased(MessageParts holder, int size) {
        bytes -= size;
        if (holder.heldBytes() == 0) {
            waiting.remove(holder);
        }
    }
}
