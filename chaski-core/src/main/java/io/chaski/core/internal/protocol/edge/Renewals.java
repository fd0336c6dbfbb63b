package io.chaski.core.internal.protocol.edge;

import io.chaski.core.NodeEvent;
import io.chaski.core.internal.protocol.LinkIdentity;
import io.chaski.core.internal.protocol.Timers;
import io.chaski.core.security.Fingerprint;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Makes connections again before the certificates under them end, and after this node has got another one. The newer
 * connection takes over before the older one ends, as {@link Duplicates} does it for any two, so nothing is lost. At nine
 * tenths of the time that is left the side that dialled dials again, because it can; after a renewal the side that
 * renewed tries first. Confined to the node's event loop.
 */
final class Renewals {

    /** A handshake costs some ten milliseconds at both ends; a thousand edges take two minutes. */
    private static final int PER_SECOND = 8;

    /** A replacement that did not come to stand is tried again after this time. */
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(10);

    private final EdgeContext context;
    private final EdgeTable edges;
    private final LinkTable links;
    private final Dials dials;

    Renewals(EdgeContext context, EdgeTable edges, LinkTable links, Dials dials) {
        this.context = context;
        this.edges = edges;
        this.links = links;
        this.dials = dials;
    }

    /** What this node proved so far is out of date, on connections that begin as well as on those that stand. */
    void onCredentials() {
        for (Link link : links.all()) {
            link.isStale = true;
        }
    }

    /** Once a second. */
    void onTick() {
        if (!context.settings().edge().isSecured()) {
            return;
        }
        int left = PER_SECOND;
        for (Edge edge : edges.copy()) {
            Link link = edge.current();
            if (left > 0 && isDue(link)) {
                left--;
                link.renewableNanos = context.nowNanos() + PATIENCE_NANOS;
                dials.renew(edge);
            }
        }
    }

    private boolean isDue(Link link) {
        boolean isTriedLately = link.renewableNanos != Timers.NONE && context.nowNanos() < link.renewableNanos;
        return link.isUsable() && !isTriedLately && (link.isStale || link.outbound && isNearlyOver(link));
    }

    private boolean isNearlyOver(Link link) {
        LinkIdentity identity = link.identity;
        if (identity == null) {
            return false;
        }
        long ageMillis = TimeUnit.NANOSECONDS.toMillis(context.nowNanos() - link.upNanos);
        long leftMillis = identity.until().toEpochMilli() - context.wallClockMillis();
        return leftMillis <= (ageMillis + leftMillis) / 10;
    }

    /**
     * Sounds the alarm when two keys speak for one identity. A renewal shows another key too, but as the same incarnation,
     * and a node that has restarted does not answer on its old connection.
     *
     * @param link completes its handshake
     * @param known the edge that stands to the same node, if there is one
     * @param epoch incarnation at the other end of the link
     */
    void watchKeys(Link link, @Nullable Edge known, long epoch) {
        if (known == null || known.epoch() == epoch || link.identity == null) {
            return;
        }
        LinkIdentity older = known.current().identity;
        Fingerprint key = link.identity.peer().key();
        long silentNanos = context.nowNanos() - known.current().heardNanos;
        if (older != null
                && !older.peer().key().equals(key)
                && silentNanos < 2 * context.settings().edge().pingIdleNanos()) {
            context.counters().increment("identity.two-keys");
            context.outbox().emit(new NodeEvent.TwoKeys(known.id(), link.remote));
        }
    }
}
