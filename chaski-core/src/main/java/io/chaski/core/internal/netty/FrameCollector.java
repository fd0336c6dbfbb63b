package io.chaski.core.internal.netty;

import io.chaski.core.internal.wire.ArrayPayload;
import io.chaski.core.internal.wire.Frame;
import io.chaski.core.internal.wire.FrameEncoder;
import io.chaski.core.internal.wire.PartFrame.DataBegin;
import io.chaski.core.internal.wire.PartScheduler;
import io.chaski.core.internal.wire.StreamFrame;
import io.chaski.core.internal.wire.WireLimits;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.util.ArrayDeque;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Collects frames of one connection in pooled direct chunks, so that hundreds of them cost one system call and none of
 * them an object. Bodies that are not small get a buffer of their own; large ones leave in parts, between which goes whatever
 * is sent meanwhile. Confined to the loop.
 */
final class FrameCollector {

    /** What a socket takes at a time when it is busy. */
    static final int CHUNK_BYTES = 64 << 10;

    /** Bodies above this would leave the chunks half empty, and one more buffer in a gathering write is cheap. */
    static final int LARGE_BODY_BYTES = 16 << 10;

    /** Room for every frame that does not carry a payload or a long list; other frames make a chunk grow. */
    private static final int FRAME_ROOM_BYTES = 4 << 10;

    /** What goes before the bytes of a part: at most the header of a message and that of the part. */
    private static final int PART_HEAD_BYTES = 128;

    private final ByteBufAllocator allocator;
    private final FrameEncoder encoder;
    private final LastBody lastBody;
    private final ArrayDeque<ByteBuf> full = new ArrayDeque<>();
    private final PartScheduler<Waiting> parts;
    private @Nullable ByteBuf chunk;
    private long bytes;

    /** Buffers that were ever full, and taken. */
    private long filled;

    private long taken;

    /** Of these, bodies of large messages. */
    private long partBytes;

    /**
     * A large message, or frames that wait behind one.
     *
     * @param bytes the body of the message, or whole frames
     * @param header of the message, without its slot; null for frames
     */
    private record Waiting(ByteBuf bytes, @Nullable DataBegin header) {}

    /**
     * Nothing collected.
     *
     * @param allocator where buffers come from
     * @param encoder may be shared by the connections of a loop
     * @param lastBody shared by the connections of a loop
     * @param maxFrame largest frame of the connection
     */
    FrameCollector(ByteBufAllocator allocator, FrameEncoder encoder, LastBody lastBody, int maxFrame) {
        this.allocator = allocator;
        this.encoder = encoder;
        this.lastBody = lastBody;
        this.parts = new PartScheduler<>(maxFrame, item -> item.header == null ? 0 : item.header.bodySize());
    }

    /** Bytes collected and not yet taken. */
    long bytes() {
        return bytes;
    }

    /** Bytes of large messages collected and not yet taken: nobody else waits for more than a part of them. */
    long partBytes() {
        return partBytes;
    }

    void add(Frame frame) {
        switch (parts.placeOf(frame)) {
            case NEXT -> addNext(frame);
            case BEHIND_ITS_TOPIC -> addBehind(frame);
            case LAST -> {
                finishChunk();
                while (takePart(Long.MAX_VALUE, this::addFull)) {}
                addNext(frame);
            }
        }
    }

