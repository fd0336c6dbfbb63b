/** What nodes cost before they do anything: a cold start, memory, threads. Start at {@code CostsBenchmark}. */
@NullMarked
package io.chaski.benchmarks.costs;

import org.jspecify.annotations.NullMarked;
