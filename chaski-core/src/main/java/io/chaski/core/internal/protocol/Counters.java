package io.chaski.core.internal.protocol;

import java.util.Map;
import java.util.TreeMap;

/**
 * Named counts of what this node has dropped, refused or repaired. Names are a fixed set chosen in code, never text of
 * a peer. Confined to the node's event loop; {@link #snapshot()} is a copy.
 */
public final class Counters {

    private final Map<String, long[]> counts = new TreeMap<>();

    /**
     * Adds one.
     *
     * @param name which counter
     */
    public void increment(String name) {
        add(name, 1);
    }

    /**
     * Adds an amount.
     *
     * @param name which counter
     * @param amount 0 or more
     */
    public void add(String name, long amount) {
        counts.computeIfAbsent(name, unused -> new long[1])[0] += amount;
    }

    /**
     * The value of a counter, 0 if it never counted.
     *
     * @param name which counter
     */
    public long get(String name) {
        long[] count = counts.get(name);
        return count == null ? 0 : count[0];
    }

    /** All counters by name, sorted. */
    public Map<String, Long> snapshot() {
        Map<String, Long> copy = new TreeMap<>();
        counts.forEach((name, count) -> copy.put(name, count[0]));
        return copy;
    }
}
