package io.chaski.testkit.internal.virtual;

import io.chaski.core.Address;
import io.chaski.core.CloseReason;
import io.chaski.core.internal.wire.Datagram;
import io.chaski.core.internal.wire.StreamFrame;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * All machines and the paths between them, in virtual time. The latency of a pair follows from the seed and does not
 * change; chance is drawn only where a fault asks for it. Confined to one thread. The maps are never iterated.
 */
public final class VirtualNetwork {

    /** Most machines: their addresses come from 10.0.0.0/8, and a pair of indexes fits a long. */
    public static final int MAX_MACHINES = 1 << 20;

    private static final int PORT = 8_511;

    /** Clocks begin anywhere within about 18 minutes of zero, so that half of them are negative at first. */
    private static final int CLOCK_OFFSET_BITS = 40;

    private final EventQueue queue = new EventQueue();
    private final TraceHash traceHash = new TraceHash();
    private final FrameWeight weight = new FrameWeight();
    private final long seed;
    private final RandomGenerator chance;
    private final long latencyMinNanos;
    private final long latencySpanNanos;
    private final List<Machine> machines = new ArrayList<>();
    private final Map<Address, Machine> byAddress = new HashMap<>();
    private final Map<Long, Faults> faults = new HashMap<>();
    private @Nullable Faults everywhere;
    private final List<Cut> cuts = new ArrayList<>();
    private final Set<Lane> holding = new LinkedHashSet<>();

    /** For each pair, when something between the two was lost last. */
    private final Map<Long, Long> lostAtNanos = new HashMap<>();

    private long controlFrames;
    private long controlBytes;

    private record Cut(BitSet left, BitSet right) {
        boolean separates(int a, int b) {
            return left.get(a) && right.get(b) || left.get(b) && right.get(a);
        }
    }

    /**
     * An empty network.
     *
     * @param seed decides latencies and clocks
     * @param chance decides about faults that have a probability
     * @param latencyMinNanos smallest delay one way
     * @param latencyMaxNanos largest delay one way
     */
    public VirtualNetwork(long seed, RandomGenerator chance, long latencyMinNanos, long latencyMaxNanos) {
        if (latencyMinNanos < 0 || latencyMaxNanos < latencyMinNanos) {
            throw new IllegalArgumentException("latency from " + latencyMinNanos + " to " + latencyMaxNanos);
        }
        this.seed = seed;
        this.chance = chance;
        this.latencyMinNanos = latencyMinNanos;
        this.latencySpanNanos = latencyMaxNanos - latencyMinNanos;
    }

    /** Time and what happens in it. */
    public EventQueue queue() {
        return queue;
    }

    /** The virtual time. */
    public long nowNanos() {
        return queue.nowNanos();
    }

    /** A new machine with an address of its own. */
    public Machine machine() {
        int index = machines.size();
        if (index == MAX_MACHINES) {
            throw new IllegalStateException("a network has at most " + MAX_MACHINES + " machines");
        }
        int host = index + 1;
        Address address = Address.tcp("10." + (host >> 16) + "." + (host >> 8 & 0xff) + "." + (host & 0xff), PORT);
        long clock = TraceHash.spread(seed ^ TraceHash.spread(index)) >> Long.SIZE - CLOCK_OFFSET_BITS - 1;
        Machine machine = new Machine(this, index, address, clock);
        machines.add(machine);
        byAddress.put(address, machine);
        return machine;
    }

    /** Number of machines. */
    public int size() {
        return machines.size();
    }

    // ---- faults

    /**
     * The faults of the path from one machine to another, for changing.
     *
     * @param from sender
     * @param to receiver
     */
    public Faults faultsOf(Machine from, Machine to) {
        return faults.computeIfAbsent(key(from, to), unused -> new Faults());
    }

    /** The faults of all paths that have none of their own, for changing. */
    public Faults faultsEverywhere() {
        Faults all = everywhere;
        if (all == null) {
            all = new Faults();
            everywhere = all;
        }
        return all;
    }

