package io.chaski.core.internal.protocol.tree;

import io.chaski.core.internal.protocol.ProtocolContext;
import io.chaski.core.internal.protocol.Source;
import io.chaski.core.internal.protocol.TopicRef;
import io.chaski.core.internal.wire.TreeFrame;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Anti-entropy: tells neighbours what has been received of the sources that are active, so that they can ask for what
 * neither the tree nor advertisements brought them, above all what was published while they were cut off. Presence is
 * not part of it: the next announcement is never far. Confined to the node's event loop.
 */
final class Digests {

    /** What was reported a moment ago is reported again: the word may have been lost. */
    private static final long REPORT_OVERLAP_NANOS = 1_000_000_000;

    private final ProtocolContext context;
    private final TopicRef topic;
    private final TreeSettings settings;
    private final Origins origins;
    private final PayloadCache cache;

    /** When it was last said what has come. */
    private long reportedNanos;

    Digests(ProtocolContext context, TopicRef topic, TreeSettings settings, Origins origins, PayloadCache cache) {
        this.context = context;
        this.topic = topic;
        this.settings = settings;
        this.origins = origins;
        this.cache = cache;
    }

    /**
     * The logs that a digest is about, the latest first, with {@link OriginLog#oldestKept} up to date.
     *
     * @param own this node's own messages, if it has published
     */
    List<OriginLog> active(@Nullable OriginLog own) {
        List<OriginLog> active = new ArrayList<>();
        long now = context.nowNanos();
        if (own != null && isActive(own, now)) {
            active.add(own);
        }
        OriginLog log = origins.newest();
        while (log != null
                && isActive(log, now)
                && active.size() < settings.repair().digestSources()) {
            if (!log.isLatestOnly()) {
                active.add(log);
            }
            log = log.older;
        }
        if (!active.isEmpty()) {
            cache.markOldestKept();
        }
        return active;
    }

    /**
     * Sends a digest of at most 24 KiB: 128 sources with 8 gaps each.
     *
     * @param logs as {@link #active} gave them; nothing is sent for nothing, unless an answer is wanted
     */
    void send(Link link, List<OriginLog> logs, boolean replyWanted) {
        if (!link.peer.mayReceive(topic)) {
            return;
        }
        List<TreeFrame.Seen> seen = new ArrayList<>(logs.size());
        for (OriginLog log : logs) {
            if (!log.isFor(link)) {
                continue;
            }
            int alias = link.peer.alias(log.source);
            long oldestKept = log.keptCount == 0 ? 0 : log.oldestKept;
            seen.add(new TreeFrame.Seen(alias, oldestKept, log.received.max(), gaps(log, alias)));
        }
        if (!seen.isEmpty() || replyWanted) {
            link.peer.send(new TreeFrame.Digest(link.peer.alias(topic), replyWanted, seen));
        }
    }

    /**
     * The logs to report: as many of those that are active as one digest holds, the latest first, and all others of which
     * something has come since a moment before the last report. Several digests say that much; who waits for this node would
     * wait for ever for what none of them mentions.
     *
     * @param own this node's own messages, if it has published
     */
    List<OriginLog> reportable(@Nullable OriginLog own) {
        List<OriginLog> logs = new ArrayList<>();
        long now = context.nowNanos();
        if (own != null && isActive(own, now)) {
            logs.add(own);
        }
        OriginLog log = origins.newest();
        while (log != null
                && isActive(log, now)
                && (logs.size() < settings.repair().digestSources()
                        || log.lastActiveNanos - reportedNanos >= -REPORT_OVERLAP_NANOS)) {
            if (!log.isLatestOnly()) {
                logs.add(log);
            }
            log = log.older;
        }
        reportedNanos = now;
        return logs;
    }

    /** Says what has come, and offers nothing. */
    void report(Link link, List<OriginLog> logs) {
        for (int from = 0; from < logs.size(); from += TreeFrame.MAX_RANGES) {
            List<TreeFrame.Seen> seen = new ArrayList<>();
            for (OriginLog log : logs.subList(from, Math.min(logs.size(), from + TreeFrame.MAX_RANGES))) {
                if (!log.isFor(link)) {
                    continue;
                }
                int alias = link.peer.alias(log.source);
                seen.add(new TreeFrame.Seen(alias, 0, log.received.max(), gaps(log, alias)));
            }
            if (!seen.isEmpty()) {
                link.peer.send(new TreeFrame.Digest(link.peer.alias(topic), false, seen));
            }
        }
    }

    /** Says that a message need not be waited for: a neighbour would otherwise keep it for this node, and publishers would wait. */
    void decline(Link link, Source source, long seq) {
        List<TreeFrame.Seen> seen = List.of(new TreeFrame.Seen(link.peer.alias(source), 0, seq, List.of()));
        link.peer.send(new TreeFrame.Digest(link.peer.alias(topic), false, seen));
    }

    private boolean isActive(OriginLog log, long now) {
        return log.received.max() > 0
                && now - log.lastActiveNanos < settings.repair().activeNanos();
    }

    private static List<TreeFrame.Range> gaps(OriginLog log, int alias) {
        SeqSet received = log.received;
        if (received.intervals() == 0) {
            return List.of();
        }
        List<TreeFrame.Range> gaps = new ArrayList<>();
        long from = received.floor() + 1;
        while (from <= received.max() && gaps.size() < TreeFrame.MAX_GAPS) {
            long to = received.missingUntil(from);
            gaps.add(new TreeFrame.Range(alias, from, to));
            from = received.nextMissing(to + 1);
        }
        return gaps;
    }
}
