package io.chaski.core.internal.wire;

import io.chaski.core.Address;
import io.chaski.core.CloseReason;
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
import io.chaski.core.internal.wire.StreamFrame.Reset;
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
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The largest frame of each shape, except those that carry a payload and may be as large as frames may be. */
final class LargestFrames {

    private static final Descriptor DESCRIPTOR = new Descriptor(
            Samples.MILL,
            Long.MAX_VALUE,
            Collections.nCopies(
                    Descriptor.MAX_ADDRESSES, Address.tcp("\u20ac".repeat(Address.MAX_HOST_LENGTH), 65_535)),
            true,
            true,
            true,
            TopicSummary.of(Collections.nCopies(TopicSummary.MAX_EXACT, -1L)),
            Descriptor.MAX_AGE_SECONDS);

    private static final List<Descriptor> DESCRIPTORS =
            Collections.nCopies(MembershipFrame.MAX_DESCRIPTORS, DESCRIPTOR);

    private static final int ALIAS = Integer.MAX_VALUE;

    private LargestFrames() {}

    static Hello hello() {
        String label = "x".repeat(WireLimits.MAX_LABEL_BYTES);
        return new Hello(65_535, 65_535, label, label, DESCRIPTOR, -1, Integer.MAX_VALUE, -1, -1);
    }

    /** Frames by the names of their types. */
    static Map<String, Frame> all() {
        Range run = new Range(ALIAS, 1L << 62, Long.MAX_VALUE);
        Map<String, Frame> frames = new LinkedHashMap<>();
        frames.put("HELLO", hello());
        frames.put("HELLO_ACK", new HelloAck(65_535, -1, -1, -1));
        frames.put("GOODBYE", new Goodbye(CloseReason.INTERNAL, Long.MAX_VALUE, "x".repeat(300)));
        frames.put("INTERN_TOPIC", new InternTopic(ALIAS, "x".repeat(WireLimits.MAX_TOPIC_BYTES)));
        frames.put("INTERN_SOURCE", new InternSource(ALIAS, ALIAS, Samples.MILL, Long.MAX_VALUE, 255));
        frames.put("INTERN_NAME", new InternName(ALIAS, "x".repeat(WireLimits.MAX_NAME_BYTES)));
        frames.put("REFUSE", new Refuse(255, ALIAS, Refusal.DENIED));
        List<Long> changes = Collections.nCopies(WireLimits.MAX_TOPIC_CHANGES, -1L);
        frames.put("TOPICS", new Topics(changes, changes));
        frames.put("SIGNER_CHAIN", new SignerChain(ArrayPayload.owning(new byte[WireLimits.MAX_CHAIN_BYTES])));
        frames.put("JOIN", new Join(ALIAS, DESCRIPTOR));
        frames.put("REDIRECT", new Redirect(ALIAS, DESCRIPTORS));
        frames.put("FORWARD_JOIN", new ForwardJoin(ALIAS, DESCRIPTOR, -128));
        frames.put("NEIGHBOR", new Neighbor(ALIAS, Priority.HEAL, -1, DESCRIPTOR, DESCRIPTORS));
        frames.put("NEIGHBOR_ACK", new NeighborAck(ALIAS, -1, DESCRIPTORS));
        frames.put("NEIGHBOR_NACK", new NeighborNack(ALIAS, -1, true, DESCRIPTORS));
        frames.put("DISCONNECT", new Disconnect(ALIAS, -1, true, DESCRIPTORS));
        frames.put("SHUFFLE", new Shuffle(ALIAS, DESCRIPTOR, DESCRIPTORS, 255));
        frames.put("SHUFFLE_REPLY", new ShuffleReply(ALIAS, DESCRIPTORS));
        frames.put("PROBE", new Probe(ALIAS, -1, DESCRIPTOR, DESCRIPTORS));
        frames.put("PROBE_ACK", new ProbeAck(ALIAS, -1, true, DESCRIPTOR, DESCRIPTORS));
        frames.put("FIND", new Find(Samples.MILL, -1, DESCRIPTOR, 255, true, 8));
        frames.put("FOUND", new Found(Samples.MILL, -1, DESCRIPTORS));
        frames.put("REGISTER", new Register(DESCRIPTOR, Collections.nCopies(Register.MAX_TOPICS, -1L), 3_600));
        frames.put("I_HAVE", new IHave(ALIAS, nCopies(new Advert(ALIAS, 1L << 62, Long.MAX_VALUE, 255))));
        frames.put("GRAFT", new Graft(ALIAS, true, nCopies(run)));
        frames.put("PRUNE", new Prune(ALIAS));
        frames.put("NO_HAVE", new NoHave(ALIAS, nCopies(run)));
        List<Range> gaps = Collections.nCopies(TreeFrame.MAX_GAPS, run);
        frames.put("DIGEST", new Digest(ALIAS, true, nCopies(new Seen(ALIAS, Long.MAX_VALUE, Long.MAX_VALUE, gaps))));
        frames.put(
                "TOPIC_CREDIT", new TopicCredit(ALIAS, true, true, true, true, true, Long.MAX_VALUE, Long.MAX_VALUE));
        frames.put("DATA_BEGIN", new DataBegin(15, ALIAS, Long.MAX_VALUE, 255, 255, 255, WireLimits.MAX_FRAME_CAP));
        frames.put("DATA_PART", new DataPart(15, ArrayPayload.owning(new byte[PartFrame.PART_BYTES])));
        frames.put("CREDIT", new Credit(Long.MAX_VALUE, Long.MAX_VALUE));
        frames.put("END", new End(Long.MAX_VALUE));
        frames.put("DATAGRAM_KEY", new DatagramKey(-1, Samples.SECRET));
        frames.put("RESET", new Reset(Long.MAX_VALUE, ALIAS, "x".repeat(2_000)));
        List<Edition> editions = new ArrayList<>();
        for (int kind = 0; kind < TrustFrame.MAX_KINDS; kind++) {
            editions.add(new Edition(kind, Long.MAX_VALUE, Long.MAX_VALUE));
        }
        frames.put("TRUST_STATE", new TrustState(editions));
        frames.put("TRUST_REQUEST", new TrustRequest(255));
        frames.put(
                "TRUST_UPDATE",
                new TrustUpdate(
                        editions.get(0),
                        ALIAS,
                        ALIAS - TrustFrame.PART_BYTES,
                        ArrayPayload.owning(new byte[TrustFrame.PART_BYTES])));
        return frames;
    }

    private static <T> List<T> nCopies(T item) {
        return new ArrayList<>(Collections.nCopies(TreeFrame.MAX_RANGES, item));
    }
}
