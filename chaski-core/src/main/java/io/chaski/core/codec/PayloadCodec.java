package io.chaski.core.codec;

import java.lang.reflect.Type;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Turns objects into bytes and back. The content type travels with each message, so that every subscriber knows how to
 * read it; the type of the object does not: each subscriber decodes into the type of its own topic, and nothing that
 * arrives can name a class. Implementations are thread-safe.
 */
public interface PayloadCodec {

    /** Bytes as they are: {@code byte[]} only. */
    static PayloadCodec bytes() {
        return BytesCodec.INSTANCE;
    }

    /** UTF-8: {@code String} only. */
    static PayloadCodec text() {
        return TextCodec.INSTANCE;
    }

    /**
     * CBOR (RFC 8949), the default for objects: compact, and bytes stay bytes. See {@link #json()} for what it reads.
     */
    static PayloadCodec cbor() {
        return JacksonCodec.CBOR;
    }

    /**
     * JSON (RFC 8259), for readers of other languages.
     *
     * <p>Records need no annotation; beans, enums, arrays, collections, maps, {@code Optional} and the types of
     * {@code java.time} work too. A record component that is missing is an error unless it is an {@code Optional}, and
     * a property that the type does not have is ignored: so a record grows by optional components. Input is bounded:
     * 32 levels, 100,000 tokens, 1 MiB per text, 50,000 characters per key, 100 digits per number; what exceeds that is
     * not encoded either. Bytes are a text in JSON, in base64, and have no such limit in CBOR. A repeated property, a
     * number that is a text, a missing value for a primitive and anything behind the value are errors. A NaN or an
     * infinity travels as the text {@code "NaN"} in JSON and as itself in CBOR.
     */
    static PayloadCodec json() {
        return JacksonCodec.JSON;
    }

    /** What messages with such payloads are marked with, 1 to 255 bytes, such as {@code application/cbor}. */
    String contentType();

    /**
     * Encodes, on the publisher's thread.
     *
     * @param value what was published; null if the publisher says so
     * @param type type of the topic
     * @return bytes that nobody changes afterwards
     * @throws CodecException if this codec cannot encode it
     */
    byte[] encode(@Nullable Object value, Type type);

    /**
     * Decodes, on the thread of the callback. Stored entries, jobs of queues, arguments and results of calls come this way; messages by
     * {@link #decode(byte[], int, int, Type)}. Both must give the same.
     *
     * @param bytes what arrived, the codec's own: it may keep them, and what it returns may be them
     * @param type type of the topic
     * @return an object of that type, or null if null was published
     * @throws CodecException if the bytes are no such object; the subscriber skips the message
     */
    @Nullable
    Object decode(byte[] bytes, Type type);

    /**
     * Decodes a part of an array, on the thread of the callback. Other subscriptions read the same array, and it is what this node
     * passes on to whoever has missed the message. Unless overridden this gives a copy to {@link #decode(byte[], Type)}; a codec whose
     * objects have nothing to do with the array any more once they are made overrides it to spare that.
     *
     * @param bytes not to be changed or kept, nor may what is returned look into them
     * @param offset index of the first byte of what arrived
     * @param length number of its bytes
     * @param type type of the topic
     * @return as for {@link #decode(byte[], Type)}
     * @throws CodecException likewise
     * @throws IndexOutOfBoundsException if the array has no such part
     */
    default @Nullable Object decode(byte[] bytes, int offset, int length, Type type) {
        Objects.checkFromIndexSize(offset, length, bytes.length);
        return decode(Arrays.copyOfRange(bytes, offset, offset + length), type);
    }
}
