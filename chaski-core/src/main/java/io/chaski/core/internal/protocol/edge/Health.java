package io.chaski.core.internal.protocol.edge;

import java.util.concurrent.TimeUnit;

/**
 * How far this node trusts its own sense of time: a node that is slow itself must not declare others dead (Lifeguard,
 * Dadgar, Phillips, Currey 2018, local health multiplier). Confined to the node's event loop.
 */
final class Health {

    /** Four times the lease is as long as anybody should wait for a dead peer. */
    static final int WORST = 4;

    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);
    private static final long QUIET_NANOS = TimeUnit.SECONDS.toNanos(10);

    private int level = 1;
    private long changedNanos;
    private long expirySecondNanos;
    private int expired;

    /** By how much leases are longer now, 1 to {@value #WORST}. */
    int level() {
        return level;
    }

    /** This node was late itself. */
    void worsen(long nowNanos) {
        level = Math.min(WORST, level + 1);
        changedNanos = nowNanos;
    }

    /**
     * An edge was given up because of silence, while nobody else was heard either: when half of them go within a second the fault is
     * ours.
     */
    void onExpired(int edgesBefore, long nowNanos) {
        if (expired == 0 || nowNanos - expirySecondNanos >= SECOND) {
            expirySecondNanos = nowNanos;
            expired = 0;
        }
        expired++;
        if (expired >= 2 && expired * 2 >= edgesBefore) {
            expired = 0;
            worsen(nowNanos);
        }
    }

    /** Time passes; ten quiet seconds make good for one bad moment. */
    void onTick(long nowNanos) {
        if (level > 1 && nowNanos - changedNanos >= QUIET_NANOS) {
            level--;
            changedNanos = nowNanos;
        }
    }
}
