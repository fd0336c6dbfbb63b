package io.chaski.testkit.internal.virtual;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Virtual time: events ordered by their moment, then by the order in which they were added, so that the same run
 * happens again. A heap of four children a node over primitive keys, because a simulation spends its time here.
 * Confined to one thread.
 */
public final class EventQueue {

    private static final int CHILDREN = 4;

    private long[] times = new long[1_024];
    private long[] orders = new long[1_024];
    private @Nullable Event[] events = new Event[1_024];
    private int size;
    private long added;
    private long happened;
    private long nowNanos;

    /** The virtual time: nanoseconds since the simulation began. */
    public long nowNanos() {
        return nowNanos;
    }

    /** How many events have happened. */
    public long happened() {
        return happened;
    }

    /**
     * Adds an event.
     *
     * @param atNanos when; a moment in the past means now
     * @param event what
     */
    public void at(long atNanos, Event event) {
        if (size == times.length) {
            times = Arrays.copyOf(times, size * 2);
            orders = Arrays.copyOf(orders, size * 2);
            events = Arrays.copyOf(events, size * 2);
        }
        siftUp(size++, Math.max(atNanos, nowNanos), added++, event);
    }

    /**
     * Lets the next event happen, if it is due by the given moment; otherwise time moves to that moment.
     *
     * @param limitNanos how far time may move
     * @return whether an event has happened
     */
    public boolean step(long limitNanos) {
        if (size == 0 || times[0] > limitNanos) {
            nowNanos = Math.max(nowNanos, limitNanos);
            return false;
        }
        nowNanos = times[0];
        Event event = removeFirst();
        happened++;
        event.happen();
        return true;
    }

    private Event removeFirst() {
        Event first = events[0];
        assert first != null : "a place below size holds an event";
        int last = --size;
        Event moved = events[last];
        events[last] = null;
        if (last > 0) {
            assert moved != null : "a place below size holds an event";
            siftDown(times[last], orders[last], moved);
        }
        return first;
    }

    private void siftUp(int from, long time, long order, Event event) {
        int at = from;
        while (at > 0) {
            int parent = (at - 1) / CHILDREN;
            if (!isBefore(time, order, parent)) {
                break;
            }
            copy(parent, at);
            at = parent;
        }
        place(at, time, order, event);
    }

    private void siftDown(long time, long order, Event event) {
        int at = 0;
        while (true) {
            int first = at * CHILDREN + 1;
            if (first >= size) {
                break;
            }
            int least = first;
            int end = Math.min(first + CHILDREN, size);
            for (int child = first + 1; child < end; child++) {
                if (isBefore(times[child], orders[child], least)) {
                    least = child;
                }
            }
            if (isBefore(time, order, least)) {
                break;
            }
            copy(least, at);
            at = least;
        }
        place(at, time, order, event);
    }

    private boolean isBefore(long time, long order, int other) {
        return time != times[other] ? time < times[other] : order < orders[other];
    }

    private void copy(int from, int to) {
        times[to] = times[from];
        orders[to] = orders[from];
        events[to] = events[from];
    }

    private void place(int at, long time, long order, Event event) {
        times[at] = time;
        orders[at] = order;
        events[at] = event;
    }
}
