package io.chaski.testkit.simulation;

import io.chaski.core.Address;
import io.chaski.core.CloseReason;
import io.chaski.core.NodeEvent;
import io.chaski.core.NodeEvent.DialFailure;
import io.chaski.core.NodeId;
import io.chaski.core.internal.protocol.LocalNode;
import io.chaski.core.internal.protocol.NodeProtocol;
import io.chaski.core.internal.protocol.Outbox;
import io.chaski.core.internal.protocol.ProtocolSettings;
import io.chaski.core.internal.protocol.Source;
import io.chaski.core.internal.protocol.Timers;
import io.chaski.core.internal.protocol.TopicRef;
import io.chaski.core.internal.protocol.proof.OriginKeys;
import io.chaski.core.internal.wire.ArrayPayload;
import io.chaski.core.internal.wire.Datagram;
import io.chaski.core.internal.wire.EdgeFrame;
import io.chaski.core.internal.wire.Frame;
import io.chaski.core.internal.wire.MembershipFrame;
import io.chaski.core.internal.wire.PayloadView;
import io.chaski.testkit.internal.virtual.Dial;
import io.chaski.testkit.internal.virtual.Machine;
import io.chaski.testkit.internal.virtual.SocketHandler;
import io.chaski.testkit.internal.virtual.TraceHash;
import io.chaski.testkit.internal.virtual.TraceKind;
import io.chaski.testkit.internal.virtual.VirtualNetwork;
import io.chaski.testkit.internal.virtual.VirtualSocket;
import io.chaski.testkit.simulation.SimulatedNodeOptions.Data;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * One life of a node, from its start to its crash: does for the protocol in virtual time what the runtime does on a
 * real loop.
 */
final class NodeLife implements Outbox, Dial.Acceptor, Machine.DatagramHandler {

    private static final long NEVER = Long.MAX_VALUE;

    /** A real loop does not tick again at once when a timer has re-armed itself for now; neither do we. */
    private static final long SHORTEST_TICK_NANOS = 1_000;

    private final SimulatedNode node;
    private final VirtualNetwork network;
    private final Machine machine;
    private final NodeProtocol protocol;
    private final LifeInvariants invariants;
    private final LinkTable links = new LinkTable();
    private final Map<String, Duration> subscribedAt = new HashMap<>();
    private final @Nullable OriginKeys keys;
    private @Nullable VirtualSocket accepting;
    private LinkTable.@Nullable Link acceptedLink;
    private long epoch;
    private long wakeAtNanos = NEVER;
    private boolean over;

    NodeLife(
            SimulatedNode node,
            VirtualNetwork network,
            Machine machine,
            LocalNode self,
            ProtocolSettings settings,
            RandomGenerator random) {
        this.node = node;
        this.network = network;
        this.machine = machine;
        this.keys = node.options().keys().map(all -> all.of(self.id())).orElse(null);
        this.epoch = self.epoch();
        this.invariants = new LifeInvariants(self.id());
        this.protocol = new NodeProtocol(self, settings, random, this);
    }

    NodeProtocol protocol() {
        return protocol;
    }

    /** The incarnation it publishes in: that of its start, unless others have seen a later one. */
    long epoch() {
        return epoch;
    }

    void start() {
        machine.listen(this, this);
        run(TraceHash.of("start " + epoch), () -> protocol.start(machine.nanoTime()));
    }

    /** Nothing reaches the protocol any more. */
    void end() {
        over = true;
    }

    /**
     * Does something with the protocol as one input.
     *
     * @param what a number for it, for the trace
     */
    void run(long what, Runnable input) {
        machine.whenAwake(() -> {
            if (!over) {
                network.trace(machine, TraceKind.COMMAND, what);
                input.run();
                afterInput();
            }
        });
    }

    void onSubscribed(String topic) {
        subscribedAt.putIfAbsent(topic, node.network().now());
    }

    void onUnsubscribed(String topic) {
        subscribedAt.remove(topic);
        invariants.onUnsubscribed(topic);
    }

    @Nullable
    Duration subscribedAt(String topic) {
        return subscribedAt.get(topic);
    }

    LifeInvariants.Account account(Accounts.Series series) {
        return invariants.account(series);
    }

    // ---- time

    private void afterInput() {
        node.afterInput();
        wakeFor(0);
    }

