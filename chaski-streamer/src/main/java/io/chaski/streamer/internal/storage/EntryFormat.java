package io.chaski.streamer.internal.storage;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * The bytes of an entry in the file: CRC-32C (4 bytes), expiry in milliseconds (8), length of the content type (1), the
 * content type, the value. The checksum covers the key as well, because the library checks the places of its pages and
 * not what is in them.
 */
final class EntryFormat {

    private static final int HEADER_BYTES = Integer.BYTES + Long.BYTES + 1;

    private EntryFormat() {}

    static byte[] encode(String key, StoredEntry entry) {
        byte[] contentType = entry.contentType().getBytes(StandardCharsets.US_ASCII);
        byte[] bytes = new byte[HEADER_BYTES + contentType.length + entry.value().length];
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        buffer.position(Integer.BYTES);
        buffer.putLong(entry.expiresAtMillis());
        buffer.put((byte) contentType.length);
        buffer.put(contentType).put(entry.value());
        buffer.putInt(0, checksum(key, bytes));
        return bytes;
    }

    /** The entry, or null if these are not the bytes that were written for this key. */
    static @Nullable StoredEntry decode(String key, byte[] bytes) {
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        if (bytes.length < HEADER_BYTES || buffer.getInt() != checksum(key, bytes)) {
            return null;
        }
        long expiresAtMillis = buffer.getLong();
        byte[] contentType = new byte[Byte.toUnsignedInt(buffer.get())];
        buffer.get(contentType);
        byte[] value = new byte[buffer.remaining()];
        buffer.get(value);
        return new StoredEntry(new String(contentType, StandardCharsets.US_ASCII), value, expiresAtMillis);
    }

    private static int checksum(String key, byte[] bytes) {
        CRC32C crc = new CRC32C();
        crc.update(key.getBytes(StandardCharsets.UTF_8));
        crc.update(bytes, Integer.BYTES, bytes.length - Integer.BYTES);
        return (int) crc.getValue();
    }
}
