package io.chaski.benchmarks.loopback;

import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;

/**
 * How all cells of a benchmark are measured. Immutable.
 *
 * @param rounds how often each cell is repeated, 1 or more
 * @param span of one measurement and of its warm-up
 * @param only who takes part, of {@link LoopbackBenchmark#CONTESTANTS}; everybody if empty
 * @param profiles where each process leaves a recording; made if it does not exist. Then the table of its threads is printed, too
 */
public record Setup(int rounds, Span span, Set<String> only, Optional<Path> profiles) {

    /**
     * Keeps a copy of the set.
     *
     * @throws IllegalArgumentException if there are no rounds, or nobody is called like that
     */
    public Setup {
        if (rounds < 1) {
            throw new IllegalArgumentException("rounds must be 1 or more: " + rounds);
        }
        for (String label : only) {
            if (!LoopbackBenchmark.CONTESTANTS.contains(label)) {
                throw new IllegalArgumentException("no contestant is called " + label);
            }
        }
        only = Set.copyOf(only);
    }

    /** Everybody, without a profile. */
    Setup(int rounds, Span span) {
        this(rounds, span, Set.of(), Optional.empty());
    }

    boolean wants(Contestants contestant) {
        return only.isEmpty() || only.contains(contestant.label());
    }
}
