package io.chaski.core.internal.protocol.edge;

import io.chaski.core.internal.wire.TopicSummary;
import io.chaski.core.internal.wire.WireLimits;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * What a peer subscribes to, from the summary in its HELLO and the changes it announced since. Confined to the node's
 * event loop.
 */
final class PeerTopics {

    private final TopicSummary summary;
    private final Set<Long> known = new LinkedHashSet<>();
    private final Set<Long> left = new LinkedHashSet<>();

    PeerTopics(TopicSummary summary) {
        this.summary = summary;
        known.addAll(summary.hashes());
    }

    /** Topics that are remembered, of those it subscribes to or of those it has left, whichever are more. */
    int count() {
        return Math.max(known.size(), left.size());
    }

    boolean mayContain(long hash) {
        return known.contains(hash) || isFilter() && summary.mayContain(hash) && !left.contains(hash);
    }

    /** Whether the peer has said that it subscribes to the topic, and not only in a filter. */
    boolean knows(long hash) {
        return known.contains(hash);
    }

    /** False if there is no room. */
    boolean add(long hash) {
        if (known.contains(hash)) {
            return true;
        }
        if (known.size() >= WireLimits.MAX_TOPICS) {
            return false;
        }
        left.remove(hash);
        return known.add(hash);
    }

    void remove(long hash) {
        known.remove(hash);
        if (isFilter() && left.size() < WireLimits.MAX_TOPICS) {
            left.add(hash);
        }
    }

    /** What is known exactly. */
    List<Long> hashes() {
        return List.copyOf(known);
    }

    /** As a summary to pass on; a filter stays what the peer said, because it cannot be taken apart. */
    TopicSummary summary() {
        return isFilter() ? summary : TopicSummary.of(new ArrayList<>(known));
    }

    private boolean isFilter() {
        return !summary.bloom().isEmpty();
    }
}