    private void wakeFor(long notBeforeNanos) {
        long deadline = protocol.nextDeadlineNanos();
        if (deadline == Timers.NONE || over) {
            return;
        }
        long at = Math.max(machine.networkTime(deadline), network.nowNanos() + notBeforeNanos);
        if (at < wakeAtNanos) {
            wakeAtNanos = at;
            network.queue().at(at, () -> wake(at));
        }
    }

    private void wake(long at) {
        if (at == wakeAtNanos) {
            machine.whenAwake(this::tick);
        }
    }

    /** Lets everything happen that is due; called as well when the clock has jumped or the process has woken. */
    void tick() {
        if (over) {
            return;
        }
        wakeAtNanos = NEVER;
        long now = machine.nanoTime();
        if (protocol.nextDeadlineNanos() <= now) {
            network.trace(machine, TraceKind.TICK, 0);
            protocol.onTick(now);
            node.afterInput();
        }
        wakeFor(SHORTEST_TICK_NANOS);
    }

    // ---- inputs

    @Override
    public @Nullable SocketHandler onAccepted(VirtualSocket socket) {
        if (over) {
            return null;
        }
        accepting = socket;
        int number = protocol.onAccepted(socket.remote(), machine.nanoTime());
        accepting = null;
        LinkTable.Link link = acceptedLink;
        acceptedLink = null;
        if (number == NodeProtocol.REFUSED) {
            afterInput();
            return null;
        }
        // The protocol has usually sent its HELLO by now, and the link is known; unless it has closed it already.
        if (link == null && socket.isOpen()) {
            link = accepted(number, socket);
        }
        SocketHandler handler = link == null ? null : new Ears(link);
        afterInput();
        return handler;
    }

    private LinkTable.Link accepted(int number, VirtualSocket socket) {
        LinkTable.Link link = new LinkTable.Link(number);
        link.socket = socket;
        links.put(link);
        return link;
    }

    @Override
    public void onDatagram(Address from, Datagram datagram, int bytes) {
        if (!over) {
            protocol.onDatagram(from, datagram, bytes, machine.nanoTime());
            afterInput();
        }
    }

    /** Hears what one link brings. */
    private final class Ears implements SocketHandler, Dial.Outcome {
        private final LinkTable.Link link;

        Ears(LinkTable.Link link) {
            this.link = link;
        }

        @Override
        public SocketHandler onConnected(VirtualSocket socket) {
            link.dial = null;
            link.socket = socket;
            protocol.onDialed(link.number, socket.remote(), machine.nanoTime());
            afterInput();
            return this;
        }

        @Override
        public void onFailed(DialFailure failure) {
            links.remove(link);
            protocol.onDialFailed(link.number, failure, machine.nanoTime());
            afterInput();
        }

        @Override
        public void onFrame(Frame frame) {
            invariants.onReceived(link, frame);
            count(frame);
            protocol.onFrame(link.number, frame, machine.nanoTime());
            afterInput();
        }

        @Override
        public void onBytes() {
            protocol.onBytes(link.number, machine.nanoTime());
            afterInput();
        }

        private void count(Frame frame) {
            if (frame instanceof EdgeFrame.InternTopic intern) {
                link.topics.put(intern.alias(), intern.topic());
            } else if (frame instanceof MembershipFrame membership) {
                String topic = link.topics.get(membership.topic());
                if (topic != null) {
                    node.countMembershipFrame(topic);
                }
            }
        }

        @Override
        public void onData(int source, long seq, int hop, int hopLimit, int flags, PayloadView body) {
            node.network().countData();
            protocol.onData(link.number, source, seq, hop, hopLimit, flags, body, machine.nanoTime());
            afterInput();
        }

        @Override
        public void onWritability(boolean writable) {
            protocol.onWritability(link.number, writable, machine.nanoTime());
            afterInput();
        }

        @Override
        public void onClosed(CloseReason reason) {
            links.remove(link);
            protocol.onLinkDown(link.number, reason, machine.nanoTime());
            afterInput();
        }
    }

    // ---- outputs

    @Override
    public void send(int number, Frame frame) {
        LinkTable.Link link = find(number);
        if (link != null && link.socket != null) {
            invariants.onSent(link, frame);
            if (frame instanceof EdgeFrame.InternTopic || frame instanceof EdgeFrame.InternSource) {
                link.named.add((EdgeFrame) frame);
            }
            link.socket.send(frame);
        }
    }

