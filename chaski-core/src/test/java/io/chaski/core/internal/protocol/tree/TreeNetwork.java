package io.chaski.core.internal.protocol.tree;

import io.chaski.core.NodeId;
import io.chaski.core.internal.protocol.Source;
import io.chaski.core.internal.protocol.TopicRef;
import io.chaski.core.internal.wire.ArrayPayload;
import io.chaski.core.internal.wire.Frame;
import io.chaski.core.internal.wire.TreeFrame;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * Many Broadcasts on a fixed graph, in virtual time, with a latency for each pair and loss of frames. The same seed
 * gives the same run.
 */
final class TreeNetwork {

    private static final long MILLISECOND = TestContext.MILLISECOND;

    final List<Node> nodes = new ArrayList<>();
    private final PriorityQueue<Event> events = new PriorityQueue<>();
    private final SplittableRandom random;
    private final TreeSettings settings;
    private long order;
    long nowNanos;

    /** Share of the frames that get lost. */
    double loss;

    /** One-way latency of a link lies between these. */
    long minLatencyNanos = 10 * MILLISECOND;

    long maxLatencyNanos = 100 * MILLISECOND;

    TreeNetwork(long seed) {
        this(seed, TreeSettings.DEFAULTS);
    }

    TreeNetwork(long seed, TreeSettings settings) {
        this.random = new SplittableRandom(seed);
        this.settings = settings;
    }

    private record Event(long atNanos, long order, Runnable action) implements Comparable<Event> {
        @Override
        public int compareTo(Event other) {
            int byTime = Long.compare(atNanos, other.atNanos);
            return byTime != 0 ? byTime : Long.compare(order, other.order);
        }
    }

    /** A node with its tree. */
    final class Node {
        final int number;
        final TestContext context;
        final TopicRef topic;
        final Broadcast broadcast;
        final Map<Node, Wire> wires = new LinkedHashMap<>();
        boolean crashed;
        long payloadsReceived;
        long controlReceived;
        private long wakeNanos = Long.MAX_VALUE;

        Node(int number) {
            this.number = number;
            context = new TestContext(new NodeId(7, number), random.nextLong(), settings);
            context.nowNanos = nowNanos;
            topic = context.names.retainTopic("topic");
            broadcast = new Broadcast(context, topic, true);
            schedule();
        }

        void publish(String text) {
            run(() -> broadcast.publish(Source.MESSAGES, 128, false, TestContext.payload(text)));
        }

        void run(Runnable input) {
            if (!crashed) {
                context.nowNanos = nowNanos;
                input.run();
                schedule();
            }
        }

        private void schedule() {
            long deadline = Math.max(nowNanos, context.timers.nextDeadline());
            if (deadline < wakeNanos) {
                wakeNanos = deadline;
                at(deadline, () -> {
                    if (wakeNanos == deadline) {
                        wakeNanos = Long.MAX_VALUE;
                        run(() -> context.timers.fireDue(nowNanos));
                    }
                });
            }
        }

        /** Texts delivered, in order; fails on a gap or an event. */
        List<String> texts() {
            return context.heard.stream()
                    .map(heard -> ((TestContext.Delivered) heard).body())
                    .toList();
        }

        @Override
        public String toString() {
            return "node " + number;
        }
    }

    /** One direction of a link as its sender sees it. */
    final class Wire extends TestPeer {
        final Node from;
        final Node to;
        final long latencyNanos;
        private final List<Source> announced = new ArrayList<>();
        private final Map<Source, Integer> aliases = new LinkedHashMap<>();
        private final Map<Integer, Source> understood = new LinkedHashMap<>();

        Wire(Node from, Node to, long latencyNanos) {
            super(to.toString());
            this.from = from;
            this.to = to;
            this.latencyNanos = latencyNanos;
            this.rttNanos = 2 * latencyNanos;
        }

        private Wire back() {
            return to.wires.get(from);
        }

        @Override
        public int alias(Source source) {
            return aliases.computeIfAbsent(source, unknown -> {
                announced.add(unknown);
                return announced.size() - 1;
            });
        }

        @Override
        public int alias(TopicRef topic) {
            return 0;
        }

        @Override
        public @Nullable Source sourceOf(int alias) {
            return understood.computeIfAbsent(alias, unknown -> {
                Source theirs = back().announced.get(unknown);
                return from.context.names.retainSource(from.topic, theirs.origin(), theirs.epoch(), theirs.channel());
            });
        }

        @Override
        public void send(Frame frame) {
            carry(() -> {
                to.controlReceived++;
                to.broadcast.onFrame(back(), (TreeFrame) frame);
            });
        }

        @Override
        public void sendData(Source source, long seq, int hop, int hopLimit, int flags, ArrayPayload body) {
            int alias = alias(source);
            ArrayPayload kept = ArrayPayload.keep(body);
            carry(() -> {
                to.payloadsReceived++;
                to.broadcast.onData(back(), back().sourceOf(alias), seq, hop, hopLimit, flags, kept);
            });
        }

        private void carry(Runnable arrival) {
            if (loss > 0 && random.nextDouble() < loss) {
                return;
            }
            at(nowNanos + latencyNanos, () -> {
                if (up) {
                    to.run(arrival);
                }
            });
        }
    }

    Node add() {
        Node node = new Node(nodes.size());
        nodes.add(node);
        return node;
    }

    void link(Node a, Node b) {
        long latency = minLatencyNanos + random.nextLong(maxLatencyNanos - minLatencyNanos + 1);
        a.wires.put(b, new Wire(a, b, latency));
        b.wires.put(a, new Wire(b, a, latency));
        a.run(() -> a.broadcast.onNeighbourUp(a.wires.get(b)));
        b.run(() -> b.broadcast.onNeighbourUp(b.wires.get(a)));
    }

    void unlink(Node a, Node b) {
        a.wires.get(b).up = false;
        b.wires.get(a).up = false;
        a.run(() -> a.broadcast.onNeighbourDown(a.wires.get(b)));
        b.run(() -> b.broadcast.onNeighbourDown(b.wires.get(a)));
        a.wires.remove(b);
        b.wires.remove(a);
    }

    /** The node stops without a word; its neighbours notice at once. */
    void crash(Node node) {
        node.crashed = true;
        for (Node neighbour : List.copyOf(node.wires.keySet())) {
            unlink(node, neighbour);
        }
    }

    /** Adds nodes and links them at random, five or six links each. */
    void addRandomGraph(int count) {
        for (int i = 0; i < count; i++) {
            add();
        }
        for (Node node : nodes) {
            for (int tries = 0; node.wires.size() < 5 && tries < 200; tries++) {
                Node other = nodes.get(random.nextInt(nodes.size()));
                if (other != node && other.wires.size() < 6 && !node.wires.containsKey(other)) {
                    link(node, other);
                }
            }
        }
    }

    Node randomNode() {
        return nodes.get(random.nextInt(nodes.size()));
    }

    void advance(long nanos) {
        long end = nowNanos + nanos;
        while (!events.isEmpty() && events.element().atNanos <= end) {
            Event event = events.remove();
            nowNanos = event.atNanos;
            event.action.run();
        }
        nowNanos = end;
    }

    /** Payload frames received by all nodes so far. */
    long payloads() {
        return nodes.stream().mapToLong(node -> node.payloadsReceived).sum();
    }

    void at(long atNanos, Runnable action) {
        events.add(new Event(atNanos, order++, action));
    }
}
