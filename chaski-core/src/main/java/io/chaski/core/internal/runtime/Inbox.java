package io.chaski.core.internal.runtime;

import io.chaski.core.internal.protocol.PublishOutcome;
import io.chaski.core.internal.wire.ArrayPayload;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What other threads want from the loop, in the order of each thread: slots that are used again and again, so that a
 * message costs no object unless more wait than have lately, and one wake-up for however many entries arrive before the loop looks
 * (after D. Vyukov's bounded queues). A command never waits for a slot: those beyond come in a queue behind it. Thread-safe;
 * {@link #drain} is for the loop alone.
 */
final class Inbox {

    /** A few milliseconds of the fastest publisher; more would only be latency. */
    static final int MAX_PUBLISHES = 8_192;

    /** Room that publishes leave to commands, so that a flood of messages cannot keep a node from closing. */
    static final int SLOTS = 2 * MAX_PUBLISHES;

    /**
     * Commands beyond the slots. A program may ask for thousands of things at once; so many mean a loop that is stuck. What a node owes
     * is taken all the same, and bounded by whom it owes it to.
     */
    static final int MAX_LATE = 65_536;

    /** Bodies on the way to the loop; a single larger body passes when nothing else waits. */
    static final long MAX_BYTES = 16L << 20;

    /** Entries handled before the loop looks at its connections again. */
    static final int BATCH = 1_024;

    /**
     * Bytes handled before the loop looks at its connections again. What a turn publishes waits in each of them until
     * its end: half of what makes one count as full, or a burst would find it full although the socket takes everything,
     * and what is skipped then costs an advertisement and a second way through the payload cache.
     */
    static final int BATCH_BYTES = TransportLimits.DEFAULTS.highWaterMark() / 2;

    /** Entries after which room is given back to the producers; each time costs them a cache miss. Chunks of slots end at such steps. */
    private static final int ROOM_STEP = 64;

    /**
     * A producer that claimed bytes and then found no slot can make another one wait although the loop has just
     * signalled room. That one looks again after this time.
     */
    private static final long LONGEST_SLICE_NANOS = 10_000_000;

    private static final long CLOSED = Long.MIN_VALUE;

    /** Takes what was queued; on the loop. */
    interface Drainer {
        void onTask(NodeLoop.Task task);

        void onPublish(
                String topic,
                int channel,
                int hopLimit,
                boolean live,
                ArrayPayload body,
                @Nullable Consumer<PublishOutcome> done);
    }

    /** What became of an offer. */
    enum Offer {
        QUEUED,
        FULL,
        CLOSED
    }

    /**
     * A command that found no slot.
     *
     * @param task what to do
     * @param after all entries before this position come first
     */
    private record Late(NodeLoop.Task task, long after) {}

    private final InboxSlots slots;

    /** Commands that found no slot, in order. Guarded by itself. */
    private final Deque<Late> late = new ArrayDeque<>();

    /** Size of the above, and the position that the first of them follows, for those who need no more. */
    private volatile int lateCount;

    private volatile long lateAfter = Long.MAX_VALUE;

    private final AtomicLong tail = new AtomicLong();
    private final AtomicLong head = new AtomicLong();
    private final AtomicLong bytes = new AtomicLong();

    /** Of the bounds on messages, what is used now. */
    private volatile int mostPublishes = MAX_PUBLISHES;

    private volatile long mostBytes = MAX_BYTES;

    private final AtomicBoolean woken = new AtomicBoolean();
    private final Runnable wakeUp;

    private final AtomicInteger waiting = new AtomicInteger();
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition room = lock.newCondition();

    /**
     * An empty inbox.
     *
     * @param wakeUp makes the loop call {@link #drain} soon; called once until it does
     */
    Inbox(Runnable wakeUp) {
        this(wakeUp, new InboxSlots());
    }

    /** With slots that a test has made. */
    Inbox(Runnable wakeUp, InboxSlots slots) {
        assert SLOTS <= InboxSlots.MAX_WAITING && InboxSlots.CHUNK % ROOM_STEP == 0;
        this.wakeUp = wakeUp;
        this.slots = slots;
    }

    /** Queues a task; full only when {@link #MAX_LATE} wait beyond the slots. */
    Offer offer(NodeLoop.Task task) {
        return offer(task, MAX_LATE);
    }

    /** Queues a task of which there is a bounded number; never full. */
    Offer offerAlways(NodeLoop.Task task) {
        return offer(task, Integer.MAX_VALUE);
    }

    private Offer offer(NodeLoop.Task task, int mostLate) {
        long position = lateCount == 0 ? claim(SLOTS) : -1;
        if (position < 0) {
            return offerLate(task, mostLate);
        }
        InboxSlots.Slot slot = slots.claimed(position);
        slot.task = task;
        fill(slot, position);
        return Offer.QUEUED;
    }

    private Offer offerLate(NodeLoop.Task task, int mostLate) {
        synchronized (late) {
            long position = tail.get();
            if (position < 0) {
                return Offer.CLOSED;
            }
            if (late.size() >= mostLate) {
                return Offer.FULL;
            }
            late.add(new Late(task, position));
            countLate();
        }
        wake();
        return Offer.QUEUED;
    }

    /** Queues a message if there is room. */
    Offer offer(
            String topic,
            int channel,
            int hopLimit,
            boolean live,
            ArrayPayload body,
            @Nullable Consumer<PublishOutcome> done) {
        int size = body.size();
        if (!claimBytes(size)) {
            return refusal();
        }
        long position = -1;
        try {
            position = claim(mostPublishes);
        } finally { // also if there is no memory for a slot: others would be refused for ever
            if (position < 0) {
                bytes.addAndGet(-size);
            }
        }
        if (position < 0) {
            return refusal();
        }
        InboxSlots.Slot slot = slots.claimed(position);
        slot.topic = topic;
        slot.channel = channel;
        slot.hopLimit = hopLimit;
        slot.live = live;
        slot.body = body;
        slot.done = done;
        fill(slot, position);
        return Offer.QUEUED;
    }

    /**
     * Changes how much may wait. Live messages are not excepted, or they could keep others out for as long as they come.
     *
     * @param publishes messages, 1 to {@link #MAX_PUBLISHES}
     * @param mostBytesNow bytes, 1 to {@link #MAX_BYTES}; the message that reaches them still passes
     */
    void limit(int publishes, long mostBytesNow) {
        boolean isMore = publishes > mostPublishes || mostBytesNow > mostBytes;
        mostPublishes = publishes;
        mostBytes = mostBytesNow;
        if (isMore && waiting.get() > 0) {
            signalRoom();
        }
    }

    /**
     * Waits until an offer may succeed.
     *
     * @param attempt offers, and is tried again whenever room appears
     * @param timeoutNanos how long to wait
     * @return the last outcome; FULL after the timeout
     * @throws InterruptedException if the caller is interrupted; nothing is queued then
     */
    Offer await(Supplier<Offer> attempt, long timeoutNanos) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            waiting.incrementAndGet();
            long remaining = timeoutNanos;
            while (true) {
                Offer outcome = attempt.get();
                if (outcome != Offer.FULL || remaining <= 0) {
                    return outcome;
                }
                long slice = Math.min(remaining, LONGEST_SLICE_NANOS);
                remaining -= slice - room.awaitNanos(slice);
            }
        } finally {
            waiting.decrementAndGet();
            lock.unlock();
        }
    }

    /**
     * Hands over up to {@link #BATCH} entries or {@link #BATCH_BYTES} and wakes the loop again if there are more.
     *
     * @param drainer takes them; what it throws is its own business and must not get here
     */
    void drain(Drainer drainer) {
        long from = head.get();
        long at = from;
        long released = 0;
        long handled = 0;
        while (at - from < BATCH && handled < BATCH_BYTES) {
            InboxSlots.Slot slot = slots.find(at);
            // In this order: whoever filled the slot may have queued a late command before.
            if (slot == null || at >= lateAfter) {
                break;
            }
            at++;
            int size = handOver(slot, drainer);
            released += size;
            handled += size;
            if (at % ROOM_STEP == 0) {
                if (at % InboxSlots.CHUNK == 0) {
                    slots.leave(at, tail.get() & ~CLOSED);
                }
                release(at, released);
                released = 0;
            }
        }
        release(at, released);
        boolean hasLate = lateCount > 0;
        if (hasLate) {
            drainLate(drainer, at);
        }
        // Only now: what came meanwhile, much of it from what was handed over, was taken as well and needs no turn of
        // its own.
        woken.set(false);
        if (at - from == BATCH || handled >= BATCH_BYTES || hasLate || lateCount > 0 || slots.find(at) != null) {
            wake();
        }
    }

    private void drainLate(Drainer drainer, long position) {
        for (int i = 0; i < BATCH; i++) {
            Late next;
            synchronized (late) {
                next = late.peek();
                if (next == null || next.after > position) {
                    return;
                }
                late.remove();
                countLate();
            }
            drainer.onTask(next.task);
        }
    }

    private void countLate() {
        Late next = late.peek();
        lateCount = late.size();
        lateAfter = next == null ? Long.MAX_VALUE : next.after;
    }

    /** Refuses everything from now on; what was queued before still comes out. */
    void close() {
        synchronized (late) { // whoever got in before is seen by isExhausted
            tail.getAndUpdate(position -> position | CLOSED);
        }
        signalRoom();
    }

    /** Whether it is closed and everything that was queued has come out. */
    boolean isExhausted() {
        long position = tail.get();
        return position < 0 && (position & ~CLOSED) == head.get() && lateCount == 0;
    }

    /** Number of entries that wait. */
    int size() {
        return (int) ((tail.get() & ~CLOSED) - head.get()) + lateCount;
    }

    private long claim(int limit) {
        while (true) {
            long position = tail.get();
            if (position < 0) {
                return -1;
            }
            long waiting = position - head.get();
            if (waiting >= limit) {
                return -1;
            }
            if (waiting < 0) {
                // Others have claimed it and the loop has taken it meanwhile: a chunk for it would lie there unused.
                continue;
            }
            // First: a position that is claimed and never filled would hold up the loop for ever.
            slots.prepare(position);
            if (tail.compareAndSet(position, position + 1)) {
                return position;
            }
        }
    }

    private boolean claimBytes(int size) {
        while (true) {
            long queued = bytes.get();
            if (queued > 0 && (queued + size > MAX_BYTES || queued >= mostBytes)) {
                return false;
            }
            if (bytes.compareAndSet(queued, queued + size)) {
                return true;
            }
        }
    }

    private Offer refusal() {
        return tail.get() < 0 ? Offer.CLOSED : Offer.FULL;
    }

    private void fill(InboxSlots.Slot slot, long position) {
        slot.filled = position + 1;
        wake();
    }

    private void wake() {
        if (!woken.get() && woken.compareAndSet(false, true)) {
            wakeUp.run();
        }
    }

    private static int handOver(InboxSlots.Slot slot, Drainer drainer) {
        NodeLoop.Task task = slot.task;
        if (task != null) {
            slot.task = null;
            drainer.onTask(task);
            return 0;
        }
        String topic = Objects.requireNonNull(slot.topic, "a filled slot holds a task or a message");
        ArrayPayload body = Objects.requireNonNull(slot.body, "a message has a body");
        Consumer<PublishOutcome> done = slot.done;
        slot.topic = null;
        slot.body = null;
        slot.done = null;
        drainer.onPublish(topic, slot.channel, slot.hopLimit, slot.live, body, done);
        return body.size();
    }

    private void release(long position, long releasedBytes) {
        head.set(position);
        if (releasedBytes > 0) {
            bytes.addAndGet(-releasedBytes);
        }
        if (waiting.get() > 0) {
            signalRoom();
        }
    }

    private void signalRoom() {
        lock.lock();
        try {
            room.signalAll();
        } finally {
            lock.unlock();
        }
    }
}
