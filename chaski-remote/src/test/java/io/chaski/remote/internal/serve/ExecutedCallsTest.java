package io.chaski.remote.internal.serve;

import static org.assertj.core.api.Assertions.assertThat;

import io.chaski.core.NodeId;
import io.chaski.remote.internal.wire.Body;
import io.chaski.remote.internal.wire.CallId;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class ExecutedCallsTest {

    private static final NodeId CALLER = new NodeId(0, 1);
    private static final Duration MINUTE = Duration.ofMinutes(1);
    private static final Body ANSWER = new Body(Body.Kind.VALUE, new byte[] {1});

    private final AtomicLong nowNanos = new AtomicLong();
    private final ExecutedCalls executed = new ExecutedCalls(nowNanos::get);

    private ExecutedCalls.Claim claim(NodeId caller, CallId id) {
        return executed.claim(caller, id, MINUTE);
    }

    private static CallId id(long number) {
        return new CallId(0, number);
    }

    @Test
    void an_id_is_claimed_once() {
        ExecutedCalls.Claim first = claim(CALLER, id(1));
        ExecutedCalls.Claim second = claim(CALLER, id(1));
        assertThat(first.isNew()).isTrue();
        assertThat(second.isNew()).isFalse();
        assertThat(second.entry()).isSameAs(first.entry());
    }

    @Test
    void callers_do_not_share_ids() {
        claim(CALLER, id(1));
        assertThat(claim(new NodeId(0, 2), id(1)).isNew()).isTrue();
    }

    @Test
    void a_small_answer_is_given_again() {
        claim(CALLER, id(1)).entry().complete(ANSWER);
        assertThat(claim(CALLER, id(1)).entry().answer()).isCompletedWithValue(ANSWER);
    }

    @Test
    void a_large_answer_goes_to_those_who_wait_and_is_not_kept() {
        ExecutedCalls.Entry entry = claim(CALLER, id(1)).entry();
        var waiting = entry.answer();
        Body large = new Body(Body.Kind.VALUE, new byte[ExecutedCalls.MAX_KEPT_BYTES + 1]);
        entry.complete(large);
        assertThat(waiting).isCompletedWithValue(large);
        assertThat(claim(CALLER, id(1)).entry().answer().join().kind()).isEqualTo(Body.Kind.FAILURE);
    }

    @Test
    void the_oldest_id_makes_room_but_not_one_that_is_being_executed() {
        claim(CALLER, id(0));
        for (int i = 1; i <= ExecutedCalls.MAX_IDS_PER_CALLER; i++) {
            claim(CALLER, id(i)).entry().complete(ANSWER);
        }
        claim(CALLER, id(9_999));
        assertThat(executed.size(CALLER)).isEqualTo(ExecutedCalls.MAX_IDS_PER_CALLER);
        assertThat(claim(CALLER, id(0)).isNew()).isFalse();
        assertThat(claim(CALLER, id(1)).isNew()).isTrue();
    }

    @Test
    void the_caller_that_was_silent_longest_is_forgotten_but_not_one_whose_call_is_being_executed() {
        ExecutedCalls.Entry running = claim(CALLER, id(0)).entry();
        for (int i = 2; i <= ExecutedCalls.MAX_CALLERS + 1; i++) {
            claim(new NodeId(0, i), id(0)).entry().complete(ANSWER);
        }
        assertThat(claim(CALLER, id(0)).entry()).isSameAs(running);
        assertThat(executed.size(new NodeId(0, 2))).isZero();
        assertThat(executed.size(new NodeId(0, 3))).isEqualTo(1);
    }

    @Test
    void an_id_is_forgotten_when_its_deadline_has_passed_and_it_is_not_being_executed() {
        claim(CALLER, id(0)).entry().complete(ANSWER);
        claim(CALLER, id(1));
        nowNanos.addAndGet(MINUTE.toNanos());
        claim(CALLER, id(2));
        assertThat(executed.size(CALLER)).isEqualTo(2);
        assertThat(claim(CALLER, id(1)).isNew()).isFalse();
        assertThat(executed.keptBytes()).isZero();
    }

    @Test
    void callers_that_have_gone_are_forgotten_while_others_call() {
        claim(CALLER, id(0)).entry().complete(ANSWER);
        nowNanos.addAndGet(MINUTE.toNanos());
        claim(new NodeId(0, 2), id(0));
        assertThat(executed.size(CALLER)).isZero();
        assertThat(executed.keptBytes()).isZero();
    }

    @Test
    void the_answers_of_all_callers_together_have_a_limit_and_the_oldest_are_not_kept() {
        Body large = new Body(Body.Kind.VALUE, new byte[ExecutedCalls.MAX_KEPT_BYTES]);
        long fit = ExecutedCalls.MAX_ALL_KEPT_BYTES / ExecutedCalls.MAX_KEPT_BYTES;
        for (int i = 0; i <= fit; i++) {
            claim(new NodeId(0, i % 100), id(i)).entry().complete(large);
        }
        assertThat(executed.keptBytes()).isEqualTo(ExecutedCalls.MAX_ALL_KEPT_BYTES);
        assertThat(claim(new NodeId(0, 0), id(0)).entry().answer().join().kind())
                .isEqualTo(Body.Kind.FAILURE);
        assertThat(claim(new NodeId(0, 1), id(1)).entry().answer()).isCompletedWithValue(large);
    }
}
