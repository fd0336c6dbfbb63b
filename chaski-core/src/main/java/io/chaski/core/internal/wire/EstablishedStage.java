package io.chaski.core.internal.wire;

import io.chaski.core.CloseReason;

/** Reads everything but a handshake. Nothing is allocated for a DATA frame. */
final class EstablishedStage implements FrameStage {

    private final BufferPayload body = new BufferPayload();
    private final MessageParts parts;

    EstablishedStage(MessageParts parts) {
        this.parts = parts;
    }

    @Override
    public FrameStage deliver(WireReader frame, FrameSink sink) {
        int type = frame.u8();
        if (type == FrameType.DATA) {
            deliverData(frame, sink);
            return this;
        }
        if (type == FrameType.HELLO || type == FrameType.HELLO_ACK) {
            throw new ProtocolException(CloseReason.HELLO_REPEATED, "second handshake");
        }
        Frame known = FrameFields.read(type, frame);
        if (known instanceof PartFrame part) {
            parts.take(part, sink);
        } else if (known != null) {
            sink.onFrame(known);
        } else if ((type & FrameType.SKIPPABLE) != 0) {
            sink.onSkipped(type);
        } else {
            throw new ProtocolException(CloseReason.UNSUPPORTED, "unknown type " + type);
        }
        return this;
    }

    private void deliverData(WireReader frame, FrameSink sink) {
        int head = frame.u24();
        int hop = head >>> 16;
        int hopLimit = head >>> 8 & 0xff;
        int flags = head & 0xff;
        int source = frame.varint31();
        long seq = frame.varint(1, Long.MAX_VALUE);
        try {
            sink.onData(source, seq, hop, hopLimit, flags, frame.lendRest(body));
        } finally {
            body.takeBack();
        }
    }
}
