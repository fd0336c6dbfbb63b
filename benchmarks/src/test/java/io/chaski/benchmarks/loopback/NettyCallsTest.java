package io.chaski.benchmarks.loopback;

import static org.assertj.core.api.Assertions.assertThat;

import io.chaski.benchmarks.calls.CallContestant;
import io.chaski.benchmarks.calls.Caller;
import io.chaski.benchmarks.calls.Order;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Both ends in one process. */
class NettyCallsTest {

    static final int OUTSTANDING = 64;

    CallContestant.Served served;
    Caller caller;

    @BeforeEach
    void connect() throws Exception {
        NettyCalls contestant = new NettyCalls(NettyWire.NIO);
        served = contestant.serve();
        caller = contestant.dial(served.address());
    }

    @AfterEach
    void close() throws Exception {
        caller.close();
        served.close();
    }

    @Test
    void a_thread_waits_for_its_answer() throws Exception {
        Order order = Order.numbered(7);
        assertThat(caller.buy(order)).isEqualTo(order.invoice());
    }

    @Test
    void many_calls_under_way_get_their_own_answers() throws Exception {
        Phase phase = new OutstandingLoad(caller, OUTSTANDING).run(Duration.ofMillis(20));

        assertThat(phase.operations()).isGreaterThanOrEqualTo(OUTSTANDING);
        assertThat(phase.missing()).isZero();
        assertThat(phase.broken()).isZero();
    }
}
