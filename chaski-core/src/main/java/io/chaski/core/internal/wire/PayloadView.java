package io.chaski.core.internal.wire;

import java.util.Objects;

/**
 * The opaque body of one message, on loan: valid until the method it was passed to returns. Whoever keeps the bytes
 * copies them. So nothing is retained and released along the hot path, and nothing can leak.
 *
 * <p>Confined to the thread that lends it, unless an implementation says more.
 */
public interface PayloadView {

    /** Number of bytes, 0 or more. */
    int size();

    /**
     * Copies the first bytes.
     *
     * @param count 0 to {@link #size()}
     * @param target where to
     * @param targetOffset first index to write; so many bytes must fit behind it
     */
    void copyTo(int count, byte[] target, int targetOffset);

    /**
     * Copies all bytes.
     *
     * @param target where to
     * @param targetOffset first index to write; {@code size()} bytes must fit behind it
     */
    default void copyTo(byte[] target, int targetOffset) {
        copyTo(size(), target, targetOffset);
    }

    /**
     * A fresh array with the first bytes.
     *
     * @param count 0 to {@link #size()}
     */
    default byte[] head(int count) {
        byte[] bytes = new byte[Objects.checkIndex(count, size() + 1)];
        copyTo(count, bytes, 0);
        return bytes;
    }

    /**
     * Whether the bytes are the same.
     *
     * @param other of any size
     */
    default boolean hasBytesOf(ArrayPayload other) {
        return ArrayPayload.keep(this).equals(other);
    }

    /** A fresh array with all bytes. */
    default byte[] toByteArray() {
        return head(size());
    }
}
