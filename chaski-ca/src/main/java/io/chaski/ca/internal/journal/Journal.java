package io.chaski.ca.internal.journal;

import io.chaski.ca.AuthorityException;
import io.chaski.ca.AuthorityException.Problem;
import io.chaski.ca.internal.disk.Disk;
import io.chaski.ca.internal.disk.DiskFile;
import io.chaski.ca.internal.journal.JournalRecord.MalformedRecordException;
import io.chaski.core.security.Fingerprint;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * An append-only file of lines, each chained to the one before. {@link #append} returns when the record survives a power
 * failure; what was not acknowledged may be found there or not after one. Reading checks everything: whatever was
 * acknowledged and is not as it was written is damage, and nobody goes on with it.
 *
 * <p>After a write or a sync that failed nothing is known of the file, because the system takes pages that it could not
 * write for written. So the journal takes no more until it was opened, and with that read, anew. Confined to one thread.
 */
public final class Journal implements AutoCloseable {

    private static final String LOG = "journal.log";
    private static final String MARK = "journal.mark";
    private static final int CHUNK_BYTES = 64 << 10;

    private final DiskFile log;
    private final MarkFile marks;
    private Mark mark = Mark.OF_NOTHING;
    private boolean hasFailed;

    /**
     * What a check of the whole file has found.
     *
     * @param records how many records are sound, from the first on
     * @param head hash of the last of them; who notes it down elsewhere can tell later that nothing before it was changed
     * @param latest the latest time that one of them has; the earliest of all times if there is none
     * @param problem what is wrong, empty if nothing is
     * @param isUnfinished whether that is what a crash leaves of a write that nobody was told of, and opening mends. Nothing
     *     that was acknowledged is missing or changed then
     */
    public record Audit(long records, Fingerprint head, Instant latest, String problem, boolean isUnfinished) {

        /** Whether nothing is wrong. */
        public boolean isSound() {
            return problem.isEmpty();
        }
    }

    private Journal(DiskFile log, MarkFile marks) {
        this.log = log;
        this.marks = marks;
    }

    /** Makes an empty one. The names survive a power failure when the caller has forced the directory. */
    public static Journal create(Disk disk, Path directory) throws IOException {
        DiskFile log = disk.create(directory.resolve(LOG));
        boolean isMade = false;
        try {
            log.force();
            Journal journal = new Journal(log, MarkFile.create(disk, directory.resolve(MARK)));
            isMade = true;
            return journal;
        } finally {
            if (!isMade) {
                log.close();
            }
        }
    }

    /**
     * Opens one and gives all its records to a reader. The torn end of a write that was never acknowledged is cut off.
     *
     * @throws AuthorityException with MISSING or DAMAGED
     */
    public static Journal open(Disk disk, Path directory, Consumer<JournalRecord> reader) throws IOException {
        checkIsThere(disk, directory);
        Journal journal = openFiles(disk, directory);
        boolean isOpen = false;
        try {
            journal.recover(directory, reader);
            isOpen = true;
            return journal;
        } finally {
            if (!isOpen) {
                journal.close();
            }
        }
    }

    private static Journal openFiles(Disk disk, Path directory) throws IOException {
        DiskFile log = disk.open(directory.resolve(LOG));
        boolean isOpen = false;
        try {
            Journal journal = new Journal(log, MarkFile.open(disk, directory.resolve(MARK)));
            isOpen = true;
            return journal;
        } finally {
            if (!isOpen) {
                log.close();
            }
        }
    }

    private static void checkIsThere(Disk disk, Path directory) throws IOException {
        for (String name : List.of(LOG, MARK)) {
            if (!disk.exists(directory.resolve(name))) {
                throw new AuthorityException(Problem.MISSING, directory.resolve(name) + " is missing", null);
            }
        }
    }

    private void recover(Path directory, Consumer<JournalRecord> reader) throws IOException {
        Mark acknowledged = marks.newest()
                .orElseThrow(() -> new AuthorityException(
                        Problem.DAMAGED, "both marks in " + directory.resolve(MARK) + " are damaged", null));
        Scan scan = scan(log, acknowledged, reader);
        if (!scan.problem.isEmpty()) {
            throw new AuthorityException(Problem.DAMAGED, directory.resolve(LOG) + ": " + scan.problem, null);
        }
        mark = scan.sound;
        if (log.size() > mark.length()) {
            log.truncate(mark.length());
        }
        // Also what was found above the mark: it is in the file, but perhaps not yet on the disk.
        log.force();
        marks.writeBoth(mark);
    }

    /**
     * Checks the whole file and changes nothing. For one that nobody has open.
     *
     * @throws AuthorityException with MISSING
     */
    public static Audit audit(Disk disk, Path directory) throws IOException {
        checkIsThere(disk, directory);
        try (DiskFile log = disk.open(directory.resolve(LOG));
                MarkFile marks = MarkFile.open(disk, directory.resolve(MARK))) {
            Optional<Mark> newest = marks.newest();
            Mark acknowledged = newest.orElse(Mark.OF_NOTHING);
            Latest latest = new Latest();
            Scan scan = scan(log, acknowledged, latest);
            boolean isUnfinished = newest.isPresent() && scan.problem.isEmpty();
            String problem = newest.isPresent() || !scan.problem.isEmpty() ? scan.problem : "both marks are damaged";
            if (problem.isEmpty() && log.size() != scan.sound.length()) {
                problem = "bytes behind record " + scan.sound.records();
            }
            if (problem.isEmpty() && !scan.sound.equals(acknowledged)) {
                problem = "the mark does not name the last record";
            }
            if (problem.isEmpty() && !marks.isSound()) {
                problem = "one of the two marks is damaged";
            }
            return new Audit(
                    scan.sound.records(), scan.sound.head(), latest.time, problem, isUnfinished && !problem.isEmpty());
        }
    }

    /** Remembers the latest time that it has read. */
    private static final class Latest implements Consumer<JournalRecord> {
        private Instant time = Instant.MIN;

        @Override
        public void accept(JournalRecord record) {
            time = record.time().isAfter(time) ? record.time() : time;
        }
    }

    /** The sound lines from the start, and what is wrong below the mark. */
    private static final class Scan {
        private Mark sound = Mark.OF_NOTHING;
        private String problem = "";
    }

    private static Scan scan(DiskFile log, Mark acknowledged, Consumer<JournalRecord> reader) throws IOException {
        Scan scan = new Scan();
        LineReader lines = new LineReader(log);
        for (byte[] bytes = lines.next(); bytes.length > 0; bytes = lines.next()) {
            try {
                JournalLine line = JournalLine.read(bytes);
                if (line.number() != scan.sound.records() + 1
                        || !line.previous().equals(scan.sound.head())) {
                    throw new MalformedRecordException("the chain is broken");
                }
                scan.sound = new Mark(line.number(), scan.sound.length() + bytes.length, line.hash());
                checkMark(scan.sound, acknowledged);
                reader.accept(line.record());
            } catch (MalformedRecordException e) {
                scan.problem = scan.sound.records() < acknowledged.records()
                        ? "record " + (scan.sound.records() + 1) + ": " + e.getMessage()
                        : "";
                break;
            }
        }
        if (scan.problem.isEmpty() && scan.sound.records() < acknowledged.records()) {
            scan.problem = acknowledged.records() - scan.sound.records() + " acknowledged records are missing";
        }
        long above = log.size() - acknowledged.length();
        if (scan.problem.isEmpty() && above > JournalLine.MAX_BYTES) {
            // One record is under way at a time, so this is no torn write.
            scan.problem = above + " bytes above the mark";
        }
        return scan;
    }

    private static void checkMark(Mark reached, Mark acknowledged) throws MalformedRecordException {
        if (reached.records() == acknowledged.records() && !reached.equals(acknowledged)) {
            throw new MalformedRecordException("not the record that was acknowledged");
        }
    }

    /** Whether it takes no more records until it was opened again. */
    public boolean hasFailed() {
        return hasFailed;
    }

    /** Number of the last record. */
    public long records() {
        return mark.records();
    }

    /**
     * Adds a record.
     *
     * @return its number
     * @throws IOException if it is not certain that the record survives a power failure. Whether it does shows when the
     *     journal is opened again, and until then there are no more
     */
    public long append(JournalRecord record) throws IOException {
        if (hasFailed) {
            throw new IOException("the journal has failed before, and must be opened again");
        }
        byte[] line = JournalLine.write(mark.records() + 1, mark.head(), record);
        Mark next = new Mark(mark.records() + 1, mark.length() + line.length, JournalLine.hash(line));
        hasFailed = true; // until all four steps are done
        log.write(mark.length(), line);
        log.force();
        marks.write(next);
        mark = next;
        hasFailed = false;
        return next.records();
    }

    @Override
    public void close() throws IOException {
        try (log;
                marks) {
            hasFailed = true;
        }
    }

    /** Takes a file apart at its line breaks, a chunk at a time. */
    private static final class LineReader {
        private final DiskFile file;
        private long position;
        private byte[] chunk = {};
        private int start;

        LineReader(DiskFile file) {
            this.file = file;
        }

        /** The next line with its break, what is left if there is none within the longest line, empty at the end. */
        byte[] next() throws IOException {
            int end = end();
            if (end < 0) {
                chunk = file.read(position, CHUNK_BYTES);
                start = 0;
                end = end();
            }
            int length = end < 0 ? Math.min(chunk.length - start, JournalLine.MAX_BYTES) : end - start;
            byte[] line = Arrays.copyOfRange(chunk, start, start + length);
            start += length;
            position += length;
            return line;
        }

        /** Behind the next line break of the chunk, -1 if there is none. */
        private int end() {
            for (int i = start; i < chunk.length; i++) {
                if (chunk[i] == '\n') {
                    return i + 1;
                }
            }
            return -1;
        }
    }
}
