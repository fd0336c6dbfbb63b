/**
 * The parts of a message's way on their own, measured by JMH. Start at {@code PartsBenchmark}; what it runs is in the packages
 * of what is measured, because these parts are not public.
 */
@NullMarked
package io.chaski.benchmarks.parts;

import org.jspecify.annotations.NullMarked;
