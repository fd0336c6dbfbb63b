package io.chaski.ca.internal.net;

import io.chaski.ca.internal.wire.EnrolmentCodec.MalformedMessageException;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.io.ByteArrayOutputStream;
import java.util.Arrays;

/**
 * Puts the one message of a side together: its length as four bytes, and its bytes. Grows with what arrives, not with what
 * is announced. Confined to one event loop.
 */
final class MessageCollector {

    private static final int LENGTH_BYTES = 4;

    private final int maxBytes;
    private final ByteArrayOutputStream collected = new ByteArrayOutputStream();
    private int announced = -1; // until the length is there

    MessageCollector(int maxBytes) {
        this.maxBytes = maxBytes;
    }

    /** What is sent for a message. */
    static ByteBuf frame(byte[] message, ByteBufAllocator allocator) {
        return allocator
                .buffer(LENGTH_BYTES + message.length)
                .writeInt(message.length)
                .writeBytes(message);
    }

    /**
     * Takes what has arrived.
     *
     * @return whether the message is complete
     * @throws MalformedMessageException if it is empty or too long, or something follows it
     */
    boolean add(ByteBuf bytes) throws MalformedMessageException {
        int room = LENGTH_BYTES + (announced < 0 ? maxBytes : announced) - collected.size();
        if (bytes.readableBytes() > room) {
            throw new MalformedMessageException("more than one message of up to " + maxBytes + " bytes");
        }
        byte[] arrived = new byte[bytes.readableBytes()];
        bytes.readBytes(arrived);
        collected.writeBytes(arrived);
        if (announced < 0 && collected.size() >= LENGTH_BYTES) {
            announced = announced(collected.toByteArray());
        }
        int missing = LENGTH_BYTES + announced - collected.size();
        if (announced >= 0 && missing < 0) {
            throw new MalformedMessageException(-missing + " bytes behind the message");
        }
        return announced >= 0 && missing == 0;
    }

    private int announced(byte[] bytes) throws MalformedMessageException {
        int length = 0;
        for (int i = 0; i < LENGTH_BYTES; i++) {
            length = length << 8 | Byte.toUnsignedInt(bytes[i]);
        }
        if (length < 1 || length > maxBytes) {
            throw new MalformedMessageException("a message of " + Integer.toUnsignedString(length) + " bytes");
        }
        return length;
    }

    /** The message, when it is complete. */
    byte[] message() {
        byte[] all = collected.toByteArray();
        return Arrays.copyOfRange(all, LENGTH_BYTES, all.length);
    }
}
