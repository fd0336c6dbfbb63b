package io.chaski.core.internal.protocol.member;

import io.chaski.core.Address;
import io.chaski.core.CloseReason;
import io.chaski.core.NodeId;
import io.chaski.core.internal.protocol.Timers;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.function.BiPredicate;
import java.util.function.BooleanSupplier;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;

/**
 * Some nodes with nothing but overlays, in virtual time: edges come up after two round trips, frames take 10 to 100 ms,
 * crashed nodes reset their edges, cut ones fall silent. One seed, one run.
 */
public final class Mesh {

    private static final long SECOND = 1_000_000_000L;
    private static final long SILENT_AFTER = 9 * SECOND;
    private static final long DIAL_FAILS_AFTER = 2 * SECOND;

    private record Event(long atNanos, long order, Runnable action) implements Comparable<Event> {
        @Override
        public int compareTo(Event other) {
            return atNanos != other.atNanos ? Long.compare(atNanos, other.atNanos) : Long.compare(order, other.order);
        }
    }

    private final RandomGenerator random;
    private final PriorityQueue<Event> events = new PriorityQueue<>();
    private final Map<NodeId, MeshNode> nodes = new LinkedHashMap<>();
    private final Map<Address, MeshNode> byAddress = new LinkedHashMap<>();
    private final List<String> topicNames = new ArrayList<>();
    private BiPredicate<MeshNode, MeshNode> isCut = (a, b) -> false;
    private long order;
    private long nowNanos = SECOND;

    public Mesh(long seed) {
        random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
    }

    public long nowNanos() {
        return nowNanos;
    }

    RandomGenerator split() {
        return RandomGeneratorFactory.of("L64X128MixRandom").create(random.nextLong());
    }

    int topicNumber(String name) {
        if (!topicNames.contains(name)) {
            topicNames.add(name);
        }
        return topicNames.indexOf(name);
    }

    String topicName(int number) {
        return topicNames.get(number);
    }

    // ---- nodes

    /** A new node that is not running yet; its address depends on how many there are. */
    public MeshNode node(Address... bootstrap) {
        int number = byAddress.size() + 1;
        Address address = Address.tcp("10.0." + number / 250 + "." + number % 250, 8511);
        return add(new MeshNode(this, NodeId.random(random), 1_000, address, List.of(bootstrap)));
    }

    /** The same node as another process: nothing is remembered. */
    public MeshNode restarted(MeshNode before) {
        return add(new MeshNode(this, before.self(), before.epoch() + 1, before.address(), before.bootstrap()));
    }

    private MeshNode add(MeshNode node) {
        nodes.put(node.self(), node);
        byAddress.put(node.address(), node);
        return node;
    }

    public Collection<MeshNode> nodes() {
        return nodes.values();
    }

    // ---- time

    public void in(long delayNanos, Runnable action) {
        events.add(new Event(nowNanos + delayNanos, order++, action));
    }

    public void run(Duration duration) {
        long end = nowNanos + duration.toNanos();
        boolean isRunning = true;
        while (isRunning) {
            isRunning = step(end);
        }
        nowNanos = end;
    }

    /** Runs until the condition holds, checking four times a second; how long that took, or null. */
    public Duration runUntil(BooleanSupplier condition, Duration limit) {
        long start = nowNanos;
        while (!condition.getAsBoolean()) {
            if (nowNanos - start >= limit.toNanos()) {
                return null;
            }
            run(Duration.ofMillis(250));
        }
        return Duration.ofNanos(nowNanos - start);
    }

    private boolean step(long end) {
        Event next = events.peek();
        if (next == null || next.atNanos > end) {
            return false;
        }
        events.poll();
        nowNanos = Math.max(nowNanos, next.atNanos);
        next.action.run();
        return true;
    }

    /** Runs a node's timers when they are due. */
    void watch(MeshNode node) {
        long deadline = node.timers().nextDeadline();
        if (deadline != Timers.NONE && deadline < node.watchedNanos) {
            node.watchedNanos = deadline;
            in(Math.max(0, deadline - nowNanos), () -> {
                node.watchedNanos = Timers.NONE;
                if (node.isRunning()) {
                    node.timers().fireDue(nowNanos);
                    watch(node);
                }
            });
        }
    }

