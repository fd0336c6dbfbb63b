package io.chaski.benchmarks.loopback;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ProfileTableTest {

    private static final long MICROS = 1_000;

    /** Of ten operations. */
    private static Cell.Result cell(Map<String, Map<String, Long>> threadNanos) {
        return new Cell.Result(new Phase(10, 1, 1, 0, 0, 0, 0), 1, 0, 0, 0, 0, threadNanos);
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
                                        Side.RECEIVER, Map.of("io-#", 100 * MICROS, "idle", 0L),
                                        Side.SENDER, Map.of("main", 400 * MICROS, "tiny", MICROS))),
                                cell(Map.of(
                                        Side.RECEIVER, Map.of("io-#", 300 * MICROS),
                                        Side.SENDER,
                                                Map.of(
                                                        "main",
                                                        400 * MICROS,
                                                        "pool-#",
                                                        800 * MICROS,
                                                        "tiny",
                                                        MICROS))))));

        assertThat(table).hasToString("""
                | workload, contestant, process, threads | CPU µs/op |
                | --- | ---: |
                | one way 64 B, chaski, sender, main | 40.0 |
                | one way 64 B, chaski, sender, pool-# | 40.0 |
                | one way 64 B, chaski, sender, others | 0.10 |
                | one way 64 B, chaski, receiver, io-# | 20.0 |
                """);
    }
}
