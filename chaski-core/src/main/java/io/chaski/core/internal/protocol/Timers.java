package io.chaski.core.internal.protocol;

import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The timers of one node: a binary heap ordered by deadline, then by the order of arming, so that the same inputs
 * fire in the same order. Arming an armed timer moves it; nothing stale ever fires. Confined to the node's event
 * loop.
 */
public final class Timers {

    /** Deadline of a set of timers that holds none. */
    public static final long NONE = Long.MAX_VALUE;

    private Timer[] heap = new Timer[16];
    private int size;
    private long armed;

    /** One timer; created once by its owner and armed as often as needed. */
    public final class Timer {
        private final Runnable action;
        private long deadlineNanos;
        private long order;
        private int index = -1;

        private Timer(Runnable action) {
            this.action = action;
        }

        /**
         * Fires once at the deadline, instead of whatever was armed before.
         *
         * @param atNanos deadline on the node's monotonic clock
         */
        public void armAt(long atNanos) {
            deadlineNanos = atNanos;
            order = armed++;
            if (index < 0) {
                index = size;
                if (size == heap.length) {
                    heap = Arrays.copyOf(heap, size * 2);
                }
                heap[size++] = this;
            }
            siftUp(index);
            siftDown(index);
        }

        /** Does not fire any more until armed again. */
        public void cancel() {
            if (index >= 0) {
                remove(index);
            }
        }

        /** Whether it is going to fire. */
        public boolean isArmed() {
            return index >= 0;
        }

        /** When it fires; meaningful only while {@link #isArmed()}. */
        public long deadlineNanos() {
            return deadlineNanos;
        }
    }

    /**
     * A new timer, not armed.
     *
     * @param action what to do when it fires; may arm any timer, this one included
     */
    public Timer timer(Runnable action) {
        return new Timer(Objects.requireNonNull(action, "action"));
    }

    /** The earliest deadline, or {@link #NONE}. */
    public long nextDeadline() {
        return size == 0 ? NONE : heap[0].deadlineNanos;
    }

    /**
     * Fires, in order, everything that is due. Timers armed meanwhile for a time not after {@code nowNanos} wait for
     * the next call, so that a timer that re-arms itself cannot hold the loop.
     *
     * @param nowNanos the time
     */
    public void fireDue(long nowNanos) {
        long last = armed;
        while (true) {
            Timer due = nextDue(nowNanos, last);
            if (due == null) {
                return;
            }
            due.cancel();
            due.action.run();
        }
    }

    private @Nullable Timer nextDue(long nowNanos, long last) {
        if (size == 0) {
            return null;
        }
        Timer first = heap[0];
        return first.deadlineNanos <= nowNanos && first.order < last ? first : null;
    }

    private void remove(int at) {
        Timer removed = heap[at];
        removed.index = -1;
        Timer moved = heap[--size];
        heap[size] = null;
        if (moved != removed) {
            heap[at] = moved;
            moved.index = at;
            siftUp(at);
            siftDown(moved.index);
        }
    }

    private void siftUp(int from) {
        int at = from;
        Timer timer = heap[at];
        while (at > 0) {
            int parent = (at - 1) >>> 1;
            if (!isBefore(timer, heap[parent])) {
                break;
            }
            place(heap[parent], at);
            at = parent;
        }
        place(timer, at);
    }

    private void siftDown(int from) {
        int at = from;
        Timer timer = heap[at];
        while (true) {
            int child = 2 * at + 1;
            if (child >= size) {
                break;
            }
            if (child + 1 < size && isBefore(heap[child + 1], heap[child])) {
                child++;
            }
            if (!isBefore(heap[child], timer)) {
                break;
            }
            place(heap[child], at);
            at = child;
        }
        place(timer, at);
    }

    private void place(Timer timer, int at) {
        heap[at] = timer;
        timer.index = at;
    }

    private static boolean isBefore(Timer a, Timer b) {
        return a.deadlineNanos != b.deadlineNanos ? a.deadlineNanos < b.deadlineNanos : a.order < b.order;
    }
}
