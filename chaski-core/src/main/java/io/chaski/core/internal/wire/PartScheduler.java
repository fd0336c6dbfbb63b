package io.chaski.core.internal.wire;

import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/**
 * Decides what leaves when on one direction of a connection on which large messages travel in parts (ADR 16). Topics that have
 * such a message waiting take turns, a part each; whatever else is sent goes between the parts. What says something about the
 * messages of a topic that were sent before it, and its later messages, keep their place behind them. Without large messages
 * it only remembers which source belongs to which topic. Confined to the connection's event loop.
 *
 * @param <T> what the caller keeps of a message, or of frames that wait behind one
 */
public final class PartScheduler<T> {

    /** Of a frame that says nothing about messages sent before it. */
    public static final int NO_TOPIC = -1;

    private final long maxBytes;
    private final ToIntFunction<T> bodySize;

    /** Topics of sources, by alias; 0 for an alias that was never given. */
    private int[] topicOfSource = new int[8];

    /** What waits, by topic, the one whose turn it is first. */
    private final Map<Integer, Deque<Entry<T>>> waiting = new LinkedHashMap<>();

    private final Begun<?>[] slots = new Begun<?>[PartFrame.SLOTS];

    /** What all messages take that have begun and not ended. */
    private long announced;

    /** Where a frame goes. */
    public enum Place {
        /** Between the parts. */
        NEXT,
        /** Behind the messages of its topic. */
        BEHIND_ITS_TOPIC,
        /** Behind everything: it moves a name that is in use, or ends the connection. */
        LAST
    }

    /**
     * What leaves next.
     *
     * @param item as it was added
     * @param slot of the message, -1 if the item goes as a whole
     * @param from index of the first byte of the part
     * @param size number of its bytes
     * @param isLast whether the item is through
     */
    public record Piece<T>(T item, int slot, int from, int size, boolean isLast) {

        /** Whether a message begins. */
        public boolean isFirst() {
            return slot >= 0 && from == 0;
        }
    }

    private static final class Entry<T> {
        private final T item;
        private long behind;

        Entry(T item, long behind) {
            this.item = item;
            this.behind = behind;
        }
    }

    private static final class Begun<T> {
        private final T item;
        private int from;

        Begun(T item) {
            this.item = item;
        }
    }

    /**
     * Nothing waits.
     *
     * @param maxFrame largest frame of the connection
     * @param bodySize size of a message that goes in parts, 0 for an item that goes as a whole
     */
    public PartScheduler(int maxFrame, ToIntFunction<T> bodySize) {
        this.maxBytes = MessageParts.maxBytes(maxFrame);
        this.bodySize = bodySize;
    }

    /** Whether a body is so large that it travels in parts. */
    public static boolean isInParts(int bodySize) {
        return bodySize > PartFrame.LARGEST_WHOLE_BYTES;
    }

    /** Whether nothing waits. */
    public boolean isEmpty() {
        return waiting.isEmpty();
    }

    /** Whether messages of the source's topic wait, so that others wait behind them. */
    public boolean isWaiting(int source) {
        return !waiting.isEmpty() && waiting.containsKey(topicOf(source));
    }

    /** Where a frame that is sent now goes. Remembers what it says about sources. */
    public Place placeOf(Frame frame) {
        if (frame instanceof EdgeFrame.InternSource named) {
            int before = topicOf(named.alias());
            note(named.alias(), named.topic());
            return waiting.containsKey(before) ? Place.LAST : Place.NEXT;
        }
        if (waiting.isEmpty()) {
            return Place.NEXT;
        }
        if (frame instanceof EdgeFrame.Goodbye) {
            return Place.LAST;
        }
        if (frame instanceof EdgeFrame.InternTopic named) {
            return waiting.containsKey(named.alias()) ? Place.LAST : Place.NEXT;
        }
        return waiting.containsKey(topicOf(frame)) ? Place.BEHIND_ITS_TOPIC : Place.NEXT;
    }

