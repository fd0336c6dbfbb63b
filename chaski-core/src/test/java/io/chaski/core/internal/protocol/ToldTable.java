package io.chaski.core.internal.protocol;

import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * What is told of one table.
 *
 * @param size how many there are, or how many bytes
 * @param most how many there may be
 */
public record ToldTable(long size, long most) {

    /** All that are told, by name. */
    public static Map<String, ToldTable> all(Consumer<TableAudience> tables) {
        Map<String, ToldTable> all = new TreeMap<>();
        tables.accept((name, size, most) -> {
            if (all.put(name, new ToldTable(size, most)) != null) {
                throw new AssertionError("two tables are called " + name);
            }
        });
        return all;
    }
}
