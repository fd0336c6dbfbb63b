package io.chaski.core.internal.wire;

import io.chaski.core.CloseReason;
import org.jspecify.annotations.Nullable;

/** Finds the family that a type number belongs to and reads the fields of the frame. */
final class FrameFields {

    private FrameFields() {}

    /**
     * Reads the fields of a frame that is not DATA.
     *
     * @return the frame, or null if the type is unknown
     * @throws ProtocolException if the fields are not those of the type, or bytes are left
     */
    static @Nullable Frame read(int type, WireReader in) {
        try {
            Frame frame = switch (type >>> 4) {
                case 0, 8, 9 -> EdgeFrameCodec.read(type, in);
                case 1 -> MembershipFrameCodec.read(type, in);
                case 2 -> DiscoveryFrameCodec.read(type, in);
                case 3 ->
                    type == FrameType.DATA_BEGIN || type == FrameType.DATA_PART
                            ? PartFrameCodec.read(type, in)
                            : TreeFrameCodec.read(type, in);
                case 4 -> StreamFrameCodec.read(type, in);
                case 0xb -> TrustFrameCodec.read(type, in);
                default -> null;
            };
            if (frame != null) {
                in.end();
            }
            return frame;
        } catch (IllegalArgumentException e) {
            // A record refused its components. What it says may quote the peer, so it is kept as the cause only.
            throw new ProtocolException(CloseReason.MALFORMED, "bad value in a frame of type " + type, e);
        }
    }

    /** Reads the fields of a frame whose type is known. */
    static Frame readKnown(int type, WireReader in) {
        Frame frame = read(type, in);
        if (frame == null) {
            throw new AssertionError("type " + type + " has no reader");
        }
        return frame;
    }
}
