package io.chaski.benchmarks.files;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** The driver runs and every file arrives; what it measures in so short a time means nothing. */
class FilesBenchmarkIT {

    @Test
    void the_table_compares_with_the_limit() throws Exception {
        String table = FilesBenchmark.of(2, 1).run();

        assertThat(table.lines())
                .hasSize(2 + Carriers.values().length)
                .anyMatch(row -> row.startsWith("| netty region + SHA-256 |") && row.contains("| 1.00 (1.00-1.00) |"))
                .anyMatch(row -> row.startsWith("| netty TLS + SHA-256 |") && row.contains("| 1.00 (1.00-1.00) |"))
                .anyMatch(row -> row.startsWith("| chaski |"));
    }
}
