package io.chaski.remote.internal.model;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The streams of a method. Immutable.
 *
 * @param index which parameter of Java's method is a stream, counting from 0; -1 if none is
 * @param argument that parameter, null if there is none
 * @param result what the method returns, null if that is no stream
 */
public record MethodStreams(
        int index, @Nullable ItemStream argument, @Nullable ItemStream result) {

    /** A method without streams. */
    public static final MethodStreams NONE = new MethodStreams(-1, null, null);

    /** Whether there is one at all. */
    public boolean isAny() {
        return argument != null || result != null;
    }

    /**
     * Whether an implementation may hold its thread while it waits for items: if it gets a publisher and answers later, it need not.
     *
     * @param isFuture whether the result comes as a future
     */
    public boolean mayWait(boolean isFuture) {
        return argument != null && (argument.shape() != StreamShape.PUBLISHER || !isFuture && result == null);
    }

    /**
     * The arguments that are encoded.
     *
     * @param all those of Java's method
     */
    public List<@Nullable Object> without(List<@Nullable Object> all) {
        if (argument == null) {
            return all;
        }
        List<@Nullable Object> others = new ArrayList<>(all);
        others.remove(index);
        return others;
    }

    /**
     * The arguments of Java's method.
     *
     * @param others those that were encoded
     * @param items the one that is a stream
     */
    public List<@Nullable Object> with(List<@Nullable Object> others, Object items) {
        List<@Nullable Object> all = new ArrayList<>(others);
        all.add(index, items);
        return all;
    }
}
