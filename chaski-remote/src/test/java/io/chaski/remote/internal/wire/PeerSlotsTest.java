package io.chaski.remote.internal.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.chaski.core.NodeId;
import io.chaski.remote.RemoteOptions;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** The limits of calls under way, with the numbers that hold unless somebody says otherwise. */
class PeerSlotsTest {

    private final PeerSlots slots = new PeerSlots(RemoteOptions.DEFAULTS.maxPendingPerPeer());

    private static NodeId peer(int number) {
        return new NodeId(0, number);
    }

    private int takeAll(NodeId peer) {
        int taken = 0;
        while (slots.tryTake(peer)) {
            taken++;
        }
        return taken;
    }

    @Test
    @DisplayName("row 89: 1,024 calls with one peer, and no 1,025th until one is over")
    void one_peer() {
        assertThat(takeAll(peer(1))).isEqualTo(1_024);
        assertThat(slots.taken(peer(1))).isEqualTo(1_024);
        assertThat(slots.tryTake(peer(2))).isTrue();
        slots.giveBack(peer(1));
        assertThat(takeAll(peer(1))).isEqualTo(1);
    }

    @Test
    @DisplayName("row 89: 16,384 calls with all peers together, and no more until one is over")
    void all_peers() {
        for (int number = 1; number <= 16; number++) {
            assertThat(takeAll(peer(number))).isEqualTo(1_024);
        }
        assertThat(slots.tryTake(peer(17))).isFalse();
        assertThat(slots.taken(peer(17))).isZero();
        slots.giveBack(peer(5));
        assertThat(takeAll(peer(17))).isEqualTo(1);
        assertThat(slots.tryTake(peer(5))).isFalse();
    }

    @Test
    void what_is_refused_takes_nothing() {
        takeAll(peer(1));
        for (int i = 0; i < 20_000; i++) {
            assertThat(slots.tryTake(peer(1))).isFalse();
        }
        assertThat(takeAll(peer(2))).isEqualTo(1_024);
    }

    @Test
    void a_peer_without_calls_is_forgotten_and_may_have_all_again() {
        int taken = takeAll(peer(1));
        for (int i = 0; i < taken; i++) {
            slots.giveBack(peer(1));
        }
        assertThat(slots.taken(peer(1))).isZero();
        assertThat(takeAll(peer(1))).isEqualTo(1_024);
    }
}
