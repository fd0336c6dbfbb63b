package io.chaski.benchmarks.loopback;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Each contestant is called, with real processes. Apart from {@link LoopbackBenchmarkIT}, so that both run at a time. */
class CallsBenchmarkIT {

    @ParameterizedTest
    @CsvSource({"NETTY_ECHO, CALLS_1", "CHASKI, CALLS_64"})
    void every_call_is_answered(Contestants contestant, Workload workload) throws Exception {
        expectAllAnswers(contestant, workload);
    }

    @Tag("deep")
    @ParameterizedTest
    @EnumSource(names = {"GRPC", "RMI", "RSOCKET", "AERON_UDP", "NETTY_EPOLL", "CHASKI_EPOLL"})
    void every_call_of_a_peer_is_answered(Contestants contestant) throws Exception {
        assumeThat(contestant.lacks()).isEmpty();
        expectAllAnswers(contestant, Workload.CALLS_64);
    }

    private static void expectAllAnswers(Contestants contestant, Workload workload) throws Exception {
        Cell.Result result =
                new Cell(workload, contestant, LoopbackBenchmarkIT.MOMENT, LoopbackBenchmarkIT.FLAGS).run();

        assertThat(result.phase().operations()).isGreaterThanOrEqualTo(workload.outstanding());
        assertThat(result.isLossless()).as("%s", result).isTrue();
    }
}
