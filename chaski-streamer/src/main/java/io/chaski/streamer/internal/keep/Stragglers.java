package io.chaski.streamer.internal.keep;

import io.chaski.streamer.internal.durable.HistoryPosition;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Holds messages back for a while, so that those that come late stand where they belong in the history. Confined to one thread at a
 * time.
 *
 * @param <M> what is held back
 */
public final class Stragglers<M> {

    /** Some seconds of what a busy room says. */
    public static final int MAX_MESSAGES = 4_096;

    /** Sixteen of the largest. */
    public static final long MAX_BYTES = 16 << 20;

    private final long delayNanos;
    private final TreeMap<HistoryPosition, Held<M>> held = new TreeMap<>();

    /** As they came; some may have gone already. */
    private final Deque<Held<M>> arrivals = new ArrayDeque<>();

    private long heldBytes;
    private @Nullable HistoryPosition last;

    /** What waits. */
    private record Held<M>(HistoryPosition position, M message, int bytes, long dueNanos) {}

    /**
     * Something to be delivered now.
     *
     * @param message what
     * @param isLate whether something behind it was delivered already
     */
    public record Released<M>(M message, boolean isLate) {}

    /**
     * Nothing yet.
     *
     * @param delayNanos how long each is held back
     */
    public Stragglers(long delayNanos) {
        this.delayNanos = delayNanos;
    }

    /**
     * Something comes.
     *
     * @param position where it belongs
     * @param bytes how large it is
     * @return what is to be delivered now: this one if it is late, and the first ones if there is no room for more
     */
    public List<Released<M>> onMessage(HistoryPosition position, M message, int bytes, long nowNanos) {
        List<Released<M>> released = new ArrayList<>();
        if (last != null && position.compareTo(last) < 0) {
            released.add(new Released<>(message, true));
            return released;
        }
        Held<M> one = new Held<>(position, message, bytes, nowNanos + delayNanos);
        held.put(position, one);
        arrivals.add(one);
        heldBytes += bytes;
        while (held.size() > MAX_MESSAGES || heldBytes > MAX_BYTES) {
            release(held.firstKey(), released);
        }
        skipReleased();
        return released;
    }

    /** What has been held back for long enough, and what belongs before it. */
    public List<Released<M>> onTime(long nowNanos) {
        List<Released<M>> released = new ArrayList<>();
        for (Held<M> first = arrivals.peek();
                first != null && nowNanos - first.dueNanos >= 0;
                first = arrivals.peek()) {
            release(first.position, released);
            skipReleased();
        }
        return released;
    }

    /** How long until something is due; negative if nothing is held back. */
    public long nanosLeft(long nowNanos) {
        Held<M> first = arrivals.peek();
        return first == null ? -1 : Math.max(0, first.dueNanos - nowNanos);
    }

    private void release(HistoryPosition upTo, List<Released<M>> released) {
        Map<HistoryPosition, Held<M>> due = held.headMap(upTo, true);
        due.values().forEach(each -> {
            released.add(new Released<>(each.message, false));
            heldBytes -= each.bytes;
            last = each.position;
        });
        due.clear();
    }

    private void skipReleased() {
        while (!arrivals.isEmpty() && !held.containsKey(arrivals.element().position)) {
            arrivals.remove();
        }
    }
}
