package io.chaski.core.internal.protocol.tree;

/**
 * How full the tables of one tree are that {@link Broadcast.Stats} says nothing of, for the invariants of simulations.
 * Immutable.
 *
 * @param tombstones publishers of which only the last number is kept
 * @param intervals most runs of messages above the first gap of one source
 * @param held most messages held back of one source
 * @param wantedOnOneWord most messages wanted on the word of one neighbour
 * @param outstanding most requests that one neighbour has not answered
 */
public record TreeTables(int tombstones, int intervals, int held, int wantedOnOneWord, int outstanding) {

    static TreeTables of(Origins origins, Neighbours neighbours) {
        int intervals = 0;
        int held = 0;
        for (OriginLog log = origins.newest(); log != null; log = log.older) {
            intervals = Math.max(intervals, log.received.intervals());
            held = Math.max(held, log.heldCount());
        }
        int wanted = 0;
        int outstanding = 0;
        for (int i = 0; i < neighbours.count(); i++) {
            Link link = neighbours.get(i);
            wanted = Math.max(wanted, link.wantedOnItsWord);
            outstanding = Math.max(outstanding, link.outstanding);
        }
        return new TreeTables(origins.tombstoneCount(), intervals, held, wanted, outstanding);
    }
}
