package io.chaski.core.internal.wire;

import io.chaski.core.CloseReason;
import io.netty.buffer.ByteBuf;

/**
 * Turns the bytes of one connection into frames; {@code docs/protocol.md} defines each of them. It keeps no bytes of
 * its own: what is not a whole frame yet stays in the caller's buffer. A length is judged before anything is read or
 * allocated for it.
 *
 * <p>Until HELLO_ACK has been read only the frames of a handshake exist, and none above 4 KiB:
 *
 * <pre>
 *   handshake --HELLO_ACK--> established        any --violation or close()--> closed
 * </pre>
 *
 * <p>Confined to the connection's event loop.
 */
public final class FrameDecoder {

    private final int maxFrame;
    private final WireReader reader = new WireReader();
    private final MessageParts parts;
    private FrameStage stage;
    private int limit = WireLimits.MAX_FRAME_BEFORE_EDGE;
    private boolean closed;

    /**
     * A decoder for a new connection.
     *
     * @param maxFrame largest frame once the handshake is done, {@value WireLimits#MIN_MAX_FRAME} to
     *     {@value WireLimits#MAX_FRAME_CAP} bytes, the length field not counted
     */
    public FrameDecoder(int maxFrame) {
        this(maxFrame, new UnfinishedMessages(Long.MAX_VALUE), () -> {});
    }

    /**
     * A decoder for one of many connections.
     *
     * @param maxFrame as above
     * @param unfinished what all connections hold of messages that are not complete
     * @param whenGivenUp hears, within a call for any connection, that the unfinished messages of this one have been dropped
     *     for others: it has to end
     */
    public FrameDecoder(int maxFrame, UnfinishedMessages unfinished, Runnable whenGivenUp) {
        if (maxFrame < WireLimits.MIN_MAX_FRAME || maxFrame > WireLimits.MAX_FRAME_CAP) {
            throw new IllegalArgumentException("maxFrame must be " + WireLimits.MIN_MAX_FRAME + " to "
                    + WireLimits.MAX_FRAME_CAP + ": " + maxFrame);
        }
        this.maxFrame = maxFrame;
        this.parts = new MessageParts(maxFrame, unfinished, whenGivenUp);
        this.stage = new HandshakeStage(parts);
    }

    /**
     * Reads all whole frames and hands them over one by one. The reader index stands behind a frame before the sink
     * hears of it, so a sink that causes another read sees no frame twice. After a violation, and after
     * {@link #close()}, whatever comes is discarded.
     *
     * @param in bytes of the connection; a rest shorter than a frame is left in it
     * @param sink may call {@link #close()} but not this method
     * @throws ProtocolException once, if the peer broke the format; frames in front of the broken one were delivered
     */
    public void decode(ByteBuf in, FrameSink sink) {
        while (!closed) {
            int readable = in.readableBytes();
            if (readable < WireLimits.LENGTH_BYTES) {
                return;
            }
            int start = in.readerIndex() + WireLimits.LENGTH_BYTES;
            long length = in.getUnsignedInt(in.readerIndex());
            if (length == 0 || length > limit) {
                closed = true;
                throw new ProtocolException(
                        CloseReason.FRAME_SIZE, "frame of " + length + " bytes where 1 to " + limit + " are allowed");
            }
            if (readable - WireLimits.LENGTH_BYTES < length) {
                return;
            }
            int end = start + (int) length;
            in.readerIndex(end);
            deliver(reader.over(in, start, end), sink);
        }
        in.skipBytes(in.readableBytes());
    }

    private void deliver(WireReader frame, FrameSink sink) {
        boolean accepted = false;
        try {
            FrameStage next = stage.deliver(frame, sink);
            if (next != stage) {
                stage = next;
                limit = maxFrame;
            }
            accepted = true;
        } finally {
            closed |= !accepted;
        }
    }

    /** From now on bytes are discarded: the connection is being closed. */
    public void close() {
        closed = true;
        parts.clear();
    }

    /** Whether the beginning of a message in parts has come and its end has not. */
    public boolean isWithinMessage() {
        return parts.isWithinMessage();
    }
}
