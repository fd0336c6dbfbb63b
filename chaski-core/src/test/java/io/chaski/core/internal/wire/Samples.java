package io.chaski.core.internal.wire;

import io.chaski.core.Address;
import io.chaski.core.CloseReason;
import io.chaski.core.NodeId;
import io.chaski.core.internal.wire.DiscoveryFrame.Find;
import io.chaski.core.internal.wire.DiscoveryFrame.Found;
import io.chaski.core.internal.wire.DiscoveryFrame.Register;
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
import io.chaski.core.internal.wire.MembershipFrame.Disconnect;
import io.chaski.core.internal.wire.MembershipFrame.ForwardJoin;
import io.chaski.core.internal.wire.MembershipFrame.Join;
import io.chaski.core.internal.wire.MembershipFrame.Neighbor;
import io.chaski.core.internal.wire.MembershipFrame.NeighborAck;
import io.chaski.core.internal.wire.MembershipFrame.NeighborNack;
import io.chaski.core.internal.wire.MembershipFrame.Priority;
import io.chaski.core.internal.wire.MembershipFrame.Probe;
import io.chaski.core.internal.wire.MembershipFrame.ProbeAck;
import io.chaski.core.internal.wire.MembershipFrame.Redirect;
import io.chaski.core.internal.wire.MembershipFrame.Shuffle;
import io.chaski.core.internal.wire.MembershipFrame.ShuffleReply;
import io.chaski.core.internal.wire.PartFrame.DataBegin;
import io.chaski.core.internal.wire.PartFrame.DataPart;
import io.chaski.core.internal.wire.StreamFrame.Credit;
import io.chaski.core.internal.wire.StreamFrame.End;
import io.chaski.core.internal.wire.StreamFrame.Open;
import io.chaski.core.internal.wire.StreamFrame.Reset;
import io.chaski.core.internal.wire.StreamFrame.StreamData;
import io.chaski.core.internal.wire.TreeFrame.Advert;
import io.chaski.core.internal.wire.TreeFrame.Digest;
import io.chaski.core.internal.wire.TreeFrame.Graft;
import io.chaski.core.internal.wire.TreeFrame.IHave;
import io.chaski.core.internal.wire.TreeFrame.NoHave;
import io.chaski.core.internal.wire.TreeFrame.Prune;
import io.chaski.core.internal.wire.TreeFrame.Range;
import io.chaski.core.internal.wire.TreeFrame.Seen;
import io.chaski.core.internal.wire.TreeFrame.TopicCredit;
import io.chaski.core.internal.wire.TrustFrame.Edition;
import io.chaski.core.internal.wire.TrustFrame.TrustRequest;
import io.chaski.core.internal.wire.TrustFrame.TrustState;
import io.chaski.core.internal.wire.TrustFrame.TrustUpdate;
import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** One of everything that travels, by the names of the golden vectors. */
public final class Samples {

    static final NodeId MILL = NodeId.parse("000102030405060708090a0b0c0d0e0f");
    static final NodeId PRESS = NodeId.parse("f0e1d2c3b4a5968778695a4b3c2d1e0f");
    static final long EPOCH = 0x0000_0190_aabb_ccddL;
    static final long TEMPERATURE = TopicSummary.hashOf("sensors/mill-7/temperature");

    static final Descriptor MILL_7 = new Descriptor(
            MILL,
            EPOCH,
            List.of(Address.tcp("127.0.0.1", 8511), Address.tcp("::1", 8511), Address.unix("/run/chaski/mill.sock")),
            true,
            false,
            true,
            TopicSummary.of(List.of(TEMPERATURE)),
            0);

    static final Descriptor PRESS_1 = new Descriptor(
            PRESS,
            7,
            List.of(Address.inproc("press")),
            false,
            true,
            false,
            TopicSummary.NONE,
            Descriptor.MAX_AGE_SECONDS);

