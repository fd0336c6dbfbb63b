package io.chaski.benchmarks.loopback;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class LatenciesTest {

    final Latencies latencies = new Latencies();

    @Test
    void have_exact_percentiles() {
        for (int i = 100; i > 0; i--) {
            latencies.add(i);
        }
        assertThat(latencies.percentile(0.5)).isEqualTo(50);
        assertThat(latencies.percentile(0.99)).isEqualTo(99);
        assertThat(latencies.percentile(1)).isEqualTo(100);
    }

    @Test
    void of_nothing_are_zero() {
        latencies.add(7);
        latencies.clear();
        assertThat(latencies.percentile(0.5)).isZero();
    }
}
