package io.chaski.core.internal.protocol.tree;

import io.chaski.core.Address;
import io.chaski.core.NodeId;
import io.chaski.core.internal.protocol.Peer;
import io.chaski.core.internal.protocol.Source;
import io.chaski.core.internal.protocol.TopicRef;
import io.chaski.core.internal.wire.ArrayPayload;
import io.chaski.core.internal.wire.Descriptor;
import io.chaski.core.internal.wire.Frame;
import io.chaski.core.internal.wire.TreeFrame.TopicCredit;
import org.jspecify.annotations.Nullable;

/** A neighbour that takes everything, counts it and keeps the last message. Confined to one thread. */
final class QuietPeer implements Peer {

    /** Of whatever name. */
    static final int ALIAS = 1;

    private static final long RTT_NANOS = 100_000;

    private final NodeId id;
    private long sent;
    private @Nullable ArrayPayload lastSent;
    private long told;

    /** Kept, as a connection keeps it for a moment: else the compiler would find that nobody needs the object. */
    private @Nullable TopicCredit lastTold;

    QuietPeer(NodeId id) {
        this.id = id;
    }

    /** Messages it was sent. */
    long sent() {
        return sent;
    }

    /** The last of them. */
    @Nullable
    ArrayPayload lastSent() {
        return lastSent;
    }

    /** How often it was told about credit. */
    long told() {
        return told;
    }

    /** The last word of that. */
    @Nullable
    TopicCredit lastTold() {
        return lastTold;
    }

    @Override
    public NodeId id() {
        return id;
    }

    @Override
    public void send(Frame frame) {
        if (frame instanceof TopicCredit credit) {
            told++;
            lastTold = credit;
        }
    }

    @Override
    public void sendData(Source source, long seq, int hop, int hopLimit, int flags, ArrayPayload body) {
        sent++;
        lastSent = body;
    }

    @Override
    public boolean isUp() {
        return true;
    }

    @Override
    public boolean isVisitor() {
        return false;
    }

    @Override
    public boolean isWritable() {
        return true;
    }

    @Override
    public boolean isOutbound() {
        return true;
    }

    @Override
    public long rttNanos() {
        return RTT_NANOS;
    }

    @Override
    public boolean maySubscribe(TopicRef topic) {
        return true;
    }

    @Override
    public int alias(TopicRef topic) {
        return ALIAS;
    }

    @Override
    public int alias(Source source) {
        return ALIAS;
    }

    @Override
    public int alias(String protocol) {
        return ALIAS;
    }

    @Override
    public void hold(Object holder) {}

    @Override
    public void release(Object holder) {}

    @Override
    public int holders() {
        throw notAsked();
    }

    @Override
    public void endAsIdle() {
        throw notAsked();
    }

    @Override
    public boolean hasOneConnection() {
        return true;
    }

    @Override
    public void linksChanged() {}

    @Override
    public Descriptor descriptor() {
        throw notAsked();
    }

    @Override
    public Address remoteAddress() {
        throw notAsked();
    }

    @Override
    public @Nullable String protocolOf(int alias) {
        throw notAsked();
    }

    @Override
    public @Nullable TopicRef topicOf(int alias) {
        throw notAsked();
    }

    @Override
    public @Nullable Source sourceOf(int alias) {
        throw notAsked();
    }

    @Override
    public void misbehaved(String what) {
        throw new IllegalStateException(what);
    }

    private static UnsupportedOperationException notAsked() {
        return new UnsupportedOperationException("nobody asks on the way of a message");
    }
}
