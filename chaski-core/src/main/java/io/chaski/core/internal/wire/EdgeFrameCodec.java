package io.chaski.core.internal.wire;

import io.chaski.core.CloseReason;
import io.chaski.core.NodeId;
import io.chaski.core.internal.wire.EdgeFrame.DatagramKey;
import io.chaski.core.internal.wire.EdgeFrame.Goodbye;
import io.chaski.core.internal.wire.EdgeFrame.Hello;
import io.chaski.core.internal.wire.EdgeFrame.HelloAck;
import io.chaski.core.internal.wire.EdgeFrame.InternName;
import io.chaski.core.internal.wire.EdgeFrame.InternSource;
import io.chaski.core.internal.wire.EdgeFrame.InternTopic;
import io.chaski.core.internal.wire.EdgeFrame.Ping;
import io.chaski.core.internal.wire.EdgeFrame.Pong;
import io.chaski.core.internal.wire.EdgeFrame.Refusal;
import io.chaski.core.internal.wire.EdgeFrame.Refuse;
import io.chaski.core.internal.wire.EdgeFrame.SignerChain;
import io.chaski.core.internal.wire.EdgeFrame.Topics;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Bytes of {@link EdgeFrame}s: each write method has its read method below it. */
final class EdgeFrameCodec implements EdgeFrame.Handler {

    private final WireWriter out;

    EdgeFrameCodec(WireWriter out) {
        this.out = out;
    }

    /** The frame, or null if there is no such type. */
    static @Nullable EdgeFrame read(int type, WireReader in) {
        return switch (type) {
            case FrameType.HELLO -> readHello(in);
            case FrameType.HELLO_ACK -> new HelloAck(in.u16(), in.i64(), in.i64(), in.i64());
            case FrameType.GOODBYE -> readGoodbye(in);
            case FrameType.PING -> new Ping(in.i64(), in.i64(), in.skipRest());
            case FrameType.PONG -> new Pong(in.i64(), in.i64(), in.skipRest());
            case FrameType.INTERN_TOPIC -> new InternTopic(in.varint31(), in.text(0, WireLimits.MAX_TOPIC_BYTES));
            case FrameType.INTERN_SOURCE -> readInternSource(in);
            case FrameType.INTERN_NAME -> new InternName(in.varint31(), in.text(1, WireLimits.MAX_NAME_BYTES));
            case FrameType.REFUSE -> readRefuse(in);
            case FrameType.TOPICS -> readTopics(in);
            case FrameType.SIGNER_CHAIN -> readSignerChain(in);
            case FrameType.DATAGRAM_KEY -> readDatagramKey(in);
            default -> null;
        };
    }

    @Override
    public void onHello(Hello hello) {
        if (hello.versionMin() > hello.versionMax()) {
            throw new IllegalArgumentException(
                    "versions " + hello.versionMin() + " to " + hello.versionMax() + " are none");
        }
        out.u16(hello.versionMin());
        out.u16(hello.versionMax());
        out.text(hello.cluster(), 1, WireLimits.MAX_LABEL_BYTES);
        out.text(hello.name(), 0, WireLimits.MAX_LABEL_BYTES);
        DescriptorCodec.write(out, hello.descriptor());
        out.i64(hello.nonce());
        out.u31(hello.maxFrame(), WireLimits.MIN_MAX_FRAME);
        out.i64(hello.features());
        out.i64(hello.wallClockMillis());
    }

    private static Hello readHello(WireReader in) {
        int versionMin = in.u16();
        int versionMax = in.u16();
        if (versionMin > versionMax) {
            throw ProtocolException.malformed("lowest version above the highest");
        }
        String cluster = in.text(1, WireLimits.MAX_LABEL_BYTES);
        String name = in.text(0, WireLimits.MAX_LABEL_BYTES);
        Descriptor descriptor = DescriptorCodec.read(in);
        long nonce = in.i64();
        int maxFrame = in.i32();
        if (maxFrame < WireLimits.MIN_MAX_FRAME) {
            throw ProtocolException.malformed("bound of a frame is too small");
        }
        long features = in.i64();
        long wallClockMillis = in.i64();
        if (versionMax > ProtocolVersion.CURRENT) {
            in.skipRest(); // fields of a later version: it appends to HELLO and never moves what is there
        }
        return new Hello(versionMin, versionMax, cluster, name, descriptor, nonce, maxFrame, features, wallClockMillis);
    }

