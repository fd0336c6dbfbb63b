package io.chaski.core.internal.protocol.tree;

import io.chaski.core.Address;
import io.chaski.core.NodeId;
import io.chaski.core.internal.protocol.Peer;
import io.chaski.core.internal.protocol.Source;
import io.chaski.core.internal.protocol.TopicRef;
import io.chaski.core.internal.wire.ArrayPayload;
import io.chaski.core.internal.wire.ChainHash;
import io.chaski.core.internal.wire.Descriptor;
import io.chaski.core.internal.wire.Frame;
import io.chaski.core.internal.wire.TreeFrame.TopicCredit;
import io.chaski.core.security.PeerIdentity;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The other end of a link, played by the test: it records what it is sent. Both sides use the same aliases. */
class TestPeer implements Peer {

    /** What it was sent, in order, but for words about credit. */
    final List<Object> sent = new ArrayList<>();

    /** What it was told about credit, in order. */
    final List<TopicCredit> credits = new ArrayList<>();

    /** Broken rules it was blamed for. */
    final List<String> blamed = new ArrayList<>();

    /** The messages it was sent, as they are on the wire. */
    final List<ArrayPayload> bodies = new ArrayList<>();

    private final String name;
    private final Map<Integer, Source> sources = new LinkedHashMap<>();
    boolean writable = true;

    /** It becomes unwritable after this many more messages. */
    int capacity = Integer.MAX_VALUE;

    /** Chains that it has announced. */
    final Map<ChainHash, ArrayPayload> chains = new LinkedHashMap<>();

    /** What it has proved of itself. */
    @Nullable
    PeerIdentity identity;

    /** Whether it has said that it checks proofs. */
    boolean checksProofs = true;

    long rttNanos;
    boolean up = true;
    boolean mayReceive = true;

    TestPeer(String name) {
        this.name = name;
    }

    /** A message it was sent. */
    record Data(Source source, long seq, int hop, String body) {}

    /** What it was sent since the last call. */
    List<Object> takeSent() {
        List<Object> taken = List.copyOf(sent);
        sent.clear();
        return taken;
    }

    @Override
    public NodeId id() {
        return new NodeId(name.hashCode(), 1);
    }

    @Override
    public Descriptor descriptor() {
        throw new UnsupportedOperationException();
    }

    @Override
    public boolean isOutbound() {
        return true;
    }

    @Override
    public Address remoteAddress() {
        return Address.parse("127.0.0.1:8511");
    }

    @Override
    public boolean isVisitor() {
        return false;
    }

    @Override
    public boolean isUp() {
        return up;
    }

    @Override
    public boolean isWritable() {
        return writable;
    }

    @Override
    public long rttNanos() {
        return rttNanos;
    }

    @Override
    public boolean maySubscribe(TopicRef topic) {
        return true;
    }

    @Override
    public boolean mayReceive(TopicRef topic) {
        return mayReceive;
    }

    @Override
    public int alias(TopicRef topic) {
        return topic.index();
    }

    @Override
    public int alias(Source source) {
        sources.put(source.index(), source);
        return source.index();
    }

    @Override
    public @Nullable TopicRef topicOf(int alias) {
        throw new UnsupportedOperationException();
    }

    @Override
    public @Nullable Source sourceOf(int alias) {
        return sources.get(alias);
    }

    @Override
    public int alias(String protocol) {
        throw new UnsupportedOperationException();
    }

    @Override
    public @Nullable String protocolOf(int alias) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void send(Frame frame) {
        if (frame instanceof TopicCredit credit) {
            credits.add(credit);
        } else {
            sent.add(frame);
        }
    }

    @Override
    public void sendData(Source source, long seq, int hop, int hopLimit, int flags, ArrayPayload body) {
        sent.add(new Data(source, seq, hop, TestContext.text(body)));
        bodies.add(ArrayPayload.keep(body));
        writable &= --capacity > 0;
    }

    @Override
    public @Nullable PeerIdentity identity() {
        return identity;
    }

    @Override
    public @Nullable ArrayPayload chainOf(ChainHash hash) {
        return chains.get(hash);
    }

    @Override
    public boolean checksProofs() {
        return checksProofs;
    }

    @Override
    public void hold(Object holder) {}

    @Override
    public void release(Object holder) {}

    @Override
    public int holders() {
        return 0;
    }

    @Override
    public void endAsIdle() {}

    @Override
    public boolean hasOneConnection() {
        return true;
    }

    @Override
    public void linksChanged() {}

    @Override
    public void misbehaved(String what) {
        blamed.add(what);
    }

    @Override
    public String toString() {
        return name;
    }
}
