package io.chaski.remote.internal.call;

import static org.assertj.core.api.Assertions.assertThat;

import io.chaski.core.NodeId;
import io.chaski.remote.CallException;
import io.chaski.remote.CallOptions;
import io.chaski.remote.NoProviderException;
import io.chaski.remote.PeerBusyException;
import io.chaski.remote.PeerLostException;
import io.chaski.remote.internal.call.AttemptEnd.Next;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class RetryRuleTest {

    private static final NodeId PEER = new NodeId(0, 1);
    private static final CallException BUSY = new PeerBusyException(PEER, "busy");
    private static final CallException LOST = new PeerLostException(PEER, "lost");

    @Test
    void what_was_not_executed_is_tried_again_until_the_attempts_are_used_up() {
        assertThat(RetryRule.goesOn(BUSY, Next.AGAIN, false, false, 1, 3)).isTrue();
        assertThat(RetryRule.goesOn(BUSY, Next.AGAIN, false, false, 3, 3)).isFalse();
    }

    @Test
    void what_may_have_been_executed_is_tried_again_only_if_it_is_idempotent() {
        assertThat(RetryRule.goesOn(LOST, Next.AGAIN, false, true, 1, 3)).isFalse();
        assertThat(RetryRule.goesOn(LOST, Next.AGAIN, true, true, 1, 3)).isTrue();
        assertThat(RetryRule.goesOn(LOST, Next.AGAIN_ANEW, false, true, 1, 3)).isFalse();
    }

    @Test
    void what_would_end_the_same_way_is_not_tried_again() {
        assertThat(RetryRule.goesOn(BUSY, Next.NOTHING, true, true, 1, 3)).isFalse();
        assertThat(RetryRule.goesOn(BUSY, Next.ANOTHER_NODE, true, false, 1, 3)).isFalse();
        assertThat(RetryRule.goesOn(BUSY, Next.ANOTHER_NODE, false, true, 3, 3)).isTrue();
    }

    @Test
    void a_node_that_is_not_there_costs_no_attempt_while_there_is_another() {
        CallException gone = new NoProviderException(PEER, "gone", List.of());
        assertThat(RetryRule.goesOn(gone, Next.AGAIN, false, true, 3, 3)).isTrue();
        assertThat(RetryRule.goesOn(gone, Next.AGAIN, false, false, 3, 3)).isFalse();
    }

    @Test
    @DisplayName("D45: the delay doubles, give or take a half")
    void delays() {
        Duration first = Duration.ofMillis(20);
        for (int attempt = 1; attempt < 10; attempt++) {
            long base = 20L << (attempt - 1);
            assertThat(RetryRule.delay(first, attempt, new Random(attempt)).toMillis())
                    .isBetween(base / 2, base + base / 2);
        }
        assertThat(RetryRule.delay(Duration.ZERO, 9, new Random(1))).isZero();
        assertThat(RetryRule.delay(CallOptions.MAX_RETRY_DELAY, CallOptions.MAX_ATTEMPTS, new Random(1)))
                .isPositive();
    }
}
