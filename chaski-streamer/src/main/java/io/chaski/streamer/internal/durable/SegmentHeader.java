package io.chaski.streamer.internal.durable;

import io.chaski.streamer.TopicStoreException;
import io.chaski.streamer.TopicStoreException.Problem;
import java.io.IOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.UUID;
import java.util.zip.CRC32C;

/**
 * What a segment begins with, big endian:
 *
 * <pre>
 *  0  "CHTL" (4 bytes)
 *  4  length of the header, all of it (4)
 *  8  CRC-32C over all other bytes of the header (4)
 * 12  version of the format (2)
 * 14  id of the store (16), its salt (8)
 * 38  number of this segment (8), of the first one that is kept (8)
 * 54  length of the segment before (4), checksum of its last record (4)
 * 62  when it was begun, milliseconds since 1970 (8)
 * 70  the {@link Positions} as it was then
 * </pre>
 *
 * <p>A segment gets its name when its header is on disk, so one without a valid header is damage and never a crash.
 *
 * @param store which store it belongs to
 * @param salt of the checksums of its records
 * @param segment its number, from 1
 * @param firstKept segments with lower numbers were given up
 * @param previousLength how long the segment before is
 * @param previousCrc checksum of its last record, or of its header if it has none
 * @param createdMillis when it was begun
 * @param positions what was known when it was begun; not changed
 */
record SegmentHeader(
        UUID store,
        long salt,
        long segment,
        long firstKept,
        int previousLength,
        int previousCrc,
        long createdMillis,
        Positions positions) {

    static final short VERSION = 1;

    private static final int MAGIC = 0x4348544c;
    private static final int CRC_AT = 8;
    private static final int FIXED_BYTES = 70;

    /** Several times what positions can take. */
    private static final int MAX_BYTES = 16 << 20;

    /** Of the first segment of a store. */
    static SegmentHeader first(UUID store, long salt, long nowMillis) {
        return new SegmentHeader(store, salt, 1, 1, 0, 0, nowMillis, new Positions());
    }

    /**
     * Of the segment behind another one.
     *
     * @param last the other one, which is not written to any more
     * @param firstKept segments with lower numbers are given up
     * @param nowMillis the wall clock
     * @param positions what is known now; not changed any more
     */
    static SegmentHeader after(Segment last, long firstKept, long nowMillis, Positions positions) {
        return new SegmentHeader(
                last.header().store,
                last.header().salt,
                last.number() + 1,
                firstKept,
                last.length(),
                last.lastCrc(),
                nowMillis,
                positions);
    }

    int lengthBytes() {
        return FIXED_BYTES + positions.lengthBytes();
    }

    int crc() {
        return encode().getInt(CRC_AT);
    }

    ByteBuffer encode() {
        ByteBuffer out = ByteBuffer.allocate(lengthBytes());
        out.putInt(MAGIC).putInt(out.capacity()).putInt(0).putShort(VERSION);
        out.putLong(store.getMostSignificantBits()).putLong(store.getLeastSignificantBits());
        out.putLong(salt).putLong(segment).putLong(firstKept);
        out.putInt(previousLength).putInt(previousCrc).putLong(createdMillis);
        positions.writeTo(out);
        out.putInt(CRC_AT, checksum(out.array()));
        return out.flip();
    }

    /**
     * Reads the header of a file.
     *
     * @param file a segment
     * @param name its name, for messages
     * @throws TopicStoreException {@code CORRUPT} or {@code NEWER_VERSION}
     */
    static SegmentHeader read(LogFile file, String name) throws IOException {
        ByteBuffer beginning = ByteBuffer.allocate(CRC_AT);
        file.readAll(beginning, 0);
        int length = beginning.getInt(Integer.BYTES);
        if (beginning.getInt(0) != MAGIC || length < FIXED_BYTES || length > Math.min(MAX_BYTES, file.size())) {
            throw corrupt(name);
        }
        byte[] bytes = new byte[length];
        file.readAll(ByteBuffer.wrap(bytes), 0);
        return decode(bytes, name);
    }

    private static SegmentHeader decode(byte[] bytes, String name) {
        ByteBuffer in = ByteBuffer.wrap(bytes);
        if (in.getInt(CRC_AT) != checksum(bytes)) {
            throw corrupt(name);
        }
        in.position(CRC_AT + Integer.BYTES);
        short version = in.getShort();
        if (version != VERSION) {
            throw Mark.unknownVersion(name, version);
        }
        try {
            UUID store = new UUID(in.getLong(), in.getLong());
            SegmentHeader header = new SegmentHeader(
                    store,
                    in.getLong(),
                    in.getLong(),
                    in.getLong(),
                    in.getInt(),
                    in.getInt(),
                    in.getLong(),
                    Positions.readFrom(in));
            if (in.hasRemaining()) {
                throw new IllegalArgumentException(in.remaining() + " bytes too many");
            }
            return header;
        } catch (BufferUnderflowException | IllegalArgumentException e) {
            throw new TopicStoreException(Problem.CORRUPT, name + ": the header is not one that we write", e);
        }
    }

    private static TopicStoreException corrupt(String name) {
        return new TopicStoreException(Problem.CORRUPT, name + ": the header is damaged", null);
    }

    private static int checksum(byte[] bytes) {
        CRC32C crc = new CRC32C();
        crc.update(bytes, 0, CRC_AT);
        crc.update(bytes, CRC_AT + Integer.BYTES, bytes.length - CRC_AT - Integer.BYTES);
        return (int) crc.getValue();
    }
}
