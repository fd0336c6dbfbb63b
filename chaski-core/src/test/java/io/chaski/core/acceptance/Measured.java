package io.chaski.core.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;

/** Times of scenarios on real sockets: reported, and held against a deadline that only a failure misses. */
final class Measured {

    private Measured() {}

    /**
     * Reports how long something took.
     *
     * @param what the figure
     * @param startNanos when it began
     * @param deadline ten times what the scenario allows, at least 10 s
     */
    static void print(String what, long startNanos, Duration deadline) {
        Duration took = Duration.ofNanos(System.nanoTime() - startNanos);
        System.out.println("measured: " + what + " after " + took.toMillis() + " ms");
        assertThat(took).as(what).isLessThan(deadline);
    }
}
