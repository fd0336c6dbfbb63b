package io.chaski.core.internal.protocol.topic;

import io.chaski.core.internal.protocol.Peer;
import io.chaski.core.internal.protocol.member.Membership;

/** Listens to the control overlay, which has no tree and finds its members through bootstrap addresses. Stateless. */
final class ControlListener implements Membership.Listener {

    @Override
    public void onNeighbourUp(Peer peer) {
        // Membership only: no data travels on "@".
    }

    @Override
    public void onNeighbourDown(Peer peer) {
        // The overlay repairs itself.
    }

    @Override
    public void onCandidatesWanted() {
        // It dials bootstrap addresses by itself.
    }
}
