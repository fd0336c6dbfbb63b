package io.chaski.streamer.internal.keep;

import io.chaski.core.NodeId;
import io.chaski.streamer.DurableOptions;
import io.chaski.streamer.internal.durable.Holding;
import io.chaski.streamer.internal.durable.KeptMessage;
import io.chaski.streamer.internal.durable.Sequences;
import io.chaski.streamer.internal.durable.Source;
import io.chaski.streamer.internal.durable.TopicStore;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.function.LongPredicate;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Gives one reader what it lacks of a store, as fast as it takes it. A keeper gets all that there is and it has not, then
 * {@link KeeperFrame.Done}. A subscriber gets, of each source, what comes behind its cursor, in sequence and without end; what was
 * given up is said in its place, and what is missing and may still come is waited for. Confined to one thread at a time.
 */
final class Feed {

    /**
     * How long later messages of a source wait at least for one that the keeper has not: two rounds among keepers, and six
     * times as long as publishers try by default.
     */
    static final long PATIENCE_NANOS = Duration.ofMinutes(1).toNanos();

    /**
     * How long they wait at most: while another keeper that has been of use cannot be asked, or this one cannot store what it
     * brings. Then somebody who comes back with the message comes too late.
     */
    static final long LONGEST_PATIENCE_NANOS = Duration.ofMinutes(10).toNanos();

    /** Until then after a message that is missing, it may be acknowledged by another keeper, which has to be asked again. */
    private static final long ACKNOWLEDGED_NANOS = DurableOptions.MAX_DEADLINE.toNanos();

    /** As many as a store keeps messages of. */
    static final int MAX_SOURCES = 16_384;

    /** What a reader has, for all sources together: a megabyte, and four for each of the most sources. */
    static final int MAX_INTERVALS = 65_536;

    private static final Holding NOTHING = new Holding(Sequences.NONE, Sequences.NONE);

    private final TopicStore store;
    private final boolean isFollowed;
    private final LongPredicate isAskedSince;
    private final Predicate<KeeperFrame> out;

    /** What the reader has; of one that follows, the last number is its place. */
    private final Map<Source, Sequences> has = new HashMap<>();

    /** The latest incarnation of publishers that a subscriber has passed, all before it included, unless it says where it is with one. */
    private final Map<NodeId, Long> passed = new HashMap<>();

    /** Since when a source waits for a missing message. */
    private final Map<Source, Long> heldSinceNanos = new HashMap<>();

    private int intervals;

    /** Whose turn it is. */
    private @Nullable NodeId turn;

    private boolean hasBegun;
    private boolean isDone;

    /**
     * A feed that has not heard yet what its reader has.
     *
     * @param isFollowed whether it goes on when there is no more
     * @param isAskedSince whether all that may have what this store lacks have been asked since an instant
     * @param out takes a frame if there is room
     */
    Feed(TopicStore store, boolean isFollowed, LongPredicate isAskedSince, Predicate<KeeperFrame> out) {
        this.store = store;
        this.isFollowed = isFollowed;
        this.isAskedSince = isAskedSince;
        this.out = out;
    }

    /**
     * The reader says what it has.
     *
     * @return what is wrong with it; empty if nothing is
     */
    String onHave(KeeperFrame.Have have) {
        if (hasBegun) {
            return "it has said already what it has";
        }
        have.sequences().forEach((source, some) -> {
            has.merge(source, some, Sequences::plus);
            intervals += some.size();
            if (isFollowed && some.contains(Reading.PASSED)) {
                passed.merge(source.origin(), source.epoch(), Math::max);
            }
        });
        if (has.size() > MAX_SOURCES) {
            return "more sources than can be kept";
        }
        if (intervals > MAX_INTERVALS) {
            return "more intervals than can be remembered";
        }
        hasBegun = have.isLast();
        return "";
    }

    /** Whether the reader has said all that it has. */
    boolean hasBegun() {
        return hasBegun;
    }

    /** Says what there is to say now. To be called when there is room, when something was stored, and now and then. */
    void pump(long nowNanos) {
        if (!hasBegun || isDone) {
            return;
        }
        Map<Source, Holding> holdings = store.holdings();
        if (isFollowed) {
            followAll(holdings, nowNanos);
        } else if (holdings.entrySet().stream()
                .allMatch(each -> giveWhatLacks(each.getKey(), each.getValue().kept()))) {
            isDone = out.test(new KeeperFrame.Done());
        }
    }

