/**
 * Calls from one process to another by several libraries: the same {@link io.chaski.benchmarks.calls.Order} is answered with
 * the same {@link io.chaski.benchmarks.calls.Invoice}. Start at {@link io.chaski.benchmarks.calls.CallContestant}; how they are
 * measured is in {@code loopback}, and beside the rest of them raw Netty and those who share their ways of messages.
 */
@NullMarked
package io.chaski.benchmarks.calls;

import org.jspecify.annotations.NullMarked;