    static final Descriptor BUSY = new Descriptor(
            PRESS,
            Long.MAX_VALUE,
            List.of(),
            false,
            false,
            false,
            TopicSummary.of(Collections.nCopies(TopicSummary.MAX_EXACT + 1, TEMPERATURE)),
            90);

    /** Of a key for datagrams, and its secret: 00 to 2b. */
    static final long KEY = 0x0102030405060708L;

    static final ArrayPayload SECRET = ArrayPayload.owning(
            Hex.bytes("000102030405060708090a0b0c0d0e0f" + "101112131415161718191a1b1c1d1e1f202122232425262728292a2b"));

    private Samples() {}

    /** One of each record, in the order of their numbers, some of them twice. */
    public static Map<String, Frame> frames() {
        Map<String, Frame> frames = new LinkedHashMap<>();
        frames.put("HELLO", hello(1));
        frames.put("HELLO.smallest", new Hello(1, 1, "c", "", BUSY, 0, WireLimits.MIN_MAX_FRAME, 0, -1));
        frames.put("HELLO_ACK", new HelloAck(1, 5, 0x1122334455667788L, -2));
        frames.put("GOODBYE", new Goodbye(CloseReason.LEAVING, 0, ""));
        frames.put("GOODBYE.superseded", new Goodbye(CloseReason.SUPERSEDED, EPOCH + 1, "läuft zweimal"));
        frames.put("PING", new Ping(0xcafeL, -1, 0));
        frames.put("PING.filled", new Ping(Long.MIN_VALUE, 3, 5));
        frames.put("PONG", new Pong(0xcafeL, -1, 3));
        frames.put("INTERN_TOPIC", new InternTopic(0, "sensors/mill-7/temperature"));
        frames.put("INTERN_TOPIC.unicode", new InternTopic(300, "größe/温度/🌡"));
        frames.put("INTERN_SOURCE", new InternSource(128, 300, MILL, EPOCH, 1));
        frames.put("INTERN_NAME", new InternName(2, "rpc"));
        frames.put("REFUSE", new Refuse(FrameType.INTERN_TOPIC, 300, Refusal.BAD_TOPIC));
        frames.put("REFUSE.limit", new Refuse(FrameType.INTERN_NAME, 1, Refusal.LIMIT));
        frames.put("REFUSE.denied", new Refuse(FrameType.INTERN_SOURCE, 0, Refusal.DENIED));
        frames.put("TOPICS", new Topics(List.of(TEMPERATURE, -1L), List.of(0L)));
        frames.put("JOIN", new Join(1, MILL_7));
        frames.put("REDIRECT", new Redirect(1, List.of(MILL_7, PRESS_1)));
        frames.put("FORWARD_JOIN", new ForwardJoin(1, PRESS_1, -6));
        frames.put("NEIGHBOR", new Neighbor(1, Priority.HIGH, 0x01020304, MILL_7, List.of(PRESS_1)));
        frames.put("NEIGHBOR.low", new Neighbor(1, Priority.LOW, 0, PRESS_1, List.of()));
        frames.put("NEIGHBOR.offer", new Neighbor(1, Priority.OFFER, -1, PRESS_1, List.of()));
        frames.put("NEIGHBOR.heal", new Neighbor(1, Priority.HEAL, 1, PRESS_1, List.of(BUSY)));
        frames.put("NEIGHBOR_ACK", new NeighborAck(1, 9, List.of()));
        frames.put("NEIGHBOR_NACK", new NeighborNack(1, 9, true, List.of(PRESS_1)));
        frames.put("DISCONNECT", new Disconnect(1, 9, false, List.of(MILL_7)));
        frames.put("SHUFFLE", new Shuffle(1, MILL_7, List.of(PRESS_1), 6));
        frames.put("SHUFFLE_REPLY", new ShuffleReply(1, List.of(BUSY)));
        frames.put("PROBE", new Probe(0, 77, PRESS_1, List.of(PRESS_1)));
        frames.put("PROBE_ACK", new ProbeAck(0, 77, true, PRESS_1, List.of()));
        frames.put("FIND", new Find(PRESS, TEMPERATURE, MILL_7, 3, true, 8));
        frames.put("FOUND", new Found(PRESS, TEMPERATURE, List.of(MILL_7)));
        frames.put("REGISTER", new Register(MILL_7, List.of(TEMPERATURE, 1L), 3_600));
        frames.put("I_HAVE", new IHave(4, List.of(new Advert(1, 1, 1, 0), new Advert(200, 300, 70_000, 255))));
        frames.put("GRAFT", new Graft(4, true, List.of()));
        frames.put("GRAFT.pull", new Graft(4, false, List.of(new Range(1, 5, 6))));
        frames.put("PRUNE", new Prune(Integer.MAX_VALUE));
        frames.put("NO_HAVE", new NoHave(4, List.of(new Range(1, Long.MAX_VALUE, Long.MAX_VALUE))));
        frames.put(
                "DIGEST",
                new Digest(
                        4,
                        true,
                        List.of(
                                new Seen(1, 0, 9, List.of(new Range(1, 3, 4), new Range(1, 7, 7))),
                                new Seen(2, 5, 500, List.of()))));
        frames.put("TOPIC_CREDIT", new TopicCredit(4, true, false, false, false, false, 1 << 20, 300));
        frames.put("TOPIC_CREDIT.question", new TopicCredit(4, false, true, true, false, false, 0, 131_072));
        frames.put("TOPIC_CREDIT.cut", new TopicCredit(4, true, false, false, true, true, 1, Long.MAX_VALUE));
        Map<String, String> headers = new LinkedHashMap<>();
        headers.put("method", "add");
        headers.put("a", "");
        frames.put("OPEN", new Open(1, 2, headers, 30_000, true, payload("hi")));
        frames.put("OPEN.silent", new Open(2, 0, Map.of(), 0, false, null));
        frames.put("OPEN.empty", new Open(3, 0, Map.of(), 0, false, payload("")));
        frames.put("STREAM_DATA", new StreamData(129, false, false, payload("more")));
        frames.put("STREAM_DATA.more", new StreamData(129, true, false, payload("a fragment")));
        frames.put("STREAM_DATA.last", new StreamData(129, false, true, payload("")));
        frames.put("CREDIT", new Credit(129, 262_144));
        frames.put("END", new End(129));
        frames.put("RESET", new Reset(129, 4, "no such protocol"));
        frames.put("DATA_BEGIN", new DataBegin(2, 3, 7, 1, 128, 0, 100_000));
        frames.put("DATA_BEGIN.largest", new DataBegin(15, Integer.MAX_VALUE, Long.MAX_VALUE, 255, 255, 255, 16 << 20));
        frames.put("DATA_PART", new DataPart(2, payload("the end of it")));
        frames.put("SIGNER_CHAIN", new SignerChain(payload("\u0002\u0000\u0004leaf\u0000\u0006issuer")));
        Edition list = new Edition(TrustKind.REVOCATIONS.code(), 300, 0);
        Edition policy = new Edition(TrustKind.POLICY.code(), 7, 1_800_000_000);
        frames.put("TRUST_STATE", new TrustState(List.of(list, policy)));
        frames.put("TRUST_STATE.nothing", new TrustState(List.of()));
        frames.put("TRUST_STATE.unknown", new TrustState(List.of(new Edition(255, Long.MAX_VALUE, Long.MAX_VALUE))));
        frames.put("TRUST_REQUEST", new TrustRequest(TrustKind.POLICY.code()));
        frames.put("TRUST_UPDATE", new TrustUpdate(policy, 11, 0, payload("{\"v\":7} sig")));
        frames.put(
                "TRUST_UPDATE.last",
                new TrustUpdate(list, TrustFrame.PART_BYTES + 3, TrustFrame.PART_BYTES, payload("end")));
        Edition roots = new Edition(TrustKind.BUNDLE.code(), 3, 1_800_000_000);
        frames.put("TRUST_STATE.roots", new TrustState(List.of(list, roots, policy)));
        frames.put("DATAGRAM_KEY", new DatagramKey(KEY, SECRET));
        return frames;
    }

