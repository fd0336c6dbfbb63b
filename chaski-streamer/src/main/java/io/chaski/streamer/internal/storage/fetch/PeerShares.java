package io.chaski.streamer.internal.storage.fetch;

import io.chaski.core.NodeId;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

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

    /** Takes a place for a peer if there is one. */
    synchronized Optional<Place> take(NodeId peer) {
        int before = takenByPeer.getOrDefault(peer, 0);
        if (taken == places || before == placesPerPeer) {
            return Optional.empty();
        }
        taken++;
        takenByPeer.put(peer, before + 1);
        return Optional.of(new Place(peer));
    }

    /** A place that was taken. */
    final class Place {
        private final NodeId peer;
        private boolean isGivenBack; // guarded by the shares

        private Place(NodeId peer) {
            this.peer = peer;
        }

        /** Gives the place back. Does nothing the second time. */
        void giveBack() {
            synchronized (PeerShares.this) {
                if (!isGivenBack) {
                    isGivenBack = true;
                    taken--;
                    takenByPeer.computeIfPresent(peer, (same, before) -> before == 1 ? null : before - 1);
                }
            }
        }
    }
}
