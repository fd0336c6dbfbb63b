package io.chaski.core.internal.protocol.tree;

import io.chaski.core.Address;
import io.chaski.core.NodeEvent;
import io.chaski.core.NodeId;
import io.chaski.core.internal.protocol.Computation;
import io.chaski.core.internal.protocol.Counters;
import io.chaski.core.internal.protocol.MemorySettings;
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
import io.chaski.core.internal.wire.PayloadView;
import io.chaski.core.internal.wire.TopicSummary;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** A node around one Broadcast: virtual time, seeded chance, and a list of everything that reaches the application. */
final class TestContext implements ProtocolContext, Outbox {

    static final long MILLISECOND = 1_000_000;
    static final long SECOND = 1_000 * MILLISECOND;

    /** What the application and the node hear, in order. */
    final List<Object> heard = new ArrayList<>();

    final NodeId self;
    final Names names = new Names();
    final Timers timers = new Timers();
    final Counters counters = new Counters();
    private final ProtocolSettings settings;
    private final RandomGenerator random;
    private final NodeMemory memory;
    long epoch = 1;

    /** Room and size of a subscription that waits for its consumer; there is none unless they are smaller. */
    long room = Long.MAX_VALUE;

    long capacity = Long.MAX_VALUE;
    Runnable onHeard = () -> {};

    /** Whether the publisher of each message that was delivered is certain. */
    final List<Boolean> proved = new ArrayList<>();

    /** Keys of this node; it has none until they are given. */
    @Nullable
    OriginKeys keys;

    /** Computations that wait for the test to compute them; null to compute at once. */
    @Nullable
    Deque<Computation> computations;

    /** Publishers that may not publish. */
    final List<NodeId> denied = new ArrayList<>();

    long nowNanos;

    TestContext(NodeId self, long seed, TreeSettings tree) {
        this(self, seed, tree, MemorySettings.DEFAULTS);
    }

    TestContext(NodeId self, long seed, TreeSettings tree, MemorySettings memory) {
        this.self = self;
        this.random = new SplittableRandom(seed);
        ProtocolSettings defaults = ProtocolSettings.DEFAULTS;
        this.settings = new ProtocolSettings(
                false, defaults.edge(), defaults.membership(), tree, defaults.discovery(), defaults.stream(), memory);
        this.memory = NodeMemory.of(this);
    }

    /** A message that was delivered. */
    record Delivered(Source source, long seq, int hop, String body) {}

    /** Messages that were reported as missing. */
    record Missed(Source source, long from, long to) {}

    static ArrayPayload payload(String text) {
        return ArrayPayload.owning(text.getBytes(StandardCharsets.UTF_8));
    }

    static String text(PayloadView body) {
        return new String(body.toByteArray(), StandardCharsets.UTF_8);
    }

    /** Lets time pass, firing every timer at its time. */
    void advance(long nanos) {
        long end = nowNanos + nanos;
        while (timers.nextDeadline() <= end) {
            nowNanos = Math.max(nowNanos, timers.nextDeadline());
            timers.fireDue(nowNanos);
        }
        nowNanos = end;
    }

    /** What was heard since the last call. */
    List<Object> takeHeard() {
        List<Object> taken = List.copyOf(heard);
        heard.clear();
        return taken;
    }

    @Override
    public long nowNanos() {
        return nowNanos;
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
    public Peers peers() {
        throw new UnsupportedOperationException();
    }

    @Override
    public NodeId self() {
        return self;
    }

    @Override
    public Descriptor descriptor() {
        return new Descriptor(self, epoch, List.of(), false, false, false, TopicSummary.NONE, 0);
    }

    @Override
    public List<Address> bootstrap() {
        return List.of();
    }

    @Override
    public ProtocolSettings settings() {
        return settings;
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
        return "test";
    }

    @Override
    public @Nullable OriginKeys originKeys() {
        return keys;
    }

    @Override
    public boolean compute(Computation computation) {
        if (computations != null) {
            computations.add(computation);
            return false;
        }
        computation.compute();
        return true;
    }

    /** Computes what waits, and hands it back. */
    void computeAll() {
        while (computations != null && !computations.isEmpty()) {
            Computation next = computations.remove();
            next.compute();
            next.finish();
        }
    }

    @Override
    public void onSigned(ChainHash hash, ArrayPayload chain) {}

    @Override
    public boolean onProved(Source source, OriginKeys.Owner owner, ChainHash hash, ArrayPayload chain) {
        return !denied.contains(owner.node());
    }

    @Override
    public void deliver(Source source, long seq, int hop, boolean isProved, ArrayPayload body) {
        proved.add(isProved);
        heard.add(new Delivered(source, seq, hop, text(body)));
        onHeard.run();
    }

    @Override
    public void gap(Source source, long from, long to) {
        heard.add(new Missed(source, from, to));
    }

    @Override
    public long room(TopicRef topic) {
        return room;
    }

    @Override
    public long capacity(TopicRef topic) {
        return capacity;
    }

    @Override
    public void onPublishable(TopicRef topic) {
        heard.add("publishable");
    }

    @Override
    public void emit(NodeEvent event) {
        heard.add(event);
    }

    @Override
    public void send(int link, Frame frame) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void sendData(int link, int source, long seq, int hop, int hopLimit, int flags, ArrayPayload body) {
        throw new UnsupportedOperationException();
    }

    @Override
    public boolean isWritable(int link) {
        return true;
    }

    @Override
    public @Nullable Address local(int link) {
        return null;
    }

    @Override
    public boolean datagram(Address to, Datagram datagram) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void dial(int link, Address address) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void close(int link) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void datagramReceived(NodeId from, ArrayPayload payload) {
        throw new UnsupportedOperationException();
    }
}
