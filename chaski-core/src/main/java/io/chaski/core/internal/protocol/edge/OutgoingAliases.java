package io.chaski.core.internal.protocol.edge;

import java.util.Arrays;
import java.util.function.Consumer;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/**
 * Our small numbers for names on one connection. Names have dense indexes within the node, so finding a number is one
 * array access. When all numbers are in use the one that was given out longest ago is moved, which the wire format
 * allows. Confined to the node's event loop.
 */
final class OutgoingAliases<T> {

    /** Not an alias; the first one is 1. */
    static final int NONE = 0;

    private final int limit;
    private final ToIntFunction<T> index;
    private final Consumer<T> release;
    private Object[] byAlias = new Object[8];
    private int[] aliasByIndex = new int[8];
    private int last;
    private int count;

    /**
     * No aliases yet.
     *
     * @param limit most aliases, the bound of the peer's table
     * @param index dense number of a name
     * @param release hears of each name whose alias is moved or dropped
     */
    OutgoingAliases(int limit, ToIntFunction<T> index, Consumer<T> release) {
        this.limit = limit;
        this.index = index;
        this.release = release;
    }

    /** How many names have an alias; at most {@code limit}. */
    int count() {
        return count;
    }

    /** The alias of a name, or {@link #NONE}. */
    int find(T name) {
        int at = index.applyAsInt(name);
        if (at >= aliasByIndex.length) {
            return NONE;
        }
        int alias = aliasByIndex[at];
        // An index is reused after its name was forgotten; a moved alias leaves its old entry behind.
        return alias != NONE && byAlias[alias] == name ? alias : NONE;
    }

    /** What an alias stands for, or null. */
    @Nullable
    T of(int alias) {
        return alias > NONE && alias < byAlias.length ? at(alias) : null;
    }

    /** Gives a name an alias; the caller has retained it. */
    int add(T name) {
        last = last == limit ? 1 : last + 1;
        if (last >= byAlias.length) {
            byAlias = Arrays.copyOf(byAlias, Math.min(limit + 1, byAlias.length * 2));
        }
        releaseAt(last);
        byAlias[last] = name;
        count++;
        int at = index.applyAsInt(name);
        if (at >= aliasByIndex.length) {
            aliasByIndex = Arrays.copyOf(aliasByIndex, Math.max(at + 1, aliasByIndex.length * 2));
        }
        aliasByIndex[at] = last;
        return last;
    }

    void releaseAll() {
        for (int alias = 1; alias < byAlias.length; alias++) {
            releaseAt(alias);
        }
    }

    private void releaseAt(int alias) {
        @Nullable T moved = at(alias);
        if (moved != null) {
            byAlias[alias] = null;
            count--;
            release.accept(moved);
        }
    }

    @SuppressWarnings("unchecked")
    private @Nullable T at(int alias) {
        return (T) byAlias[alias];
    }
}
