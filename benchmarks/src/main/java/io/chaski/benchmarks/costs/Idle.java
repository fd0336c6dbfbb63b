package io.chaski.benchmarks.costs;

import io.chaski.core.Address;
import io.chaski.core.ChaskiNode;
import io.chaski.core.Topic;
import io.chaski.core.Topology;
import io.netty.util.internal.PlatformDependent;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/**
 * A program that is told a number of nodes and says what nodes, edges and topics take that do nothing, for each: {@code name heapBytes directBytes threads}.
 * Direct memory is what Netty has taken from the system.
 */
final class Idle {

    static final String NODE = "NODE";
    static final String EDGE = "EDGE";
    static final String TOPIC = "TOPIC";

    private static final int TOPICS = 800;
    private static final int MOST_ATTEMPTS = 5;
    private static final long PAUSE_NANOS = 1_000_000;
    private static final long LIMIT_NANOS = 50_000_000_000L;

    /** Two do not find all garbage: what one has emptied, the next takes away. */
    private static final int COLLECTIONS = 4;

    private record Taken(long heapBytes, long directBytes, int threads) {

        static Taken now() {
            for (int i = 0; i < COLLECTIONS; i++) {
                System.gc();
            }
            return new Taken(
                    ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed(),
                    PlatformDependent.usedDirectMemory(),
                    ManagementFactory.getThreadMXBean().getThreadCount());
        }

        void say(String name, Taken before, int count) {
            System.out.println(name + " " + (heapBytes - before.heapBytes) / count + " "
                    + (directBytes - before.directBytes) / count + " " + (double) (threads - before.threads) / count);
        }
    }

    private final List<ChaskiNode> nodes = new ArrayList<>();

    public static void main(String[] arguments) throws Exception {
        Idle idle = new Idle();
        try {
            idle.measure(Integer.parseInt(arguments[0]));
        } finally {
            idle.nodes.forEach(ChaskiNode::close);
        }
    }

    private void measure(int count) throws InterruptedException {
        ChaskiNode hub = start();
        List<ChaskiNode> others = List.of(start(), start());
        for (ChaskiNode other : others) {
            connect(other, hub); // and loads the classes
        }
        subscribe(hub, "loaded", TOPICS / 4);
        Taken withoutTopics = Taken.now();
        subscribe(hub, "topic", TOPICS);
        Taken before = Taken.now();
        before.say(TOPIC, withoutTopics, TOPICS);
        List<ChaskiNode> added = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            added.add(start());
        }
        Taken.now().say(NODE, before, count);

        connectAll(added, hub, others.size()); // each loop takes its part of the allocator with its first edges
        connectAll(added, others.get(0), 1);
        Taken withTwo = Taken.now();
        connectAll(added, others.get(1), 1);
        Taken.now().say(EDGE, withTwo, 2 * count);
    }

    private static void subscribe(ChaskiNode node, String prefix, int count) {
        for (int i = 0; i < count; i++) {
            node.subscribe(Topic.bytes(prefix + i), message -> {});
        }
    }

    private static void connectAll(List<ChaskiNode> from, ChaskiNode to, int before) throws InterruptedException {
        for (ChaskiNode node : from) {
            connect(node, to);
        }
        await(() -> to.edges().size() == from.size() + before);
    }

    private ChaskiNode start() {
        ChaskiNode node = ChaskiNode.builder()
                .name("idle-" + nodes.size())
                .topology(Topology.MANUAL)
                .start();
        nodes.add(node);
        return node;
    }

    /** On a machine with much to do the first handshakes, whose classes are being loaded, may take too long. */
    private static void connect(ChaskiNode from, ChaskiNode to) throws InterruptedException {
        Address address = to.addresses().get(0);
        for (int attempt = 1; ; attempt++) {
            try {
                var unused = from.connect(address).get();
                return;
            } catch (ExecutionException failed) {
                if (attempt == MOST_ATTEMPTS) {
                    throw new IllegalStateException("no edge to " + address, failed);
                }
            }
        }
    }

    private static void await(BooleanSupplier condition) {
        long beganNanos = System.nanoTime();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - beganNanos > LIMIT_NANOS) {
                throw new IllegalStateException("the edges do not come");
            }
            LockSupport.parkNanos(PAUSE_NANOS);
        }
    }
}
