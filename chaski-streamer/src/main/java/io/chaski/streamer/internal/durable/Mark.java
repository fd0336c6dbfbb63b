package io.chaski.streamer.internal.durable;

import io.chaski.streamer.TopicStoreException;
import io.chaski.streamer.TopicStoreException.Problem;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Objects;
import java.util.UUID;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * Up to where a log is known to be on disk, in a small file of its own: what is damaged before that is no crash. Two copies
 * are written in turn, so one survives a crash in the middle of writing. A copy has 4,096 bytes, big endian, and this part
 * of the format never changes:
 *
 * <pre>
 *    0  "CHTM" (4 bytes), version of the format (2)
 *    6  id of the store (16)
 *   22  how many marks were written before (8)
 *   30  number of the last segment (8), offset up to which it is on disk (4)
 *   42  zeros
 * 4092  CRC-32C over the bytes before (4)
 * </pre>
 *
 * <p>Confined to the thread that writes the log.
 */
final class Mark implements AutoCloseable {

    static final String NAME = "mark";

    private static final int MAGIC = 0x4348544d;

    /** What disks write as one piece or tear at worst. */
    private static final int COPY_BYTES = 4_096;

    private static final int CRC_AT = COPY_BYTES - Integer.BYTES;

    private final LogFile file;
    private final UUID store;
    private Content last;

    /** What a copy says. */
    private record Content(UUID store, long generation, Position position) {}

    /**
     * A place in a log.
     *
     * @param segment number of the segment; 0 before there is one
     * @param offset in the segment
     */
    record Position(long segment, int offset) {}

    private Mark(LogFile file, Content last) {
        this.file = file;
        this.store = last.store;
        this.last = last;
    }

    /** Makes the mark of a new store. */
    static Mark create(LogDisk disk, UUID store) throws IOException {
        String unfinished = NAME + LogOpening.UNFINISHED;
        LogFile file = disk.create(unfinished);
        boolean isComplete = false;
        try {
            Mark mark = new Mark(file, new Content(store, 0, new Position(0, 0)));
            mark.writeBoth(mark.last.position);
            disk.rename(unfinished, NAME);
            disk.force();
            isComplete = true;
            return mark;
        } finally {
            if (!isComplete) {
                file.close();
            }
        }
    }

    /** A mark and whether both of its copies can be read. */
    record Found(Mark mark, boolean isComplete) {}

    /**
     * Reads the mark of a store that is there.
     *
     * @throws TopicStoreException {@code CORRUPT} if neither copy can be read, {@code NEWER_VERSION}
     */
    static Found open(LogDisk disk) throws IOException {
        LogFile file = disk.open(NAME);
        boolean isOpen = false;
        try {
            Content first = read(file, 0, disk);
            Content second = read(file, 1, disk);
            Content newest = second == null || first != null && first.generation > second.generation ? first : second;
            if (newest == null) {
                throw new TopicStoreException(
                        Problem.CORRUPT, disk.name() + "/" + NAME + ": both copies are damaged", null);
            }
            boolean isComplete = first != null && second != null && file.size() == 2 * COPY_BYTES;
            isOpen = true;
            return new Found(new Mark(file, newest), isComplete);
        } finally {
            if (!isOpen) {
                file.close();
            }
        }
    }

    private static @Nullable Content read(LogFile file, int copy, LogDisk disk) throws IOException {
        ByteBuffer in = ByteBuffer.allocate(COPY_BYTES);
        file.readAll(in, (long) copy * COPY_BYTES);
        if (in.hasRemaining() || in.getInt(0) != MAGIC || in.getInt(CRC_AT) != checksum(in)) {
            return null;
        }
        in.position(Integer.BYTES);
        short version = in.getShort();
        if (version != SegmentHeader.VERSION) {
            throw unknownVersion(disk.name() + "/" + NAME, version);
        }
        UUID store = new UUID(in.getLong(), in.getLong());
        return new Content(store, in.getLong(), new Position(in.getLong(), in.getInt()));
    }

    static TopicStoreException unknownVersion(String name, int version) {
        return new TopicStoreException(
                Problem.NEWER_VERSION,
                name + ": written in version " + version + " of the format; this library knows version "
                        + SegmentHeader.VERSION + " only",
                null);
    }

    LogFile file() {
        return file;
    }

    UUID store() {
        return store;
    }

    /** Up to where the log was on disk when the mark was written. */
    Position position() {
        return last.position;
    }

    /** Writes one copy and makes it durable. */
    void write(Position position) throws IOException {
        Content next = new Content(store, last.generation + 1, Objects.requireNonNull(position));
        file.writeAll(encode(next), next.generation % 2 * COPY_BYTES);
        file.force();
        last = next;
    }

    /** Writes both copies, one after the other, as when nothing follows. */
    void writeBoth(Position position) throws IOException {
        if (file.size() == 0) {
            file.writeAll(encode(last), 0); // the second copy cannot be the first thing in a file
        }
        write(position);
        write(position);
    }

    private static ByteBuffer encode(Content content) {
        ByteBuffer out = ByteBuffer.allocate(COPY_BYTES);
        out.putInt(MAGIC).putShort(SegmentHeader.VERSION);
        out.putLong(content.store.getMostSignificantBits()).putLong(content.store.getLeastSignificantBits());
        out.putLong(content.generation).putLong(content.position.segment).putInt(content.position.offset);
        return out.position(0).putInt(CRC_AT, checksum(out));
    }

    private static int checksum(ByteBuffer copy) {
        CRC32C crc = new CRC32C();
        crc.update(copy.duplicate().clear().limit(CRC_AT));
        return (int) crc.getValue();
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
