package io.chaski.benchmarks.loopback;

import static org.assertj.core.api.Assertions.assertThat;

import io.chaski.benchmarks.calls.CallContestant;
import io.chaski.benchmarks.calls.Caller;
import io.chaski.benchmarks.calls.Order;
import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Both ends in one process. */
class NettyCallsTest {

    static final int OUTSTANDING = 64;

    @ParameterizedTest
    @EnumSource(names = {"NETTY_ECHO", "NETTY_ECHO_HANDED"})
    void a_thread_waits_for_its_answer(Contestants limit) throws Exception {
        CallContestant contestant = limit.calls();
        try (CallContestant.Served served = contestant.serve();
                Caller caller = contestant.dial(served.address())) {
            for (int i = 0; i < 3; i++) {
                Order order = Order.numbered(i);
                assertThat(caller.buy(order)).isEqualTo(order.invoice());
            }
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"NETTY_ECHO", "NETTY_ECHO_HANDED"})
    void many_calls_under_way_get_their_own_answers(Contestants limit) throws Exception {
        CallContestant contestant = limit.calls();
        try (CallContestant.Served served = contestant.serve();
                Caller caller = contestant.dial(served.address())) {
            Phase phase = new OutstandingLoad(caller, OUTSTANDING).run(Duration.ofMillis(20));

            assertThat(phase.operations()).isGreaterThanOrEqualTo(OUTSTANDING);
            assertThat(phase.missing()).isZero();
            assertThat(phase.broken()).isZero();
        }
    }
}
