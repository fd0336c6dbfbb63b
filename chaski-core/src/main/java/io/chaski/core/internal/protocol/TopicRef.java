package io.chaski.core.internal.protocol;

import io.chaski.core.internal.wire.TopicSummary;

/**
 * A topic as this node knows it, with a small number so that tables are arrays. Compared by identity; made by
 * {@link Names}. Confined to the node's event loop.
 */
public final class TopicRef {

    private final String name;
    private final long hash;
    private final int index;

    TopicRef(String name, int index) {
        this.name = name;
        this.hash = TopicSummary.hashOf(name);
        this.index = index;
    }

    /** Name of the topic. */
    public String name() {
        return name;
    }

    /** {@link TopicSummary#hashOf(String)} of the name. */
    public long hash() {
        return hash;
    }

    /** Dense number within this node, reused after the topic is forgotten. */
    public int index() {
        return index;
    }

    @Override
    public String toString() {
        return name;
    }
}
