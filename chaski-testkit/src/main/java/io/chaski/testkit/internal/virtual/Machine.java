package io.chaski.testkit.internal.virtual;

import io.chaski.core.Address;
import io.chaski.core.internal.wire.Datagram;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Where one node runs: an address, a clock, and a process that may sleep, die and be started again. Made by {@link
 * VirtualNetwork#machine}. Confined to the simulation's thread.
 */
public final class Machine {

    private static final int FRAME_TYPES = 256;
    private static final int FIRST_EPHEMERAL_PORT = 32_768;
    private static final int EPHEMERAL_PORTS = 28_232;

    /** Hears datagrams. */
    @FunctionalInterface
    public interface DatagramHandler {
        /**
         * A datagram.
         *
         * @param from address of the sender's UDP port
         * @param datagram what came
         * @param bytes its length on the wire
         */
        void onDatagram(Address from, Datagram datagram, int bytes);
    }

    private final VirtualNetwork network;
    private final int index;
    private final Address address;
    private final Set<VirtualSocket> sockets = new LinkedHashSet<>();
    private final Deque<Event> asleepInbox = new ArrayDeque<>();
    private final long[] sent = new long[FRAME_TYPES];
    private final long[] received = new long[FRAME_TYPES];
    private Dial.@Nullable Acceptor acceptor;
    private @Nullable DatagramHandler datagramHandler;
    private long clockOffsetNanos;
    private boolean answering = true;
    private boolean asleep;
    private int life;
    private int dialled;
    private long mostQueuedBytes;

    Machine(VirtualNetwork network, int index, Address address, long clockOffsetNanos) {
        this.network = network;
        this.index = index;
        this.address = address;
        this.clockOffsetNanos = clockOffsetNanos;
    }

    /** Dense number within the network. */
    public int index() {
        return index;
    }

    /** Where it can be reached. */
    public Address address() {
        return address;
    }

    // ---- time

    /** Its monotonic clock: no two machines agree on the zero, and it may be negative. */
    public long nanoTime() {
        return network.nowNanos() + clockOffsetNanos;
    }

    /**
     * When the machine's clock will show a time, unless it jumps.
     *
     * @param nanoTime a value of {@link #nanoTime()}
     * @return the moment in network time
     */
    public long networkTime(long nanoTime) {
        return nanoTime - clockOffsetNanos;
    }

    /**
     * The clock jumps.
     *
     * @param nanos how far; positive only, because it is monotonic
     */
    public void jumpClock(long nanos) {
        clockOffsetNanos += nanos;
    }

    // ---- the process

    /**
     * The process begins to accept connections and datagrams.
     *
     * @param newAcceptor decides about connections
     * @param newDatagramHandler hears datagrams
     */
    public void listen(Dial.Acceptor newAcceptor, DatagramHandler newDatagramHandler) {
        acceptor = newAcceptor;
        datagramHandler = newDatagramHandler;
        answering = true;
    }

    /** The process ceases to accept connections; those it has go on. */
    public void refuse() {
        acceptor = null;
    }

    /** The process is gone; the kernel resets its connections and refuses new ones. */
    public void crash() {
        for (VirtualSocket socket : List.copyOf(sockets)) {
            socket.reset();
        }
        die();
    }

    /** Process and kernel are gone without a word. What comes is lost; nothing is answered until the next start. */
    public void vanish() {
        for (VirtualSocket socket : List.copyOf(sockets)) {
            socket.forget();
        }
        die();
        answering = false;
    }

    private void die() {
        acceptor = null;
        datagramHandler = null;
        asleep = false;
        asleepInbox.clear();
        life++;
    }

    /** The process stands still; what comes waits. */
    public void sleep() {
        asleep = true;
    }

    /**
     * The process goes on with what has come meanwhile.
     *
     * @param first happens before everything that waits
     */
    public void wakeAfter(Event first) {
        asleep = false;
        first.happen();
        while (!asleep && !asleepInbox.isEmpty()) {
            asleepInbox.removeFirst().happen();
        }
    }

    /** Whether the process stands still. */
    public boolean isAsleep() {
        return asleep;
    }

    /** Whether the kernel is there to answer. */
    public boolean isAnswering() {
        return answering;
    }

    boolean isListening() {
        return acceptor != null;
    }

    /** Changes with each death of the process. */
    int life() {
        return life;
    }

    /**
     * Lets something happen to the process: now, or when it wakes. Nothing happens if it dies before.
     *
     * @param event what
     */
    public void whenAwake(Event event) {
        if (asleep) {
            asleepInbox.addLast(event);
        } else {
            event.happen();
        }
    }

    // ---- the network

    /**
     * Connects.
     *
     * @param to where to
     * @param outcome hears how it ended, never before this returns
     */
    public Dial dial(Address to, Dial.Outcome outcome) {
        Dial dial = new Dial(network, this, to, outcome);
        dial.request();
        return dial;
    }

    /**
     * Sends a datagram, perhaps in vain.
     *
     * @param to where to
     * @param datagram what
     */
    public void send(Address to, Datagram datagram) {
        network.send(this, to, datagram);
    }

    /** Its open ends of connections, oldest first. */
    public List<VirtualSocket> sockets() {
        return new ArrayList<>(sockets);
    }

    /**
     * Number of frames of a type that were sent from here.
     *
     * @param frameType see {@link io.chaski.core.internal.wire.FrameType}
     */
    public long sent(int frameType) {
        return sent[frameType];
    }

    /**
     * Number of frames of a type that arrived here.
     *
     * @param frameType see {@link io.chaski.core.internal.wire.FrameType}
     */
    public long received(int frameType) {
        return received[frameType];
    }

    /** The most bytes that ever waited at one end of a connection here. */
    public long mostQueuedBytes() {
        return mostQueuedBytes;
    }

    void noteQueued(long bytes) {
        mostQueuedBytes = Math.max(mostQueuedBytes, bytes);
    }

    void countSent(int frameType) {
        sent[frameType]++;
    }

    void countReceived(int frameType) {
        received[frameType]++;
    }

    void add(VirtualSocket socket) {
        sockets.add(socket);
    }

    void remove(VirtualSocket socket) {
        sockets.remove(socket);
    }

    @Nullable
    SocketHandler accept(VirtualSocket socket) {
        return acceptor == null ? null : acceptor.onAccepted(socket);
    }

    @Nullable
    DatagramHandler datagramHandler() {
        return datagramHandler;
    }

    Address ephemeralAddress() {
        return address.withPort(FIRST_EPHEMERAL_PORT + dialled++ % EPHEMERAL_PORTS);
    }
}
