package io.chaski.benchmarks.loopback;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class RoundTripLoadTest {

    static final Duration ONE_CALL = Duration.ZERO;

    @Test
    void a_right_answer_is_an_operation() throws Exception {
        Phase phase = new RoundTripLoad(number -> true).run(ONE_CALL);

        assertThat(phase.operations()).isEqualTo(1);
        assertThat(phase.missing()).isZero();
        assertThat(phase.broken()).isZero();
    }

    @Test
    void an_answer_that_does_not_belong_to_the_call_is_broken() throws Exception {
        RoundTripLoad load = new RoundTripLoad(number -> number != 1);

        assertThat(load.run(ONE_CALL).broken()).isZero();
        assertThat(load.run(ONE_CALL).broken()).isEqualTo(1);
        assertThat(load.run(ONE_CALL).broken()).isZero();
    }

    @Test
    void a_call_that_fails_is_missing() throws Exception {
        RoundTripLoad load = new RoundTripLoad(number -> {
            throw new IOException("no answer");
        });

        Phase phase = load.run(ONE_CALL);
        assertThat(phase.missing()).isEqualTo(1);
        assertThat(phase.operations()).isZero();
    }

    @Test
    void an_answer_of_bytes_is_right_if_it_is_the_request() throws Exception {
        assertThat(RoundTripLoad.of(new Echo(0), 16).run(ONE_CALL).operations()).isEqualTo(1);
    }

    @Test
    void a_torn_answer_of_bytes_is_broken() throws Exception {
        assertThat(RoundTripLoad.of(new Echo(1), 16).run(ONE_CALL).broken()).isEqualTo(1);
    }

    /** Cuts off some bytes. */
    private record Echo(int cut) implements Contestant.RoundTrip {
        @Override
        public byte[] call(byte[] request) {
            return Arrays.copyOf(request, request.length - cut);
        }

        @Override
        public void close() {}
    }
}
