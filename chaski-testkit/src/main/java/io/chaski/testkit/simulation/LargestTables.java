package io.chaski.testkit.simulation;

import io.chaski.core.internal.protocol.TableAudience;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;

/** How large each kind of table was at any node, whenever the invariants have been checked. Confined to the simulation's thread. */
final class LargestTables implements TableAudience {

    private static final class Largest {
        private long size;
    }

    /** Never iterated but to be sorted; asked tens of times after each input. */
    private final Map<String, Largest> byName = new HashMap<>();

    @Override
    public void hear(String name, long size, long most) {
        Largest largest = byName.get(name);
        if (largest == null) {
            largest = new Largest();
            byName.put(name, largest);
        }
        if (size > largest.size) {
            largest.size = size;
        }
    }

    /** The largest of each, by name. */
    Map<String, Long> all() {
        Map<String, Long> all = new TreeMap<>();
        byName.forEach((name, largest) -> all.put(name, largest.size));
        return all;
    }
}
