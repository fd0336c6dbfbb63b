package io.chaski.benchmarks.costs;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** How figures are written. */
class CostsBenchmarkTest {

    @ParameterizedTest
    @CsvSource({"-1.5, -1.50", "-12345, -12.3 k", "0, 0.00", "20.04, 20.0"})
    void what_was_measured_below_zero_is_told(double figure, String text) {
        assertThat(CostsBenchmark.signed(figure)).isEqualTo(text);
    }
}
