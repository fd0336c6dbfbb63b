package io.chaski.core.internal.protocol.tree;

import io.chaski.core.internal.protocol.MemoryBudget;
import io.chaski.core.internal.wire.ArrayPayload;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The recent messages of a topic, for neighbours that missed them: the very arrays that are delivered here, or were
 * published (ADR 47), with parallel arrays for the rest, oldest out first. Bounded by age, count and bytes at once, and by what
 * the caches of all topics may take together: at that limit it gives up its own oldest, and keeps nothing if it has
 * nothing to give up. What neighbours must not miss has some room in any case. It starts with nothing and gives its
 * memory back when it runs empty. Confined to the node's event loop.
 */
final class PayloadCache {

    /** What {@link #find} answers when the message is not kept. */
    static final int NOT_KEPT = -1;

    private static final int FIRST_SLOTS = 16;

    /** What a slot takes, in all arrays together, rounded up. */
    private static final long SLOT_BYTES = 56;

    /** What a body takes besides its bytes: two objects, and what an array is rounded up by. */
    static final int BODY_OVERHEAD_BYTES = 48;

    /**
     * Numbers that differ in these bits alone are neighbours in the hash table; others are anywhere, unless somebody chooses them so
     * that they share a chain, which costs a look through what is kept for each of his messages that comes twice.
     */
    private static final int RUN_BITS = 6;

    private static final OriginLog[] NO_LOGS = {};
    private static final long[] NO_LONGS = {};
    private static final int[] NO_INTS = {};
    private static final ArrayPayload[] NO_BODIES = {};

    /** Who owes messages to neighbours. */
    interface Owed {
        /** The position from which on messages are still needed, {@link Long#MAX_VALUE} for none. */
        long neededFrom();

        /** Memory that a cache may take although all topics together have too much: 0 unless somebody must not miss anything. */
        long reservedBytes();

        /**
         * There is no room: nobody gets the message any more who has not got it.
         *
         * @param position of a message that has to go
         */
        void onNoRoom(long position);
    }

    private final TreeSettings.Cache settings;
    private final int maxBytes;
    private final MemoryBudget budget;
    private final Owed owed;

    /** How many messages have gone: the position of the oldest. */
    private long gone;

    // Message n, counted from 0 over all time, is in slot n & (slots - 1); slots is a power of two.
    private int oldest;
    private int count;
    private @Nullable OriginLog[] logs = NO_LOGS;
    private long[] seqs = NO_LONGS;
    private long[] keptNanos = NO_LONGS;
    private @Nullable ArrayPayload[] bodies = NO_BODIES;
    private int[] hops = NO_INTS;
    private int[] senders = NO_INTS;

    // A hash table from (log, number) to position, of which it has the low half: chains from the newest to the oldest.
    // What goes is always the oldest, so a chain ends with the first position that is kept no more, and nothing is
    // taken out of it.
    private int[] heads = NO_INTS;
    private int[] chain = NO_INTS;

    private long liveBytes;

    /**
     * An empty cache.
     *
     * @param settings its own bounds
     * @param budget shared with the caches of the other topics
     * @param owed knows what must stay
     */
    PayloadCache(TreeSettings settings, MemoryBudget budget, Owed owed) {
        this.owed = owed;
        this.settings = settings.cache();
        this.maxBytes = settings.cacheBytes();
        this.budget = budget;
    }

    int count() {
        return count;
    }

    long bytes() {
        return liveBytes;
    }

    /** What the bodies take in memory. */
    private long bodyMemory() {
        return liveBytes + (long) count * BODY_OVERHEAD_BYTES;
    }

    /**
     * Keeps a message that is not kept yet, at the cost of the oldest; not if all topics together keep too much already
     * and this one nothing, and not a live one at the cost of one that is still needed.
     *
     * @param sender serial number of the link it came from, 0 for an own one
     * @param hop hop at which it was received, 0 for an own one
     * @param body at most half of the largest size of the cache
     * @return whether it is kept, at the last position
     */
    boolean put(
            OriginLog log, long seq, int sender, int hop, int hopLimit, int flags, ArrayPayload body, long nowNanos) {
        int size = body.size();
        boolean isShort = count == logs.length && count < settings.messages() && !growSlots();
        boolean isImpossible = logs.length == 0 || !fitsAlone(size);
        if (isShort || isImpossible) {
            budget.onGivenUp();
        }
        if (isImpossible) {
            return false; // before anything makes way for it
        }
        boolean isLive = Broadcast.isLive(flags);
        if ((count == logs.length || count == settings.messages()) && !makeWay(isLive)) {
            return false;
        }
        if (!takeMemory(size, isShort, isLive)) {
            return false;
        }
        liveBytes += size;
        int slot = oldest + count & logs.length - 1;
        logs[slot] = log;
        seqs[slot] = seq;
        keptNanos[slot] = nowNanos;
        bodies[slot] = body;
        hops[slot] = hop << 16 | hopLimit << 8 | flags & 0xff;
        senders[slot] = sender;
        enter(slot, (int) endPosition());
        count++;
        log.keptCount++;
        return true;
    }

