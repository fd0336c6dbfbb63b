package io.chaski.streamer.internal.durable;

import io.chaski.streamer.TopicStoreException;
import io.chaski.streamer.TopicStoreException.Problem;
import io.chaski.streamer.internal.disk.DiskFull;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes a log: decides what an entry is worth, puts groups of them on disk, begins segments and gives old ones up. Answers
 * when it is on disk. When a write fails for another reason than a full disk, or something cannot be forced, nobody knows
 * what is on disk, and nothing works any more. Confined to one thread, which knows the time; what it writes is published in
 * {@link Contents}.
 */
final class TopicLog implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(TopicLog.class);

    /** What damage before the mark means is certain; each mark costs a sync of its own. */
    private static final long MARK_INTERVAL_NANOS = 1_000_000_000;

    private final LogDisk disk;
    private final TopicStoreOptions options;
    private final Retention retention;
    private final Mark mark;
    private final Contents contents;
    private final Recovery recovery;
    private final Reserve reserve;
    private long markedAtNanos;

    /** Why nothing is trusted any more; readers look at it, too. */
    private volatile @Nullable IOException poison;

    private TopicLog(LogDisk disk, TopicStoreOptions options, LogOpening.Opened opened) throws IOException {
        this.disk = disk;
        this.options = options;
        this.retention = options.retention();
        this.mark = opened.mark();
        this.contents = opened.contents();
        this.recovery = opened.recovery();
        this.reserve = new Reserve(disk, options.reserveBytes());
        this.markedAtNanos = options.environment().nanoTime();
    }

    /**
     * Opens the log of a directory, or begins one.
     *
     * @throws TopicStoreException {@code CORRUPT}, {@code NEWER_VERSION}, {@code DISK_FULL} or {@code FAILED}
     */
    static TopicLog open(LogDisk disk, TopicStoreOptions options) {
        try {
            long nowMillis = options.environment().currentTimeMillis();
            TopicLog log = new TopicLog(disk, options, LogOpening.open(disk, nowMillis));
            boolean isOpen = false;
            try {
                log.restoreReserve();
                isOpen = true;
                return log;
            } finally {
                if (!isOpen) {
                    log.closeFiles();
                }
            }
        } catch (IOException e) {
            throw problem(disk, "cannot be opened", e);
        }
    }

    private static TopicStoreException problem(LogDisk disk, String what, IOException e) {
        Problem problem = DiskFull.isBehind(e) ? Problem.DISK_FULL : Problem.FAILED;
        return new TopicStoreException(problem, disk.name() + ": " + what + ": " + e.getMessage(), e);
    }

    UUID id() {
        return mark.store();
    }

    Contents contents() {
        return contents;
    }

    Recovery recovery() {
        return recovery;
    }

    // ---- writing

    /**
     * Puts entries on disk, in this order.
     *
     * @return what became of each
     */
    Outcome[] write(List<LogEntry> entries) {
        Outcome[] outcomes = new Outcome[entries.size()];
        try {
            checkUsable();
            writeGroups(entries, outcomes);
        } catch (IOException e) {
            poison(e);
            fillWith(failed(), outcomes);
        } catch (TopicStoreException e) {
            fillWith(e, outcomes);
        }
        return outcomes;
    }

    private static void fillWith(TopicStoreException refusal, Outcome[] outcomes) {
        for (int i = 0; i < outcomes.length; i++) {
            outcomes[i] = outcomes[i] == null ? Outcome.refused(refusal) : outcomes[i];
        }
    }

    private void writeGroups(List<LogEntry> entries, Outcome[] outcomes) throws IOException {
        boolean isBelowFloor = disk.usableBytes() < options.freeSpaceFloorBytes();
        Group group = new Group(contents.positions());
        for (int i = 0; i < outcomes.length; i++) {
            LogEntry entry = entries.get(i);
            outcomes[i] = entry instanceof KeptMessage message ? known(message) : null;
            if (outcomes[i] != null || group.answers(i, entry)) {
                continue;
            }
            TopicStoreException refusal = refusal(entry, group, isBelowFloor);
            if (refusal == null && !fits(entry, group)) {
                commit(group, outcomes);
                boolean isRolled = roll();
                group = new Group(contents.positions());
                refusal = isRolled ? refusal(entry, group, isBelowFloor) : full();
            }
            if (refusal == null) {
                group.add(i, entry);
            } else {
                outcomes[i] = Outcome.refused(refusal);
            }
        }
        commit(group, outcomes);
    }

    /** What can be said of a message without writing it; null if it must be written. */
    private @Nullable Outcome known(KeptMessage message) {
        if (contents.contains(message.source(), message.sequence())) {
            return compared(message);
        }
        boolean isTrimmed = contents.positions().trimmed(message.source()).contains(message.sequence());
        return isTrimmed || isExpired(message.timestamp().millis()) ? Outcome.of(Appended.TRIMMED) : null;
    }

    private Outcome compared(KeptMessage message) {
        try {
            List<KeptMessage> kept =
                    contents.read(message.source(), message.sequence(), message.sequence(), Integer.MAX_VALUE);
            return Outcome.of(kept.contains(message) ? Appended.DUPLICATE : Appended.CONFLICT);
        } catch (TopicStoreException e) {
            return Outcome.refused(e);
        } catch (IOException e) {
            return Outcome.refused(problem(disk, "cannot be read", e));
        }
    }

    private @Nullable TopicStoreException refusal(LogEntry entry, Group group, boolean isBelowFloor) {
        if (entry instanceof KeptMessage message) {
            if (!contents.hasRoomFor(message.source(), group.sources())) {
                return tooMany("messages of " + Contents.MAX_SOURCES + " sources are kept");
            }
            return isBelowFloor ? full() : null;
        }
        String objection = group.objection(entry);
        return objection == null ? null : tooMany(objection);
    }

    /** Whether the active segment takes one more; an empty one takes anything. */
    private boolean fits(LogEntry entry, Group group) {
        Segment active = contents.active();
        int recordBytes = active.recordBytes() + group.lengthBytes();
        int messages = active.messages() + group.messages();
        boolean isOld =
                active.messages() > 0 && nowMillis() - active.header().createdMillis() >= retention.segmentMillis();
        return recordBytes == 0
                || !isOld
                        && messages < retention.segmentMessages()
                        && recordBytes + RecordFormat.lengthBytes(entry) <= retention.segmentBytes();
    }

    private void commit(Group group, Outcome[] outcomes) throws IOException {
        if (append(group)) {
            group.succeed(outcomes);
            return;
        }
        Group withoutMessages = group.refuseMessages(outcomes, full());
        boolean isWritten = append(withoutMessages) || reserve.release() && append(withoutMessages);
        if (isWritten) {
            withoutMessages.succeed(outcomes);
        } else {
            withoutMessages.refuse(outcomes, full());
        }
    }

    /** Puts a group on disk. Says whether there was room for it; if not, nothing of it will ever be found. */
    private boolean append(Group group) throws IOException {
        if (group.entries().isEmpty()) {
            return true;
        }
        Segment active = contents.active();
        ByteBuffer bytes = ByteBuffer.allocate(group.lengthBytes());
        List<LogRecord> records = new ArrayList<>();
        for (LogEntry entry : group.entries()) {
            int offset = active.length() + bytes.position();
            records.add(active.format().encode(entry, offset, active.length(), bytes));
        }
        try {
            active.file().writeAll(bytes.flip(), active.length());
        } catch (IOException e) {
            if (!DiskFull.isBehind(e)) {
                throw e;
            }
            // A part of it may be there. After a crash it would be found, and have been refused.
            active.file().truncate(active.length());
            ForceFailed.onFailure(active.file()::force);
            return false;
        }
        ForceFailed.onFailure(active.file()::force);
        contents.add(records);
        return true;
    }

    // ---- segments

    /** Begins a segment, and gives up what the retention does not keep. Says whether there was room for it. */
    private boolean roll() throws IOException {
        Segment last = contents.active();
        Positions positions = contents.positions().copy();
        int givenUp = segmentsToGiveUp(retention.segmentBytes(), retention.segmentMessages());
        for (Segment segment : contents.segments().subList(0, givenUp)) {
            segment.runs().forEach((source, runs) -> positions.trim(source, runs.sequences()));
        }
        long firstKept = contents.segments().get(0).number() + givenUp;
        SegmentHeader header = SegmentHeader.after(last, firstKept, nowMillis(), positions);
        Segment next = begin(header);
        if (next == null && reserve.release()) {
            next = begin(header);
        }
        if (next == null) {
            return false;
        }
        List<Segment> gone = contents.roll(givenUp, next, positions.copy());
        writeMark();
        remove(gone);
        return true;
    }

    /** A new segment on disk; null if there is no room for it. */
    private @Nullable Segment begin(SegmentHeader header) throws IOException {
        try {
            return Segment.create(disk, header);
        } catch (ForceFailed e) {
            throw e;
        } catch (IOException e) {
            if (!DiskFull.isBehind(e)) {
                throw e;
            }
            String unfinished = Segment.fileName(header.segment()) + LogOpening.UNFINISHED;
            if (disk.list().contains(unfinished)) {
                disk.delete(unfinished);
            }
            return null;
        }
    }

    /**
     * How many of the first segments the retention does not keep, and of those that have no messages: what else is in them is known to the
     * head of the latest.
     *
     * @param moreBytes that the active segment will have
     * @param moreMessages that it will have
     */
    private int segmentsToGiveUp(long moreBytes, long moreMessages) {
        long bytes = contents.messageBytes() + moreBytes;
        long recordBytes = contents.recordBytes() + moreBytes;
        long messages = contents.messages() + moreMessages;
        int givenUp = 0;
        for (Segment segment : contents.segments()) {
            boolean isKept = bytes <= retention.maxBytes()
                    && recordBytes <= retention.maxRecordBytes()
                    && messages <= retention.maxMessages()
                    && !isExpired(segment.newestMillis());
            boolean isOfUse = segment.messages() > 0 || segment == contents.active();
            if (isKept && isOfUse) {
                break;
            }
            bytes -= segment.messageBytes();
            recordBytes -= segment.recordBytes();
            messages -= segment.messages();
            givenUp++;
        }
        return givenUp;
    }

    private boolean isExpired(long millis) {
        return nowMillis() - millis > retention.maxAge().toMillis();
    }

    /** The new head of the log says that they were given up, so it does no harm if one stays until the next opening. */
    private void remove(List<Segment> gone) {
        for (Segment segment : gone) {
            try {
                disk.delete(Segment.fileName(segment.number()));
            } catch (IOException e) {
                LOG.warn("{} was given up and cannot be removed until the store is opened again", segment, e);
            }
        }
    }

    /**
     * Gives up what the retention does not keep.
     *
     * @throws TopicStoreException {@code DISK_FULL}: nothing was given up; or {@code FAILED}
     */
    void trim() {
        checkUsable();
        try {
            if (segmentsToGiveUp(0, 0) > 0 && !roll()) {
                throw full();
            }
        } catch (IOException e) {
            poison(e);
            throw failed();
        }
    }

    // ---- care

    /** Does what is due: the mark, what has expired, the reserve. Called several times a second. */
    void tick() {
        if (poison != null || options.environment().nanoTime() - markedAtNanos < MARK_INTERVAL_NANOS) {
            return;
        }
        try {
            if (!mark.position().equals(end())) {
                writeMark();
            }
            markedAtNanos = options.environment().nanoTime();
            if (isExpired(contents.segments().get(0).newestMillis()) && contents.messages() > 0) {
                roll();
            }
            restoreReserve();
        } catch (IOException e) {
            poison(e);
        }
    }

    private void writeMark() throws IOException {
        mark.write(end());
        markedAtNanos = options.environment().nanoTime();
    }

    private Mark.Position end() {
        return new Mark.Position(contents.active().number(), contents.active().length());
    }

    private void restoreReserve() throws IOException {
        if (reserve.isMissing() && disk.usableBytes() >= options.freeSpaceFloorBytes() + options.reserveBytes()) {
            reserve.restore();
        }
    }

    /** Why nothing works any more; nothing happens if it does. */
    void checkUsable() {
        if (poison != null) {
            throw failed();
        }
    }

    private void poison(IOException e) {
        if (poison == null) {
            poison = e;
            LOG.error("{}: the disk failed; nothing is written until the store is opened again", disk.name(), e);
        }
    }

    private TopicStoreException failed() {
        return new TopicStoreException(Problem.FAILED, disk.name() + ": the disk failed", poison);
    }

    private TopicStoreException full() {
        return new TopicStoreException(Problem.DISK_FULL, disk.name() + ": no room on the disk", null);
    }

    private TopicStoreException tooMany(String what) {
        return new TopicStoreException(Problem.TOO_MANY, disk.name() + ": " + what, null);
    }

    private long nowMillis() {
        return options.environment().currentTimeMillis();
    }

    /** Writes the mark, unless nothing can be trusted, and lets go of the files. Not of the disk. */
    @Override
    public void close() {
        try {
            if (poison == null) {
                mark.writeBoth(end());
            }
        } catch (IOException e) {
            LOG.warn("{}: closed without a mark, as after a crash", disk.name(), e);
        } finally {
            closeFiles();
        }
    }

    private void closeFiles() {
        List<LogFile> files = new ArrayList<>(List.of(mark.file()));
        contents.segments().forEach(segment -> files.add(segment.file()));
        for (LogFile file : files) {
            try {
                file.close();
            } catch (IOException e) {
                LOG.warn("{}: a file cannot be closed", disk.name(), e);
            }
        }
    }
}
