package io.chaski.testkit.simulation;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.Consumer;

/**
 * The application behind a subscription: a queue, and somebody who takes from it at a steady rate, or not at all. Either
 * publishers wait for room in the queue, or it gives up its oldest messages when it is full. Confined to the simulation's
 * thread.
 */
public final class SimulatedConsumer {

    /** Publishers hear of room in such parts of the whole, as the library tells them. */
    private static final int ROOM_STEPS = 4;

    private final SimulatedNetwork network;
    private final Consumer<Delivery> application;
    private final long capacity;
    private final boolean isWaitedFor;
    private final Runnable onRoom;
    private final Deque<Item> queue = new ArrayDeque<>();
    private long queued;
    private long mostQueued;
    private long mostSinceTold;
    private long dropped;
    private long perSecond;
    private boolean isTaking;

    private record Item(LifeInvariants.Account account, Delivery delivery, long cost) {}

    private SimulatedConsumer(
            SimulatedNetwork network,
            Consumer<Delivery> application,
            long capacity,
            boolean isWaitedFor,
            Runnable onRoom) {
        this.network = network;
        this.application = application;
        this.capacity = capacity;
        this.isWaitedFor = isWaitedFor;
        this.onRoom = onRoom;
        network.wires().trace((isWaitedFor ? "queue that is waited for, " : "queue that drops, ") + capacity);
    }

    /**
     * One that must not miss anything. What is in its queue is the application's already.
     *
     * @param onRoom tells publishers that there is more room
     */
    static SimulatedConsumer waitedFor(
            SimulatedNetwork network, Consumer<Delivery> application, long capacity, Runnable onRoom) {
        return new SimulatedConsumer(network, application, capacity, true, onRoom);
    }

    /** One that may miss what it is too slow for. */
    static SimulatedConsumer dropping(SimulatedNetwork network, Consumer<Delivery> application, long capacity) {
        return new SimulatedConsumer(network, application, capacity, false, () -> {});
    }

    /**
     * Takes so much from now on.
     *
     * @param bytesPerSecond cost of the messages taken, 0 to take none
     */
    public void take(long bytesPerSecond) {
        network.wires().trace("take " + bytesPerSecond);
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

    /** Number of messages that were given up because the queue was full. */
    public long dropped() {
        return dropped;
    }

    /** Its process has ended, or listens no more: what waits is gone. */
    void close() {
        queue.clear();
        queued = 0;
    }

    /** What it holds, as publishers see it. */
    long capacity() {
        return isWaitedFor ? capacity : Long.MAX_VALUE;
    }

    /** What would find room, as publishers see it. */
    long room() {
        return isWaitedFor ? Math.max(0, capacity - queued) : Long.MAX_VALUE;
    }

    void onDelivered(LifeInvariants.Account account, Delivery delivery, long cost) {
        if (isWaitedFor) {
            account.taken++;
            application.accept(delivery);
        } else {
            makeRoomFor(cost);
        }
        queue.add(new Item(account, delivery, cost));
        queued += cost;
        mostQueued = Math.max(mostQueued, queued);
        mostSinceTold = Math.max(mostSinceTold, queued);
        takeNext();
    }

    private void makeRoomFor(long cost) {
        while (!queue.isEmpty() && queued + cost > capacity) {
            removeFirst().account.dropped++;
            dropped++;
        }
    }

    private void takeNext() {
        if (isTaking || perSecond == 0 || queue.isEmpty()) {
            return;
        }
        isTaking = true;
        long nanos = queue.element().cost * Duration.ofSeconds(1).toNanos() / perSecond;
        if (isWaitedFor) {
            network.after(Duration.ofNanos(nanos), this::taken);
        } else {
            // What is being handled is not in the queue any more, or it might be dropped meanwhile.
            Item item = removeFirst();
            item.account.taken++;
            application.accept(item.delivery);
            network.after(Duration.ofNanos(nanos), this::handled);
        }
    }

    private void taken() {
        isTaking = false;
        if (!queue.isEmpty()) {
            removeFirst();
        }
        if (mostSinceTold - queued >= capacity / ROOM_STEPS) {
            mostSinceTold = queued;
            onRoom.run();
        }
        takeNext();
    }

    private void handled() {
        isTaking = false;
        takeNext();
    }

    private Item removeFirst() {
        Item first = queue.removeFirst();
        queued -= first.cost;
        return first;
    }
}