    /** Ends what {@link #faultsEverywhere} began. */
    public void clearFaultsEverywhere() {
        everywhere = null;
    }

    /**
     * Ends all faults of the path.
     *
     * @param from sender
     * @param to receiver
     */
    public void clearFaults(Machine from, Machine to) {
        faults.remove(key(from, to));
    }

    /**
     * Nothing passes between the two groups any more, in either direction.
     *
     * @param left one group
     * @param right the other group
     */
    public void cut(Iterable<Machine> left, Iterable<Machine> right) {
        cuts.add(new Cut(indexes(left), indexes(right)));
    }

    /** Ends all cuts; faults of single paths stay. */
    public void heal() {
        cuts.clear();
        releaseHeld();
    }

    /** Lets what waited for the end of a block go on. */
    public void releaseHeld() {
        holding.removeIf(Lane::release);
    }

    /** Whether nothing passes from one machine to the other. */
    public boolean isBlocked(Machine from, Machine to) {
        for (Cut cut : cuts) {
            if (cut.separates(from.index(), to.index())) {
                return true;
            }
        }
        Faults ofPath = faults(from, to);
        return ofPath != null && ofPath.blocked;
    }

    /**
     * Tears down all connections between two machines; both ends hear of it.
     *
     * @param a one machine
     * @param b the other
     */
    public void reset(Machine a, Machine b) {
        for (VirtualSocket socket : a.sockets()) {
            if (socket.remoteMachine() == b) {
                socket.fail(CloseReason.RESET);
            }
        }
    }

    /**
     * All connections between two machines carry nothing any more, and neither end is told.
     *
     * @param a one machine
     * @param b the other
     */
    public void kill(Machine a, Machine b) {
        for (VirtualSocket socket : a.sockets()) {
            if (socket.remoteMachine() == b) {
                socket.kill();
            }
        }
    }

    /**
     * One machine loses its ends of the connections with another, which is not told: half-open connections.
     *
     * @param forgetful who loses them and hears of it
     * @param other who hears a reset when it sends next
     */
    public void halfOpen(Machine forgetful, Machine other) {
        for (VirtualSocket socket : forgetful.sockets()) {
            if (socket.remoteMachine() == other) {
                socket.end(CloseReason.RESET);
            }
        }
    }

    /** Something that one machine has sent to the other is gone, and neither is told. */
    void onLost(Machine from, Machine to) {
        lostAtNanos.put(pair(from, to), queue.nowNanos());
    }

    /**
     * Time since something between two machines was lost that neither of them can know of, in either direction: a frame other
     * than a message, or anything that a dead connection has swallowed. {@link Long#MAX_VALUE} if nothing ever was.
     *
     * @param a one machine
     * @param b the other
     */
    public long sinceLossNanos(Machine a, Machine b) {
        Long lostAt = lostAtNanos.get(pair(a, b));
        return lostAt == null ? Long.MAX_VALUE : queue.nowNanos() - lostAt;
    }

    @Nullable
    Faults faults(Machine from, Machine to) {
        if (faults.isEmpty()) {
            return everywhere;
        }
        Faults ofPath = faults.get(key(from, to));
        return ofPath == null ? everywhere : ofPath;
    }

    boolean happens(double probability) {
        return probability > 0 && chance.nextDouble() < probability;
    }

    /** A length of time from 0 to the given one; nothing is drawn for 0. */
    long drawUpTo(long atMostNanos) {
        return atMostNanos == 0 ? 0 : chance.nextLong(atMostNanos + 1);
    }

    void onHeld(Lane lane) {
        holding.add(lane);
    }

    // ---- paths

