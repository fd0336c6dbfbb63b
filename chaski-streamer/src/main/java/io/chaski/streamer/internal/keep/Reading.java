package io.chaski.streamer.internal.keep;

import io.chaski.core.HybridTimestamp;
import io.chaski.core.NodeId;
import io.chaski.streamer.internal.durable.Sequences;
import io.chaski.streamer.internal.durable.Source;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * How far a subscriber is with each source, over all its connections to keepers: what comes twice is left out, what is
 * jumped over without a word is noticed, and what may have been delivered before is said to be so. Of each publisher the
 * incarnations that were heard last are known; an unknown one that is earlier than one that had to go is passed. Confined to one
 * thread at a time.
 */
final class Reading {

    /** A publisher that is started every hour, for a day and a half. */
    static final int MAX_INCARNATIONS = 32;

    /** Those with an epoch ahead of the clock, which a liar has raised: they have places of their own. */
    static final int MAX_AHEAD = 8;

    /** The cursor of the latest incarnation that is passed. Frames have no higher number. */
    static final long PASSED = Long.MAX_VALUE - 1;

    private static final HybridTimestamp EVER = new HybridTimestamp(0, 0);

    /** The last number that was handled; the source that has moved last is the last one. */
    private final Map<Source, Long> handled = new LinkedHashMap<>();

    /** The highest number that the handler may have been given, returned or not, where that is not handled. */
    private final Map<Source, Long> tried = new HashMap<>();

    /** The epochs of each publisher that are known; the one that has moved last is the last one. */
    private final Map<NodeId, Set<Long>> epochs = new HashMap<>();

    /** The latest epoch of each publisher that is passed. */
    private final Map<NodeId, Long> passed = new HashMap<>();

    private final boolean isNew;

    /** What was published earlier is not wanted. */
    private HybridTimestamp from = EVER;

    /** What is not known here and has an epoch below this may have been known and forgotten. */
    private long forgottenBelow;

    /** What becomes of a cursor; 0 if it is not needed any more, which counts when those before it are remembered. */
    record Change(Source source, long sequence) {}

    /**
     * Goes on behind cursors.
     *
     * @param cursors the last number that was handled of each source; empty for a subscriber that comes for the first time
     * @param doubts the last number of sources that may have been given beyond that
     * @param isNew whether the subscriber has never been there before
     * @param forgottenBelow above the epochs of all sources that were handled and are not among the cursors
     */
    Reading(Map<Source, Long> cursors, Map<Source, Long> doubts, boolean isNew, long forgottenBelow) {
        this.isNew = isNew;
        this.forgottenBelow = forgottenBelow;
        handled.putAll(cursors);
        tried.putAll(doubts);
        handled.forEach((source, sequence) -> {
            if (sequence == PASSED) {
                passed.merge(source.origin(), source.epoch(), Math::max);
            } else {
                epochsOf(source).add(source.epoch());
            }
        });
        doubts.keySet().forEach(source -> epochsOf(source).add(source.epoch()));
    }

    private Set<Long> epochsOf(Source source) {
        return epochs.computeIfAbsent(source.origin(), unused -> new LinkedHashSet<>());
    }

    private boolean isKnown(Source source) {
        Set<Long> known = epochs.get(source.origin());
        return known != null && known.contains(source.epoch());
    }

    /** The subscriber wants nothing that was published before an instant. */
    void beginAt(HybridTimestamp begin) {
        from = begin;
    }

    /** Whether it has begun at an instant, so that what is published earlier is not wanted. */
    boolean isFromAnInstant() {
        return !from.equals(EVER);
    }

    /** Whether something of a time is wanted. */
    boolean isWanted(HybridTimestamp timestamp) {
        return timestamp.compareTo(from) >= 0;
    }

    /** Whether the subscriber has never been there before. */
    boolean isNew() {
        return isNew;
    }

    /** What the keeper is told. */
    Map<Source, Sequences> place() {
        Map<Source, Sequences> place = new LinkedHashMap<>();
        handled.forEach((source, sequence) -> place.put(source, Sequences.of(1, sequence)));
        return place;
    }

    /** What may have been given beyond what was handled. */
    Map<Source, Long> doubts() {
        return Map.copyOf(tried);
    }