    private void addNext(Frame frame) {
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

    void addData(int source, long seq, int hop, int hopLimit, int flags, ArrayPayload body) {
        int room = WireLimits.MAX_DATA_HEADER_BYTES + body.size();
        if (PartScheduler.isInParts(body.size())) {
            addInParts(new DataBegin(0, source, seq, hop, hopLimit, flags, body.size()), body);
        } else if (parts.isWaiting(source)) {
            ByteBuf behind = behind(parts.topicOf(source), room);
            int before = behind.writerIndex();
            encoder.encodeData(source, seq, hop, hopLimit, flags, body, behind);
            bytes += behind.writerIndex() - before;
        } else if (body.size() > LARGE_BODY_BYTES) {
            addLarge(source, seq, hop, hopLimit, flags, body);
        } else {
            ByteBuf target = chunkFor(room);
            int before = target.writerIndex();
            encoder.encodeData(source, seq, hop, hopLimit, flags, body, target);
            bytes += target.writerIndex() - before;
        }
    }

    /** In a buffer of its own; or only the header, if another connection has sent the same body in this turn. */
    private void addLarge(int source, long seq, int hop, int hopLimit, int flags, ArrayPayload body) {
        ByteBuf shared = lastBody.find(body);
        boolean complete = false;
        ByteBuf own = null;
        try {
            own = ownBuffer(WireLimits.MAX_DATA_HEADER_BYTES + (shared == null ? body.size() : 0));
            if (shared == null) {
                encoder.encodeData(source, seq, hop, hopLimit, flags, body, own);
                lastBody.keep(body, own, own.writerIndex() - body.size());
            } else {
                encoder.encodeDataHeader(source, seq, hop, hopLimit, flags, body.size(), own);
                bytes += body.size();
            }
            bytes += own.readableBytes();
            complete = true;
        } finally {
            if (own != null) {
                addOrRelease(own, complete);
            }
            if (shared != null) {
                addOrRelease(shared, complete);
            }
        }
    }

    private void addInParts(DataBegin header, ArrayPayload body) {
        ByteBuf own = lastBody.find(body);
        if (own == null) {
            own = allocator.directBuffer(body.size());
            boolean complete = false;
            try {
                encoder.encodeBody(body, own);
                lastBody.keep(body, own, 0);
                complete = true;
            } finally {
                if (!complete) {
                    own.release();
                }
            }
        }
        bytes += own.readableBytes();
        partBytes += own.readableBytes();
        parts.add(parts.topicOf(header.source()), new Waiting(own, header), buffersSoFar());
    }

    private void addBehind(Frame frame) {
        bytes += encoder.encode(frame, behind(PartScheduler.topicOf(frame), FRAME_ROOM_BYTES));
    }

    /** Where frames go that wait behind the large messages of a topic. */
    private ByteBuf behind(int topic, int room) {
        Waiting last = parts.last(topic);
        if (last != null && last.header == null && last.bytes.writableBytes() >= room) {
            parts.moveLast(topic, buffersSoFar());
            return last.bytes;
        }
        ByteBuf fresh = allocator.directBuffer(Math.max(CHUNK_BYTES, room));
        parts.add(topic, new Waiting(fresh, null), buffersSoFar());
        return fresh;
    }

    /** How many buffers had to leave for all to have left that is not behind large messages now. */
    private long buffersSoFar() {
        ByteBuf present = chunk;
        return filled + (present != null && present.isReadable() ? 1 : 0);
    }

    /** Whether large messages wait. */
    boolean hasParts() {
        return !parts.isEmpty();
    }

    /**
     * Takes the next part of the large messages that wait, or what follows behind one.
     *
     * @param out takes the buffers over
     * @return false if all that waits has to wait for buffers that were filled before it
     */
    boolean takePart(Consumer<ByteBuf> out) {
        return takePart(taken, out);
    }

    private boolean takePart(long left, Consumer<ByteBuf> out) {
        // Before anything is taken from the queue: there may be no memory for it.
        ByteBuf head = allocator.directBuffer(PART_HEAD_BYTES);
        PartScheduler.Piece<Waiting> piece = parts.next(left);
        if (piece == null) {
            head.release();
            return false;
        }
        ByteBuf waiting = piece.item().bytes;
        DataBegin header = piece.item().header;
        if (header == null) {
            head.release();
            bytes -= waiting.readableBytes();
            out.accept(waiting);
            return true;
        }
        if (piece.isFirst()) {
            encoder.encode(header.in(piece.slot()), head);
        }
        encoder.encodePartHeader(piece.slot(), piece.size(), head);
        bytes -= piece.size();
        partBytes -= piece.size();
        out.accept(head);
        out.accept(piece.isLast() ? waiting : waiting.readRetainedSlice(piece.size()));
        return true;
    }

    private void addFull(ByteBuf buffer) {
        bytes += buffer.readableBytes();
        full.add(buffer);
        filled++;
    }

    /** Takes the next full buffer; null when only an unfinished chunk, or nothing, is left. */
    @Nullable
    ByteBuf takeFull() {
        ByteBuf next = full.poll();
        if (next != null) {
            bytes -= next.readableBytes();
            taken++;
        }
        return next;
    }

    /** Takes the next full buffer, or the unfinished chunk; null if there is neither. */
    @Nullable
    ByteBuf takeNext() {
        if (full.isEmpty()) {
            finishChunk();
        }
        return takeFull();
    }

    /** Drops what was collected. */
    void release() {
        for (ByteBuf next = takeNext(); next != null; next = takeNext()) {
            next.release();
        }
        for (PartScheduler.Piece<Waiting> piece = parts.next(); piece != null; piece = parts.next()) {
            if (piece.isLast()) {
                piece.item().bytes.release();
            }
        }
    }

    private static int payloadOf(Frame frame) {
        if (frame instanceof StreamFrame.StreamData data) {
            return data.payload().size();
        }
        if (frame instanceof StreamFrame.Open open) {
            ArrayPayload payload = open.payload();
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
            filled++;
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
            filled++;
        } else {
            finished.release();
        }
    }
}
