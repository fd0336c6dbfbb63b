package io.chaski.streamer.internal.storage.fetch;

import io.chaski.core.NodeId;
import java.util.HashMap;
import java.util.Map;

/** A number of places, of which each peer has only a part at once. Thread-safe. */
final class PeerShares {

    private final int places;
    private final int placesPerPeer;

    private final Map<NodeId, Integer> takenByPeer = new HashMap<>(); // this and the following: guarded by this
    private int taken;

    PeerShares(int places, int placesPerPeer) {
        this.places = places;
        this.placesPerPeer = placesPerPeer;
    }

    /** Takes a place for a peer if there is one, and says whether there was. */
    synchronized boolean tryTake(NodeId peer) {
        int before = takenByPeer.getOrDefault(peer, 0);
        if (taken == places || before == placesPerPeer) {
            return false;
        }
        taken++;
        takenByPeer.put(peer, before + 1);
        return true;
    }

    /** Gives a place back. */
    synchronized void release(NodeId peer) {
        taken--;
        takenByPeer.computeIfPresent(peer, (same, before) -> before == 1 ? null : before - 1);
    }
}
