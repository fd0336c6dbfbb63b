package io.chaski.benchmarks.costs;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The programs run and say something; what it is means nothing on a machine that builds. */
class CostsBenchmarkIT {

    @Test
    @Tag("deep") // a dozen JVMs, for a table that means nothing on a machine that builds
    void the_table_has_a_row_for_each_cost() throws Exception {
        assertThat(CostsBenchmark.of(1, 2).run().lines())
                .hasSize(2 + 9 + 4)
                .anyMatch(row -> row.startsWith("| JVM to first delivered message, ms |"))
                .anyMatch(row -> row.startsWith("| heap of an idle topic, KiB |"))
                .anyMatch(row -> row.startsWith("| jar of io.chaski.remote, KiB |"))
                .anyMatch(row -> row.startsWith("| jars that io.chaski.core needs, with its own, KiB |"));
    }
}