    /**
     * Delay from one machine to another.
     *
     * @param from sender
     * @param to receiver
     */
    public long latencyNanos(Machine from, Machine to) {
        Faults ofPath = faults(from, to);
        if (ofPath != null && ofPath.latencyNanos >= 0) {
            return ofPath.latencyNanos;
        }
        long low = Math.min(from.index(), to.index());
        long high = Math.max(from.index(), to.index());
        return latency(TraceHash.spread(seed + low * MAX_MACHINES + high));
    }

    /** Delay to an address that leads nowhere. */
    long defaultLatencyNanos(Machine from) {
        return latency(TraceHash.spread(seed - from.index()));
    }

    private long latency(long hash) {
        return latencyMinNanos + (long) ((hash >>> 11) * 0x1.0p-53 * (latencySpanNanos + 1));
    }

    @Nullable
    Machine machineAt(Address address) {
        return byAddress.get(address);
    }

    void send(Machine from, Address address, Datagram datagram) {
        int bytes = weight.of(datagram);
        long hash = weight.hashOfLast();
        if (!(datagram instanceof Datagram.EdgeMessage || datagram instanceof Datagram.SealedMessage)) {
            countControl(bytes);
        }
        Machine to = byAddress.get(address);
        if (to == null) {
            return;
        }
        Faults ofPath = faults(from, to);
        int copies = 1;
        long delay = latencyNanos(from, to);
        if (ofPath != null) {
            if (happens(ofPath.drop)) {
                return;
            }
            copies += happens(ofPath.duplicate) ? 1 : 0;
            delay += happens(ofPath.spike) ? ofPath.spikeNanos : 0;
            delay += drawUpTo(ofPath.jitterNanos);
        }
        for (int i = 0; i < copies; i++) {
            long extra = ofPath == null ? 0 : drawUpTo(ofPath.reorderNanos);
            after(delay + extra, new Arrival.OfDatagram(this, from, to, datagram, bytes, hash));
        }
    }

    FrameWeight weight() {
        return weight;
    }

    void after(long delayNanos, Event event) {
        queue.at(queue.nowNanos() + delayNanos, event);
    }

    // ---- what it costs

    /** Something other than a message is sent, whether it will arrive or not. What streams carry is the application's. */
    void countControl(Arrival.OfFrame item) {
        if (!(item.frame() instanceof StreamFrame)) {
            countControl(item.size());
        }
    }

    private void countControl(int bytes) {
        controlFrames++;
        controlBytes += bytes;
    }

    /** Number of frames and datagrams that were sent, messages, also those in datagrams, and frames of streams left out. */
    public long controlFrames() {
        return controlFrames;
    }

    /** Bytes of these frames and datagrams. */
    public long controlBytes() {
        return controlBytes;
    }

    // ---- trace

    /**
     * Adds an input to the fingerprint of the run.
     *
     * @param machine where
     * @param kind what
     * @param detail more about it
     */
    @SuppressWarnings("EnumOrdinal") // a number for the fingerprint of one run, kept nowhere
    public void trace(Machine machine, TraceKind kind, long detail) {
        long what = TraceHash.spread(detail) ^ (long) machine.index() << 4;
        traceHash.mix(queue.nowNanos(), what + kind.ordinal());
    }

    /**
     * Adds to the fingerprint of the run what somebody does from outside.
     *
     * @param command its name and its arguments
     */
    public void trace(String command) {
        traceHash.mix(queue.nowNanos(), TraceHash.of(command));
    }

    /** The fingerprint of the run up to now. */
    public long traceHash() {
        return traceHash.value();
    }

    private static long key(Machine from, Machine to) {
        return (long) from.index() * MAX_MACHINES + to.index();
    }

    /** The same in both directions. */
    private static long pair(Machine a, Machine b) {
        return a.index() < b.index() ? key(a, b) : key(b, a);
    }

    private static BitSet indexes(Iterable<Machine> group) {
        BitSet indexes = new BitSet();
        for (Machine machine : group) {
            indexes.set(machine.index());
        }
        return indexes;
    }
}
