package io.chaski.remote.internal.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.chaski.core.NodeId;
import org.junit.jupiter.api.Test;

class BudgetTest {

    private static final NodeId ALICE = new NodeId(0, 1);
    private static final NodeId BOB = new NodeId(0, 2);

    private final Budget all = new Budget(100);

    @Test
    void one_peer_has_a_quarter_and_leaves_the_rest_to_others() {
        assertThat(all.ofPeer(ALICE).tryTake(20)).isTrue();
        assertThat(all.ofPeer(ALICE).tryTake(6)).isFalse();
        assertThat(all.ofPeer(ALICE).tryTake(5)).isTrue();
        assertThat(all.ofPeer(BOB).tryTake(25)).isTrue();
        assertThat(all.left()).isEqualTo(50);
        assertThat(all.ofPeer(ALICE).left()).isZero();
    }

    @Test
    void what_is_given_back_can_be_taken_again() {
        all.ofPeer(ALICE).tryTake(25);
        all.ofPeer(ALICE).giveBack(15);
        assertThat(all.ofPeer(ALICE).tryTake(15)).isTrue();
        all.ofPeer(ALICE).giveBack(25);
        assertThat(all.left()).isEqualTo(100);
        assertThat(all.ofPeer(ALICE).left()).isEqualTo(25);
    }

    @Test
    void a_peer_gets_nothing_where_others_have_taken_everything() {
        all.tryTake(90);
        assertThat(all.ofPeer(ALICE).tryTake(11)).isFalse();
        assertThat(all.ofPeer(ALICE).tryTake(10)).isTrue();
        assertThat(all.left()).isZero();
    }

    @Test
    void nothing_taken_and_given_back_is_nothing() {
        assertThat(all.ofPeer(ALICE).tryTake(0)).isTrue();
        all.ofPeer(ALICE).giveBack(0);
        assertThat(all.left()).isEqualTo(100);
    }
}
