package io.chaski.core.internal.wire;

import io.chaski.core.internal.wire.PartFrame.DataBegin;
import io.chaski.core.internal.wire.PartFrame.DataPart;

/** The fields of messages in parts. */
final class PartFrameCodec {

    private PartFrameCodec() {}

    static void write(PartFrame frame, WireWriter out) {
        if (frame instanceof DataBegin begin) {
            out.u8(begin.hop());
            out.u8(begin.hopLimit());
            out.u8(begin.flags());
            out.varint(begin.source());
            out.varint(begin.seq());
            out.u8(begin.slot());
            out.varint(begin.bodySize());
        } else if (frame instanceof DataPart part) {
            out.u8(part.slot());
            out.payload(part.bytes());
        }
    }

    static PartFrame read(int type, WireReader in) {
        return type == FrameType.DATA_BEGIN ? readBegin(in) : new DataPart(in.u8(), ArrayPayload.owning(in.rest()));
    }

    private static DataBegin readBegin(WireReader in) {
        int hop = in.u8();
        int hopLimit = in.u8();
        int flags = in.u8();
        int source = in.varint31();
        long seq = in.varint(1, Long.MAX_VALUE);
        int slot = in.u8();
        return new DataBegin(slot, source, seq, hop, hopLimit, flags, in.varint31());
    }
}
