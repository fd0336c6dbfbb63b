package io.chaski.benchmarks.loopback;

import static org.assertj.core.api.Assertions.assertThat;

import io.chaski.benchmarks.loopback.ThreadCosts.Cost;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ProfileTableTest {

    /** And twenty bytes for each microsecond. */
    private static Cost micros(long micros) {
        return new Cost(micros * 1_000, micros * 20);
    }

    /** Of ten operations. */
    private static Cell.Result cell(Map<String, Map<String, Cost>> threads) {
        return new Cell.Result(new Phase(10, 1, 1, 0, 0, 0, 0), 1, 0, 0, 0, 0, threads);
    }

    @Test
    void names_what_each_group_took_for_an_operation_and_sums_up_what_is_little() {
        ProfileTable table = new ProfileTable();
        table.add(
                Workload.ONE_WAY_64,
                Map.of(
                        Contestants.CHASKI,
                        List.of(
                                cell(Map.of(
                                        Side.RECEIVER, Map.of("io-#", micros(100), "idle", Cost.NOTHING),
                                        Side.SENDER,
                                                Map.of(
                                                        "main",
                                                        micros(400),
                                                        "tiny",
                                                        micros(1),
                                                        ThreadCosts.JVM,
                                                        micros(30)))),
                                cell(Map.of(
                                        Side.RECEIVER, Map.of("io-#", micros(300)),
                                        Side.SENDER,
                                                Map.of(
                                                        "main",
                                                        micros(400),
                                                        "pool-#",
                                                        micros(800),
                                                        "tiny",
                                                        micros(1)))))));

        assertThat(table).hasToString("""
                | workload, contestant, process, threads | CPU µs/op | heap B/op |
                | --- | ---: | ---: |
                | one way 64 B, chaski, sender, main | 40.0 | 800 |
                | one way 64 B, chaski, sender, pool-# | 40.0 | 800 |
                | one way 64 B, chaski, sender, compiler and collector, threads that have ended | 1.50 | - |
                | one way 64 B, chaski, sender, others | 0.10 | 2.00 |
                | one way 64 B, chaski, receiver, io-# | 20.0 | 400 |
                """);
    }
}
