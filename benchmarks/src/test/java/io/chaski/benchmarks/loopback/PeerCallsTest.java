package io.chaski.benchmarks.loopback;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.chaski.benchmarks.calls.CallContestant;
import io.chaski.benchmarks.calls.Caller;
import io.chaski.benchmarks.calls.Order;
import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Those who have messages and no encoding, both ends in one process. */
class PeerCallsTest {

    static final int OUTSTANDING = 64;
    static final int BYTES = 1 << 10;
    static final Duration MOMENT = Duration.ofMillis(20);

    @ParameterizedTest
    @EnumSource(names = {"JEROMQ", "AERON_UDP", "NATS"})
    void every_call_has_its_own_answer_one_at_a_time_and_many(Contestants contestant) throws Exception {
        assumeThat(contestant.lacks()).isEmpty();
        CallContestant calls = contestant.calls();
        try (CallContestant.Served served = calls.serve();
                Caller caller = calls.dial(served.address())) {
            Phase single = new RoundTripLoad(number -> {
                        Order order = Order.numbered(number);
                        return order.invoice().equals(caller.buy(order));
                    })
                    .run(MOMENT);
            Phase many = new OutstandingLoad(caller, OUTSTANDING).run(MOMENT);
            Order last = Order.numbered(7);

            expectAll(single, 1);
            expectAll(many, OUTSTANDING);
            assertThat(caller.buy(last)).isEqualTo(last.invoice());
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"JEROMQ", "AERON_UDP", "NATS"})
    void every_message_comes_back(Contestants contestant) throws Exception {
        assumeThat(contestant.lacks()).isEmpty();
        try (Contestant server = contestant.contestant();
                Contestant client = contestant.contestant();
                Contestant.Listening listening = server.echo();
                Contestant.RoundTrip way = client.roundTrip(listening.address())) {
            expectAll(RoundTripLoad.of(way, BYTES).run(MOMENT), 1);
        }
    }

    private static void expectAll(Phase phase, int least) {
        assertThat(phase.operations()).isGreaterThanOrEqualTo(least);
        assertThat(phase.missing()).isZero();
        assertThat(phase.broken()).isZero();
    }
}
