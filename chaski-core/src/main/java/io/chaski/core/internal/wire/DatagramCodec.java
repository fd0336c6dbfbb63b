package io.chaski.core.internal.wire;

import io.chaski.core.NodeId;
import io.chaski.core.internal.wire.Datagram.EdgeMessage;
import io.chaski.core.internal.wire.Datagram.FindReply;
import io.chaski.core.internal.wire.Datagram.FindRequest;
import io.chaski.core.internal.wire.Datagram.SealedMessage;
import io.chaski.core.internal.wire.Datagram.StatusReply;
import io.chaski.core.internal.wire.Datagram.StatusRequest;
import io.chaski.core.internal.wire.Datagram.TopicStatus;
import io.chaski.core.internal.wire.DatagramSink.Rejection;
import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Bytes of datagrams; {@code docs/protocol.md} defines each of them. Anybody can send packets, so nothing that
 * comes in is ever an exception. Confined to one thread.
 */
public final class DatagramCodec {

    /** First byte of each datagram; not ASCII, so no text protocol begins with it. */
    static final int MAGIC = 0xc5;

    static final int STATUS_REQUEST = 1;
    static final int STATUS_REPLY = 2;
    static final int FIND_REQUEST = 3;
    static final int FIND_REPLY = 4;
    static final int EDGE_MESSAGE = 5;
    static final int SEALED_MESSAGE = 6;

    /** Largest payload of an {@link EdgeMessage} and of a {@link SealedMessage}. */
    public static final int MAX_MESSAGE_BYTES = 1_152;

    static final int HEADER_BYTES = 3;
    private static final int MAX_TOPIC_STATUSES = 32;
    private static final int MIN_TOPIC_STATUS_BYTES = Long.BYTES + 1;
    private static final int ROOT = 1;
    private static final int SERVING = 2;

    private final WireReader reader = new WireReader();
    private final WireWriter writer = new WireWriter();

    /**
     * Appends a datagram. Questions are padded; a list of members is cut to as many as fit.
     *
     * @param datagram what to write
     * @param out can grow: more than what fits may stand in it for a moment
     * @throws IllegalArgumentException if a field is out of its range
     */
    public void encode(Datagram datagram, ByteBuf out) {
        int start = out.writerIndex();
        boolean complete = false;
        try {
            Fields fields = new Fields(writer.to(out), start + Datagram.MAX_BYTES);
            datagram.deliverTo(fields);
            assert out.writerIndex() <= start + Datagram.MAX_BYTES : datagram;
            complete = true;
        } finally {
            if (!complete) {
                out.writerIndex(start);
            }
        }
    }

    /**
     * Reads a packet, all of it.
     *
     * @param packet its bytes; the indexes stay where they are
     * @param sink hears either what it is or why it is nothing
     */
    public void decode(ByteBuf packet, DatagramSink sink) {
        int size = packet.readableBytes();
        int start = packet.readerIndex();
        if (size < HEADER_BYTES || size > Datagram.MAX_BYTES) {
            sink.onRejected(Rejection.SIZE);
        } else if (packet.getUnsignedByte(start) != MAGIC) {
            sink.onRejected(Rejection.MAGIC);
        } else if (packet.getUnsignedByte(start + 1) != ProtocolVersion.CURRENT) {
            sink.onRejected(Rejection.VERSION);
        } else {
            int type = packet.getUnsignedByte(start + 2);
            if (isQuestion(type) && size != Datagram.MAX_BYTES) {
                sink.onRejected(Rejection.UNPADDED);
            } else {
                decodeFields(type, reader.over(packet, start + HEADER_BYTES, start + size), sink);
            }
        }
    }

    private static boolean isQuestion(int type) {
        return type == STATUS_REQUEST || type == FIND_REQUEST;
    }

    private static void decodeFields(int type, WireReader in, DatagramSink sink) {
        Datagram datagram;
        try {
            datagram = read(type, in);
        } catch (ProtocolException | IllegalArgumentException e) {
            // Not logged and not thrown: who sent it is unknown, and packets are cheap. The counter is the report.
            sink.onRejected(Rejection.MALFORMED);
            return;
        }
        if (datagram == null) {
            sink.onRejected(Rejection.TYPE);
        } else {
            sink.onDatagram(datagram);
        }
    }

    private static @Nullable Datagram read(int type, WireReader in) {
        Datagram datagram = switch (type) {
            case STATUS_REQUEST -> new StatusRequest(in.i64(), in.text(1, WireLimits.MAX_LABEL_BYTES));
            case STATUS_REPLY -> readStatusReply(in);
            case FIND_REQUEST -> new FindRequest(in.nodeId(), in.text(1, WireLimits.MAX_LABEL_BYTES), in.i64());
            case FIND_REPLY -> new FindReply(in.nodeId(), in.i64(), DescriptorCodec.readList(in));
            case EDGE_MESSAGE -> readEdgeMessage(in);
            case SEALED_MESSAGE -> readSealedMessage(in);
            default -> null;
        };
        if (isQuestion(type)) {
            in.skipRest();
        } else if (datagram != null) {
            in.end();
        }
        return datagram;
    }

