package io.chaski.core.internal.netty;

import io.chaski.core.internal.wire.FrameDecoder;
import io.chaski.core.internal.wire.FrameSink;
import io.chaski.core.internal.wire.ProtocolException;
import io.chaski.core.internal.wire.UnfinishedMessages;
import io.chaski.core.internal.wire.WireLimits;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import org.jspecify.annotations.Nullable;

/**
 * Reads frames straight from the buffers of one connection. Only the frame that a buffer's end cuts in two is copied;
 * its copy grows with what has come, not with what its length promises. Confined to the loop.
 */
final class FrameReader {

    /** Most cut frames are small. */
    private static final int INITIAL_REST_BYTES = 256;

    private final ByteBufAllocator allocator;
    private final FrameDecoder decoder;

    /** Beginning of a frame whose end has not come. */
    private @Nullable ByteBuf rest;

    private boolean isReading;
    private boolean isClosed;

    FrameReader(ByteBufAllocator allocator, int maxFrame, UnfinishedMessages unfinished, Runnable whenGivenUp) {
        this.allocator = allocator;
        this.decoder = new FrameDecoder(maxFrame, unfinished, whenGivenUp);
    }

    /**
     * Reads all frames that are complete now.
     *
     * @param data what came, released here
     * @param sink takes the frames; may call {@link #close()}
     * @throws ProtocolException if the peer broke the format; whatever comes later is discarded
     */
    void read(ByteBuf data, FrameSink sink) {
        isReading = true;
        try {
            finishRest(data, sink);
            if (data.isReadable()) {
                decoder.decode(data, sink);
                if (data.isReadable()) {
                    rest = allocator
                            .directBuffer(room(data, data.readableBytes()))
                            .writeBytes(data);
                }
            }
        } finally {
            isReading = false;
            data.release();
            if (isClosed) { // by the sink, which may have failed after it
                releaseRest();
            }
        }
    }

    /** Whether the beginning of a frame, or of a message in parts, has come and its end has not. */
    boolean isWithinFrame() {
        return rest != null || decoder.isWithinMessage();
    }

    /** From now on everything is discarded. */
    void close() {
        decoder.close();
        isClosed = true;
        if (!isReading) {
            releaseRest();
        }
    }

    private void finishRest(ByteBuf data, FrameSink sink) {
        ByteBuf begun = rest;
        while (begun != null && data.isReadable()) {
            int more = Math.min(missing(begun), data.readableBytes());
            if (begun.writableBytes() < more) {
                begun.capacity(room(begun, begun.readableBytes() + more));
            }
            begun.writeBytes(data, more);
            decoder.decode(begun, sink);
            if (!begun.isReadable()) {
                releaseRest();
                begun = null;
            }
        }
    }

    /** How many bytes are missing to the end of the length field, or of the frame. */
    private static int missing(ByteBuf begun) {
        int present = begun.readableBytes();
        return (present < WireLimits.LENGTH_BYTES ? WireLimits.LENGTH_BYTES : size(begun)) - present;
    }

    /** Size of the frame that begins here, with its length, which the decoder has seen. */
    private static int size(ByteBuf begun) {
        return WireLimits.LENGTH_BYTES + begun.getInt(begun.readerIndex());
    }

    /**
     * How large the copy should be for so many bytes of a frame: it doubles, so that each byte is moved once more on average, but not
     * beyond the frame.
     */
    private static int room(ByteBuf begun, int bytes) {
        int size = begun.readableBytes() < WireLimits.LENGTH_BYTES ? INITIAL_REST_BYTES : size(begun);
        return Math.max(bytes, Math.min(size, Math.max(INITIAL_REST_BYTES, 2 * bytes)));
    }

    private void releaseRest() {
        ByteBuf dropped = rest;
        rest = null;
        if (dropped != null) {
            dropped.release();
        }
    }
}
