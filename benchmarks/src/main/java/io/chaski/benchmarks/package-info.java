/**
 * Measurements, each a program: how fast two nodes talk and call beside the limit of the machine, with and without TLS ({@code
 * loopback}), how quickly many nodes find each other ({@code pairing}), and how fast a file gets from one to another ({@code
 * files}). Start at {@link io.chaski.benchmarks.Benchmarks}.
 */
@NullMarked
package io.chaski.benchmarks;

import org.jspecify.annotations.NullMarked;
