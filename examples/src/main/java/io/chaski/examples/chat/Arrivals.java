package io.chaski.examples.chat;

import io.chaski.core.HybridTimestamp;
import io.chaski.core.Message;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.NavigableSet;
import java.util.TreeSet;

/**
 * Holds what comes back for a moment, so that what comes together, such as all that a member has missed, is shown in the one order
 * of the history. Thread-safe.
 */
final class Arrivals {

    /** The order of {@link io.chaski.streamer.DurableTopic#history}. */
    static final Comparator<Message<?>> ORDER = Comparator.<Message<?>, HybridTimestamp>comparing(Message::timestamp)
            .thenComparing(Message::origin)
            .thenComparingLong(Message::epoch)
            .thenComparingLong(Message::sequence);

    /** More than a screen: the rest is for {@code /history}. */
    static final int MOST = 200;

    /** Nobody sees it in a talk. */
    static final Duration PAUSE = Duration.ofMillis(100);

    /** Whoever has just come waits until the others have brought what there is. */
    static final Duration FIRST_PAUSE = Duration.ofMillis(800);

    /** However much goes on coming. */
    static final Duration LONGEST = Duration.ofSeconds(3);

    private final NavigableSet<Message<String>> waiting = new TreeSet<>(ORDER);
    private Duration pause = FIRST_PAUSE;
    private long firstNanos;
    private long lastNanos;
    private long leftOut;

    /**
     * What is to be shown.
     *
     * @param messages in their order
     * @param leftOut how many before them are not among them
     */
    record Batch(List<Message<String>> messages, long leftOut) {}

    /** Something has come. */
    synchronized void add(Message<String> message, long nowNanos) {
        if (waiting.isEmpty()) {
            firstNanos = nowNanos;
        }
        lastNanos = nowNanos;
        waiting.add(message);
        if (waiting.size() > MOST) {
            waiting.pollFirst();
            leftOut++;
        }
    }

    /** How long there is to wait; zero if {@link #take} gives something, or nothing is there. */
    synchronized Duration due(long nowNanos) {
        if (waiting.isEmpty()) {
            return Duration.ZERO;
        }
        Duration quiet = pause.minusNanos(nowNanos - lastNanos);
        Duration most = LONGEST.minusNanos(nowNanos - firstNanos);
        Duration left = quiet.compareTo(most) < 0 ? quiet : most;
        return left.isNegative() ? Duration.ZERO : left;
    }

    /** Takes all, whether or not it is due. */
    synchronized Batch take() {
        Batch batch = new Batch(List.copyOf(waiting), leftOut);
        if (!waiting.isEmpty()) {
            pause = PAUSE;
        }
        waiting.clear();
        leftOut = 0;
        return batch;
    }
}