    // ---- what a keeper lacks

    private boolean giveWhatLacks(Source source, Sequences kept) {
        Sequences lacks = kept.minus(has.getOrDefault(source, Sequences.NONE));
        while (!lacks.isEmpty()) {
            List<KeptMessage> page = new ArrayList<>();
            long end = readFirst(source, lacks, page);
            if (!give(source, page)) {
                return false;
            }
            // What is missing of the page was given up meanwhile, and is not looked for again.
            has.merge(source, Sequences.of(1, end), Sequences::plus);
            lacks = lacks.minus(Sequences.of(1, end));
        }
        return true;
    }

    /** As many as fill a frame, across what lies between; returns the last number that was looked for. */
    private long readFirst(Source source, Sequences wanted, List<KeptMessage> page) {
        long end = 0;
        long bytes = 0;
        for (Sequences.Interval interval : wanted.part(0, KeeperFrame.MAX_ITEMS).intervals()) {
            int room = (int) (KeeperFrame.FRAME_BYTES - bytes);
            List<KeptMessage> some = store.read(source, interval.first(), interval.last(), room);
            page.addAll(some);
            bytes += some.stream().mapToLong(each -> each.body().remaining()).sum();
            if (bytes >= KeeperFrame.FRAME_BYTES || page.size() >= KeeperFrame.MAX_ITEMS) {
                return page.get(page.size() - 1).sequence();
            }
            end = interval.last();
        }
        return end;
    }

    // ---- what a subscriber has missed

    /** What became of a turn. */
    private enum Turn {
        GIVEN,
        NOTHING,
        NO_ROOM
    }

    /** A page of each publisher in turn, so that one that is faster than the subscriber keeps nobody waiting. */
    private void followAll(Map<Source, Holding> holdings, long nowNanos) {
        NavigableMap<NodeId, List<Source>> publishers = new TreeMap<>();
        for (Source source : holdings.keySet()) {
            if (has.containsKey(source) || source.epoch() > passed.getOrDefault(source.origin(), -1L)) {
                publishers
                        .computeIfAbsent(source.origin(), unused -> new ArrayList<>())
                        .add(source);
            }
        }
        Deque<NodeId> turns = new ArrayDeque<>(publishers.keySet());
        if (turn != null) {
            turns = new ArrayDeque<>(publishers.tailMap(turn, true).keySet());
            turns.addAll(publishers.headMap(turn, false).keySet());
        }
        while (!turns.isEmpty()) {
            turn = turns.remove();
            Turn became = follow(publishers.getOrDefault(turn, List.of()), holdings, nowNanos);
            if (became == Turn.NO_ROOM) {
                return;
            }
            if (became == Turn.GIVEN) {
                turns.add(turn);
            }
        }
    }

    /** Earlier incarnations come first. */
    private Turn follow(List<Source> incarnations, Map<Source, Holding> holdings, long nowNanos) {
        for (Source source : incarnations) {
            Turn became = follow(source, holdings.getOrDefault(source, NOTHING), nowNanos);
            if (became != Turn.NOTHING) {
                return became;
            }
        }
        return Turn.NOTHING;
    }

    private Turn follow(Source source, Holding holding, long nowNanos) {
        long next = place(source) + 1;
        if (holding.kept().contains(next)) {
            long last = holding.kept().around(next).orElseThrow().last();
            List<KeptMessage> page = store.read(source, next, last, KeeperFrame.FRAME_BYTES);
            if (page.isEmpty() || page.get(0).sequence() != next) {
                return Turn.NOTHING; // given up just now: the next look sees it so
            }
            if (!give(source, page) && place(source) < next) { // a part of it counts as a turn
                return Turn.NO_ROOM;
            }
        } else {
            long end = endOfGap(source, holding, next, nowNanos);
            if (end < next) {
                return Turn.NOTHING;
            }
            if (!out.test(new KeeperFrame.Gone(source, new Sequences.Interval(next, end)))) {
                return Turn.NO_ROOM;
            }
            has.put(source, Sequences.of(1, end));
        }
        heldSinceNanos.remove(source);
        return Turn.GIVEN;
    }

