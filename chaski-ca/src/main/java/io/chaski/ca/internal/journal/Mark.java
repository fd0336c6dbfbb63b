package io.chaski.ca.internal.journal;

import io.chaski.core.security.Fingerprint;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.zip.CRC32C;

/**
 * How far the journal was acknowledged. Below it everything must be sound; what is above may be the torn end of a write.
 * Without it, damage in the last record could not be told from a write that never finished.
 *
 * @param records how many records
 * @param length their bytes
 * @param head hash of the last one
 */
record Mark(long records, long length, Fingerprint head) {

    static final Mark OF_NOTHING = new Mark(0, 0, JournalLine.BEFORE_THE_FIRST);

    static final int BYTES = 4 + 8 + 8 + Fingerprint.BYTES;

    byte[] toBytes() {
        ByteBuffer content = ByteBuffer.allocate(BYTES);
        content.position(4).putLong(records).putLong(length).put(head.toBytes());
        return content.putInt(0, checksum(content.array())).array();
    }

    /** The mark, if the bytes are one. */
    static Optional<Mark> read(byte[] bytes) {
        if (bytes.length != BYTES) {
            return Optional.empty();
        }
        ByteBuffer content = ByteBuffer.wrap(bytes);
        if (content.getInt() != checksum(bytes)) {
            return Optional.empty();
        }
        return Optional.of(new Mark(content.getLong(), content.getLong(), Fingerprint.read(content)));
    }

    private static int checksum(byte[] bytes) {
        CRC32C crc = new CRC32C();
        crc.update(bytes, 4, BYTES - 4);
        return (int) crc.getValue();
    }
}