    private static StatusReply readStatusReply(WireReader in) {
        long token = in.i64();
        NodeId node = in.nodeId();
        long epoch = in.u63();
        String name = in.text(0, WireLimits.MAX_LABEL_BYTES);
        int flags = in.flags(ROOT | SERVING);
        int reconnecting = in.varint31();
        int edges = in.varint31();
        int count = in.count(MAX_TOPIC_STATUSES, MIN_TOPIC_STATUS_BYTES);
        List<TopicStatus> topics = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            topics.add(new TopicStatus(in.i64(), in.varint31()));
        }
        return new StatusReply(
                token, node, epoch, name, (flags & ROOT) != 0, (flags & SERVING) != 0, reconnecting, edges, topics);
    }

    private static EdgeMessage readEdgeMessage(WireReader in) {
        long tokenHigh = in.i64();
        long tokenLow = in.i64();
        if (in.remaining() > MAX_MESSAGE_BYTES) {
            throw ProtocolException.malformed("message is too long");
        }
        return new EdgeMessage(tokenHigh, tokenLow, ArrayPayload.owning(in.rest()));
    }

    private static SealedMessage readSealedMessage(WireReader in) {
        long key = in.i64();
        long seq = in.i64();
        if (in.remaining() > MAX_MESSAGE_BYTES + SealedMessage.TAG_BYTES) {
            throw ProtocolException.malformed("message is too long");
        }
        return new SealedMessage(key, seq, ArrayPayload.owning(in.rest()));
    }

    /** Writes the header and the fields of one datagram. */
    private static final class Fields implements Datagram.Handler {

        private final WireWriter out;
        private final int limit;

        Fields(WireWriter out, int limit) {
            this.out = out;
            this.limit = limit;
        }

        private void header(int type) {
            out.u8(MAGIC);
            out.u8(ProtocolVersion.CURRENT);
            out.u8(type);
        }

        private void pad() {
            out.zeros(Math.max(0, limit - out.index()));
        }

        @Override
        public void onStatusRequest(StatusRequest request) {
            header(STATUS_REQUEST);
            out.i64(request.token());
            out.text(request.cluster(), 1, WireLimits.MAX_LABEL_BYTES);
            pad();
        }

        @Override
        public void onStatusReply(StatusReply reply) {
            header(STATUS_REPLY);
            out.i64(reply.token());
            out.nodeId(reply.node());
            out.u63(reply.epoch());
            out.text(reply.name(), 0, WireLimits.MAX_LABEL_BYTES);
            out.u8((reply.root() ? ROOT : 0) | (reply.serving() ? SERVING : 0));
            out.varint(reply.reconnecting());
            out.varint(reply.edges());
            out.count(reply.topics().size(), MAX_TOPIC_STATUSES);
            for (TopicStatus topic : reply.topics()) {
                out.i64(topic.topicHash());
                out.varint(topic.neighbours());
            }
        }

        @Override
        public void onFindRequest(FindRequest request) {
            header(FIND_REQUEST);
            out.nodeId(request.request());
            out.text(request.cluster(), 1, WireLimits.MAX_LABEL_BYTES);
            out.i64(request.topicHash());
            pad();
        }

        @Override
        public void onFindReply(FindReply reply) {
            header(FIND_REPLY);
            out.nodeId(reply.request());
            out.i64(reply.topicHash());
            int countIndex = out.index();
            out.u8(0); // at most 8, so one byte as a varint too
            int written = 0;
            for (Descriptor member : reply.members()) {
                int before = out.index();
                DescriptorCodec.write(out, member);
                if (out.index() > limit || written == MembershipFrame.MAX_DESCRIPTORS) {
                    out.backTo(before);
                    break;
                }
                written++;
            }
            out.patchU8(countIndex, written);
        }

        @Override
        public void onEdgeMessage(EdgeMessage message) {
            if (message.payload().size() > MAX_MESSAGE_BYTES) {
                throw new IllegalArgumentException("at most " + MAX_MESSAGE_BYTES + " bytes: "
                        + message.payload().size());
            }
            header(EDGE_MESSAGE);
            out.i64(message.tokenHigh());
            out.i64(message.tokenLow());
            out.payload(message.payload());
        }

        @Override
        public void onSealedMessage(SealedMessage message) {
            if (message.box().size() > MAX_MESSAGE_BYTES + SealedMessage.TAG_BYTES) {
                throw new IllegalArgumentException("at most " + MAX_MESSAGE_BYTES + " bytes and a tag: "
                        + message.box().size());
            }
            header(SEALED_MESSAGE);
            out.i64(message.key());
            out.i64(message.seq());
            out.payload(message.box());
        }
    }
}
