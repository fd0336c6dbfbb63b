package io.chaski.streamer.internal.durable;

import io.chaski.streamer.TopicStoreException;
import io.chaski.streamer.TopicStoreException.Problem;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.stream.LongStream;

/**
 * What is believed of the files that were found. All of them are read.
 *
 * <p>A crash leaves an incomplete end of the last segment, unfinished files, old segments whose removal was lost, and one
 * unreadable copy of the mark; these are put in order. Everything else is damage: nothing is changed then, and nothing served.
 *
 * <p>An invalid record in the last segment is the incomplete end if it stands behind everything that is known to have been on
 * disk: behind the mark, and behind the offset that any valid record after it names. The records of one group may reach the
 * disk in any order, so a valid one behind an invalid one is no proof of damage; one of a later group is, because that was
 * written when the group before was on disk.
 *
 * <p>After a crash, what is behind the mark is written once more before it is served: a process that died of a failed force
 * leaves pages that can be read and are not on disk.
 */
final class LogOpening {

    /** Files that are not complete yet have names that end so. */
    static final String UNFINISHED = ".new";

    private static final int REWRITE_STEP_BYTES = 1 << 20;

    private final LogDisk disk;
    private final long nowMillis;
    private final List<LogFile> opened = new ArrayList<>();
    private final List<String> leftovers = new ArrayList<>();
    private long cutBytes;

    private LogOpening(LogDisk disk, long nowMillis) {
        this.disk = disk;
        this.nowMillis = nowMillis;
    }

    /**
     * A log that can be written to.
     *
     * @param mark says where it ends
     * @param contents what is in it
     * @param recovery what was put in order
     */
    record Opened(Mark mark, Contents contents, Recovery recovery) {}

    /**
     * Opens the log of a directory, or begins one if there is none.
     *
     * @param disk where
     * @param nowMillis the wall clock
     * @throws TopicStoreException {@code CORRUPT} or {@code NEWER_VERSION}; no file was changed
     * @throws IOException if the disk fails
     */
    static Opened open(LogDisk disk, long nowMillis) throws IOException {
        LogOpening opening = new LogOpening(disk, nowMillis);
        boolean isOpen = false;
        try {
            Opened log = opening.open();
            isOpen = true;
            return log;
        } finally {
            if (!isOpen) {
                opening.closeAll();
            }
        }
    }

    private void closeAll() throws IOException {
        for (LogFile file : opened) {
            file.close();
        }
    }

    private Opened open() throws IOException {
        List<String> names = disk.list();
        names.stream().filter(name -> name.endsWith(UNFINISHED)).forEach(leftovers::add);
        List<Long> numbers = new ArrayList<>();
        names.stream()
                .map(Segment::number)
                .flatMapToLong(OptionalLong::stream)
                .sorted()
                .forEach(numbers::add);
        if (names.contains(Mark.NAME)) {
            Mark.Found found = Mark.open(disk);
            Mark mark = opened(found.mark());
            if (mark.position().segment() > 0) {
                dropUnusedSegment(mark, numbers);
                return open(mark, found.isComplete(), numbers);
            }
            mark.close();
            leftovers.add(Mark.NAME); // of a store that was never finished
        }
        dropFirstSegment(numbers);
        if (!numbers.isEmpty()) {
            throw corrupt("the file '" + Mark.NAME + "' is missing, or older than the segments");
        }
        return begin();
    }

    /**
     * The first segment of a store that was never finished, since no mark knows it, and without a record. It need not belong
     * to the mark that is there: a loss of power keeps any of the names that were made and removed.
     */
    private void dropFirstSegment(List<Long> numbers) throws IOException {
        if (numbers.contains(1L) && beginning(1).isAll) {
            drop(1, numbers);
        }
    }

    /**
     * A segment that was begun and not yet marked is empty, and nothing was given up for it. It is begun again when it is
     * needed, since its name may not be on disk, and cannot be made so if forcing it has failed once. If something was given
     * up, it was marked, and what can be read of the mark is the older copy.
     */
    private void dropUnusedSegment(Mark mark, List<Long> numbers) throws IOException {
        long marked = mark.position().segment();
        long next = marked + 1;
        if (!numbers.contains(marked) || !numbers.contains(next)) {
            return;
        }
        Beginning unused = beginning(next);
        boolean isWhole = LongStream.rangeClosed(beginning(marked).header.firstKept(), marked)
                .allMatch(numbers::contains);
        if (isWhole && unused.isAll && unused.header.store().equals(mark.store())) {
            drop(next, numbers);
        }
    }

    private void drop(long number, List<Long> numbers) {
        leftovers.add(Segment.fileName(number));
        numbers.remove(number);
    }

    /** What a segment begins with, and whether that is all. */
    private record Beginning(SegmentHeader header, boolean isAll) {}

    private Beginning beginning(long number) throws IOException {
        String name = Segment.fileName(number);
        try (LogFile file = disk.open(name)) {
            SegmentHeader header = SegmentHeader.read(file, disk.name() + "/" + name);
            return new Beginning(header, file.size() == header.lengthBytes());
        }
    }

    private Mark opened(Mark mark) {
        opened.add(mark.file());
        return mark;
    }

