package io.chaski.benchmarks.calls;

import java.io.Serializable;

/**
 * The answer to each call. Immutable.
 *
 * @param number of the order
 * @param total what two pieces cost
 * @param article of the order
 */
public record Invoice(long number, double total, String article) implements Serializable {}