    /** The last number of a source that may have been given; 0 if that is what was handled. */
    long doubt(Source source) {
        return tried.getOrDefault(source, 0L);
    }

    /** Whether a message is the subscriber's already, or of an incarnation that is passed. */
    boolean isOld(Source source, long sequence) {
        return sequence <= handled.getOrDefault(source, 0L)
                || !isKnown(source) && source.epoch() <= passed.getOrDefault(source.origin(), -1L);
    }

    /**
     * Something of a source comes that is not old. If it is one too many of its publisher, another one goes, of which nothing has
     * come for longest.
     *
     * @param latestEpoch the highest one that a publisher with a good clock has. One above it was raised, by its publisher or by a
     *     liar: it makes none pass, and nobody remembers whether it was there before
     */
    List<Change> onSource(Source source, long latestEpoch) {
        Set<Long> known = epochsOf(source);
        if (!known.add(source.epoch())) {
            return List.of();
        }
        if (source.epoch() < forgottenBelow || source.epoch() > latestEpoch) {
            tried.put(source, PASSED);
        }
        boolean isAhead = source.epoch() > latestEpoch;
        List<Long> alike =
                known.stream().filter(epoch -> epoch > latestEpoch == isAhead).toList();
        if (alike.size() <= (isAhead ? MAX_AHEAD : MAX_INCARNATIONS)) {
            return List.of();
        }
        Source gone = new Source(source.origin(), alike.get(0));
        known.remove(gone.epoch());
        handled.remove(gone);
        tried.remove(gone);
        return isAhead ? List.of(new Change(gone, 0)) : pass(gone);
    }

    private List<Change> pass(Source gone) {
        Long before = passed.get(gone.origin());
        if (before != null && before > gone.epoch()) {
            return List.of(new Change(gone, 0));
        }
        passed.put(gone.origin(), gone.epoch());
        handled.put(gone, PASSED);
        if (before == null) {
            return List.of(new Change(gone, PASSED));
        }
        Source last = new Source(gone.origin(), before);
        handled.remove(last);
        return List.of(new Change(gone, PASSED), new Change(last, 0));
    }

    /** What is missing before a message. */
    Optional<Sequences.Interval> gapBefore(Source source, long sequence) {
        long next = handled.getOrDefault(source, 0L) + 1;
        return sequence <= next ? Optional.empty() : Optional.of(new Sequences.Interval(next, sequence - 1));
    }

    /** What was given up before a message, but for what was before the subscriber came, or began, as far as can be known. */
    Optional<Sequences.Interval> missedBefore(Source source, long sequence) {
        boolean isBeginning = (isNew || isFromAnInstant()) && !handled.containsKey(source);
        return isBeginning ? Optional.empty() : gapBefore(source, sequence);
    }

    /** The handler is given a message; whether it may have been given it before. */
    boolean onTry(Source source, long sequence) {
        boolean isAgain = sequence <= tried.getOrDefault(source, 0L);
        tried.merge(source, sequence, Math::max);
        return isAgain;
    }

    /** The subscriber has done with a message, or will not get it. */
    void onHandled(Source source, long sequence) {
        handled.remove(source);
        handled.put(source, sequence);
        Set<Long> known = epochsOf(source);
        known.remove(source.epoch());
        known.add(source.epoch());
        if (tried.getOrDefault(source, 0L) <= sequence) {
            tried.remove(source);
        }
        while (handled.size() > Feed.MAX_SOURCES) {
            forgetEldest();
        }
    }

    /** The one of which nothing has come for longest; if something comes again, that may have been there before. */
    private void forgetEldest() {
        Iterator<Source> eldest = handled.keySet().iterator();
        Source gone = eldest.next();
        eldest.remove();
        forgottenBelow = Math.max(forgottenBelow, above(gone));
        tried.remove(gone);
        passed.remove(gone.origin(), gone.epoch());
        Set<Long> known = epochsOf(gone);
        known.remove(gone.epoch());
        if (known.isEmpty()) {
            epochs.remove(gone.origin());
        }
    }

    /** The lowest epoch above that of a source. */
    static long above(Source source) {
        return Math.max(source.epoch(), source.epoch() + 1);
    }
}
