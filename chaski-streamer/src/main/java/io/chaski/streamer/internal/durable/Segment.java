package io.chaski.streamer.internal.durable;

import io.chaski.streamer.TopicStoreException;
import io.chaski.streamer.TopicStoreException.Problem;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * One file of a log: a header and records, and where in it messages are. Knows of what is on disk only. Changed by the
 * thread that writes, under the lock of {@link Contents}.
 */
final class Segment {

    private static final Pattern NAME = Pattern.compile("([0-7][0-9a-f]{15})\\.segment");

    /** Most records that are read one at a time fit. */
    private static final int SINGLE_READ_BYTES = 4 << 10;

    private final String path;
    private final SegmentHeader header;
    private final LogFile file;
    private final RecordFormat format;
    private final Map<Source, Runs> runs = new HashMap<>();
    private final OrderIndex order = new OrderIndex();
    private final int recordsAt;
    private int length;
    private int messageBytes;
    private int lastCrc;
    private long newestMillis;

    Segment(String directory, SegmentHeader header, LogFile file) {
        this.path = directory + "/" + fileName(header.segment());
        this.header = header;
        this.file = file;
        this.format = new RecordFormat(header.salt(), header.segment());
        this.recordsAt = header.lengthBytes();
        this.length = recordsAt;
        this.lastCrc = header.crc();
        this.newestMillis = header.createdMillis();
    }

    static String fileName(long number) {
        return String.format("%016x.segment", number);
    }

    /** The number of the segment that a file is by its name; empty if it is none. */
    static OptionalLong number(String fileName) {
        Matcher matcher = NAME.matcher(fileName);
        return matcher.matches() ? OptionalLong.of(Long.parseLong(matcher.group(1), 16)) : OptionalLong.empty();
    }

    /**
     * Makes the file of a new segment. It gets its name when its header is on disk, and is durable when this returns.
     *
     * @param disk where
     * @param header what it begins with
     * @throws IOException if the disk fails or is full; an unfinished file may be left
     */
    static Segment create(LogDisk disk, SegmentHeader header) throws IOException {
        String name = fileName(header.segment());
        LogFile file = disk.create(name + LogOpening.UNFINISHED);
        boolean isComplete = false;
        try {
            file.writeAll(header.encode(), 0);
            ForceFailed.onFailure(file::force);
            disk.rename(name + LogOpening.UNFINISHED, name);
            ForceFailed.onFailure(disk::force);
            isComplete = true;
            return new Segment(disk.name(), header, file);
        } finally {
            if (!isComplete) {
                file.close();
            }
        }
    }

    // ---- what is there

    long number() {
        return header.segment();
    }

    SegmentHeader header() {
        return header;
    }

    LogFile file() {
        return file;
    }

    RecordFormat format() {
        return format;
    }

    /** Bytes that are on disk. */
    int length() {
        return length;
    }

    /** Bytes of its records. */
    int recordBytes() {
        return length - recordsAt;
    }

    /** Bytes of the records that are messages. */
    int messageBytes() {
        return messageBytes;
    }

    /** Checksum of the last record, or of the header. */
    int lastCrc() {
        return lastCrc;
    }

    int messages() {
        return order.size();
    }

    /** The latest timestamp of a message, but not before the segment was begun. */
    long newestMillis() {
        return newestMillis;
    }

    Map<Source, Runs> runs() {
        return runs;
    }

    OrderIndex order() {
        return order;
    }

    boolean contains(Source source, long sequence) {
        Runs ofSource = runs.get(source);
        return ofSource != null && ofSource.contains(sequence);
    }

    /** Adds a record that is on disk, right behind the last one. */
    void add(LogRecord record) {
        assert record.offset() == length : "a gap between records";
        length = record.end();
        lastCrc = record.crc();
        if (record.entry() instanceof KeptMessage message) {
            runs.computeIfAbsent(message.source(), source -> new Runs()).add(message.sequence(), record.offset());
            order.add(message, record.offset());
            messageBytes += record.end() - record.offset();
            newestMillis = Math.max(newestMillis, message.timestamp().millis());
        }
    }

    // ---- reading

    /**
     * Reads messages of one run.
     *
     * @param source whose messages
     * @param offset where the run begins
     * @param first lowest sequence
     * @param last highest sequence, which is in the run
     * @param batch takes them until it is full
     */
    void read(Source source, int offset, long first, long last, Batch batch) throws IOException {
        RecordReader reader = reader(offset, first == last ? SINGLE_READ_BYTES : RecordReader.BUFFER_BYTES);
        boolean isLast = false;
        while (!isLast && !batch.isFull()) {
            LogRecord record = checked(reader.next(), reader.position());
            if (record.entry() instanceof KeptMessage message
                    && message.source().equals(source)
                    && message.sequence() >= first) {
                batch.add(message);
                isLast = message.sequence() >= last;
            }
        }
    }

    /** Reads the message at a place. */
    KeptMessage read(int offset) throws IOException {
        LogRecord record = checked(reader(offset, SINGLE_READ_BYTES).next(), offset);
        if (record.entry() instanceof KeptMessage message) {
            return message;
        }
        throw corrupt(offset);
    }

    /** Reads all of it. */
    void verify() throws IOException {
        ByteBuffer beginning = ByteBuffer.allocate(recordsAt);
        file.readAll(beginning, 0);
        if (!header.encode().equals(beginning.flip())) {
            throw corrupt(0);
        }
        RecordReader reader = reader(recordsAt, RecordReader.BUFFER_BYTES);
        while (!reader.isAtEnd()) {
            checked(reader.next(), reader.position());
        }
    }

    private RecordReader reader(int from, int bufferBytes) {
        return new RecordReader(file, format, from, length, bufferBytes);
    }

    private LogRecord checked(@Nullable LogRecord record, int position) {
        if (record == null) {
            throw corrupt(position);
        }
        return record;
    }

    /** What is thrown when there is damage. */
    TopicStoreException corrupt(int offset) {
        return new TopicStoreException(Problem.CORRUPT, path + ": damaged at byte " + offset, null);
    }

    @Override
    public String toString() {
        return path;
    }
}
