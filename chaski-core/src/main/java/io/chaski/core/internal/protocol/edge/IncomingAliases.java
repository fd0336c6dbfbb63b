package io.chaski.core.internal.protocol.edge;

import java.util.Arrays;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A peer's small numbers for names on one connection. Confined to the node's event loop. */
final class IncomingAliases<T> {

    private final int limit;
    private final Consumer<T> release;
    private Object[] byAlias = new Object[8];
    private int count;

    /**
     * No aliases yet.
     *
     * @param limit largest alias that is accepted
     * @param release hears of each name whose alias is moved or dropped
     */
    IncomingAliases(int limit, Consumer<T> release) {
        this.limit = limit;
        this.release = release;
    }

    /** How many aliases stand for something; at most {@code limit + 1}. */
    int count() {
        return count;
    }

    /** Whether an alias is within the limit. */
    boolean accepts(int alias) {
        return alias >= 0 && alias <= limit;
    }

    /** What an alias stands for, or null. */
    @SuppressWarnings("unchecked")
    @Nullable
    T get(int alias) {
        return alias >= 0 && alias < byAlias.length ? (T) byAlias[alias] : null;
    }

    /** Lets an acceptable alias stand for a name, which the caller has retained, or for nothing. */
    void put(int alias, @Nullable T name) {
        if (alias >= byAlias.length) {
            byAlias = Arrays.copyOf(byAlias, Math.min(limit + 1, Math.max(alias + 1, byAlias.length * 2)));
        }
        T moved = get(alias);
        byAlias[alias] = name;
        if (name != null) {
            count++;
        }
        if (moved != null) {
            count--;
            release.accept(moved);
        }
    }

    /** Hears of each alias and what it stands for. */
    interface Visitor<T> {
        void visit(int alias, T name);
    }

    /** Shows all aliases that stand for something; they may be put while that is done. */
    void forEach(Visitor<T> visitor) {
        for (int alias = 0; alias < byAlias.length; alias++) {
            T name = get(alias);
            if (name != null) {
                visitor.visit(alias, name);
            }
        }
    }

    void releaseAll() {
        for (int alias = 0; alias < byAlias.length; alias++) {
            if (byAlias[alias] != null) {
                put(alias, null);
            }
        }
    }
}
