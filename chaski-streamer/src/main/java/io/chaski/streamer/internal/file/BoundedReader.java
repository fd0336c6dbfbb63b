package io.chaski.streamer.internal.file;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/** Reads fields of a message of another node; whatever is wrong with it is an {@link IllegalArgumentException}. */
final class BoundedReader {

    private final ByteBuffer in;

    BoundedReader(byte[] message) {
        this.in = ByteBuffer.wrap(message);
    }

    int u8() {
        return need(1).get() & 0xff;
    }

    int u16() {
        return need(2).getShort() & 0xffff;
    }

    int i32() {
        return need(Integer.BYTES).getInt();
    }

    long i64() {
        return need(Long.BYTES).getLong();
    }

    Sha256 hash() {
        return Sha256.read(need(Sha256.BYTES));
    }

    String text(int maxBytes) {
        int length = u16();
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

    Map<String, String> pairs(int most, int mostBytes) {
        int count = u16();
        if (count > most) {
            throw new IllegalArgumentException(count + " pairs, at most " + most);
        }
        int begin = in.position();
        Map<String, String> pairs = new LinkedHashMap<>();
        for (int i = 0; i < count; i++) {
            if (pairs.put(text(mostBytes), text(mostBytes)) != null) {
                throw new IllegalArgumentException("a name twice");
            }
        }
        if (in.position() - begin > mostBytes + 2 * Short.BYTES * count) {
            throw new IllegalArgumentException("pairs of more than " + mostBytes + " bytes");
        }
        return pairs;
    }

    byte[] rest() {
        byte[] bytes = new byte[in.remaining()];
        in.get(bytes);
        return bytes;
    }

    ByteBuffer restInPlace() {
        return in;
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
