package io.chaski.core.internal.wire;

import java.util.Arrays;
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
     * Copies all bytes.
     *
     * @param target where to
     * @param targetOffset first index to write; {@code size()} bytes must fit behind it
     */
    void copyTo(byte[] target, int targetOffset);

    /**
     * A fresh array with the first bytes.
     *
     * @param count 0 to {@link #size()}
     */
    default byte[] head(int count) {
        return Arrays.copyOf(toByteArray(), Objects.checkIndex(count, size() + 1));
    }

    /** A fresh array with all bytes. */
    default byte[] toByteArray() {
        byte[] bytes = new byte[size()];
        copyTo(bytes, 0);
        return bytes;
    }
}
