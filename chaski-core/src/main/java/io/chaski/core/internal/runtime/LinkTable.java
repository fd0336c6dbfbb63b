package io.chaski.core.internal.runtime;

import org.jspecify.annotations.Nullable;

/**
 * Finds things by link number without boxing the number: open addressing with linear probing, deletion by shifting
 * back (Knuth, vol. 3, 6.4, algorithm R). Bounded by the protocol's limit of connections. Confined to the loop.
 */
final class LinkTable<T> {

    private static final int INITIAL_CAPACITY = 64;
    private static final int SPREAD = 0x9e3779b9;

    private int[] numbers = new int[INITIAL_CAPACITY];
    private @Nullable Object[] values = new Object[INITIAL_CAPACITY];
    private int size;

    @Nullable
    T get(int number) {
        return valueAt(find(number));
    }

    void put(int number, T value) {
        int at = find(number);
        if (values[at] == null) {
            if (2 * (size + 1) > values.length) {
                grow();
                at = find(number);
            }
            size++;
        }
        numbers[at] = number;
        values[at] = value;
    }

    @Nullable
    T remove(int number) {
        int hole = find(number);
        T removed = valueAt(hole);
        if (removed == null) {
            return null;
        }
        size--;
        int mask = values.length - 1;
        for (int next = (hole + 1) & mask; values[next] != null; next = (next + 1) & mask) {
            int home = home(numbers[next]);
            boolean isReachableWithoutHole = ((next - home) & mask) < ((next - hole) & mask);
            if (!isReachableWithoutHole) {
                numbers[hole] = numbers[next];
                values[hole] = values[next];
                hole = next;
            }
        }
        values[hole] = null;
        return removed;
    }

    int size() {
        return size;
    }

    private int find(int number) {
        int mask = values.length - 1;
        int at = home(number);
        while (values[at] != null && numbers[at] != number) {
            at = (at + 1) & mask;
        }
        return at;
    }

    private int home(int number) {
        int spread = number * SPREAD;
        return (spread ^ (spread >>> 16)) & (values.length - 1);
    }

    @SuppressWarnings("unchecked") // only put() fills the array
    private @Nullable T valueAt(int index) {
        return (T) values[index];
    }

    private void grow() {
        int[] oldNumbers = numbers;
        @Nullable Object[] oldValues = values;
        numbers = new int[oldNumbers.length * 2];
        values = new Object[oldNumbers.length * 2];
        for (int i = 0; i < oldValues.length; i++) {
            if (oldValues[i] != null) {
                int at = find(oldNumbers[i]);
                numbers[at] = oldNumbers[i];
                values[at] = oldValues[i];
            }
        }
    }
}
