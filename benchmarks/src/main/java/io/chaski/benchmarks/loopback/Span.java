package io.chaski.benchmarks.loopback;

import java.time.Duration;

/**
 * How long one cell runs. Immutable.
 *
 * @param warmUp before anything is measured; the code of a call keeps the JIT compiler of two processors busy for tens of
 *     seconds, and until it is done its work is measured, not the library's
 * @param measured after that
 */
public record Span(Duration warmUp, Duration measured) {

    /** Warms up for as long as it measures. */
    static Span of(Duration both) {
        return new Span(both, both);
    }
}