    // ---- network

    /** Frames and dials between such nodes vanish. */
    public void cut(BiPredicate<MeshNode, MeshNode> between) {
        isCut = between;
        for (MeshNode node : List.copyOf(nodes.values())) {
            for (MeshPeer peer : node.peerList()) {
                if (between.test(node, peer.other)) {
                    in(SILENT_AFTER, () -> {
                        if (isCut.test(node, peer.other)) {
                            node.drop(peer, CloseReason.SILENT);
                        }
                    });
                }
            }
        }
    }

    public void heal() {
        isCut = (a, b) -> false;
    }

    boolean isCut(MeshNode a, MeshNode b) {
        return isCut.test(a, b);
    }

    long latencyNanos(MeshNode a, MeshNode b) {
        long low = Math.min(a.self().low(), b.self().low());
        long high = Math.max(a.self().low(), b.self().low());
        long mixed = (low * 31 + high) * 0x9e3779b97f4a7c15L;
        return 10_000_000L + Math.floorMod(mixed >>> 7, 90_000_000L);
    }

    void dial(MeshNode from, Address address, MeshNode.Dial dial) {
        MeshNode to = byAddress.get(address);
        if (to == null || isCut(from, to)) {
            in(DIAL_FAILS_AFTER, () -> from.dialed(dial, null));
        } else if (!to.isRunning()) {
            in(2 * latencyNanos(from, to), () -> from.dialed(dial, null));
        } else {
            in(4 * latencyNanos(from, to), () -> connect(from, address, dial));
        }
    }

    private void connect(MeshNode from, Address address, MeshNode.Dial dial) {
        MeshNode to = byAddress.get(address);
        if (!from.isRunning()) {
            return;
        }
        if (to == null || !to.isRunning() || isCut(from, to) || to == from) {
            from.dialed(dial, null);
            return;
        }
        MeshPeer known = from.get(to.self());
        if (known == null) {
            MeshPeer there = new MeshPeer(from, to, true);
            MeshPeer here = new MeshPeer(to, from, false);
            there.reverse = here;
            here.reverse = there;
            to.up(here);
            from.up(there);
            known = there;
        }
        from.dialed(dial, known);
    }

    // ---- shape of an overlay

    public List<MeshNode> members(String topic) {
        return nodes.values().stream()
                .filter(node -> node.isRunning() && node.overlay(topic) != null)
                .toList();
    }

    /** Sizes of the connected components, largest first. */
    public List<Integer> components(String topic) {
        List<Integer> sizes = new ArrayList<>();
        Set<NodeId> seen = new HashSet<>();
        for (MeshNode start : members(topic)) {
            if (seen.add(start.self())) {
                int size = 0;
                Deque<MeshNode> open = new ArrayDeque<>(List.of(start));
                while (!open.isEmpty()) {
                    MeshNode node = open.poll();
                    size++;
                    for (var peer : node.neighbours(topic)) {
                        if (seen.add(peer.id())) {
                            open.add(nodes.get(peer.id()));
                        }
                    }
                }
                sizes.add(size);
            }
        }
        sizes.sort((a, b) -> b - a);
        return sizes;
    }

    public boolean isOne(String topic) {
        return components(topic).size() == 1;
    }

    /** Links that only one end has. */
    public int asymmetricLinks(String topic) {
        int count = 0;
        for (MeshNode node : members(topic)) {
            for (var peer : node.neighbours(topic)) {
                MeshNode other = nodes.get(peer.id());
                MeshPeer back = other.get(node.self());
                boolean same = other.isRunning()
                        && other.overlay(topic) != null
                        && back != null
                        && other.overlay(topic).linkHash(back)
                                == node.overlay(topic).linkHash(peer);
                count += same ? 0 : 1;
            }
        }
        return count;
    }

    /** How many nodes have so many links. */
    public Map<Integer, Integer> degrees(String topic) {
        Map<Integer, Integer> histogram = new java.util.TreeMap<>();
        members(topic).forEach(node -> histogram.merge(node.neighbours(topic).size(), 1, Integer::sum));
        return histogram;
    }
}
