package io.chaski.core.internal.runtime;

import io.chaski.core.NodeSnapshot.QueueSnapshot;
import io.chaski.core.OverflowPolicy;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The bounded queue between the event loop, which offers and never waits, and the one callback at a time that takes.
 * It also knows whether somebody is on the way to take, so that many offers cost one wake-up. Thread-safe.
 */
final class DeliveryQueue {

    /**
     * Handed to the callbacks at once. Large enough to make the lock cheap, small enough that the bound of the queue
     * means something: what is being handled counts no more.
     */
    static final int BATCH_MESSAGES = 64;

    private static final long BATCH_BYTES = 256 << 10;

    /**
     * So much is worth a wake-up of its own, which costs as much as a dozen messages; or half a queue, which must not run full while
     * whoever takes sleeps.
     */
    static final int MANY_MESSAGES = 64;

    private static final long MANY_BYTES = 64 << 10;

    /** Publishers hear of room in such parts of the whole: as often as credit is granted. */
    private static final int ROOM_STEPS = 4;

    /** A kibibyte and what is around it; the first message corrects it. */
    private static final double MEAN_BYTES_AT_FIRST = 1_088;

    /**
     * How many messages the mean of their size looks back on. Few, so that after a change of size no more than so many come
     * beyond the capacity, or wait for room that there is; many enough that one odd message does not count for all.
     */
    private static final int MEAN_OF = 16;

    /**
     * What was taken.
     *
     * @param dropped messages given up since the last batch
     * @param items in order; empty if the queue was empty
     * @param overflowed whether the queue has ended by overflow and this is the last batch
     */
    record Batch(long dropped, List<Incoming> items, boolean overflowed) {}

    private final int capacity;
    private final long capacityBytes;
    private final OverflowPolicy policy;
    private final int manyMessages;
    private final long manyBytes;
    private final Deque<Incoming> items = new ArrayDeque<>();

    private long bytes;

    /** Of the messages that have come lately, and the least room since publishers heard of it; for a queue that blocks. */
    private double meanBytes;

    private long leastRoom = Long.MAX_VALUE;
    private long droppedSinceBatch;
    private long droppedInAll;
    private boolean isTakerOnTheWay;
    private boolean isOverflowed;
    private boolean isClosed;

    DeliveryQueue(int capacity, long capacityBytes, OverflowPolicy policy) {
        this.capacity = capacity;
        this.capacityBytes = capacityBytes;
        this.policy = policy;
        this.manyMessages = Math.min(MANY_MESSAGES, capacity / 2);
        this.manyBytes = Math.min(MANY_BYTES, capacityBytes / 2);
    }

    /**
     * Whether so much is worth a wake-up of its own, and should not wait for more.
     *
     * @param count of messages
     * @param size of all of them, in bytes
     */
    boolean isMuch(int count, long size) {
        return count >= manyMessages || size >= manyBytes;
    }

    /** Whether publishers wait for room here: then what has been taken meanwhile should be known before more is granted. */
    boolean isWaitedFor() {
        return policy == OverflowPolicy.BLOCK;
    }

    /**
     * Adds things, or gives things up. Never waits.
     *
     * @param arrived in order
     */
    synchronized void offer(List<Incoming> arrived) {
        for (Incoming item : arrived) {
            add(item);
        }
    }

    private void add(Incoming item) {
        if (isClosed) {
            return;
        }
        if (isOverflowed) { // though there may be room again: nothing comes after a message that was given up
            drop(item);
            return;
        }
        while (!items.isEmpty() && !fits(item)) {
            switch (policy) {
                case DROP_OLDEST -> drop(removeFirst());
                case DROP_NEWEST -> {
                    drop(item);
                    return;
                }
                case FAIL -> {
                    isOverflowed = true;
                    drop(item);
                    return;
                }
                case BLOCK -> throw new IllegalStateException("a queue that blocks fits everything");
            }
        }
        items.addLast(item);
        bytes += item.sizeBytes();
        if (policy == OverflowPolicy.BLOCK) {
            meanBytes += meanBytes == 0 ? item.sizeBytes() : (item.sizeBytes() - meanBytes) / MEAN_OF;
            leastRoom = Math.min(leastRoom, room());
        }
    }

