package io.chaski.benchmarks.pairing;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class PairingBenchmarkTest {

    private static final PairingRun.Result RESULT = new PairingRun.Result(1_000_000, 2_000_000, 3_000_000, 4_000_000);

    @Test
    void has_failed_if_one_run_has_and_measures_the_others() throws Exception {
        PairingBenchmark benchmark = new PairingBenchmark(List.of(4, 8), 1, (size, arrival) -> {
            if (size == 4 && arrival == Arrival.ONE_BY_ONE) {
                throw new PairingFailedException("islands: two");
            }
            return RESULT;
        });

        assertThat(benchmark.run().lines().skip(2))
                .containsExactly(
                        "| 4, one by one | - | - | - | - | 1 of 1 |",
                        "| 4, at once | 1.00 (1.00-1.00) | 2.00 (2.00-2.00) | 3.00 (3.00-3.00) | 4.00 (4.00-4.00) | 0 of 1 |",
                        "| 8, one by one | 1.00 (1.00-1.00) | 2.00 (2.00-2.00) | 3.00 (3.00-3.00) | 4.00 (4.00-4.00) | 0 of 1 |",
                        "| 8, at once | 1.00 (1.00-1.00) | 2.00 (2.00-2.00) | 3.00 (3.00-3.00) | 4.00 (4.00-4.00) | 0 of 1 |");
        assertThat(benchmark.hasFailed()).isTrue();
    }

    @Test
    void has_not_failed_if_no_run_has() throws Exception {
        PairingBenchmark benchmark = new PairingBenchmark(List.of(4), 2, (size, arrival) -> RESULT);
        String table = benchmark.run();
        assertThat(benchmark.hasFailed()).as(table).isFalse();
    }
}