    @Override
    public void onHelloAck(HelloAck ack) {
        out.u16(ack.version());
        out.i64(ack.features());
        out.i64(ack.datagramToken());
        out.i64(ack.datagramTokenLow());
    }

    @Override
    public void onGoodbye(Goodbye goodbye) {
        out.u8(goodbye.reason().code());
        out.u63(goodbye.seenEpoch());
        out.sentence(goodbye.detail(), WireLimits.MAX_DETAIL_BYTES);
    }

    private static Goodbye readGoodbye(WireReader in) {
        CloseReason reason = CloseReason.ofCode(in.u8(1, 0xff));
        return new Goodbye(reason, in.u63(), in.text(0, WireLimits.MAX_DETAIL_BYTES));
    }

    @Override
    public void onPing(Ping ping) {
        out.i64(ping.token());
        out.i64(ping.topicLinksHash());
        out.zeros(ping.size());
    }

    @Override
    public void onPong(Pong pong) {
        out.i64(pong.token());
        out.i64(pong.topicLinksHash());
        out.zeros(pong.size());
    }

    @Override
    public void onInternTopic(InternTopic intern) {
        out.varint(intern.alias());
        out.text(intern.topic(), 0, WireLimits.MAX_TOPIC_BYTES);
    }

    @Override
    public void onInternSource(InternSource intern) {
        out.varint(intern.alias());
        out.varint(intern.topic());
        out.nodeId(intern.origin());
        out.u63(intern.epoch());
        out.u8(intern.channel());
    }

    private static InternSource readInternSource(WireReader in) {
        int alias = in.varint31();
        int topic = in.varint31();
        NodeId origin = in.nodeId();
        return new InternSource(alias, topic, origin, in.u63(), in.u8());
    }

    @Override
    public void onInternName(InternName intern) {
        out.varint(intern.alias());
        out.text(intern.name(), 1, WireLimits.MAX_NAME_BYTES);
    }

    @Override
    public void onRefuse(Refuse refuse) {
        out.u8(refuse.refusedType());
        out.varint(refuse.alias());
        out.u8(
                switch (refuse.code()) {
                    case BAD_TOPIC -> 0;
                    case LIMIT -> 1;
                    case DENIED -> 2;
                });
    }

    private static Refuse readRefuse(WireReader in) {
        int refusedType = in.u8();
        int alias = in.varint31();
        Refusal code = switch (in.u8(0, 2)) {
            case 0 -> Refusal.BAD_TOPIC;
            case 1 -> Refusal.LIMIT;
            default -> Refusal.DENIED;
        };
        return new Refuse(refusedType, alias, code);
    }

    @Override
    public void onTopics(Topics topics) {
        DescriptorCodec.writeLongs(out, topics.added(), WireLimits.MAX_TOPIC_CHANGES);
        DescriptorCodec.writeLongs(out, topics.removed(), WireLimits.MAX_TOPIC_CHANGES);
    }

    private static Topics readTopics(WireReader in) {
        List<Long> added = DescriptorCodec.readLongs(in, WireLimits.MAX_TOPIC_CHANGES);
        return new Topics(added, DescriptorCodec.readLongs(in, WireLimits.MAX_TOPIC_CHANGES));
    }

    @Override
    public void onSignerChain(SignerChain chain) {
        out.payload(chain.chain());
    }

    private static SignerChain readSignerChain(WireReader in) {
        if (in.remaining() > WireLimits.MAX_CHAIN_BYTES) {
            throw ProtocolException.malformed("a chain of more than " + WireLimits.MAX_CHAIN_BYTES + " bytes");
        }
        return new SignerChain(in.payload(in.remaining()));
    }

    @Override
    public void onDatagramKey(DatagramKey key) {
        out.i64(key.id());
        out.payload(key.secret());
    }

    private static DatagramKey readDatagramKey(WireReader in) {
        long id = in.i64();
        return new DatagramKey(id, ArrayPayload.owning(in.bytes(WireLimits.DATAGRAM_SECRET_BYTES)));
    }
}