    /** The topic about whose messages a frame says something that is only true behind them, or {@link #NO_TOPIC}. */
    public static int topicOf(Frame frame) {
        if (frame instanceof TreeFrame.Digest || frame instanceof TreeFrame.TopicCredit) {
            return ((TreeFrame) frame).topic();
        }
        return frame instanceof MembershipFrame member ? member.topic() : NO_TOPIC;
    }

    /** The topic of a source, as {@link #placeOf} has heard last. */
    public int topicOf(int source) {
        return source < topicOfSource.length ? topicOfSource[source] : 0;
    }

    /**
     * Puts something at the end of the queue of a topic.
     *
     * @param topic whose queue
     * @param item what the caller keeps of it
     * @param behind how much of what goes between the parts has to leave before the item begins to, counted since the
     *     beginning of the connection in units of the caller's: what was sent before it, and may name what it needs
     */
    public void add(int topic, T item, long behind) {
        waiting.computeIfAbsent(topic, unused -> new ArrayDeque<>()).addLast(new Entry<>(item, behind));
    }

    /** The last item in the queue of a topic, null if there is none. */
    public @Nullable T last(int topic) {
        Deque<Entry<T>> queue = waiting.get(topic);
        return queue == null ? null : queue.getLast().item;
    }

    /** The last item in the queue of a topic has grown; see {@link #add}. */
    public void moveLast(int topic, long behind) {
        Deque<Entry<T>> queue = waiting.get(topic);
        if (queue != null) {
            queue.getLast().behind = behind;
        }
    }

    /** Takes what leaves next when all else has left; null if nothing waits. */
    public @Nullable Piece<T> next() {
        Piece<T> piece = next(Long.MAX_VALUE);
        assert piece != null || waiting.isEmpty() : "messages wait for one another";
        return piece;
    }

    /**
     * Takes what leaves next.
     *
     * @param left how much of what goes between the parts has left
     * @return null if nothing waits, or all that does has to wait for what was sent before it
     */
    public @Nullable Piece<T> next(long left) {
        Iterator<Map.Entry<Integer, Deque<Entry<T>>>> turns = waiting.entrySet().iterator();
        while (turns.hasNext()) {
            Map.Entry<Integer, Deque<Entry<T>>> turn = turns.next();
            Deque<Entry<T>> queue = turn.getValue();
            Entry<T> first = queue.element();
            Piece<T> piece = first.behind > left ? null : next(first.item);
            if (piece != null) {
                turns.remove();
                if (piece.isLast) {
                    queue.remove();
                }
                if (!queue.isEmpty()) {
                    waiting.put(turn.getKey(), queue);
                }
                return piece;
            }
        }
        return null;
    }

    /** The next piece of an item; null if it is a message that may not begin yet. */
    private @Nullable Piece<T> next(T item) {
        int size = bodySize.applyAsInt(item);
        if (size == 0) {
            return new Piece<>(item, -1, 0, 0, true);
        }
        int slot = slotOf(item);
        if (slot < 0) {
            slot = announced > 0 && announced + size > maxBytes ? -1 : slotOf(null);
            if (slot < 0) {
                return null;
            }
            slots[slot] = new Begun<>(item);
            announced += size;
        }
        Begun<?> begun = slots[slot];
        int from = begun.from;
        int bytes = Math.min(PartFrame.PART_BYTES, size - from);
        begun.from += bytes;
        boolean isLast = begun.from == size;
        if (isLast) {
            slots[slot] = null;
            announced -= size;
        }
        return new Piece<>(item, slot, from, bytes, isLast);
    }

    private int slotOf(@Nullable T item) {
        for (int slot = 0; slot < slots.length; slot++) {
            Begun<?> begun = slots[slot];
            if (begun == null ? item == null : begun.item == item) {
                return slot;
            }
        }
        return -1;
    }

    private void note(int source, int topic) {
        if (source >= topicOfSource.length) {
            topicOfSource = Arrays.copyOf(topicOfSource, Math.max(source + 1, 2 * topicOfSource.length));
        }
        topicOfSource[source] = topic;
    }
}
