package io.chaski.core.internal.protocol;

/** Hears how full bounded tables are, for the invariants of simulations: a call each, since they ask after each input. */
@FunctionalInterface
public interface TableAudience {
    /**
     * One table.
     *
     * @param name of what is in it, in the plural
     * @param size how many there are, or how many bytes; of what each connection has one, the most that any has had
     * @param most how many there may be
     */
    void hear(String name, long size, long most);
}
