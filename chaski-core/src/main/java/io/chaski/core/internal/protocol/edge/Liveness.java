package io.chaski.core.internal.protocol.edge;

import io.chaski.core.CloseReason;
import io.chaski.core.internal.protocol.Timers;
import java.util.concurrent.TimeUnit;

/**
 * Asks silent connections for life, gives them up when the lease has run out, and notices when the two ends disagree
 * about their topic links. Any byte is life, also of a frame that takes longer than the lease. Confined to the node's event
 * loop.
 */
final class Liveness {

    /** Busy connections are measured too, and half-open topic links are found within two of these. */
    private static final long MEASURE_NANOS = TimeUnit.SECONDS.toNanos(4);

    /** A NEIGHBOR and its answer are no longer on their way after this. */
    private static final long DISAGREEMENT_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final EdgeContext context;
    private final EdgeTable edges;
    private final LinkLife life;
    private final Health health;

    Liveness(EdgeContext context, EdgeTable edges, LinkLife life, Health health) {
        this.context = context;
        this.edges = edges;
        this.life = life;
        this.health = health;
    }

    /** A connection is up: measure it at once, because other timers build upon the round-trip time. */
    void watch(Link link) {
        link.heardNanos = context.nowNanos();
        ping(link);
        rearm(link);
    }

    /** The pulse of a connection. */
    void onPulse(Link link) {
        long now = context.nowNanos();
        long silentNanos = now - link.heardNanos;
        if (silentNanos >= leaseNanos()) {
            if (!edges.isAnyHeardSince(
                    now - context.settings().edge().leaseNanos() / 2)) { // who lives is pinged more often
                health.onExpired(edges.size(), now);
            }
            context.counters().increment("edge.silent");
            life.giveUp(link, CloseReason.SILENT);
            return;
        }
        // The pulse is jittered by a fifth, so an idle time just below the limit counts.
        long idleNanos = context.settings().edge().pingIdleNanos() * 4 / 5;
        if (silentNanos >= idleNanos || now - link.pingedNanos >= MEASURE_NANOS * 4 / 5) {
            ping(link);
        }
        rearm(link);
    }

    /** The process stood still or the network changed: everybody gets a whole lease to prove that they live. */
    void startOver(Link link) {
        watch(link);
    }

    /** Compares the peer's view of our common topic links with ours. */
    void compare(Link link, long ours, long theirs) {
        long now = context.nowNanos();
        boolean isSame = link.disagreedOurs == ours && link.disagreedTheirs == theirs;
        if (ours == theirs) {
            link.disagreesSinceNanos = Timers.NONE;
        } else if (link.disagreesSinceNanos == Timers.NONE || !isSame) {
            link.disagreesSinceNanos = now;
            link.disagreedOurs = ours;
            link.disagreedTheirs = theirs;
        } else if (now - link.disagreesSinceNanos >= DISAGREEMENT_NANOS) {
            link.disagreesSinceNanos = Timers.NONE;
            context.counters().increment("edge.asymmetries");
            Edge edge = link.requireEdge();
            edge.linksChanged(); // a sum that was kept for too long would be found again and again
            life.onAsymmetry(edge);
        }
    }

    private void ping(Link link) {
        if (link.isUsable()) {
            Edge edge = link.requireEdge();
            link.pingedNanos = context.nowNanos();
            edge.pings().probe(link, edge.linkHash());
        }
    }

    private void rearm(Link link) {
        long next =
                context.nowNanos() + context.jittered(context.settings().edge().pingIdleNanos());
        link.pulse.armAt(Math.min(next, link.heardNanos + leaseNanos()));
    }

    private long leaseNanos() {
        return context.settings().edge().leaseNanos() * health.level();
    }
}
