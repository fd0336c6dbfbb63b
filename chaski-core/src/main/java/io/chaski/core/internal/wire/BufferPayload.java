package io.chaski.core.internal.wire;

import io.netty.buffer.ByteBuf;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A window on the read buffer, one for all messages of a connection. It is lent for the duration of one call;
 * whoever looks through it later gets an exception instead of somebody else's bytes.
 */
final class BufferPayload implements PayloadView {

    private @Nullable ByteBuf buffer;
    private int index;
    private int size;

    BufferPayload lend(ByteBuf from, int at, int bytes) {
        buffer = from;
        index = at;
        size = bytes;
        return this;
    }

    void takeBack() {
        buffer = null;
    }

    @Override
    public int size() {
        lent();
        return size;
    }

    @Override
    public void copyTo(int count, byte[] target, int targetOffset) {
        lent().getBytes(index, target, targetOffset, Objects.checkIndex(count, size + 1));
    }

    @Override
    public boolean hasBytesOf(ArrayPayload other) {
        return other.size() == size && other.isAt(index, lent());
    }

    private ByteBuf lent() {
        ByteBuf from = buffer;
        if (from == null) {
            throw new IllegalStateException("the payload was on loan and its call has returned");
        }
        return from;
    }

    /** Prints the size only: payloads are never logged. */
    @Override
    public String toString() {
        return "payload of " + size + " bytes, on loan";
    }
}
