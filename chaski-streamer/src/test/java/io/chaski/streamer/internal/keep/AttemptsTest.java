package io.chaski.streamer.internal.keep;

import static org.assertj.core.api.Assertions.assertThat;

import io.chaski.core.NodeId;
import java.util.List;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class AttemptsTest {

    private static final NodeId A = new NodeId(0, 1);
    private static final NodeId B = new NodeId(0, 2);
    private static final NodeId C = new NodeId(0, 3);
    private static final NodeId D = new NodeId(0, 4);

    private final Attempts attempts = new Attempts();

    @Test
    void that_have_failed_are_made_again_behind_all_others_the_oldest_first() {
        attempts.onFailed(A);
        attempts.onFailed(B);
        attempts.onFailed(C);
        attempts.onFailed(A);
        attempts.onWorked(C);

        assertThat(attempts.order(List.of(A, B, C, D))).containsExactly(C, D, B, A);
    }

    @Test
    void are_made_with_those_that_are_known() {
        attempts.onFailed(A);

        assertThat(attempts.order(List.of(B))).containsExactly(B);
        assertThat(attempts.order(List.of(A, B))).containsExactly(B, A);
    }

    @Test
    void that_have_failed_longest_ago_are_forgotten_if_they_are_too_many() {
        attempts.onFailed(A);
        for (int i = 1; i <= KeeperRecords.MAX_RECORDS; i++) {
            attempts.onFailed(new NodeId(1, i));
        }

        assertThat(attempts.order(List.of(new NodeId(1, 1), A))).containsExactly(A, new NodeId(1, 1));
    }
}