    /** A first frame for any conversation. */
    static Hello hello(int versionMax) {
        return new Hello(1, versionMax, "lab", "mill-7", MILL_7, 0x0102030405060708L, 1 << 20, 3, 1_700_000_000_000L);
    }

    /** DATA as it would be passed to {@link DataHandler}. */
    static Map<String, Data> data() {
        Map<String, Data> data = new LinkedHashMap<>();
        data.put("DATA", new Data(3, 1, 1, 128, 0, "21.5"));
        data.put("DATA.largest", new Data(Integer.MAX_VALUE, Long.MAX_VALUE, 255, 255, 255, ""));
        return data;
    }

    /** One of each datagram. */
    static Map<String, Datagram> datagrams() {
        Map<String, Datagram> datagrams = new LinkedHashMap<>();
        datagrams.put("UDP.STATUS_REQUEST", new Datagram.StatusRequest(-5, "lab"));
        datagrams.put(
                "UDP.STATUS_REPLY",
                new Datagram.StatusReply(
                        -5,
                        MILL,
                        EPOCH,
                        "mill-7",
                        true,
                        false,
                        2,
                        300,
                        List.of(new Datagram.TopicStatus(TEMPERATURE, 5), new Datagram.TopicStatus(1, 0))));
        datagrams.put("UDP.FIND_REQUEST", new Datagram.FindRequest(PRESS, "lab", TEMPERATURE));
        datagrams.put("UDP.FIND_REPLY", new Datagram.FindReply(PRESS, TEMPERATURE, List.of(MILL_7, PRESS_1)));
        datagrams.put("UDP.EDGE_MESSAGE", new Datagram.EdgeMessage(1, 2, payload("tick")));
        datagrams.put("UDP.SEALED_MESSAGE", new Datagram.SealedMessage(KEY, 3, sealedTick()));
        return datagrams;
    }

