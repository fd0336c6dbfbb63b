package io.chaski.testkit.internal.virtual;

import io.chaski.core.internal.wire.ArrayPayload;
import io.chaski.core.internal.wire.Datagram;
import io.chaski.core.internal.wire.DatagramCodec;
import io.chaski.core.internal.wire.Frame;
import io.chaski.core.internal.wire.FrameEncoder;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;

/**
 * Bytes that frames take on the wire, and a number for them, found by encoding them: what cannot be encoded fails here. Confined to
 * the simulation's thread.
 */
final class FrameWeight {

    /** Length, type, hop, hop limit, flags, and two numbers of usual size. */
    private static final int DATA_HEADER_BYTES = 12;

    private final FrameEncoder encoder = new FrameEncoder();
    private final DatagramCodec datagrams = new DatagramCodec();
    private final ByteBuf scratch = Unpooled.buffer(Datagram.MAX_BYTES);

    int of(Frame frame) {
        scratch.clear();
        return encoder.encode(frame, scratch);
    }

    int ofData(ArrayPayload body) {
        return DATA_HEADER_BYTES + body.size();
    }

    int of(Datagram datagram) {
        scratch.clear();
        datagrams.encode(datagram, scratch);
        return scratch.readableBytes();
    }

    /** A number for all that the frame or datagram says that was weighed last. */
    long hashOfLast() {
        return TraceHash.of(scratch.nioBuffer());
    }

    /** A number for all that a message says. */
    static long hashOf(int source, long seq, int hop, int hopLimit, int flags, ArrayPayload body) {
        long head = (long) source << 3 * Byte.SIZE ^ hop << 2 * Byte.SIZE ^ hopLimit << Byte.SIZE ^ flags;
        return TraceHash.spread(TraceHash.spread(TraceHash.of(body.toByteBuffer()) ^ seq) ^ head);
    }
}
