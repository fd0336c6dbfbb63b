package io.chaski.streamer.internal.file;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * When a topic is spoken on: so much in the time between two ticks. Answers, questions and withdrawals go before offers, and
 * of one push or file the latest is said; offers wait as the numbers of their pushes, so a push that waits is not added
 * again. All offers are repeated when somebody asks, but not more often than {@link #REPEATED_AFTER}. No I/O; time is an
 * argument. Thread-safe.
 */
final class Pacer {

    /** Said in the time between two ticks, 100 ms; the rest waits for the next ones. */
    static final int PER_TICK = 64;

    /** An answer to each file of a large tree of two publishers. What is beyond is lost: a repeated offer is answered again. */
    static final int MAX_UNSAID = 20_000;

    /** Whoever asks waits so long at most; whoever asks all the time gets no more than that. */
    static final Duration REPEATED_AFTER = Duration.ofSeconds(5);

    /** What is to be said. */
    sealed interface Next {

        /** Anything but an offer. */
        record Words(Object about, Announcement announcement) implements Next {}

        /** The offer of a push, as it is then. */
        record Offer(long pushId) implements Next {}
    }

    private final Map<Object, Announcement> words = new LinkedHashMap<>();
    private final Deque<Next.Words> refused = new ArrayDeque<>();
    private final Set<Long> offers = new LinkedHashSet<>();
    private int budget = PER_TICK;
    private boolean isRepeatAsked;
    private boolean wasRepeated;
    private long repeatedNanos;

    /**
     * Adds something to say.
     *
     * @param about what it is about: something later about the same takes its place
     * @return false if too much waits, so that it is lost
     */
    synchronized boolean say(Object about, Announcement announcement) {
        if (words.size() >= MAX_UNSAID && !words.containsKey(about)) {
            return false;
        }
        words.remove(about);
        words.put(about, announcement);
        return true;
    }

    /** Adds the offer of a push, unless it waits already. There are no more than pushes. */
    synchronized void offer(long pushId) {
        offers.add(pushId);
    }

    /** The push has ended: its offer is not said any more. */
    synchronized void forget(long pushId) {
        offers.remove(pushId);
    }

    /** The node had no room for it: it is the next again. */
    synchronized void sayAgain(Next.Words unsaid) {
        if (!words.containsKey(unsaid.about()) && refused.size() < PER_TICK) {
            refused.addFirst(unsaid);
        }
    }

    /** What to say now; empty if there is nothing, or it was enough until the next tick. */
    synchronized Optional<Next> next() {
        if (budget == 0) {
            return Optional.empty();
        }
        Next next = refused.poll();
        if (next == null && !words.isEmpty()) {
            Map.Entry<Object, Announcement> first = words.entrySet().iterator().next();
            next = new Next.Words(first.getKey(), first.getValue());
            words.remove(first.getKey());
        } else if (next == null && !offers.isEmpty()) {
            long first = offers.iterator().next();
            next = new Next.Offer(first);
            offers.remove(first);
        }
        if (next != null) {
            budget--;
        }
        return Optional.ofNullable(next);
    }

    /** Whether there is nothing to say. */
    synchronized boolean isEmpty() {
        return refused.isEmpty() && words.isEmpty() && offers.isEmpty();
    }

    /** As much may be said again. */
    synchronized void tick() {
        budget = PER_TICK;
    }

    /** Somebody wants to hear all offers. */
    synchronized void askRepeat() {
        isRepeatAsked = true;
    }

    /** Whether it is time to repeat all offers because somebody has asked. Those that wait are then on their way. */
    synchronized boolean isRepeatDue(long nowNanos) {
        boolean isDue = isRepeatAsked && (!wasRepeated || nowNanos - repeatedNanos >= REPEATED_AFTER.toNanos());
        if (isDue) {
            isRepeatAsked = false;
            wasRepeated = true;
            repeatedNanos = nowNanos;
        }
        return isDue;
    }
}
