package io.chaski.streamer.internal.keep;

import io.chaski.streamer.internal.durable.Sequences;
import io.chaski.streamer.internal.durable.Source;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * How far a subscriber is with each source, over all its connections to keepers: what comes twice is left out, what is
 * jumped over without a word is noticed, and what may have been delivered before is said to be so. Confined to one thread at a
 * time.
 */
final class Reading {

    private final Map<Source, Long> handled;

    /** The highest number that the handler was given, returned or not. */
    private final Map<Source, Long> tried = new HashMap<>();

    private final boolean isNew;

    /**
     * Goes on behind cursors.
     *
     * @param cursors the last number that was handled of each source; empty for a subscriber that comes for the first time
     * @param doubtful how many messages behind each cursor may have been delivered by a process that was killed
     */
    Reading(Map<Source, Long> cursors, int doubtful) {
        this.handled = new LinkedHashMap<>(cursors);
        this.isNew = cursors.isEmpty() && doubtful == 0;
        this.doubtful = doubtful;
        cursors.forEach((source, sequence) -> tried.put(source, sequence + doubtful));
    }

    private final int doubtful;

    /** What the keeper is told. */
    Map<Source, Sequences> place() {
        Map<Source, Sequences> place = new LinkedHashMap<>();
        handled.forEach((source, sequence) -> place.put(source, Sequences.of(1, sequence)));
        return place;
    }

    /** Whether a message is the subscriber's already. */
    boolean isOld(Source source, long sequence) {
        return sequence <= handled.getOrDefault(source, 0L);
    }

    /** Whether one more source can be followed. */
    boolean hasRoomFor(Source source) {
        return handled.size() < Feed.MAX_SOURCES || handled.containsKey(source);
    }

    /** What is missing before a message. */
    Optional<Sequences.Interval> gapBefore(Source source, long sequence) {
        long next = handled.getOrDefault(source, 0L) + 1;
        boolean isBeginning = isNew && !handled.containsKey(source); // what was given up before it came
        return sequence <= next || isBeginning
                ? Optional.empty()
                : Optional.of(new Sequences.Interval(next, sequence - 1));
    }

    /** The handler is given a message; whether it may have been given it before. */
    boolean onTry(Source source, long sequence) {
        boolean isAgain = sequence <= tried.getOrDefault(source, (long) doubtful);
        tried.merge(source, sequence, Math::max);
        return isAgain;
    }

    /** The subscriber has done with a message, or will not get it. */
    void onHandled(Source source, long sequence) {
        handled.merge(source, sequence, Math::max);
    }
}