    /** Takes what is there, up to a batch; null when there is nothing to report and the taker may go. */
    synchronized @Nullable Batch take() {
        if (isClosed || isNewsless()) {
            isTakerOnTheWay = false;
            return null;
        }
        List<Incoming> taken = new ArrayList<>(Math.min(BATCH_MESSAGES, items.size()));
        long takenBytes = 0;
        while (!items.isEmpty() && taken.size() < BATCH_MESSAGES && takenBytes < BATCH_BYTES) {
            Incoming item = removeFirst();
            takenBytes += item.sizeBytes();
            taken.add(item);
        }
        long dropped = droppedSinceBatch;
        droppedSinceBatch = 0;
        boolean isLast = isOverflowed && items.isEmpty();
        isClosed |= isLast;
        return new Batch(dropped, taken, isLast);
    }

    /**
     * What publishers may send before it is full: of bytes, or of messages of the mean size of late. What has been granted
     * comes in any case, so that a queue may hold more than its bounds by that.
     *
     * @return {@link Long#MAX_VALUE} unless the policy is {@link OverflowPolicy#BLOCK}
     */
    synchronized long room() {
        if (policy != OverflowPolicy.BLOCK) {
            return Long.MAX_VALUE;
        }
        return Math.max(0, Math.min(capacityBytes - bytes, ofMeanSize(capacity - items.size())));
    }

    /** What {@link #room} is when nothing waits. */
    synchronized long capacity() {
        return policy == OverflowPolicy.BLOCK ? Math.min(capacityBytes, ofMeanSize(capacity)) : Long.MAX_VALUE;
    }

    /** Whether there is so much more room than when this was last true that publishers should know. */
    boolean hasMoreRoom() {
        return policy == OverflowPolicy.BLOCK && isMuchMoreRoom();
    }

    private synchronized boolean isMuchMoreRoom() {
        if (room() - leastRoom < capacity() / ROOM_STEPS) {
            return false;
        }
        leastRoom = room();
        return true;
    }

    private long ofMeanSize(long messages) {
        return (long) (messages * (meanBytes == 0 ? MEAN_BYTES_AT_FIRST : meanBytes));
    }

    /** The taker that was sent could not go: another is wanted. */
    synchronized void takerFailed() {
        isTakerOnTheWay = false;
    }

    /** Whether there is something to take and nobody on the way; if so, somebody must be sent. */
    synchronized boolean wantsTaker() {
        if (isTakerOnTheWay || isClosed || isNewsless()) {
            return false;
        }
        isTakerOnTheWay = true;
        return true;
    }

    /** Forgets everything and takes nothing any more. */
    synchronized void close() {
        isClosed = true;
        items.clear();
        bytes = 0;
    }

    synchronized int size() {
        return items.size();
    }

    synchronized long sizeBytes() {
        return bytes;
    }

    /**
     * Depth and bounds at one moment.
     *
     * @param topic whose queue it is
     */
    synchronized QueueSnapshot snapshot(String topic) {
        return new QueueSnapshot(topic, items.size(), bytes, capacity, capacityBytes, droppedInAll);
    }

    /** Messages given up so far. */
    synchronized long dropped() {
        return droppedInAll;
    }

    private boolean isNewsless() {
        return items.isEmpty() && droppedSinceBatch == 0 && !isOverflowed;
    }

    /** A message that is larger than the whole queue is still taken when nothing else waits, or it never could be. */
    private boolean fits(Incoming item) {
        return policy == OverflowPolicy.BLOCK || items.size() < capacity && bytes + item.sizeBytes() <= capacityBytes;
    }

    private Incoming removeFirst() {
        Incoming first = items.removeFirst();
        bytes -= first.sizeBytes();
        return first;
    }

    private void drop(Incoming item) {
        droppedSinceBatch += item.messages();
        droppedInAll += item.messages();
    }
}
