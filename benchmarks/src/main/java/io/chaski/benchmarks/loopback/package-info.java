/**
 * Two nodes on loopback beside raw Netty with the same framing and the same hand-off, and beside other libraries.
 *
 * <p>{@link io.chaski.benchmarks.loopback.LoopbackBenchmark} runs a {@code Cell} for each workload, contestant and
 * round: two fresh processes, a receiver and a sender, both of them a {@code Side}. To add a contestant, implement
 * {@code Contestant}, or {@link io.chaski.benchmarks.calls.CallContestant} for calls of a method, and list it in {@code
 * Contestants}.
 */
@NullMarked
package io.chaski.benchmarks.loopback;

import org.jspecify.annotations.NullMarked;
