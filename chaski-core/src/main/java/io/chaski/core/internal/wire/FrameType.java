package io.chaski.core.internal.wire;

/**
 * Type numbers of frames. They are part of the protocol version: {@code docs/protocol.md} lists them, golden vectors
 * pin them. A type with {@link #SKIPPABLE} set may be ignored by who does not know it; any other unknown type closes
 * the edge.
 */
public final class FrameType {

    /** Set in types that may be skipped when unknown. */
    public static final int SKIPPABLE = 0x80;

    /** {@link EdgeFrame.Hello}. */
    public static final int HELLO = 0x01;
    /** {@link EdgeFrame.HelloAck}. */
    public static final int HELLO_ACK = 0x02;
    /** {@link EdgeFrame.Goodbye}. */
    public static final int GOODBYE = 0x03;
    /** {@link EdgeFrame.Ping}. */
    public static final int PING = 0x04;
    /** {@link EdgeFrame.Pong}. */
    public static final int PONG = 0x05;
    /** {@link EdgeFrame.InternTopic}. */
    public static final int INTERN_TOPIC = 0x06;
    /** {@link EdgeFrame.InternSource}. */
    public static final int INTERN_SOURCE = 0x07;
    /** {@link EdgeFrame.InternName}. */
    public static final int INTERN_NAME = 0x08;
    /** {@link EdgeFrame.Refuse}. */
    public static final int REFUSE = 0x09;
    /** {@link EdgeFrame.Topics}. */
    public static final int TOPICS = 0x0a;

    /** {@link EdgeFrame.SignerChain}; whoever does not know it has not said that it checks proofs. */
    public static final int SIGNER_CHAIN = SKIPPABLE | 0x10;

    /** {@link MembershipFrame.Join}. */
    public static final int JOIN = 0x10;
    /** {@link MembershipFrame.Redirect}. */
    public static final int REDIRECT = 0x11;
    /** {@link MembershipFrame.ForwardJoin}. */
    public static final int FORWARD_JOIN = 0x12;
    /** {@link MembershipFrame.Neighbor}. */
    public static final int NEIGHBOR = 0x13;
    /** {@link MembershipFrame.NeighborAck}. */
    public static final int NEIGHBOR_ACK = 0x14;
    /** {@link MembershipFrame.NeighborNack}. */
    public static final int NEIGHBOR_NACK = 0x15;
    /** {@link MembershipFrame.Disconnect}. */
    public static final int DISCONNECT = 0x16;
    /** {@link MembershipFrame.Shuffle}. */
    public static final int SHUFFLE = 0x17;
    /** {@link MembershipFrame.ShuffleReply}. */
    public static final int SHUFFLE_REPLY = 0x18;
    /** {@link MembershipFrame.Probe}. */
    public static final int PROBE = 0x19;
    /** {@link MembershipFrame.ProbeAck}. */
    public static final int PROBE_ACK = 0x1a;

    /** {@link DiscoveryFrame.Find}. */
    public static final int FIND = 0x20;
    /** {@link DiscoveryFrame.Found}. */
    public static final int FOUND = 0x21;
    /** {@link DiscoveryFrame.Register}. */
    public static final int REGISTER = 0x22;

    /** A message; see {@link DataHandler}. */
    public static final int DATA = 0x30;
    /** {@link TreeFrame.IHave}. */
    public static final int I_HAVE = 0x31;
    /** {@link TreeFrame.Graft}. */
    public static final int GRAFT = 0x32;
    /** {@link TreeFrame.Prune}. */
    public static final int PRUNE = 0x33;
    /** {@link TreeFrame.NoHave}. */
    public static final int NO_HAVE = 0x34;
    /** {@link TreeFrame.Digest}. */
    public static final int DIGEST = 0x35;
    /** {@link TreeFrame.TopicCredit}. */
    public static final int TOPIC_CREDIT = 0x36;
    /** {@link PartFrame.DataBegin}. */
    public static final int DATA_BEGIN = 0x37;
    /** {@link PartFrame.DataPart}. */
    public static final int DATA_PART = 0x38;

    /** {@link StreamFrame.Open}. */
    public static final int OPEN = 0x40;
    /** {@link StreamFrame.StreamData}. */
    public static final int STREAM_DATA = 0x41;
    /** {@link StreamFrame.Credit}. */
    public static final int CREDIT = 0x42;
    /** {@link StreamFrame.End}. */
    public static final int END = 0x43;
    /** {@link StreamFrame.Reset}. */
    public static final int RESET = 0x44;

    /** {@link TrustFrame.TrustState}. */
    public static final int TRUST_STATE = 0xb0;
    /** {@link TrustFrame.TrustRequest}. */
    public static final int TRUST_REQUEST = 0xb1;
    /** {@link TrustFrame.TrustUpdate}. */
    public static final int TRUST_UPDATE = 0xb2;
    /** {@link EdgeFrame.DatagramKey}: whoever does not know it sends no datagrams, and all else works. */
    public static final int DATAGRAM_KEY = SKIPPABLE | 0x0e;

    private FrameType() {}
}
