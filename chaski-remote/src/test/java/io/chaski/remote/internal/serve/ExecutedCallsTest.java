package io.chaski.remote.internal.serve;

import static org.assertj.core.api.Assertions.assertThat;

import io.chaski.core.NodeId;
import io.chaski.remote.internal.wire.Body;
import io.chaski.remote.internal.wire.CallId;
import org.junit.jupiter.api.Test;

class ExecutedCallsTest {

    private static final NodeId CALLER = new NodeId(0, 1);
    private static final Body ANSWER = new Body(Body.Kind.VALUE, new byte[] {1});

    private final ExecutedCalls executed = new ExecutedCalls();

    private static CallId id(long number) {
        return new CallId(0, number);
    }

    @Test
    void an_id_is_claimed_once() {
        ExecutedCalls.Claim first = executed.claim(CALLER, id(1));
        ExecutedCalls.Claim second = executed.claim(CALLER, id(1));
        assertThat(first.isNew()).isTrue();
        assertThat(second.isNew()).isFalse();
        assertThat(second.entry()).isSameAs(first.entry());
    }

    @Test
    void callers_do_not_share_ids() {
        executed.claim(CALLER, id(1));
        assertThat(executed.claim(new NodeId(0, 2), id(1)).isNew()).isTrue();
    }

    @Test
    void a_small_answer_is_given_again() {
        executed.claim(CALLER, id(1)).entry().complete(ANSWER);
        assertThat(executed.claim(CALLER, id(1)).entry().answer()).isCompletedWithValue(ANSWER);
    }

    @Test
    void a_large_answer_goes_to_those_who_wait_and_is_not_kept() {
        ExecutedCalls.Entry entry = executed.claim(CALLER, id(1)).entry();
        var waiting = entry.answer();
        Body large = new Body(Body.Kind.VALUE, new byte[ExecutedCalls.MAX_KEPT_BYTES + 1]);
        entry.complete(large);
        assertThat(waiting).isCompletedWithValue(large);
        assertThat(executed.claim(CALLER, id(1)).entry().answer().join().kind()).isEqualTo(Body.Kind.FAILURE);
    }

    @Test
    void the_oldest_id_makes_room_but_not_one_that_is_being_executed() {
        executed.claim(CALLER, id(0));
        for (int i = 1; i <= ExecutedCalls.MAX_IDS_PER_CALLER; i++) {
            executed.claim(CALLER, id(i)).entry().complete(ANSWER);
        }
        executed.claim(CALLER, id(9_999));
        assertThat(executed.size(CALLER)).isEqualTo(ExecutedCalls.MAX_IDS_PER_CALLER);
        assertThat(executed.claim(CALLER, id(0)).isNew()).isFalse();
        assertThat(executed.claim(CALLER, id(1)).isNew()).isTrue();
    }

    @Test
    void the_caller_that_was_silent_longest_is_forgotten() {
        executed.claim(CALLER, id(0));
        for (int i = 2; i <= ExecutedCalls.MAX_CALLERS + 1; i++) {
            executed.claim(new NodeId(0, i), id(0));
        }
        assertThat(executed.size(CALLER)).isZero();
    }
}
