package io.chaski.testkit.internal.virtual;

import io.chaski.core.CloseReason;
import io.chaski.core.internal.wire.EdgeFrame;
import io.chaski.core.internal.wire.Frame;
import io.chaski.core.internal.wire.WireLimits;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * One direction of a connection. What is sent arrives in order, after the latency of the path; what meets a block
 * waits for its end, as in TCP's send buffer.
 */
final class Lane {

    /** Netty's watermarks as the runtime sets them. */
    static final long HIGH_WATER_BYTES = 512 << 10;

    static final long LOW_WATER_BYTES = 256 << 10;

    /** As the runtime: beyond it the connection fails. */
    static final long MAX_QUEUED_BYTES = 16 << 20;

    /** As the runtime: no byte accepted for so long, and the connection fails. */
    static final long STALL_NANOS = 10_000_000_000L;

    private final VirtualNetwork network;
    private final VirtualSocket from;
    private final VirtualSocket to;
    private @Nullable Deque<Arrival> held;
    private final Transmitter transmitter;
    private long lastArrivalNanos;
    private int underway;
    private long queuedBytes;
    private long taken;
    private boolean writable = true;
    private boolean dead;

    Lane(VirtualNetwork network, VirtualSocket from, VirtualSocket to) {
        this.network = network;
        this.from = from;
        this.to = to;
        this.transmitter = new Transmitter(this);
    }

    VirtualNetwork network() {
        return network;
    }

    /** Number of things sent that have not reached the other end. */
    int underway() {
        return underway;
    }

    /** Whether something waits for its turn. */
    boolean isCongested() {
        return queuedBytes > 0;
    }

    /** Whether it takes more without queueing beyond the high-water mark. */
    boolean isWritable() {
        return writable;
    }

    /** From now on nothing arrives, and nobody is told. */
    void kill() {
        dead = true;
    }

    void sendFrame(Frame frame) {
        Arrival.OfFrame item = new Arrival.OfFrame(this, frame);
        network.countControl(item);
        Faults faults = network.faults(from.machine(), to.machine());
        if (faults != null && !isOfTheConnection(frame)) {
            if (network.happens(faults.drop)) {
                network.onLost(from.machine(), to.machine());
                return;
            }
            if (network.happens(faults.duplicate)) {
                send(item);
            }
        }
        send(item);
    }

    void sendData(Arrival.OfData message) {
        Faults faults = network.faults(from.machine(), to.machine());
        if (faults != null) {
            if (network.happens(faults.drop)) {
                return;
            }
            if (network.happens(faults.duplicate)) {
                send(message);
            }
        }
        send(message);
    }

    /** Sends something; on a narrow path it waits for its turn. */
    void send(Arrival item) {
        underway++;
        if (bytesPerSecond() > 0 || transmitter.isBusy()) {
            transmitter.add(item);
            queue(item.size());
            transmitter.start();
        } else {
            transmitter.pass(item);
            leave(item);
        }
    }

    /** Bytes a second that the path carries now, 0 for no limit. */
    long bytesPerSecond() {
        Faults faults = network.faults(from.machine(), to.machine());
        return faults == null ? 0 : faults.bytesPerSecond;
    }

    /** The last byte of something leaves. */
    void leave(Arrival item) {
        Faults faults = network.faults(from.machine(), to.machine());
        long delay = network.latencyNanos(from.machine(), to.machine());
        if (faults != null) {
            delay += network.drawUpTo(faults.jitterNanos);
            if (network.happens(faults.spike)) {
                delay += faults.spikeNanos;
            }
        }
        lastArrivalNanos = Math.max(lastArrivalNanos, network.nowNanos() + delay);
        network.queue().at(lastArrivalNanos, item);
    }

    /** Bytes leave that are not the last ones of anything. */
    void leavePart() {
        underway++;
        leave(new Arrival.Part(this));
    }

    /**
     * What both ends agree on for the life of a connection: a transport that lost one of these without ending the
     * connection would not be a transport, so loss spares them.
     */
    private static boolean isOfTheConnection(Frame frame) {
        return frame instanceof EdgeFrame && !(frame instanceof EdgeFrame.Ping || frame instanceof EdgeFrame.Pong);
    }

    void onArrival(Arrival item) {
        if (dead) {
            underway--;
            network.onLost(from.machine(), to.machine());
        } else if (held != null || network.isBlocked(from.machine(), to.machine())) {
            hold(item);
        } else {
            pass(item);
        }
    }

    private void hold(Arrival item) {
        if (held == null) {
            held = new ArrayDeque<>();
            network.onHeld(this);
        }
        held.addLast(item);
        queue(item.size());
    }

    /**
     * Lets what waited for the end of a block arrive after the latency of the path, unless there is still a block.
     * What arrives before is put behind it.
     *
     * @return whether it need not be released again
     */
    boolean release() {
        if (network.isBlocked(from.machine(), to.machine())) {
            return false;
        }
        network.after(network.latencyNanos(from.machine(), to.machine()), this::drain);
        return true;
    }

    private void drain() {
        Deque<Arrival> waiting = held;
        if (waiting == null) {
            return;
        }
        if (network.isBlocked(from.machine(), to.machine())) {
            network.onHeld(this);
            return;
        }
        held = null;
        for (Arrival item : waiting) {
            unqueue(item.size());
            pass(item);
        }
    }

    private void pass(Arrival item) {
        Machine machine = to.machine();
        if (!machine.isAsleep()) {
            underway--;
            to.receive(item);
            return;
        }
        int size = item.size();
        queue(size);
        machine.whenAwake(() -> {
            underway--;
            unqueue(size);
            to.receive(item);
        });
    }

    /** As the runtime: a large message that leaves in parts holds nobody up. */
    private long inTheWayBytes() {
        return queuedBytes - Math.min(transmitter.partBytes(), WireLimits.DEFAULT_MAX_FRAME);
    }

    private void queue(int bytes) {
        queuedBytes += bytes;
        from.machine().noteQueued(queuedBytes);
        if (queuedBytes > MAX_QUEUED_BYTES && from.isOpen()) {
            network.after(0, () -> from.fail(CloseReason.SLOW_CONSUMER));
        } else if (writable && inTheWayBytes() > HIGH_WATER_BYTES) {
            writable = false;
            network.after(0, () -> from.tellWritability(false));
            watchForStall();
        }
    }

    void unqueue(int bytes) {
        queuedBytes -= bytes;
        taken++;
        if (!writable && inTheWayBytes() < LOW_WATER_BYTES) {
            writable = true;
            network.after(0, () -> from.tellWritability(true));
        }
    }

    private void watchForStall() {
        long takenBefore = taken;
        network.after(STALL_NANOS, () -> {
            if (!writable && from.isOpen()) {
                if (taken == takenBefore) {
                    from.fail(CloseReason.SLOW_CONSUMER);
                } else {
                    watchForStall();
                }
            }
        });
    }
}
