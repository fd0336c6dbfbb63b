package io.chaski.testkit.simulation;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * The application behind a subscription that must not miss anything: a queue, and somebody who takes from it at a steady
 * rate, or not at all. Confined to the simulation's thread.
 */
public final class SimulatedConsumer {

    /** Publishers hear of room in such parts of the whole, as the library tells them. */
    private static final int ROOM_STEPS = 4;

    private final SimulatedNetwork network;
    private final long capacity;
    private final Runnable onRoom;
    private final Deque<Long> queue = new ArrayDeque<>();
    private long queued;
    private long mostQueued;
    private long mostSinceTold;
    private long perSecond;
    private boolean isTaking;

    SimulatedConsumer(SimulatedNetwork network, long capacity, Runnable onRoom) {
        this.network = network;
        this.capacity = capacity;
        this.onRoom = onRoom;
    }

    /**
     * Takes so much from now on.
     *
     * @param bytesPerSecond cost of the messages taken, 0 to take none
     */
    public void take(long bytesPerSecond) {
        perSecond = bytesPerSecond;
        takeNext();
    }

    /** Cost of what waits now. */
    public long queued() {
        return queued;
    }

    /** Cost of the most that ever waited. */
    public long mostQueued() {
        return mostQueued;
    }

    long capacity() {
        return capacity;
    }

    long room() {
        return Math.max(0, capacity - queued);
    }

    void onDelivered(long cost) {
        queue.add(cost);
        queued += cost;
        mostQueued = Math.max(mostQueued, queued);
        mostSinceTold = Math.max(mostSinceTold, queued);
        takeNext();
    }

    private void takeNext() {
        if (isTaking || perSecond == 0 || queue.isEmpty()) {
            return;
        }
        isTaking = true;
        long nanos = queue.element() * Duration.ofSeconds(1).toNanos() / perSecond;
        network.after(Duration.ofNanos(nanos), () -> {
            isTaking = false;
            if (!queue.isEmpty()) {
                queued -= queue.remove();
            }
            if (mostSinceTold - queued >= capacity / ROOM_STEPS) {
                mostSinceTold = queued;
                onRoom.run();
            }
            takeNext();
        });
    }
}
