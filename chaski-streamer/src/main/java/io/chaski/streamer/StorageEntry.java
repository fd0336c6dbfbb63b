package io.chaski.streamer;

import io.chaski.core.TypeRef;
import io.chaski.core.codec.CodecException;
import io.chaski.core.codec.CodecRegistry;
import io.chaski.core.codec.PayloadCodec;
import io.chaski.streamer.internal.storage.StoredEntry;
import java.lang.reflect.Type;
import java.time.Duration;
import java.util.Objects;

/** A value as it was found, in this storage or in that of a peer. Immutable; thread-safe. */
public final class StorageEntry {

    private final StoredEntry stored;
    private final Duration timeToLive;
    private final CodecRegistry codecs;

    StorageEntry(StoredEntry stored, Duration timeToLive, CodecRegistry codecs) {
        this.stored = stored;
        this.timeToLive = timeToLive;
        this.codecs = codecs;
    }

    /** The encoded value: the bytes that were put, or what a codec made of the object that was put. A copy. */
    public byte[] bytes() {
        return stored.value().clone();
    }

    /** Number of {@link #bytes()}. */
    public int lengthBytes() {
        return stored.value().length;
    }

    /** How the value is encoded, such as {@code application/cbor}. */
    public String contentType() {
        return stored.contentType();
    }

    /** How long it had still to live when it was found; {@link Storage#FOREVER} if it does not expire. */
    public Duration timeToLive() {
        return timeToLive;
    }

    /**
     * The value as an object.
     *
     * @param type what to read it as; what was put says nothing about it
     * @throws CodecException if it is no such object, or there is no codec for its content type
     */
    @SuppressWarnings("unchecked") // the codec's contract
    public <T> T as(Class<T> type) {
        return (T) decode(type);
    }

    /**
     * The value as an object whose type has type arguments.
     *
     * @param type what to read it as
     * @throws CodecException if it is no such object, or there is no codec for its content type
     */
    @SuppressWarnings("unchecked") // the codec's contract
    public <T> T as(TypeRef<T> type) {
        return (T) decode(type.type());
    }

    private Object decode(Type type) {
        PayloadCodec codec = codecs.find(stored.contentType());
        if (codec == null) {
            throw new CodecException("no codec for the content type of the entry, '" + stored.contentType() + "'");
        }
        Object value = codec.decode(stored.value(), type);
        return Objects.requireNonNull(value, "decoded to null"); // null is never put
    }

    @Override
    public String toString() {
        return stored.toString();
    }
}
