package io.chaski.core.internal.wire;

import io.chaski.core.CloseReason;

/**
 * Reads what a stranger may say: one HELLO, then one HELLO_ACK, and GOODBYE at any time. No other frame is even looked
 * at, so its parser cannot be attacked from outside the cluster.
 */
final class HandshakeStage implements FrameStage {

    private final MessageParts parts;
    private boolean helloRead;

    HandshakeStage(MessageParts parts) {
        this.parts = parts;
    }

    @Override
    public FrameStage deliver(WireReader frame, FrameSink sink) {
        int type = frame.u8();
        switch (type) {
            case FrameType.HELLO -> {
                if (helloRead) {
                    throw new ProtocolException(CloseReason.HELLO_REPEATED, "second HELLO");
                }
                helloRead = true;
            }
            case FrameType.HELLO_ACK -> {
                if (!helloRead) {
                    throw new ProtocolException(CloseReason.HELLO_EXPECTED, "HELLO_ACK before HELLO");
                }
            }
            case FrameType.GOODBYE -> {}
            default -> throw new ProtocolException(CloseReason.HELLO_EXPECTED, "type " + type + " during handshake");
        }
        sink.onFrame(FrameFields.readKnown(type, frame));
        return type == FrameType.HELLO_ACK ? new EstablishedStage(parts) : this;
    }
}
