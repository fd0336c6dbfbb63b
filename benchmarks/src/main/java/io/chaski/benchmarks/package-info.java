/**
 * Measurements, each a program: how fast two nodes talk beside the limit of the machine ({@code loopback}), and how
 * quickly many nodes find each other ({@code pairing}), and how fast a file gets from one to another ({@code files}). Start at {@link io.chaski.benchmarks.Benchmarks}.
 */
@NullMarked
package io.chaski.benchmarks;

import org.jspecify.annotations.NullMarked;