    /** The last of the messages that will not come; one before the first if they may still come. */
    private long endOfGap(Source source, Holding holding, long next, long nowNanos) {
        if (holding.trimmed().contains(next)) {
            long trimmed = holding.trimmed().around(next).orElseThrow().last();
            return Math.min(trimmed, holding.kept().from(next).orElse(Long.MAX_VALUE) - 1);
        }
        OptionalLong behind = holding.kept().plus(holding.trimmed()).from(next);
        if (behind.isEmpty()) {
            return next - 1;
        }
        long sinceNanos = heldSinceNanos.computeIfAbsent(source, unused -> nowNanos);
        long waitedNanos = nowNanos - sinceNanos;
        boolean isLost = waitedNanos >= LONGEST_PATIENCE_NANOS
                || waitedNanos >= PATIENCE_NANOS && isAskedSince.test(sinceNanos + ACKNOWLEDGED_NANOS);
        return isLost ? behind.getAsLong() - 1 : next - 1;
    }

    private long place(Source source) {
        List<Sequences.Interval> intervals =
                has.getOrDefault(source, Sequences.NONE).intervals();
        return intervals.isEmpty() ? 0 : intervals.get(intervals.size() - 1).last();
    }

    // ---- frames

    /** As much of a page as there is room for; false if that is not all. */
    private boolean give(Source source, List<KeptMessage> page) {
        for (KeeperFrame.Messages frame : frames(page)) {
            if (!out.test(frame)) {
                return false;
            }
            List<KeeperFrame.Item> items = frame.items();
            long first = items.get(0).sequence();
            long last = items.get(items.size() - 1).sequence();
            // Of a follower the page has no holes, or they are given up: a reader sees them as a jump.
            has.merge(source, Sequences.of(first, last), Sequences::plus);
        }
        return true;
    }

    /** Messages in frames that a stream takes. */
    static List<KeeperFrame.Messages> frames(List<KeptMessage> messages) {
        List<KeeperFrame.Messages> frames = new ArrayList<>();
        List<KeeperFrame.Item> items = new ArrayList<>();
        int bytes = 0;
        for (KeptMessage message : messages) {
            int length = message.body().remaining();
            if (!items.isEmpty()
                    && (bytes + length > KeeperFrame.FRAME_BYTES || items.size() == KeeperFrame.MAX_ITEMS)) {
                frames.add(new KeeperFrame.Messages(items));
                items.clear();
                bytes = 0;
            }
            items.add(itemOf(message));
            bytes += length;
        }
        if (!items.isEmpty()) {
            frames.add(new KeeperFrame.Messages(items));
        }
        return frames;
    }

    private static KeeperFrame.Item itemOf(KeptMessage message) {
        ByteBuffer body = message.body();
        byte[] bytes = new byte[body.remaining()];
        body.get(bytes);
        return new KeeperFrame.Item(message.source(), message.sequence(), bytes);
    }

    /**
     * What a store has had of each source, in frames, for a keeper that gives the rest. If it is more than a keeper remembers, the
     * highest numbers are left out, or the last sources: that is brought again, and harms nobody.
     *
     * @param sequences of each source
     */
    static List<KeeperFrame.Have> haves(Map<Source, Sequences> sequences) {
        List<KeeperFrame.Have> frames = new ArrayList<>();
        Map<Source, Sequences> some = new LinkedHashMap<>();
        int left = MAX_INTERVALS;
        List<Map.Entry<Source, Sequences>> rest =
                sequences.entrySet().stream().limit(MAX_SOURCES).toList();
        for (int told = 0; !rest.isEmpty() && left > 0; told += KeeperFrame.MAX_INTERVALS) {
            for (Map.Entry<Source, Sequences> each : rest) {
                // A frame has each source once.
                if (some.size() == KeeperFrame.MAX_SOURCES || some.containsKey(each.getKey())) {
                    frames.add(new KeeperFrame.Have(some, false));
                    some.clear();
                }
                Sequences part = each.getValue().part(told, Math.min(KeeperFrame.MAX_INTERVALS, left));
                left -= part.size();
                some.put(each.getKey(), part);
            }
            int next = told + KeeperFrame.MAX_INTERVALS;
            rest = rest.stream().filter(each -> each.getValue().size() > next).toList();
        }
        frames.add(new KeeperFrame.Have(some, true));
        return frames;
    }
}
