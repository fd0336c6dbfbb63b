package io.chaski.core.internal.protocol.member;

import io.chaski.core.Address;
import io.chaski.core.NodeId;
import io.chaski.core.internal.protocol.Peer;
import io.chaski.core.internal.protocol.Source;
import io.chaski.core.internal.protocol.TopicRef;
import io.chaski.core.internal.wire.ArrayPayload;
import io.chaski.core.internal.wire.Descriptor;
import io.chaski.core.internal.wire.Frame;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;

/** One end of an edge in a {@link Mesh}. */
public final class MeshPeer implements Peer {

    final MeshNode node;
    final MeshNode other;
    final List<String> misbehaviour = new ArrayList<>();
    MeshPeer reverse;
    long idleSinceNanos;
    private final boolean outbound;
    private final Set<Object> holders = Collections.newSetFromMap(new IdentityHashMap<>());
    private Descriptor descriptor;
    private boolean up = true;

    MeshPeer(MeshNode node, MeshNode other, boolean outbound) {
        this.node = node;
        this.other = other;
        this.outbound = outbound;
        this.descriptor = other.descriptor();
    }

    @Override
    public NodeId id() {
        return other.self();
    }

    @Override
    public Descriptor descriptor() {
        return descriptor;
    }

    void announced(Descriptor words) {
        descriptor = words;
    }

    @Override
    public boolean isOutbound() {
        return outbound;
    }

    @Override
    public Address remoteAddress() {
        return other.address();
    }

    @Override
    public boolean isVisitor() {
        return false;
    }

    @Override
    public boolean isUp() {
        return up;
    }

    void down() {
        up = false;
    }

    boolean isHeld() {
        return !holders.isEmpty();
    }

    @Override
    public boolean isWritable() {
        return true;
    }

    @Override
    public long rttNanos() {
        return 2 * node.mesh.latencyNanos(node, other);
    }

    @Override
    public boolean maySubscribe(TopicRef topic) {
        return descriptor.topics().mayContain(topic.hash());
    }

    @Override
    public int alias(TopicRef topic) {
        return node.mesh.topicNumber(topic.name());
    }

    @Override
    public int alias(Source source) {
        throw new UnsupportedOperationException();
    }

    @Override
    public TopicRef topicOf(int alias) {
        return node.names().retainTopic(node.mesh.topicName(alias));
    }

    @Override
    public Source sourceOf(int alias) {
        throw new UnsupportedOperationException();
    }

    @Override
    public int alias(String protocol) {
        throw new UnsupportedOperationException();
    }

    @Override
    public String protocolOf(int alias) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void send(Frame frame) {
        if (up && node.isRunning() && !node.loses(other, frame)) {
            node.sent++;
            deliver(() -> other.receive(reverse, frame));
        }
    }

    void deliver(Runnable action) {
        node.mesh.in(node.mesh.latencyNanos(node, other), () -> {
            if (reverse.up && other.isRunning() && !node.mesh.isCut(node, other)) {
                action.run();
            }
        });
    }

    @Override
    public void sendData(Source source, long seq, int hop, int hopLimit, int flags, ArrayPayload body) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void hold(Object holder) {
        holders.add(holder);
    }

    @Override
    public void release(Object holder) {
        holders.remove(holder);
        idleSinceNanos = node.mesh.nowNanos();
    }

    @Override
    public int holders() {
        return holders.size();
    }

    @Override
    public void endAsIdle() {
        throw new UnsupportedOperationException();
    }

    @Override
    public boolean hasOneConnection() {
        return true;
    }

    @Override
    public void linksChanged() {}

    @Override
    public void misbehaved(String what) {
        misbehaviour.add(what);
    }

    public List<String> misbehaviour() {
        return misbehaviour;
    }

    @Override
    public String toString() {
        return node.address().host() + ">" + other.address().host();
    }
}
