package io.chaski.core.internal.protocol.tree;

import io.chaski.core.Address;
import io.chaski.core.NodeEvent;
import io.chaski.core.NodeId;
import io.chaski.core.SubscribeOptions;
import io.chaski.core.internal.protocol.Counters;
import io.chaski.core.internal.protocol.Names;
import io.chaski.core.internal.protocol.NodeMemory;
import io.chaski.core.internal.protocol.Outbox;
import io.chaski.core.internal.protocol.Peers;
import io.chaski.core.internal.protocol.ProtocolContext;
import io.chaski.core.internal.protocol.ProtocolSettings;
import io.chaski.core.internal.protocol.Source;
import io.chaski.core.internal.protocol.Timers;
import io.chaski.core.internal.protocol.TopicRef;
import io.chaski.core.internal.protocol.proof.OriginKeys;
import io.chaski.core.internal.wire.ArrayPayload;
import io.chaski.core.internal.wire.ChainHash;
import io.chaski.core.internal.wire.Datagram;
import io.chaski.core.internal.wire.Descriptor;
import io.chaski.core.internal.wire.Frame;
import java.util.List;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** A node around a broadcast whose time stands still and whose application counts and keeps the last message. Confined to one thread. */
final class QuietContext implements ProtocolContext, Outbox {

    private static final NodeId SELF = new NodeId(0, 1);

    private final Names names = new Names();
    private final Timers timers = new Timers();
    private final Counters counters = new Counters();
    private final RandomGenerator random = new SplittableRandom(1);
    private final NodeMemory memory = NodeMemory.of(this);
    private long delivered;
    private @Nullable ArrayPayload lastDelivered;
    private long room = Long.MAX_VALUE;

    /** From now on a subscription waits for its consumer, which takes everything at once. */
    void waitForConsumer() {
        room = SubscribeOptions.DEFAULT_CAPACITY_BYTES;
    }

    /** Messages that the application was given. */
    long delivered() {
        return delivered;
    }

    /** The last of them. */
    @Nullable
    ArrayPayload lastDelivered() {
        return lastDelivered;
    }

    @Override
    public void deliver(Source source, long seq, int hop, boolean isProved, ArrayPayload body) {
        delivered++;
        lastDelivered = body;
    }

    @Override
    public long room(TopicRef topic) {
        return room;
    }

    @Override
    public long capacity(TopicRef topic) {
        return room;
    }

    @Override
    public long nowNanos() {
        return 0;
    }

    @Override
    public RandomGenerator random() {
        return random;
    }

    @Override
    public Timers timers() {
        return timers;
    }

    @Override
    public Outbox outbox() {
        return this;
    }

    @Override
    public Names names() {
        return names;
    }

    @Override
    public NodeId self() {
        return SELF;
    }

    @Override
    public ProtocolSettings settings() {
        return ProtocolSettings.DEFAULTS;
    }

    @Override
    public NodeMemory memory() {
        return memory;
    }

    @Override
    public Counters counters() {
        return counters;
    }

    @Override
    public String cluster() {
        return "benchmark";
    }

    @Override
    public List<Address> bootstrap() {
        return List.of();
    }

    @Override
    public void onPublishable(TopicRef topic) {}

    @Override
    public void emit(NodeEvent event) {
        throw new IllegalStateException("nothing happens: " + event);
    }

    @Override
    public void gap(Source source, long from, long to) {
        throw new IllegalStateException("nothing is missing: " + from + " to " + to);
    }

    @Override
    public boolean isWritable(int link) {
        return true;
    }

    @Override
    public Peers peers() {
        throw notAsked();
    }

    @Override
    public Descriptor descriptor() {
        throw notAsked();
    }

    @Override
    public void onSigned(ChainHash hash, ArrayPayload chain) {
        throw notAsked();
    }

    @Override
    public boolean onProved(Source source, OriginKeys.Owner owner, ChainHash hash, ArrayPayload chain) {
        throw notAsked();
    }

    @Override
    public void send(int link, Frame frame) {
        throw notAsked();
    }

    @Override
    public void sendData(int link, int source, long seq, int hop, int hopLimit, int flags, ArrayPayload body) {
        throw notAsked();
    }

    @Override
    public @Nullable Address local(int link) {
        throw notAsked();
    }

    @Override
    public boolean datagram(Address to, Datagram datagram) {
        throw notAsked();
    }

    @Override
    public void datagramReceived(NodeId from, ArrayPayload payload) {
        throw notAsked();
    }

    @Override
    public void dial(int link, Address address) {
        throw notAsked();
    }

    @Override
    public void close(int link) {
        throw notAsked();
    }

    private static UnsupportedOperationException notAsked() {
        return new UnsupportedOperationException("nobody asks on the way of a message");
    }
}