    /** Puts a message at the head of its chain. */
    private void enter(int slot, int position) {
        int bucket = bucket(logAt(slot), seqs[slot]);
        chain[slot] = heads[bucket];
        heads[bucket] = position;
    }

    /** The slot of a message, valid until the next {@link #put} or {@link #evict}, or {@link #NOT_KEPT}. */
    int find(OriginLog log, long seq) {
        if (log.keptCount == 0) {
            return NOT_KEPT;
        }
        int end = (int) endPosition();
        int age = end - heads[bucket(log, seq)];
        int ageBefore = 0;
        while (age > ageBefore && age <= count) { // what is left in a table from long ago may look younger
            int slot = oldest + count - age & logs.length - 1;
            if (logs[slot] == log && seqs[slot] == seq) {
                return slot;
            }
            ageBefore = age;
            age = end - chain[slot];
        }
        return NOT_KEPT;
    }

    /** Position of the oldest message; the next ones follow without a hole. */
    long firstPosition() {
        return gone;
    }

    /** Position of the next message. */
    long endPosition() {
        return gone + count;
    }

    /** The slot of the message at a position from {@link #firstPosition} to before {@link #endPosition}. */
    int slotAt(long position) {
        assert position >= gone && position < gone + count : position + " of " + gone + " and " + count;
        return oldest + (int) (position - gone) & logs.length - 1;
    }

    OriginLog log(int slot) {
        return logAt(slot);
    }

    long seq(int slot) {
        return seqs[slot];
    }

    int size(int slot) {
        return body(slot).size();
    }

    /** Serial number of the link the message came from, 0 for an own one. */
    int sender(int slot) {
        return senders[slot];
    }

    int hop(int slot) {
        return hops[slot] >>> 16;
    }

    /** When the message was put here. */
    long keptNanos(int slot) {
        return keptNanos[slot];
    }

    int hopLimit(int slot) {
        return hops[slot] >>> 8 & 0xff;
    }

    int flags(int slot) {
        return hops[slot] & 0xff;
    }

    ArrayPayload body(int slot) {
        ArrayPayload body = bodies[slot];
        assert body != null : "an empty slot";
        return body;
    }

    /** Forgets what is too old, unless it is still needed. */
    void evict(long nowNanos) {
        while (count > 0 && nowNanos - keptNanos[oldest] >= settings.ageNanos() && gone < owed.neededFrom()) {
            evictOldest();
        }
        if (count == 0) {
            giveMemoryBack();
        }
    }

    /** Forgets everything and takes no memory any more; the object is dead. */
    void close() {
        budget.giveBack(bodyMemory());
        gone += count;
        count = 0;
        liveBytes = 0;
        giveMemoryBack();
    }

    /** Brings {@link OriginLog#oldestKept} up to date for every log that has something here. */
    void markOldestKept() {
        int mask = logs.length - 1;
        for (int i = 0; i < count; i++) {
            logAt(oldest + i & mask).oldestKept = Long.MAX_VALUE;
        }
        for (int i = 0; i < count; i++) {
            int slot = oldest + i & mask;
            OriginLog log = logAt(slot);
            log.oldestKept = Math.min(log.oldestKept, seqs[slot]);
        }
    }

    /** Gives the oldest up, and tells whoever owes it; returns false if that is not done for a live message. */
    private boolean makeWay(boolean isForLive) {
        if (gone >= owed.neededFrom()) {
            if (isForLive) {
                return false;
            }
            owed.onNoRoom(gone);
        }
        evictOldest();
        return true;
    }

    private OriginLog logAt(int slot) {
        OriginLog log = logs[slot];
        assert log != null : "an empty slot";
        return log;
    }

