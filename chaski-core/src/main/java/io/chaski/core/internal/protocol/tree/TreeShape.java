package io.chaski.core.internal.protocol.tree;

import io.chaski.core.internal.protocol.ProtocolContext;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the eager links a tree, and a good one: takes out links that close a cycle and replaces parents by neighbours
 * that are clearly nearer to the source (Plumtree section 3.8, with rules of our own). Confined to the node's event
 * loop.
 *
 * <p>A cut in the wrong place costs every message until the tree is mended, which is nothing for a slow topic and more
 * than can be held back for a fast one. So links of a cycle are not pruned all at once, and on a busy topic a new parent
 * is tried before the old one goes.
 */
final class TreeShape {

    private static final long NANOS_PER_SECOND = 1_000_000_000;

    private final ProtocolContext context;
    private final TreeSettings.Links rules;
    private final Neighbours neighbours;

    // New messages of this second and of the one before.
    private long secondNanos = Long.MIN_VALUE / 2;
    private int arrivals;
    private int arrivalsBefore;

    private long replacedNanos = Long.MIN_VALUE / 2;
    private long pauseNanos;

    TreeShape(ProtocolContext context, TreeSettings settings, Neighbours neighbours) {
        this.context = context;
        this.rules = settings.links();
        this.neighbours = neighbours;
        this.pauseNanos = rules.minPauseNanos();
    }

    /** Counts a new message. */
    void onMessage(long nowNanos) {
        long elapsedNanos = nowNanos - secondNanos;
        if (elapsedNanos >= NANOS_PER_SECOND) {
            arrivalsBefore = elapsedNanos < 2 * NANOS_PER_SECOND ? arrivals : 0;
            arrivals = 0;
            secondNanos = nowNanos;
        }
        arrivals++;
    }

    /**
     * The link closes a cycle: it brought a copy of what had come another way, or would have brought one. It is pruned
     * after a while, unless the copies cease before that because somebody else on the cycle was quicker. If all who see
     * a copy pruned at once, messages of several publishers would cut a cycle in several places at the same time. Nor is it pruned if
     * most messages of the publisher do not come twice: then the other way is one that brings some of them only, because it is slow,
     * and the tree cannot do without this link.
     */
    void onRedundant(Link link, OriginLog log) {
        long now = context.nowNanos();
        if (link.isExcused(now)) {
            return;
        }
        if (link.pruneTimer == null) {
            link.pruneTimer = context.timers().timer(() -> onPruneTimer(link));
        }
        if (!link.pruneTimer.isArmed()) {
            link.redundantSinceNanos = now;
            link.redundantCopies = 0;
            link.redundantLog = log;
            link.redundantLogFrom = log.received.max();
            link.redundantOfLog = 0;
            long longestNanos = Math.max(rules.pruneSpreadNanos(), neighbours.patienceNanos(0));
            link.pruneTimer.armAt(now + (long) (context.random().nextDouble() * longestNanos));
        }
        link.redundantNanos = now;
        link.redundantCopies++;
        if (log == link.redundantLog) {
            link.redundantOfLog++;
        }
    }

    /**
     * What the neighbour told of came another way. On a busy topic that says nothing if it told of it before it can have heard
     * that it is to mend the tree: these are hundreds of messages, and for what the broken tree still brings of them the link
     * that has just mended it would be cut again.
     */
    void onCameAnotherWay(Link link, OriginLog log, long toldNanos) {
        if (!isBusy() || toldNanos > link.mendingUntilNanos) {
            onRedundant(link, log);
        }
    }

    private boolean isBusy() {
        return Math.max(arrivals, arrivalsBefore) > rules.busyPerSecond();
    }

    private void onPruneTimer(Link link) {
        OriginLog log = Objects.requireNonNull(link.redundantLog, "a copy has begun it");
        link.redundantLog = null;
        if (!hasCeased(link) && !bringsFewTwice(link, log)) {
            neighbours.prune(link);
        }
    }

    /** Whether fewer than half of a publisher's messages came twice since the first that did: in a cycle it is nearly all. */
    private static boolean bringsFewTwice(Link link, OriginLog log) {
        return 2L * link.redundantOfLog < log.received.max() - link.redundantLogFrom;
    }

    /** Whether redundant copies came for longer than one of them takes, and then no more for several intervals. */
    private boolean hasCeased(Link link) {
        long lastedNanos = link.redundantNanos - link.redundantSinceNanos;
        if (lastedNanos < link.rttNanos()) {
            return false;
        }
        long intervalNanos = lastedNanos / (link.redundantCopies - 1);
        return context.nowNanos() - link.redundantNanos > 3 * intervalNanos + link.rttNanos();
    }

    /**
     * Replaces a parent by an advertiser that had the message over clearly fewer hops, or else clearly earlier over no more.
     * Leads alone make trees deeper and no faster. Of messages of any of 300 nodes the last arrived at hop 12.8 in the mean
     * when leads went first, and at 10.9 with hops first (seed 2); with 1,000 nodes at 14.4 as long as a lead counted that
     * made the way longer, and at 13.6 now (seeds 1 to 5), in the same time.
     */
    void improve(Link parent, Wanted item, int hop) {
        long now = context.nowNanos();
        Link better = nearest(item, hop - 1 - rules.hopGain(), now);
        if (better == null) {
            better = earliest(item, hop - 1, now);
        }
        if (better != null && better != parent) {
            replace(parent, better, now);
        }
    }

    private void replace(Link parent, Link better, long now) {
        if (!isBusy()) {
            neighbours.graft(better);
            neighbours.prune(parent);
            return;
        }
        if (now - replacedNanos > 2 * pauseNanos) {
            pauseNanos = rules.minPauseNanos();
        }
        if (now - replacedNanos >= pauseNanos) {
            replacedNanos = now;
            pauseNanos = Math.min(rules.maxPauseNanos(), 2 * pauseNanos);
            // The copies that the parent goes on sending are redundant now, and it is pruned for them.
            neighbours.graft(better);
        }
    }

    /** The first of those whose advertisement came clearly before the message. */
    private @Nullable Link earliest(Wanted item, int maxHop, long now) {
        long leadNanos = Math.max(rules.leadNanos(), (long) (rules.leadRttShare() * neighbours.medianRttNanos())) - 1;
        Link earliest = null;
        for (int i = 0; i < item.advertiserCount; i++) {
            long its = now - item.toldNanos[i];
            if (item.hops[i] <= maxHop && its > leadNanos && isFit(item.advertisers[i], now)) {
                leadNanos = its;
                earliest = item.advertisers[i];
            }
        }
        return earliest;
    }

    private static @Nullable Link nearest(Wanted item, int maxHop, long now) {
        Link nearest = null;
        int least = maxHop + 1;
        for (int i = 0; i < item.advertiserCount; i++) {
            if (item.hops[i] < least && isFit(item.advertisers[i], now)) {
                least = item.hops[i];
                nearest = item.advertisers[i];
            }
        }
        return nearest;
    }

    private static boolean isFit(Link link, long now) {
        return !link.stalled && !link.isDemoted(now);
    }
}
