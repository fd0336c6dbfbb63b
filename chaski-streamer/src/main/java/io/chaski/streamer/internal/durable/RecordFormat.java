package io.chaski.streamer.internal.durable;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * The bytes of a record, big endian:
 *
 * <pre>
 *  0  tag of the store (4 bytes)
 *  4  CRC-32C over salt, number of the segment, offset of the record and its bytes from 8 on (4)
 *  8  length of the record, all of it (4)
 * 12  offset up to which the segment was on disk when the record was written (4)
 * 16  kind of entry (1)
 * 17  the entry
 * </pre>
 *
 * <p>The checksum covers the place, so that a record that the disk has written somewhere else is none. Tag and salt are drawn
 * for each store and told to nobody: a payload cannot contain what looks like a record. Immutable.
 */
final class RecordFormat {

    static final int HEADER_BYTES = 17;

    private static final int CRC_AT = 4;
    private static final int LENGTH_AT = 8;

    private final long salt;
    private final long segment;

    RecordFormat(long salt, long segment) {
        this.salt = salt;
        this.segment = segment;
    }

    static int lengthBytes(LogEntry entry) {
        return HEADER_BYTES + entry.lengthBytes();
    }

    /** What each record begins with. */
    int tag() {
        return (int) (salt >>> Integer.SIZE);
    }

    /**
     * Writes a record.
     *
     * @param entry what it says
     * @param offset where it will be
     * @param durable offset up to which the segment is on disk
     * @param out has room for it
     * @return the record
     */
    LogRecord encode(LogEntry entry, int offset, int durable, ByteBuffer out) {
        int start = out.position();
        int length = lengthBytes(entry);
        out.putInt(tag()).putInt(0).putInt(length).putInt(durable).put(entry.type());
        entry.writeTo(out);
        int crc = checksum(out.array(), out.arrayOffset() + start, length, offset);
        out.putInt(start + CRC_AT, crc);
        return new LogRecord(offset, length, durable, crc, entry);
    }

    /**
     * How long the record is that begins here, if one does.
     *
     * @param header at its position the first {@link #HEADER_BYTES} of a record, perhaps
     * @return less than {@link #HEADER_BYTES} if none begins here
     */
    int lengthAt(ByteBuffer header) {
        int start = header.position();
        return header.getInt(start) == tag() ? header.getInt(start + LENGTH_AT) : 0;
    }

    /**
     * Reads a record.
     *
     * @param in from its position to its limit the record, perhaps
     * @param offset where it was found
     * @return null if these are not the bytes that were written there
     */
    @Nullable
    LogRecord decode(ByteBuffer in, int offset) {
        int start = in.position();
        int length = in.remaining();
        int crc = checksum(in.array(), in.arrayOffset() + start, length, offset);
        if (lengthAt(in) != length || in.getInt(start + CRC_AT) != crc) {
            return null;
        }
        ByteBuffer fields = in.duplicate().position(start + LENGTH_AT + Integer.BYTES);
        int durable = fields.getInt();
        LogEntry entry = entry(fields.get(), fields);
        return entry == null ? null : new LogRecord(offset, length, durable, crc, entry);
    }

    private static @Nullable LogEntry entry(byte type, ByteBuffer fields) {
        try {
            return switch (type) {
                case KeptMessage.TYPE -> KeptMessage.readFrom(fields);
                case CursorMove.TYPE -> CursorMove.readFrom(fields);
                case ConsumerEnd.TYPE -> ConsumerEnd.readFrom(fields);
                default -> null;
            };
        } catch (BufferUnderflowException | IllegalArgumentException notOurs) {
            return null; // the checksum holds, so somebody has made it who knows the salt; it is damage all the same
        }
    }

    private int checksum(byte[] bytes, int start, int length, int offset) {
        CRC32C crc = new CRC32C();
        crc.update(ByteBuffer.allocate(2 * Long.BYTES + Integer.BYTES)
                .putLong(salt)
                .putLong(segment)
                .putInt(offset)
                .flip());
        crc.update(bytes, start + LENGTH_AT, length - LENGTH_AT);
        return (int) crc.getValue();
    }
}
