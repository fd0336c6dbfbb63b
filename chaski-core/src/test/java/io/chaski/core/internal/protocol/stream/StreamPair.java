package io.chaski.core.internal.protocol.stream;

import io.chaski.core.Address;
import io.chaski.core.NodeId;
import io.chaski.core.internal.protocol.Counters;
import io.chaski.core.internal.protocol.Names;
import io.chaski.core.internal.protocol.NodeMemory;
import io.chaski.core.internal.protocol.Outbox;
import io.chaski.core.internal.protocol.Peer;
import io.chaski.core.internal.protocol.Peers;
import io.chaski.core.internal.protocol.ProtocolSettings;
import io.chaski.core.internal.protocol.Source;
import io.chaski.core.internal.protocol.Timers;
import io.chaski.core.internal.protocol.TopicRef;
import io.chaski.core.internal.protocol.UnsignedContext;
import io.chaski.core.internal.wire.ArrayPayload;
import io.chaski.core.internal.wire.Descriptor;
import io.chaski.core.internal.wire.Frame;
import io.chaski.core.internal.wire.StreamFrame;
import io.chaski.core.internal.wire.TopicSummary;
import io.chaski.core.stream.StreamCode;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** Two nodes with streams only, joined by an edge that delivers when the test says so. */
public final class StreamPair {

    public final Side alice;
    public final Side bob;
    private long nowNanos;

    public StreamPair(StreamSettings settings) {
        alice = new Side(new NodeId(0, 1), new NodeId(0, 2), settings);
        bob = new Side(new NodeId(0, 2), new NodeId(0, 1), settings);
    }

    /** Delivers everything that is under way, and what it causes. */
    public void deliverAll() {
        boolean isUnderWay = true;
        while (isUnderWay) {
            boolean fromAlice = alice.deliverOne(bob);
            boolean fromBob = bob.deliverOne(alice);
            isUnderWay = fromAlice || fromBob;
        }
    }

    public void advance(Duration time) {
        nowNanos += time.toNanos();
        alice.timers.fireDue(nowNanos);
        bob.timers.fireDue(nowNanos);
    }

    long nowNanos() {
        return nowNanos;
    }

    /** One node: its streams, and its view of the other as a peer. */
    public final class Side implements UnsignedContext, Peer {
        public final Deque<Frame> underWay = new ArrayDeque<>();
        final List<String> misbehaviour = new ArrayList<>();
        final Set<Object> holders = new HashSet<>();
        final Timers timers = new Timers();
        final Counters counters = new Counters();
        public final Streams streams;
        private final NodeId self;
        private final NodeId other;
        private final List<String> protocols = new ArrayList<>();
        private final Map<String, StreamAcceptor> served = new HashMap<>();
        public boolean writable = true;
        long rttNanos;
        boolean hasOneConnection = true;
        Runnable endedAsIdle = () -> {};
        boolean refusesProtocols;
        boolean isKnowing;
        final Deque<Peers.Reach> reaches = new ArrayDeque<>();
        final List<Peers.Trust> trusted = new ArrayList<>();

        Side(NodeId self, NodeId other, StreamSettings settings) {
            this.self = self;
            this.other = other;
            this.streams = new Streams(
                    this, settings, known -> isKnowing ? new Peers.Known(descriptor(), Peers.Trust.HINT) : null);
        }

        boolean deliverOne(Side to) {
            Frame frame = underWay.poll();
            if (frame == null) {
                return false;
            }
            to.streams.onFrame(to, (StreamFrame) frame);
            return true;
        }

        Side otherSide() {
            return this == alice ? bob : alice;
        }

        Recorder open(String protocol) {
            return open(protocol, Timers.NONE, null, false);
        }

        Recorder open(String protocol, long deadlineNanos, @Nullable ArrayPayload first, boolean last) {
            Recorder recorder = new Recorder();
            streams.open(
                    other,
                    new Streams.Opening(
                            protocol,
                            Map.of("who", "test"),
                            deadlineNanos,
                            first,
                            last,
                            () -> true,
                            stream -> recorder.stream = stream,
                            recorder));
            return recorder;
        }

        /** Serves a protocol and records each accepted stream. */
        public List<Recorder> serve(String protocol) {
            List<Recorder> accepted = new ArrayList<>();
            served.put(protocol, stream -> {
                Recorder recorder = new Recorder();
                recorder.stream = stream;
                accepted.add(recorder);
                return recorder;
            });
            streams.serve(served::get);
            return accepted;
        }

