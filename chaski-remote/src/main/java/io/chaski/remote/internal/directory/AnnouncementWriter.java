package io.chaski.remote.internal.directory;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Writes what {@link AnnouncementReader} reads. What it is given has been checked. */
final class AnnouncementWriter {

    private static final int FIRST_BYTES = 256;

    private ByteBuffer out = ByteBuffer.allocate(FIRST_BYTES);

    AnnouncementWriter u8(int value) {
        room(1).put((byte) value);
        return this;
    }

    AnnouncementWriter u16(int value) {
        room(Short.BYTES).putShort((short) value);
        return this;
    }

    AnnouncementWriter i64(long value) {
        room(Long.BYTES).putLong(value);
        return this;
    }

    AnnouncementWriter text(String text) {
        byte[] encoded = text.getBytes(StandardCharsets.UTF_8);
        u8(encoded.length);
        room(encoded.length).put(encoded);
        return this;
    }

    private ByteBuffer room(int bytes) {
        if (out.remaining() < bytes) {
            ByteBuffer larger = ByteBuffer.allocate(2 * (out.capacity() + bytes));
            out = larger.put(out.flip());
        }
        return out;
    }

    byte[] message() {
        return Arrays.copyOf(out.array(), out.position());
    }
}
