package io.chaski.core.internal.protocol.tree;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** The wanted messages of one source by number. Its size is bounded by {@link Repair}. Confined to the event loop. */
final class WantedList {

    private static final Wanted[] NONE = {};

    private Wanted[] items = NONE;
    private int first;
    private int end;

    /** Hears of items that leave the list because their message is given up. */
    interface Forgetful {
        void onGivenUp(Wanted item);
    }

    private @Nullable Forgetful owner;

    boolean isEmpty() {
        return first == end;
    }

    /** The lowest number wanted, or {@link Long#MAX_VALUE}. */
    long firstSeq() {
        return first == end ? Long.MAX_VALUE : items[first].seq;
    }

    @Nullable
    Wanted find(long seq) {
        int at = firstAtOrAfter(seq);
        return at < end && items[at].seq == seq ? items[at] : null;
    }

    /** The item with the lowest number from {@code seq} on. */
    @Nullable
    Wanted ceiling(long seq) {
        int at = firstAtOrAfter(seq);
        return at < end ? items[at] : null;
    }

    /** Adds an item whose number is not in the list. */
    void add(Wanted item, Forgetful forgetful) {
        owner = forgetful;
        if (end == items.length) {
            makeRoom();
        }
        int at = firstAtOrAfter(item.seq);
        System.arraycopy(items, at, items, at + 1, end - at);
        items[at] = item;
        end++;
    }

    void remove(Wanted item) {
        int at = firstAtOrAfter(item.seq);
        assert at < end && items[at] == item : item.seq;
        if (at == first) {
            items[first++] = null;
        } else {
            System.arraycopy(items, at + 1, items, at, end - at - 1);
            items[--end] = null;
        }
        if (first == end) {
            first = 0;
            end = 0;
        }
    }

    /** Gives up everything up to a number. */
    void forgetUpTo(long seq) {
        while (owner != null && firstSeq() <= seq) {
            owner.onGivenUp(items[first]);
        }
    }

    private int firstAtOrAfter(long seq) {
        int low = first;
        int high = end;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (items[middle].seq < seq) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }

    private void makeRoom() {
        int size = end - first;
        int capacity = first > size ? items.length : Math.max(4, 2 * items.length);
        items = Arrays.copyOf(Arrays.copyOfRange(items, first, end), capacity);
        first = 0;
        end = size;
    }
}
