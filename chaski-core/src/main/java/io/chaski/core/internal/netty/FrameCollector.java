package io.chaski.core.internal.netty;

import io.chaski.core.internal.wire.Frame;
import io.chaski.core.internal.wire.FrameEncoder;
import io.chaski.core.internal.wire.PayloadView;
import io.chaski.core.internal.wire.StreamFrame;
import io.chaski.core.internal.wire.WireLimits;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * Collects frames of one connection in pooled direct chunks, so that hundreds of them cost one system call and none of
 * them an object. Large bodies get a buffer of their own. Confined to the loop.
 */
final class FrameCollector {

    /** What a socket takes at a time when it is busy. */
    static final int CHUNK_BYTES = 64 << 10;

    /** Bodies above this would leave the chunks half empty, and one more buffer in a gathering write is cheap. */
    static final int LARGE_BODY_BYTES = 16 << 10;

    /** Room for every frame that does not carry a payload or a long list; other frames make a chunk grow. */
    private static final int FRAME_ROOM_BYTES = 4 << 10;

    private final ByteBufAllocator allocator;
    private final FrameEncoder encoder;
    private final ArrayDeque<ByteBuf> full = new ArrayDeque<>();
    private @Nullable ByteBuf chunk;
    private long bytes;

    /**
     * Nothing collected.
     *
     * @param allocator where buffers come from
     * @param encoder may be shared by the connections of a loop
     */
    FrameCollector(ByteBufAllocator allocator, FrameEncoder encoder) {
        this.allocator = allocator;
        this.encoder = encoder;
    }

    /** Bytes collected and not yet taken. */
    long bytes() {
        return bytes;
    }

    void add(Frame frame) {
        int payload = payloadOf(frame);
        if (payload > LARGE_BODY_BYTES) {
            ByteBuf own = ownBuffer(payload + FRAME_ROOM_BYTES);
            boolean complete = false;
            try {
                bytes += encoder.encode(frame, own);
                complete = true;
            } finally {
                addOrRelease(own, complete);
            }
        } else {
            bytes += encoder.encode(frame, chunkFor(FRAME_ROOM_BYTES + payload));
        }
    }

    void addData(int source, long seq, int hop, int hopLimit, int flags, PayloadView body) {
        int room = WireLimits.MAX_DATA_HEADER_BYTES + body.size();
        if (body.size() > LARGE_BODY_BYTES) {
            ByteBuf own = ownBuffer(room);
            boolean complete = false;
            try {
                encoder.encodeData(source, seq, hop, hopLimit, flags, body, own);
                bytes += own.readableBytes();
                complete = true;
            } finally {
                addOrRelease(own, complete);
            }
        } else {
            ByteBuf target = chunkFor(room);
            int before = target.writerIndex();
            encoder.encodeData(source, seq, hop, hopLimit, flags, body, target);
            bytes += target.writerIndex() - before;
        }
    }

    /** Takes the next full buffer; null when only an unfinished chunk, or nothing, is left. */
    @Nullable
    ByteBuf takeFull() {
        ByteBuf next = full.poll();
        if (next != null) {
            bytes -= next.readableBytes();
        }
        return next;
    }

    /** Takes the unfinished chunk; null if it is empty. Called after {@link #takeFull} had nothing left. */
    @Nullable
    ByteBuf takeChunk() {
        finishChunk();
        return takeFull();
    }

    /** Drops what was collected. */
    void release() {
        for (ByteBuf next = takeChunk(); next != null; next = takeFull()) {
            next.release();
        }
    }

    private static int payloadOf(Frame frame) {
        if (frame instanceof StreamFrame.StreamData data) {
            return data.payload().size();
        }
        if (frame instanceof StreamFrame.Open open) {
            PayloadView payload = open.payload();
            return payload == null ? 0 : payload.size();
        }
        return 0;
    }

    private ByteBuf chunkFor(int room) {
        ByteBuf present = chunk;
        if (present != null && present.writableBytes() >= room) {
            return present;
        }
        finishChunk();
        ByteBuf fresh = allocator.directBuffer(CHUNK_BYTES);
        chunk = fresh;
        return fresh;
    }

    private ByteBuf ownBuffer(int room) {
        ByteBuf own = allocator.directBuffer(room);
        finishChunk();
        return own;
    }

    private void addOrRelease(ByteBuf own, boolean complete) {
        if (complete) {
            full.add(own);
        } else {
            own.release();
        }
    }

    private void finishChunk() {
        ByteBuf finished = chunk;
        chunk = null;
        if (finished == null) {
            return;
        }
        if (finished.isReadable()) {
            full.add(finished);
        } else {
            finished.release();
        }
    }
}
