package io.chaski.testkit.internal.virtual;

import io.chaski.core.CloseReason;
import io.chaski.core.internal.wire.EdgeFrame;
import io.chaski.core.internal.wire.Frame;
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

    /** How often the receiver of something large on a slow link is told that bytes come; no more than a hundred times. */
    static final long PART_NANOS = 2_000_000_000L;

    private static final int MAX_PARTS = 100;

    /** As the runtime: no byte accepted for so long, and the connection fails. */
    static final long STALL_NANOS = 10_000_000_000L;

    private final VirtualNetwork network;
    private final VirtualSocket from;
    private final VirtualSocket to;
    private @Nullable Deque<Arrival> held;
    private long lastArrivalNanos;
    private long transmitterFreeAtNanos;
    private int underway;
    private long queuedBytes;
    private long taken;
    private boolean writable = true;
    private boolean dead;

    Lane(VirtualNetwork network, VirtualSocket from, VirtualSocket to) {
        this.network = network;
        this.from = from;
        this.to = to;
    }

    VirtualNetwork network() {
        return network;
    }

    /** Number of things sent that have not reached the other end. */
    int underway() {
        return underway;
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
        Faults faults = network.faults(from.machine(), to.machine());
        if (faults != null && !isOfTheConnection(frame)) {
            if (network.happens(faults.drop)) {
                return;
            }
            if (network.happens(faults.duplicate)) {
                send(new Arrival.OfFrame(this, frame), faults);
            }
        }
        send(new Arrival.OfFrame(this, frame), faults);
    }

    void sendData(Arrival.OfData message) {
        Faults faults = network.faults(from.machine(), to.machine());
        if (faults != null) {
            if (network.happens(faults.drop)) {
                return;
            }
            if (network.happens(faults.duplicate)) {
                send(message, faults);
            }
        }
        send(message, faults);
    }

    void send(Arrival item) {
        send(item, network.faults(from.machine(), to.machine()));
    }

    /**
     * What both ends agree on for the life of a connection: a transport that lost one of these without ending the
     * connection would not be a transport, so loss spares them.
     */
    private static boolean isOfTheConnection(Frame frame) {
        return frame instanceof EdgeFrame && !(frame instanceof EdgeFrame.Ping || frame instanceof EdgeFrame.Pong);
    }

    private void send(Arrival item, @Nullable Faults faults) {
        long sentAt = network.nowNanos();
        long delay = network.latencyNanos(from.machine(), to.machine());
        if (faults != null) {
            if (faults.bytesPerSecond > 0) {
                long beginsAt = Math.max(sentAt, transmitterFreeAtNanos);
                sentAt = transmit(item.size(), faults.bytesPerSecond);
                sendParts(beginsAt, sentAt, delay);
            }
            delay += network.drawUpTo(faults.jitterNanos);
            if (network.happens(faults.spike)) {
                delay += faults.spikeNanos;
            }
        }
        lastArrivalNanos = Math.max(lastArrivalNanos, sentAt + delay);
        underway++;
        network.queue().at(lastArrivalNanos, item);
    }

    private void sendParts(long beginsAt, long endsAt, long delay) {
        long everyNanos = Math.max(PART_NANOS, (endsAt - beginsAt) / MAX_PARTS);
        for (long atNanos = beginsAt + everyNanos; atNanos < endsAt; atNanos += everyNanos) {
            underway++;
            network.queue().at(Math.max(lastArrivalNanos, atNanos + delay), new Arrival.Part(this));
        }
    }

    private long transmit(int bytes, long bytesPerSecond) {
        long begin = Math.max(network.nowNanos(), transmitterFreeAtNanos);
        transmitterFreeAtNanos = begin + bytes * 1_000_000_000L / bytesPerSecond;
        queue(bytes);
        network.queue().at(transmitterFreeAtNanos, () -> unqueue(bytes));
        return transmitterFreeAtNanos;
    }

    void onArrival(Arrival item) {
        if (dead) {
            underway--;
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

    private void queue(int bytes) {
        queuedBytes += bytes;
        if (queuedBytes > MAX_QUEUED_BYTES && from.isOpen()) {
            network.after(0, () -> from.fail(CloseReason.SLOW_CONSUMER));
        } else if (writable && queuedBytes > HIGH_WATER_BYTES) {
            writable = false;
            network.after(0, () -> from.tellWritability(false));
            watchForStall();
        }
    }

    private void unqueue(int bytes) {
        queuedBytes -= bytes;
        taken++;
        if (!writable && queuedBytes < LOW_WATER_BYTES) {
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
