/**
 * Calls from one process to another by several libraries: the same {@link io.chaski.benchmarks.calls.Order} is answered with
 * the same {@link io.chaski.benchmarks.calls.Invoice}. Start at {@link io.chaski.benchmarks.calls.CallContestant}; how they are
 * measured is in {@code loopback}, and raw Netty beside the rest of it.
 */
@NullMarked
package io.chaski.benchmarks.calls;

import org.jspecify.annotations.NullMarked;
