package io.chaski.benchmarks.loopback;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Each contestant is called, with real processes. Apart from {@link LoopbackBenchmarkIT}, so that both run at a time. */
class CallsBenchmarkIT {

    @ParameterizedTest
    @CsvSource({
        "NETTY_ECHO, CALLS_1",
        "CHASKI, CALLS_1",
        "CHASKI, CALLS_64",
        "GRPC, CALLS_64",
        "RMI, CALLS_64",
        "RSOCKET, CALLS_64"
    })
    void every_call_is_answered(Contestants contestant, Workload workload) throws Exception {
        Cell.Result result =
                new Cell(workload, contestant, LoopbackBenchmarkIT.MOMENT, LoopbackBenchmarkIT.FLAGS).run();

        assertThat(result.phase().operations()).isGreaterThanOrEqualTo(workload.outstanding());
        assertThat(result.isLossless()).as("%s", result).isTrue();
    }
}