    private void evictOldest() {
        int slot = oldest;
        OriginLog log = logAt(slot);
        log.keptCount--;
        int size = size(slot);
        logs[slot] = null;
        bodies[slot] = null;
        liveBytes -= size;
        budget.giveBack(size + (long) BODY_OVERHEAD_BYTES);
        oldest = oldest + 1 & logs.length - 1;
        count--;
        gone++;
    }

    /** Whether a body has room here once all others have made way for it. */
    private boolean fitsAlone(int size) {
        long memory = size + (long) BODY_OVERHEAD_BYTES;
        return size <= maxBytes && (memory <= owed.reservedBytes() || budget.hasRoomFor(memory - bodyMemory()));
    }

    /**
     * Takes memory for a body that {@linkplain #fitsAlone fits}, at the cost of the oldest if need be.
     *
     * @param isCounted whether it has been counted that something is given up for this body
     * @return false if there is none after all, or something needed would have to make way for a live message
     */
    private boolean takeMemory(int size, boolean isCounted, boolean isForLive) {
        boolean isTold = isCounted;
        while (true) {
            boolean isOwnLimit = liveBytes + size > maxBytes;
            if (!isOwnLimit && tryTake(size + (long) BODY_OVERHEAD_BYTES)) {
                return true;
            }
            if (!isOwnLimit && !isTold) {
                isTold = true;
                budget.onGivenUp();
            }
            // It may run empty in vain: when nobody is owed anything any more, nothing is reserved here either.
            if (count == 0 || !makeWay(isForLive)) {
                return false;
            }
        }
    }

    private boolean tryTake(long memory) {
        if (budget.tryTake(memory)) {
            return true;
        }
        if (bodyMemory() + memory > owed.reservedBytes()) {
            return false;
        }
        budget.take(memory);
        return true;
    }

    /** Doubles the slots; false if all topics together have too much. */
    private boolean growSlots() {
        int capacity = Math.max(FIRST_SLOTS, 2 * logs.length);
        long more = (capacity - logs.length) * SLOT_BYTES;
        if (capacity * SLOT_BYTES <= owed.reservedBytes()) {
            budget.take(more);
        } else if (!budget.tryTake(more)) {
            return false;
        }
        logs = straightened(logs, new OriginLog[capacity]);
        seqs = straightened(seqs, capacity);
        keptNanos = straightened(keptNanos, capacity);
        bodies = straightened(bodies, new ArrayPayload[capacity]);
        hops = straightened(hops, capacity);
        senders = straightened(senders, capacity);
        oldest = 0;
        chain = new int[capacity];
        heads = new int[2 * capacity];
        Arrays.fill(heads, (int) gone - 1);
        for (int slot = 0; slot < count; slot++) {
            enter(slot, (int) gone + slot);
        }
        return true;
    }

    // All slots are taken when this is called, so the oldest is the first of the second part.

    private long[] straightened(long[] values, int capacity) {
        long[] larger = new long[capacity];
        System.arraycopy(values, oldest, larger, 0, values.length - oldest);
        System.arraycopy(values, 0, larger, values.length - oldest, oldest);
        return larger;
    }

    private int[] straightened(int[] values, int capacity) {
        int[] larger = new int[capacity];
        System.arraycopy(values, oldest, larger, 0, values.length - oldest);
        System.arraycopy(values, 0, larger, values.length - oldest, oldest);
        return larger;
    }

    private <T> @Nullable T[] straightened(@Nullable T[] values, @Nullable T[] larger) {
        System.arraycopy(values, oldest, larger, 0, values.length - oldest);
        System.arraycopy(values, 0, larger, values.length - oldest, oldest);
        return larger;
    }

    /** Neighbours for neighbours, so that a stream of messages walks through the table instead of jumping. */
    private int bucket(OriginLog log, long seq) {
        long run = (seq >>> RUN_BITS) + log.serial * 0x9e3779b97f4a7c15L;
        return (int) (run * 0xbf58476d1ce4e5b9L >>> 33) + (int) seq & heads.length - 1;
    }

    private void giveMemoryBack() {
        budget.giveBack(logs.length * SLOT_BYTES);
        oldest = 0;
        logs = NO_LOGS;
        seqs = NO_LONGS;
        keptNanos = NO_LONGS;
        bodies = NO_BODIES;
        hops = NO_INTS;
        senders = NO_INTS;
        heads = NO_INTS;
        chain = NO_INTS;
    }
}
