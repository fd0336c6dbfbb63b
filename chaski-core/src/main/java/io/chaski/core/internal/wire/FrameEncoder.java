package io.chaski.core.internal.wire;

import io.netty.buffer.ByteBuf;

/**
 * Turns frames into bytes; {@code docs/protocol.md} defines each of them. Appends to a buffer of the caller, in one
 * pass: the length is put in when it is known. A frame that breaks a bound is refused whole, with
 * {@link IllegalArgumentException}, and leaves the buffer as it was. Confined to one thread, usable for any number of
 * connections.
 */
public final class FrameEncoder {

    private final WireWriter writer = new WireWriter();
    private final EdgeFrameCodec edge = new EdgeFrameCodec(writer);
    private final MembershipFrameCodec membership = new MembershipFrameCodec(writer);
    private final DiscoveryFrameCodec discovery = new DiscoveryFrameCodec(writer);
    private final TreeFrameCodec tree = new TreeFrameCodec(writer);
    private final StreamFrameCodec stream = new StreamFrameCodec(writer);

    /**
     * Appends a frame.
     *
     * @param frame what to write
     * @param out where to; it grows as far as its maximum capacity
     * @return number of bytes appended, length field included
     * @throws IllegalArgumentException if a field is out of its range
     */
    public int encode(Frame frame, ByteBuf out) {
        int start = out.writerIndex();
        boolean complete = false;
        try {
            out.writeInt(0);
            out.writeByte(frame.type());
            writeFields(frame, out);
            int length = out.writerIndex() - start - WireLimits.LENGTH_BYTES;
            if (length > WireLimits.MAX_FRAME_CAP) {
                throw new IllegalArgumentException("frame of " + length + " bytes");
            }
            out.setInt(start, length);
            complete = true;
            return out.writerIndex() - start;
        } finally {
            if (!complete) {
                out.writerIndex(start);
            }
        }
    }

    private void writeFields(Frame frame, ByteBuf out) {
        writer.to(out);
        if (frame instanceof TreeFrame treeFrame) {
            treeFrame.deliverTo(tree);
        } else if (frame instanceof MembershipFrame membershipFrame) {
            membershipFrame.deliverTo(membership);
        } else if (frame instanceof StreamFrame streamFrame) {
            streamFrame.deliverTo(stream);
        } else if (frame instanceof EdgeFrame edgeFrame) {
            edgeFrame.deliverTo(edge);
        } else if (frame instanceof DiscoveryFrame discoveryFrame) {
            discoveryFrame.deliverTo(discovery);
        } else if (frame instanceof PartFrame partFrame) {
            PartFrameCodec.write(partFrame, writer);
        } else if (frame instanceof TrustFrame trustFrame) {
            TrustFrameCodec.write(trustFrame, writer);
        } else {
            throw new AssertionError("a frame of no family: " + frame.type());
        }
    }

    /**
     * Appends a DATA frame. The body is copied once; nothing is allocated if it is an {@link ArrayPayload} or came
     * from a {@link FrameDecoder}.
     *
     * @param out where to
     * @see DataHandler#onData
     */
    public void encodeData(int source, long seq, int hop, int hopLimit, int flags, ArrayPayload body, ByteBuf out) {
        int size = body.size();
        out.ensureWritable(WireLimits.MAX_DATA_HEADER_BYTES + size);
        encodeDataHeader(source, seq, hop, hopLimit, flags, size, out);
        writer.payload(body);
    }

    /**
     * Appends what stands in front of the bytes of a DATA_PART frame, which are sent from where they are.
     *
     * @param slot of the message
     * @param bytes number of bytes that the caller sends next
     * @param out where to
     */
    public void encodePartHeader(int slot, int bytes, ByteBuf out) {
        out.writeInt(2 + bytes);
        out.writeByte(FrameType.DATA_PART);
        out.writeByte(slot);
    }

    /**
     * Appends the bytes of a body and nothing else.
     *
     * @param body envelope and payload, or a part of them
     * @param out where to
     */
    public void encodeBody(ArrayPayload body, ByteBuf out) {
        writer.to(out).payload(body);
    }

    /**
     * Appends what stands in front of the body of a DATA frame.
     *
     * @param bodySize number of bytes that the caller appends next
     * @param out where to
     * @see DataHandler#onData
     */
    public void encodeDataHeader(int source, long seq, int hop, int hopLimit, int flags, int bodySize, ByteBuf out) {
        if (source < 0 || seq < 1 || (hop | hopLimit | flags) >>> Byte.SIZE != 0) {
            throw new IllegalArgumentException("DATA of source " + source + ", seq " + seq + ", hop " + hop
                    + ", hop limit " + hopLimit + ", flags " + flags);
        }
        if (bodySize < 0 || bodySize > WireLimits.MAX_FRAME_CAP - WireLimits.MAX_DATA_HEADER_BYTES) {
            throw new IllegalArgumentException("body of " + bodySize + " bytes");
        }
        int length = 4 + WireWriter.varintSize(source) + WireWriter.varintSize(seq) + bodySize;
        // What a relay changes stands at a fixed place in front of the rest.
        out.writeLong((long) length << 32 | FrameType.DATA << 24 | hop << 16 | hopLimit << 8 | flags);
        writer.to(out).varints(source, seq);
    }
}
