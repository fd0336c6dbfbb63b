package io.chaski.streamer.internal.durable;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.jspecify.annotations.Nullable;

/**
 * What is on disk, for readers: the segments in their order, the last of which is written to, and the {@link Positions}. The
 * thread that writes changes it under the lock for writing, and reads it without one; all others hold the lock for reading,
 * also while they read files, so that none is removed under their hands.
 */
final class Contents {

    /** A message costs a kilobyte of index when it is the only one of its source, so so many are some megabytes. */
    static final int MAX_SOURCES = 16_384;

    private final ReadWriteLock lock = new ReentrantReadWriteLock();
    private final List<Segment> segments;
    private final Set<Source> sources = new HashSet<>();
    private Positions positions;

    Contents(List<Segment> segments, Positions positions) {
        this.segments = new ArrayList<>(segments);
        this.positions = positions;
        collectSources();
    }

    ReadWriteLock lock() {
        return lock;
    }

    List<Segment> segments() {
        return segments;
    }

    /** The one that is written to. */
    Segment active() {
        return segments.get(segments.size() - 1);
    }

    Positions positions() {
        return positions;
    }

    // ---- changes

    void add(List<LogRecord> records) {
        lock.writeLock().lock();
        try {
            for (LogRecord record : records) {
                active().add(record);
                if (record.entry() instanceof KeptMessage message) {
                    sources.add(message.source());
                } else {
                    positions.apply(record.entry());
                }
            }
        } finally {
            lock.writeLock().unlock();
        }
    }

    /** Gives up the first segments and begins a new one; returns those that were given up, with their files closed. */
    List<Segment> roll(int givenUp, Segment next, Positions changed) throws IOException {
        lock.writeLock().lock();
        try {
            segments.add(next);
            positions = changed;
            List<Segment> first = segments.subList(0, givenUp);
            List<Segment> gone = List.copyOf(first);
            first.clear();
            collectSources();
            for (Segment segment : gone) {
                segment.file().close();
            }
            return gone;
        } finally {
            lock.writeLock().unlock();
        }
    }

    private void collectSources() {
        sources.clear();
        segments.forEach(segment -> sources.addAll(segment.runs().keySet()));
    }

    // ---- questions

    long messages() {
        return segments.stream().mapToLong(Segment::messages).sum();
    }

    long messageBytes() {
        return segments.stream().mapToLong(Segment::messageBytes).sum();
    }

    long recordBytes() {
        return segments.stream().mapToLong(Segment::recordBytes).sum();
    }

    long sizeBytes() {
        return segments.stream().mapToLong(Segment::length).sum();
    }

    /**
     * Whether a message could be kept.
     *
     * @param source of the message
     * @param coming sources of messages that are being written
     */
    boolean hasRoomFor(Source source, Set<Source> coming) {
        if (sources.size() + coming.size() < MAX_SOURCES || sources.contains(source) || coming.contains(source)) {
            return true;
        }
        long others = coming.stream().filter(each -> !sources.contains(each)).count();
        return sources.size() + others < MAX_SOURCES;
    }

    boolean contains(Source source, long sequence) {
        return sources.contains(source) && segments.stream().anyMatch(segment -> segment.contains(source, sequence));
    }

    Map<Source, Holding> holdings() {
        Map<Source, Sequences> kept = new TreeMap<>();
        for (Segment segment : segments) {
            segment.runs().forEach((source, runs) -> kept.merge(source, runs.sequences(), Sequences::plus));
        }
        Map<Source, Holding> holdings = new TreeMap<>();
        kept.forEach((source, sequences) -> holdings.put(
                source, new Holding(sequences, positions.trimmed(source).minus(sequences))));
        for (Source source : positions.trimmedSources()) {
            holdings.putIfAbsent(source, new Holding(Sequences.NONE, positions.trimmed(source)));
        }
        return holdings;
    }

    /** A part of a run that a read is about. */
    private record Piece(Segment segment, int offset, long first, long last) {}

    List<KeptMessage> read(Source source, long first, long last, int maxBytes) throws IOException {
        Batch batch = new Batch(maxBytes);
        for (Piece piece : pieces(source, first, last)) {
            if (batch.isFull()) {
                break;
            }
            piece.segment.read(source, piece.offset, piece.first, piece.last, batch);
        }
        return batch.messages();
    }

    /** By sequence: an old message may have come late, and stand in a later segment. */
    private List<Piece> pieces(Source source, long first, long last) {
        List<Piece> pieces = new ArrayList<>();
        for (Segment segment : segments) {
            Runs runs = segment.runs().get(source);
            if (runs == null) {
                continue;
            }
            int from = runs.firstEndingAtOrAfter(first);
            int to = Math.min(runs.size(), from + TopicStore.MAX_MESSAGES_PER_READ);
            for (int run = from; run < to && runs.first(run) <= last; run++) {
                pieces.add(new Piece(
                        segment, runs.offset(run), Math.max(first, runs.first(run)), Math.min(last, runs.last(run))));
            }
        }
        pieces.sort(Comparator.comparingLong(Piece::first));
        return pieces;
    }

    // ---- history

    /** How far one segment was read. */
    private static final class Head {
        final Segment segment;
        int next;

        @Nullable
        HistoryPosition position;

        Head(Segment segment, int next) {
            this.segment = segment;
            moveTo(next);
        }

        void moveTo(int message) {
            next = message;
            boolean isThere = message >= 0 && message < segment.order().size();
            position = isThere ? segment.order().position(message) : null;
        }
    }

    List<KeptMessage> history(HistoryPosition after, int maxBytes) throws IOException {
        List<Head> heads = new ArrayList<>();
        for (Segment segment : segments) {
            heads.add(new Head(segment, segment.order().firstAfter(after)));
        }
        Batch batch = new Batch(maxBytes);
        Head head = first(heads, Comparator.naturalOrder());
        while (head != null && !batch.isFull()) {
            batch.add(head.segment.read(head.segment.order().offset(head.next)));
            head.moveTo(head.next + 1);
            head = first(heads, Comparator.naturalOrder());
        }
        return batch.messages();
    }

    HistoryPosition beforeLast(long messages) {
        List<Head> heads = new ArrayList<>();
        for (Segment segment : segments) {
            heads.add(new Head(segment, segment.order().size() - 1));
        }
        Head head = first(heads, Comparator.reverseOrder());
        for (long left = messages; left > 0 && head != null; left--) {
            head.moveTo(head.next - 1);
            head = first(heads, Comparator.reverseOrder());
        }
        return head == null || head.position == null ? HistoryPosition.START : head.position;
    }

    private static @Nullable Head first(List<Head> heads, Comparator<HistoryPosition> order) {
        Head first = null;
        for (Head head : heads) {
            if (head.position != null
                    && (first == null || first.position == null || order.compare(head.position, first.position) < 0)) {
                first = head;
            }
        }
        return first;
    }
}