    private Opened begin() throws IOException {
        int removed = removeLeftovers();
        Mark mark = opened(Mark.create(disk, UUID.randomUUID()));
        long salt = new SecureRandom().nextLong();
        Segment first = Segment.create(disk, SegmentHeader.first(mark.store(), salt, nowMillis));
        opened.add(first.file());
        mark.writeBoth(new Mark.Position(1, first.length()));
        return new Opened(mark, new Contents(List.of(first), new Positions()), new Recovery(0, false, removed));
    }

    private Opened open(Mark mark, boolean isMarkComplete, List<Long> numbers) throws IOException {
        List<Segment> segments = segments(mark, numbers);
        for (int i = 0; i < segments.size() - 1; i++) {
            readSealed(segments.get(i), segments.get(i + 1).header());
        }
        Segment last = segments.get(segments.size() - 1);
        Positions positions = last.header().positions().copy();
        int onDisk =
                mark.position().segment() == last.number() ? mark.position().offset() : last.length();
        readLast(last, onDisk, positions);
        repair(mark, isMarkComplete, last, onDisk);
        return new Opened(
                mark, new Contents(segments, positions), new Recovery(cutBytes, !isMarkComplete, removeLeftovers()));
    }

    private List<Segment> segments(Mark mark, List<Long> numbers) throws IOException {
        long last = numbers.isEmpty() ? 0 : numbers.get(numbers.size() - 1);
        if (last < mark.position().segment()) {
            throw corrupt("the file '" + Segment.fileName(mark.position().segment()) + "' is missing");
        }
        Segment newest = openSegment(mark, last);
        List<Segment> segments = new ArrayList<>();
        for (long number = newest.header().firstKept(); number < last; number++) {
            if (!numbers.contains(number)) {
                throw corrupt("the file '" + Segment.fileName(number) + "' is missing");
            }
            segments.add(openSegment(mark, number));
        }
        segments.add(newest);
        numbers.stream()
                .filter(number -> number < newest.header().firstKept())
                .map(Segment::fileName)
                .forEach(leftovers::add);
        return segments;
    }

    private Segment openSegment(Mark mark, long number) throws IOException {
        String name = Segment.fileName(number);
        LogFile file = disk.open(name);
        opened.add(file);
        SegmentHeader header = SegmentHeader.read(file, disk.name() + "/" + name);
        if (!header.store().equals(mark.store()) || header.segment() != number) {
            throw corrupt("the file '" + name + "' belongs to another store or place");
        }
        return new Segment(disk.name(), header, file);
    }

    /** Nothing was written to it after its last group was on disk, and the next segment says how it ended. */
    private static void readSealed(Segment segment, SegmentHeader next) throws IOException {
        RecordReader reader = read(segment, new Positions());
        if (!reader.isAtEnd()
                || segment.length() != next.previousLength()
                || segment.lastCrc() != next.previousCrc()
                || segment.header().salt() != next.salt()) {
            throw segment.corrupt(segment.length());
        }
    }

    private void readLast(Segment segment, int onDisk, Positions positions) throws IOException {
        RecordReader reader = read(segment, positions);
        int end = segment.length();
        boolean isDamaged = end < onDisk;
        while (!isDamaged && reader.findNext()) {
            LogRecord later = reader.next();
            isDamaged = later != null && later.durable() > end;
        }
        if (isDamaged) {
            throw segment.corrupt(end);
        }
        cutBytes = segment.file().size() - end;
    }

    /** Adds the records up to the first invalid one, and returns what stands there. */
    private static RecordReader read(Segment segment, Positions positions) throws IOException {
        int size = (int) Math.min(segment.file().size(), Integer.MAX_VALUE);
        RecordReader reader =
                new RecordReader(segment.file(), segment.format(), segment.length(), size, RecordReader.BUFFER_BYTES);
        LogRecord record = reader.next();
        while (record != null) {
            segment.add(record);
            positions.apply(record.entry());
            record = reader.next();
        }
        return reader;
    }

    private void repair(Mark mark, boolean isMarkComplete, Segment last, int onDisk) throws IOException {
        if (cutBytes > 0) {
            last.file().truncate(last.length());
        }
        boolean isBehindMark = mark.position().segment() < last.number() || onDisk < last.length();
        if (isBehindMark) {
            rewrite(last, onDisk);
        }
        if (cutBytes > 0 || isBehindMark) {
            last.file().force();
        }
        Mark.Position end = new Mark.Position(last.number(), last.length());
        if (!isMarkComplete) {
            mark.writeBoth(end);
        } else if (!mark.position().equals(end)) {
            mark.write(end);
        }
    }

    private static void rewrite(Segment segment, int from) throws IOException {
        for (int at = from; at < segment.length(); at += REWRITE_STEP_BYTES) {
            ByteBuffer bytes = ByteBuffer.allocate(Math.min(REWRITE_STEP_BYTES, segment.length() - at));
            segment.file().readAll(bytes, at);
            segment.file().writeAll(bytes.flip(), at);
        }
    }

    private int removeLeftovers() throws IOException {
        for (String name : leftovers) {
            disk.delete(name);
        }
        int removed = leftovers.size();
        leftovers.clear();
        return removed;
    }

    private TopicStoreException corrupt(String what) {
        return new TopicStoreException(Problem.CORRUPT, disk.name() + ": " + what, null);
    }
}
