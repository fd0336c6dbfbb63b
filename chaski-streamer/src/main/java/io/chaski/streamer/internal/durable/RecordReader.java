package io.chaski.streamer.internal.durable;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** Reads the records of a part of a segment, one after the other. Confined to one thread. */
final class RecordReader {

    /** Some hundred records of ordinary size; a larger one makes the buffer grow to its size. */
    static final int BUFFER_BYTES = 64 << 10;

    private final LogFile file;
    private final RecordFormat format;
    private final int end;
    private ByteBuffer buffer;
    private int position;

    /**
     * A reader.
     *
     * @param file of the segment
     * @param format of its records
     * @param from where the first record begins
     * @param end where the last one ends
     * @param bufferBytes how much is read at a time, at least
     */
    RecordReader(LogFile file, RecordFormat format, int from, int end, int bufferBytes) {
        this.file = file;
        this.format = format;
        this.position = from;
        this.end = end;
        this.buffer = ByteBuffer.allocate(Math.min(bufferBytes, end - from)).limit(0);
    }

    /** Where the next record is expected. */
    int position() {
        return position;
    }

    /** Whether all was read. */
    boolean isAtEnd() {
        return position >= end;
    }

    /**
     * The next record.
     *
     * @return null at the end, and if none begins here
     */
    @Nullable
    LogRecord next() throws IOException {
        if (!fill(RecordFormat.HEADER_BYTES)) {
            return null;
        }
        int length = format.lengthAt(buffer);
        if (length < RecordFormat.HEADER_BYTES || !fill(length)) {
            return null;
        }
        int start = buffer.position();
        LogRecord found = format.decode(buffer.slice(start, length), position);
        if (found != null) {
            advance(length);
        }
        return found;
    }

    /** Looks for a record at each of the following places. Says whether there is one, which {@link #next()} then reads. */
    boolean findNext() throws IOException {
        while (fill(RecordFormat.HEADER_BYTES + 1)) {
            advance(1);
            if (buffer.getInt(buffer.position()) == format.tag() && isRecord()) {
                return true;
            }
        }
        return false;
    }

    private boolean isRecord() throws IOException {
        int length = format.lengthAt(buffer);
        return length >= RecordFormat.HEADER_BYTES
                && fill(length)
                && format.decode(buffer.slice(buffer.position(), length), position) != null;
    }

    private void advance(int bytes) {
        buffer.position(buffer.position() + bytes);
        position += bytes;
    }

    /** Makes so many bytes available. Says whether there are so many. */
    private boolean fill(int bytes) throws IOException {
        if (buffer.remaining() >= bytes) {
            return true;
        }
        if (bytes > end - position) {
            return false;
        }
        ByteBuffer filled = bytes <= buffer.capacity()
                ? buffer.compact()
                : ByteBuffer.allocate(bytes).put(buffer);
        int missing = end - position - filled.position();
        filled.limit(Math.min(filled.capacity(), filled.position() + missing));
        file.readAll(filled, position + filled.position());
        buffer = filled.flip();
        return buffer.remaining() >= bytes;
    }
}
