package io.chaski.streamer.internal.storage.fetch;

import static org.assertj.core.api.Assertions.assertThat;

import io.chaski.core.NodeId;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class PeerSharesTest {

    private final PeerShares shares = new PeerShares(5, 2);

    private static NodeId peer(int number) {
        return new NodeId(1, number);
    }

    @Test
    void a_peer_has_its_share_and_no_more() {
        assertThat(shares.tryTake(peer(1))).isTrue();
        assertThat(shares.tryTake(peer(1))).isTrue();
        assertThat(shares.tryTake(peer(1))).isFalse();
        assertThat(shares.tryTake(peer(2))).isTrue();
    }

    @Test
    void all_peers_have_all_places_and_no_more() {
        for (int i = 0; i < 5; i++) {
            assertThat(shares.tryTake(peer(i))).isTrue();
        }
        assertThat(shares.tryTake(peer(5))).isFalse();

        shares.release(peer(0));
        assertThat(shares.tryTake(peer(5))).isTrue();
    }

    @Test
    void what_is_given_back_can_be_taken_again() {
        for (int i = 0; i < 100; i++) {
            assertThat(shares.tryTake(peer(1))).isTrue();
            assertThat(shares.tryTake(peer(1))).isTrue();
            shares.release(peer(1));
            shares.release(peer(1));
        }
    }
}
