package io.chaski.streamer.internal.storage.fetch;

import static org.assertj.core.api.Assertions.assertThat;

import io.chaski.core.NodeId;
import io.chaski.streamer.internal.storage.fetch.PeerShares.Place;
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
        assertThat(shares.take(peer(1))).isPresent();
        assertThat(shares.take(peer(1))).isPresent();
        assertThat(shares.take(peer(1))).isEmpty();
        assertThat(shares.take(peer(2))).isPresent();
    }

    @Test
    void all_peers_have_all_places_and_no_more() {
        Place first = shares.take(peer(0)).orElseThrow();
        for (int i = 1; i < 5; i++) {
            assertThat(shares.take(peer(i))).isPresent();
        }
        assertThat(shares.take(peer(5))).isEmpty();

        first.giveBack();
        assertThat(shares.take(peer(5))).isPresent();
    }

    @Test
    void what_is_given_back_can_be_taken_again() {
        for (int i = 0; i < 100; i++) {
            Place first = shares.take(peer(1)).orElseThrow();
            Place second = shares.take(peer(1)).orElseThrow();
            first.giveBack();
            second.giveBack();
        }
    }

    @Test
    void a_place_is_given_back_once() {
        Place first = shares.take(peer(1)).orElseThrow();
        shares.take(peer(1));
        first.giveBack();
        first.giveBack();

        assertThat(shares.take(peer(1))).isPresent();
        assertThat(shares.take(peer(1))).isEmpty();
    }
}