    @Override
    public void sendData(int number, int source, long seq, int hop, int hopLimit, int flags, ArrayPayload body) {
        LinkTable.Link link = find(number);
        if (link != null && link.socket != null) {
            invariants.onDataSent(link, hop, hopLimit);
            if (node.options().forger().isPresent()) {
                Data data = new Data(source, seq, hop, hopLimit, flags, body);
                node.options().forger().get().send(new Liar(link.socket), data);
            } else {
                link.socket.sendData(source, seq, hop, hopLimit, flags, body);
            }
        }
    }

    /** Sends more than the node says by itself, on each link with somebody whom it lies to. */
    void lie(Predicate<NodeId> to, SimulatedNode.Lie lie) {
        links.forEach(link -> {
            VirtualSocket socket = link.socket;
            NodeId peer = link.peer;
            if (socket != null && peer != null && LifeInvariants.isComplete(link) && to.test(peer)) {
                lie.tell(List.copyOf(link.named), socket::send);
            }
        });
    }

    /** Sends what the node has not said. */
    private record Liar(VirtualSocket socket) implements SimulatedNodeOptions.Line {
        @Override
        public void send(Frame frame) {
            socket.send(frame);
        }

        @Override
        public void send(Data data) {
            socket.sendData(data.source(), data.seq(), data.hop(), data.hopLimit(), data.flags(), data.body());
        }
    }

    @Override
    public @Nullable OriginKeys originKeys() {
        return keys;
    }

    @Override
    public boolean isWritable(int number) {
        LinkTable.Link link = find(number);
        return link != null && link.socket != null && link.socket.isWritable();
    }

    @Override
    public @Nullable Address local(int number) {
        LinkTable.Link link = find(number);
        return link == null || link.socket == null ? null : link.socket.local();
    }

    /** The link; while a connection is being accepted, a number that is new must be its number. */
    private LinkTable.@Nullable Link find(int number) {
        LinkTable.Link link = links.get(number);
        VirtualSocket socket = accepting;
        if (link == null && socket != null && acceptedLink == null) {
            link = accepted(number, socket);
            acceptedLink = link;
        }
        return link;
    }

    @Override
    public boolean datagram(Address to, Datagram datagram) {
        machine.send(to, datagram);
        return true;
    }

    @Override
    public void dial(int number, Address address) {
        LinkTable.Link link = new LinkTable.Link(number);
        links.put(link);
        link.dial = machine.dial(address, new Ears(link));
    }

    @Override
    public void close(int number) {
        LinkTable.Link link = find(number);
        if (link == null) {
            return;
        }
        links.remove(link);
        if (link.dial != null) {
            link.dial.cancel();
        }
        if (link.socket != null) {
            link.socket.close();
        }
    }

    @Override
    public void deliver(Source source, long seq, int hop, boolean isProved, ArrayPayload body) {
        invariants.onDelivered(source, seq);
        network.trace(machine, TraceKind.DELIVERY, seq);
        node.onDelivered(source, seq, hop, body);
    }

    @Override
    public void gap(Source source, long from, long to) {
        invariants.onGap(source, from, to);
        node.onGap(source, from, to);
    }

    @Override
    public long room(TopicRef topic) {
        SimulatedConsumer consumer = node.consumer(topic.name());
        return consumer == null ? NEVER : consumer.room();
    }

    @Override
    public long capacity(TopicRef topic) {
        SimulatedConsumer consumer = node.consumer(topic.name());
        return consumer == null ? NEVER : consumer.capacity();
    }

    @Override
    public void onPublishable(TopicRef topic) {
        node.onPublishable(topic.name());
    }

    @Override
    public void datagramReceived(NodeId from, ArrayPayload payload) {
        node.onDatagramReceived(from, payload);
    }

    @Override
    public void emit(NodeEvent event) {
        if (event instanceof NodeEvent.EdgeUp up) {
            LifeInvariants.onEdgeUp(links, up.peer());
        } else if (event instanceof NodeEvent.EpochRaised raised) {
            epoch = raised.epoch();
        }
        node.onEvent(event);
    }
}