    /** Bodies of DATA. */
    static Map<String, MessageBody> bodies() {
        Map<String, String> headers = new LinkedHashMap<>();
        headers.put("unit", "°C");
        headers.put("empty", "");
        Map<String, MessageBody> bodies = new LinkedHashMap<>();
        bodies.put("BODY.smallest", new MessageBody(MessageBody.BYTES, 0, "", null, Map.of(), payload("")));
        bodies.put(
                "BODY.text",
                new MessageBody(MessageBody.TEXT, EPOCH << 16 | 3, "mill-7", null, Map.of(), payload("21.5")));
        bodies.put("BODY.cbor", new MessageBody(MessageBody.CBOR, -1, "mill-7", "", Map.of(), payload("\u0001")));
        bodies.put("BODY.json", new MessageBody(MessageBody.JSON, 1, "m", null, headers, payload("{}")));
        bodies.put("BODY.named", new MessageBody("image/png", 1, "Mühle", "camera/1", headers, payload("PNG")));
        return bodies;
    }

    /** "tick" with {@link #SECRET}, made by another implementation of AES-GCM. */
    static ArrayPayload sealedTick() {
        return ArrayPayload.owning(Hex.bytes("f224dafb5f8b2653b00e7996e30957d44f5d2936"));
    }

    static ArrayPayload payload(String text) {
        return ArrayPayload.owning(text.getBytes(StandardCharsets.UTF_8));
    }

    /** The arguments of {@link DataHandler#onData}, with the body as text. */
    record Data(int source, long seq, int hop, int hopLimit, int flags, String body) {

        void encode(FrameEncoder encoder, ByteBuf out) {
            encoder.encodeData(source, seq, hop, hopLimit, flags, payload(body), out);
        }
    }
}
