/**
 * Measurements, each a program: how fast two nodes talk beside the limit of the machine ({@code loopback}), and how
 * quickly many nodes find each other ({@code pairing}). Start at {@link io.chaski.benchmarks.Benchmarks}.
 */
@NullMarked
package io.chaski.benchmarks;

import org.jspecify.annotations.NullMarked;
