package io.chaski.core.internal.wire;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Payload in an array that nobody changes any more, or in a part of it. Immutable, so it may be kept. */
public final class ArrayPayload implements PayloadView {

    private final byte[] bytes;
    private final int offset;
    private final int size;

    private ArrayPayload(byte[] bytes, int offset, int size) {
        this.bytes = bytes;
        this.offset = offset;
        this.size = size;
    }

    /**
     * Wraps without copying.
     *
     * @param bytes given away: the caller does not change them afterwards
     */
    public static ArrayPayload owning(byte[] bytes) {
        return new ArrayPayload(bytes, 0, bytes.length);
    }

    /**
     * Wraps a part of an array without copying.
     *
     * @param bytes given away: the caller does not change them afterwards
     * @param offset index of the first byte
     * @param size number of bytes
     */
    public static ArrayPayload owning(byte[] bytes, int offset, int size) {
        Objects.checkFromIndexSize(offset, size, bytes.length);
        return new ArrayPayload(bytes, offset, size);
    }

    /**
     * The same payload in a form that may be kept: itself, or a copy.
     *
     * @param payload on loan
     */
    public static ArrayPayload keep(PayloadView payload) {
        return payload instanceof ArrayPayload array ? array : owning(payload.toByteArray());
    }

    /** Whether it is the same part of the same array, so that its bytes need not be looked at. */
    public boolean isSameAs(ArrayPayload other) {
        return bytes == other.bytes && offset == other.offset && size == other.size;
    }

    /**
     * A part of this payload, without copying.
     *
     * @param from index of its first byte
     * @param count number of its bytes
     */
    public ArrayPayload slice(int from, int count) {
        Objects.checkFromIndexSize(from, count, size);
        return new ArrayPayload(bytes, offset + from, count);
    }

    @Override
    public int size() {
        return size;
    }

    @Override
    public void copyTo(int count, byte[] target, int targetOffset) {
        System.arraycopy(bytes, offset, target, targetOffset, Objects.checkIndex(count, size + 1));
    }

    /**
     * The bytes themselves when this payload is a whole array, a copy otherwise. For readers only.
     */
    public byte[] array() {
        return size == bytes.length ? bytes : toByteArray();
    }

    /**
     * Reads part of an array.
     *
     * @param <R> what is read
     */
    @FunctionalInterface
    public interface Reading<R extends @Nullable Object> {

        /**
         * Reads.
         *
         * @param bytes shared with whoever else has the payload: not to be changed or kept
         * @param offset index of the first byte
         * @param length number of bytes
         */
        R read(byte[] bytes, int offset, int length);
    }

    /**
     * What is read from the bytes where they are, without a copy.
     *
     * @param reading done once
     */
    public <R extends @Nullable Object> R read(Reading<R> reading) {
        return reading.read(bytes, offset, size);
    }

    /** A fresh array with all bytes, which nobody has to fill with zeroes first. */
    @Override
    public byte[] toByteArray() {
        return Arrays.copyOfRange(bytes, offset, offset + size);
    }

    /** The bytes for reading, without a copy. */
    public ByteBuffer toByteBuffer() {
        return ByteBuffer.wrap(bytes, offset, size).slice().asReadOnlyBuffer();
    }

    /**
     * Hashes the bytes.
     *
     * @param digest takes them
     */
    public void addTo(MessageDigest digest) {
        digest.update(bytes, offset, size);
    }

    /** The bytes from an index on, in the same array. */
    ArrayPayload from(int start) {
        return new ArrayPayload(bytes, offset + start, size - start);
    }

    /** Reads the bytes as fields. */
    WireReader reader() {
        return new WireReader().over(Unpooled.wrappedBuffer(bytes), offset, offset + size);
    }

    /** Whether these bytes are in a buffer from an index on, which has as many. */
    boolean isAt(int index, ByteBuf buffer) {
        return ByteBufUtil.equals(Unpooled.wrappedBuffer(bytes, offset, size), 0, buffer, index, size);
    }

    /** Whether these bytes are in another payload from an index on. */
    private boolean isAt(int index, ArrayPayload other) {
        int from = other.offset + index;
        return index + size <= other.size
                && Arrays.equals(bytes, offset, offset + size, other.bytes, from, from + size);
    }

    /** Whether the payload is made of parts, in this order. */
    boolean isMadeOf(ArrayPayload[] parts) {
        int index = 0;
        for (ArrayPayload part : parts) {
            if (!part.isAt(index, this)) {
                return false;
            }
            index += part.size;
        }
        return index == size;
    }

    void appendTo(ByteBuf out) {
        out.writeBytes(bytes, offset, size);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof ArrayPayload that
                && Arrays.equals(bytes, offset, offset + size, that.bytes, that.offset, that.offset + that.size);
    }

    @Override
    public int hashCode() {
        return toByteBuffer().hashCode();
    }

    /** Prints the size only: payloads are never logged. */
    @Override
    public String toString() {
        return "payload of " + size + " bytes";
    }
}
