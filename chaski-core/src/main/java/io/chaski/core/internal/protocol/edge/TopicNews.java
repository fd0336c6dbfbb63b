package io.chaski.core.internal.protocol.edge;

import io.chaski.core.internal.wire.EdgeFrame.Hello;
import io.chaski.core.internal.wire.EdgeFrame.Topics;
import io.chaski.core.internal.wire.TopicSummary;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** What changed in subscriptions around a handshake, when announcements could not reach the peer. Stateless. */
final class TopicNews {

    private TopicNews() {}

    /** Announces what has changed between our HELLO and now. */
    static void tellMissed(Link link, EdgeContext context) {
        List<Long> now = context.topicHashes();
        if (now != link.toldTopics) {
            Topics news = new Topics(without(now, link.toldTopics), without(link.toldTopics, now));
            context.outbox().send(link.number, news);
        }
    }

    /**
     * Takes the HELLO of a further connection to a peer.
     *
     * @param isComplete whether the HELLO is newer than all announcements, so that what it lacks has ended; of two
     *     connections that came up together either may have the news
     */
    static void hearAgain(Edge edge, Hello hello, boolean isComplete) {
        TopicSummary summary = hello.descriptor().topics();
        List<Long> before = edge.topicHashes();
        edge.describe(hello.descriptor());
        if (!summary.bloom().isEmpty()) {
            return;
        }
        List<Long> added = without(summary.hashes(), before);
        List<Long> removed = isComplete ? without(before, summary.hashes()) : List.of();
        added.forEach(edge::addTopic);
        removed.forEach(edge::removeTopic);
        edge.tellTopics();
    }

    private static List<Long> without(List<Long> some, List<Long> others) {
        Set<Long> rest = new LinkedHashSet<>(some);
        others.forEach(rest::remove);
        return new ArrayList<>(rest);
    }
}
