package io.chaski.streamer.internal.storage;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** One value as it is kept. Immutable: nobody changes the bytes, which are not copied. */
public final class StoredEntry {

    /** The moment that never comes. */
    public static final long NEVER = Long.MAX_VALUE;

    private final String contentType;
    private final byte[] value;
    private final long expiresAtMillis;

    /**
     * A value with its end.
     *
     * @param contentType how the value is encoded, 1 to 255 characters of ASCII
     * @param value the encoded value
     * @param expiresAtMillis when it is gone, by the wall clock; {@link #NEVER} if never
     */
    public StoredEntry(String contentType, byte[] value, long expiresAtMillis) {
        this.contentType = contentType;
        this.value = value;
        this.expiresAtMillis = expiresAtMillis;
    }

    /** How the value is encoded. */
    public String contentType() {
        return contentType;
    }

    /** The encoded value, not to be changed. */
    public byte[] value() {
        return value;
    }

    /** When it is gone. */
    public long expiresAtMillis() {
        return expiresAtMillis;
    }

    /** Whether it is gone. */
    public boolean isExpiredAt(long nowMillis) {
        return nowMillis >= expiresAtMillis;
    }

    /** What the entry counts for in the quota. */
    static long sizeBytes(String key, StoredEntry entry) {
        return key.getBytes(StandardCharsets.UTF_8).length + (long) entry.value.length;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof StoredEntry that
                && expiresAtMillis == that.expiresAtMillis
                && contentType.equals(that.contentType)
                && Arrays.equals(value, that.value);
    }

    @Override
    public int hashCode() {
        return Long.hashCode(expiresAtMillis) * 31 + Arrays.hashCode(value);
    }

    @Override
    public String toString() {
        return contentType + ", " + value.length + " bytes";
    }
}
