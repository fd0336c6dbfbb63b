package io.chaski.benchmarks.pairing;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

/** The driver runs, with few nodes: they pair and do not lose each other with the root, however long it takes. */
class PairingBenchmarkIT {

    @Test
    void a_few_nodes_pair_and_outlive_their_root() throws Exception {
        String table =
                PairingBenchmark.of(List.of(2 * PairingBenchmark.TOPICS), 1).run();

        assertThat(table.lines())
                .hasSize(4)
                .filteredOn(row -> row.endsWith("| 0 of 1 |"))
                .hasSize(2);
    }
}
