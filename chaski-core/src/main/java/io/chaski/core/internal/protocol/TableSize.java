package io.chaski.core.internal.protocol;

/**
 * How full one bounded table is, for the invariants of simulations. Immutable.
 *
 * @param name of what is in it
 * @param size how many there are
 * @param most how many there may be
 */
public record TableSize(String name, int size, int most) {}