        @Override
        public long nowNanos() {
            return nowNanos;
        }

        @Override
        public RandomGenerator random() {
            throw new AssertionError("streams draw no chance");
        }

        @Override
        public Timers timers() {
            return timers;
        }

        @Override
        public Outbox outbox() {
            throw new AssertionError("streams speak through their peer");
        }

        @Override
        public Names names() {
            throw new AssertionError("streams know no topics");
        }

        @Override
        public Peers peers() {
            Side peer = this;
            return new Peers() {
                @Override
                public @Nullable Peer get(NodeId id) {
                    return id.equals(other) ? peer : null;
                }

                @Override
                public Collection<? extends Peer> all() {
                    return List.of(peer);
                }

                @Override
                public void reach(Descriptor whom, Trust trust, Reach reach) {
                    reaches.add(reach);
                    trusted.add(trust);
                }

                @Override
                public void reach(Address address, Trust trust, Reach reach) {
                    reach.onUnreachable();
                }
            };
        }

        @Override
        public NodeId self() {
            return self;
        }

        @Override
        public List<Address> bootstrap() {
            return List.of();
        }

        @Override
        public ProtocolSettings settings() {
            return ProtocolSettings.DEFAULTS;
        }

        @Override
        public NodeMemory memory() {
            throw new UnsupportedOperationException("there are no topics here");
        }

        @Override
        public Counters counters() {
            return counters;
        }

        @Override
        public NodeId id() {
            return other;
        }

        @Override
        public Descriptor descriptor() {
            return new Descriptor(self, 1, List.of(), false, false, false, TopicSummary.NONE, 0);
        }

        @Override
        public boolean isOutbound() {
            return this == alice;
        }

        @Override
        public Address remoteAddress() {
            return Address.inproc("other");
        }

        @Override
        public boolean isVisitor() {
            return false;
        }

        @Override
        public boolean isUp() {
            return true;
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
            return false;
        }

        @Override
        public int alias(TopicRef topic) {
            throw new AssertionError("streams know no topics");
        }

        @Override
        public int alias(Source source) {
            throw new AssertionError("streams know no topics");
        }

        @Override
        public int alias(String protocol) {
            if (refusesProtocols) {
                throw new IllegalStateException("too many protocols");
            }
            if (!protocols.contains(protocol)) {
                protocols.add(protocol);
            }
            return protocols.indexOf(protocol);
        }

        @Override
        public @Nullable String protocolOf(int alias) {
            return alias < otherSide().protocols.size() ? otherSide().protocols.get(alias) : null;
        }

        @Override
        public @Nullable TopicRef topicOf(int alias) {
            return null;
        }

        @Override
        public @Nullable Source sourceOf(int alias) {
            return null;
        }

        @Override
        public void send(Frame frame) {
            underWay.add(frame);
        }

        @Override
        public void sendData(Source source, long seq, int hop, int hopLimit, int flags, ArrayPayload body) {
            throw new AssertionError("streams send no topic data");
        }

        @Override
        public void hold(Object holder) {
            holders.add(holder);
        }

        @Override
        public void release(Object holder) {
            holders.remove(holder);
        }

        @Override
        public int holders() {
            return holders.size();
        }

        @Override
        public void endAsIdle() {
            endedAsIdle.run();
        }

        @Override
        public boolean hasOneConnection() {
            return hasOneConnection;
        }

        @Override
        public void linksChanged() {}

        @Override
        public void misbehaved(String what) {
            misbehaviour.add(what);
        }
    }

    /** Writes down what happens to one stream. */
    public static final class Recorder implements StreamEvents {
        public final List<String> events = new ArrayList<>();
        public final List<byte[]> messages = new ArrayList<>();

        @Nullable
        ProtocolStream stream;

        int sent;

        public ProtocolStream stream() {
            if (stream == null) {
                throw new AssertionError("not open: " + events);
            }
            return stream;
        }

        @Override
        public void onMessage(ArrayPayload message) {
            messages.add(message.toByteArray());
            events.add("message of " + message.size());
        }

        @Override
        public void onEnd() {
            events.add("end");
        }

        @Override
        public void onSent(int bytes) {
            sent += bytes;
        }

        @Override
        public void onClosed() {
            events.add("closed");
        }

        @Override
        public void onReset(StreamCode code, String reason) {
            events.add(code.name());
        }
    }
}
