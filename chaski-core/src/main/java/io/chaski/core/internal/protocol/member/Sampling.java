package io.chaski.core.internal.protocol.member;

import java.util.List;
import java.util.random.RandomGenerator;

/** Random choice without repetition. Stateless. */
public final class Sampling {

    private Sampling() {}

    /**
     * Shortens a list to a random choice of its elements, in random order (the first steps of a Fisher-Yates shuffle).
     *
     * @param list is changed
     * @param count how many to keep at most
     * @param random chooses
     * @return the same list
     * @param <T> anything
     */
    public static <T> List<T> choose(List<T> list, int count, RandomGenerator random) {
        int kept = Math.min(count, list.size());
        for (int i = 0; i < kept; i++) {
            int chosen = i + random.nextInt(list.size() - i);
            T swapped = list.get(i);
            list.set(i, list.get(chosen));
            list.set(chosen, swapped);
        }
        list.subList(kept, list.size()).clear();
        return list;
    }
}
