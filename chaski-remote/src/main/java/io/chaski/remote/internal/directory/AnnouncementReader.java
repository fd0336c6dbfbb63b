package io.chaski.remote.internal.directory;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/** Reads fields of a message of another node; whatever is wrong with it is an {@link IllegalArgumentException}. */
final class AnnouncementReader {

    private final ByteBuffer in;

    AnnouncementReader(byte[] message) {
        this.in = ByteBuffer.wrap(message);
    }

    int u8() {
        return need(1).get() & 0xff;
    }

    int u16() {
        return need(Short.BYTES).getShort() & 0xffff;
    }

    long i64() {
        return need(Long.BYTES).getLong();
    }

    /** A number of elements that follow: never more than the rest of the message can hold. */
    int count(int announced, int most, int minBytesEach) {
        if (announced > most || announced > in.remaining() / minBytesEach) {
            throw new IllegalArgumentException(announced + " elements in " + in.remaining() + " bytes");
        }
        return announced;
    }

    String text(int maxBytes) {
        int length = u8();
        if (length > maxBytes) {
            throw new IllegalArgumentException("a text of " + length + " bytes, at most " + maxBytes);
        }
        ByteBuffer encoded = need(length).slice().limit(length);
        in.position(in.position() + length);
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(encoded).toString();
        } catch (CharacterCodingException e) {
            throw new IllegalArgumentException("not UTF-8", e);
        }
    }

    void requireEnd() {
        if (in.hasRemaining()) {
            throw new IllegalArgumentException(in.remaining() + " bytes too many");
        }
    }

    private ByteBuffer need(int bytes) {
        if (in.remaining() < bytes) {
            throw new IllegalArgumentException("cut short");
        }
        return in;
    }
}
