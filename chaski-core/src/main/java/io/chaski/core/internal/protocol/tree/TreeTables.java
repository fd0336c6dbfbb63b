package io.chaski.core.internal.protocol.tree;

import io.chaski.core.internal.protocol.TableAudience;

/** Tells how full the tables of one tree are, for the invariants of simulations. */
final class TreeTables {

    private TreeTables() {}

    static void tell(
            TableAudience audience,
            TreeSettings settings,
            Broadcast.Stats stats,
            Origins origins,
            Neighbours neighbours) {
        TreeSettings.Repair repair = settings.repair();
        audience.hear("sources", stats.sources(), settings.sources().maxSources());
        audience.hear("tombstones", origins.tombstoneCount(), settings.sources().maxTombstones());
        audience.hear("messages wanted", stats.wanted(), repair.maxWanted());
        audience.hear("bytes held back", stats.heldBytes(), settings.heldBytesOfTopic());
        audience.hear(
                "messages cached", stats.cachedMessages(), settings.cache().messages());
        audience.hear("bytes cached", stats.cachedBytes(), settings.cache().bytes());
        int intervals = 0;
        int held = 0;
        for (OriginLog log = origins.newest(); log != null; log = log.older) {
            intervals = Math.max(intervals, log.received.intervals());
            held = Math.max(held, log.heldCount());
        }
        audience.hear("intervals of one source", intervals, settings.order().maxIntervals());
        audience.hear("messages of one source held back", held, settings.order().maxHeld());
        int wanted = 0;
        int outstanding = 0;
        for (int i = 0; i < neighbours.count(); i++) {
            Link link = neighbours.get(i);
            wanted = Math.max(wanted, link.wantedOnItsWord);
            outstanding = Math.max(outstanding, link.outstanding);
        }
        audience.hear("messages wanted on one word", wanted, repair.maxWantedPerNeighbour());
        audience.hear("requests unanswered by one neighbour", outstanding, repair.maxOutstanding());
    }
}
