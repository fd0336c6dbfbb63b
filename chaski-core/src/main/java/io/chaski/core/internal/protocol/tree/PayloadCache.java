package io.chaski.core.internal.protocol.tree;

import io.chaski.core.internal.protocol.MemoryBudget;
import io.chaski.core.internal.wire.PayloadView;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The recent messages of a topic, for neighbours that missed them: one ring of bytes, parallel arrays for the rest,
 * oldest out first. Bounded by age, count and bytes at once, and by what the caches of all topics may take together: at
 * that limit it gives up its own oldest instead of growing, and keeps nothing if it has nothing to give up. What neighbours must
 * not miss has some room in any case. It starts
 * with nothing, grows by doubling, shrinks by halves and gives its memory back when it runs empty. Confined to the
 * node's event loop.
 */
final class PayloadCache {

    /** What {@link #find} answers when the message is not kept. */
    static final int NOT_KEPT = -1;

    private static final int FIRST_SLOTS = 16;
    private static final int FIRST_BYTES = 4 << 10;

    /** What a slot takes besides its body, in all arrays together, rounded up. */
    private static final long SLOT_BYTES = 56;

    /** A ring of which less than this part is used gives half of it back. */
    private static final int SPARSE = 4;

    private static final OriginLog[] NO_LOGS = {};
    private static final long[] NO_LONGS = {};
    private static final int[] NO_INTS = {};
    private static final byte[] NO_BYTES = {};

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
    private final Kept view = new Kept();

    /** How many messages have gone: the position of the oldest. */
    private long gone;

    // Message n, counted from 0 over all time, is in slot n & (slots - 1); slots is a power of two.
    private int oldest;
    private int count;
    private @Nullable OriginLog[] logs = NO_LOGS;
    private long[] seqs = NO_LONGS;
    private long[] keptNanos = NO_LONGS;
    private int[] offsets = NO_INTS;
    private int[] sizes = NO_INTS;
    private int[] hops = NO_INTS;
    private int[] senders = NO_INTS;

    // A hash table from (log, number) to slot: chains of slots, NOT_KEPT at their ends.
    private int[] heads = NO_INTS;
    private int[] chain = NO_INTS;

    // Bodies lie in one piece each; live ones are between the oldest body and the write position, perhaps around.
    private byte[] ring = NO_BYTES;
    private int writeAt;
    private boolean wrapped;
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

    /** Bytes of memory its body ring takes now. */
    int capacityBytes() {
        return ring.length;
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
            OriginLog log, long seq, int sender, int hop, int hopLimit, int flags, PayloadView body, long nowNanos) {
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
        int offset = makeRoom(size, isShort, isLive);
        if (offset < 0) {
            return false;
        }
        body.copyTo(ring, offset);
        writeAt = offset + size;
        liveBytes += size;
        int slot = oldest + count++ & logs.length - 1;
        logs[slot] = log;
        seqs[slot] = seq;
        keptNanos[slot] = nowNanos;
        offsets[slot] = offset;
        sizes[slot] = size;
        hops[slot] = hop << 16 | hopLimit << 8 | flags & 0xff;
        senders[slot] = sender;
        int bucket = bucket(log, seq);
        chain[slot] = heads[bucket];
        heads[bucket] = slot;
        log.keptCount++;
        return true;
    }

    /** The slot of a message, valid until the next {@link #put} or {@link #evict}, or {@link #NOT_KEPT}. */
    int find(OriginLog log, long seq) {
        if (log.keptCount == 0) {
            return NOT_KEPT;
        }
        int slot = heads[bucket(log, seq)];
        while (slot != NOT_KEPT && (logs[slot] != log || seqs[slot] != seq)) {
            slot = chain[slot];
        }
        return slot;
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
        return sizes[slot];
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

    /** The body, on loan until the next call of any method of this cache. */
    PayloadView body(int slot) {
        view.offset = offsets[slot];
        view.size = sizes[slot];
        return view;
    }

    boolean hasSameBody(int slot, PayloadView other) {
        int size = sizes[slot];
        if (other.size() != size) {
            return false;
        }
        int offset = offsets[slot];
        return Arrays.equals(ring, offset, offset + size, other.toByteArray(), 0, size);
    }

    /** Forgets what is too old, unless it is still needed. */
    void evict(long nowNanos) {
        while (count > 0 && nowNanos - keptNanos[oldest] >= settings.ageNanos() && gone < owed.neededFrom()) {
            evictOldest();
        }
        if (count == 0) {
            giveMemoryBack();
        } else if (ring.length > FIRST_BYTES && liveBytes < ring.length / SPARSE) {
            int smaller = Math.max(FIRST_BYTES, ring.length / 2);
            budget.giveBack(ring.length - smaller);
            moveTo(new byte[smaller]);
        }
    }

    /** Forgets everything and takes no memory any more; the object is dead. */
    void close() {
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
        unlink(bucket(log, seqs[slot]), slot);
        logs[slot] = null;
        liveBytes -= sizes[slot];
        oldest = oldest + 1 & logs.length - 1;
        count--;
        gone++;
        if (count == 0) {
            writeAt = 0;
            wrapped = false;
        } else if (offsets[oldest] < offsets[slot]) {
            wrapped = false;
        }
    }

    private void unlink(int bucket, int slot) {
        if (heads[bucket] == slot) {
            heads[bucket] = chain[slot];
            return;
        }
        int at = heads[bucket];
        while (chain[at] != slot) {
            at = chain[at];
        }
        chain[at] = chain[slot];
    }

    /** Whether a body has room here once all others have made way for it. */
    private boolean fitsAlone(int size) {
        return size <= ring.length
                || size <= owed.reservedBytes()
                || budget.hasRoomFor(Math.min(maxBytes, Math.max(FIRST_BYTES, size)) - ring.length);
    }

    /**
     * Where a body that {@linkplain #fitsAlone fits} goes; grows the ring while it may, then evicts.
     *
     * @param isCounted whether it has been counted that something is given up for this body
     * @return less than 0 if something needed would have to make way for a live message
     */
    private int makeRoom(int size, boolean isCounted, boolean isForLive) {
        boolean isTold = isCounted;
        while (true) {
            int offset = freeOffset(size);
            if (offset >= 0) {
                return offset;
            }
            if (ring.length < maxBytes) {
                if (growRing(size)) {
                    continue;
                }
                if (!isTold) {
                    isTold = true;
                    budget.onGivenUp();
                }
            }
            assert count > 0 : "no room for " + size + " bytes in an empty ring of " + ring.length;
            if (!makeWay(isForLive)) {
                return -1;
            }
        }
    }

    private int freeOffset(int size) {
        if (count == 0) {
            return size <= ring.length ? 0 : -1;
        }
        int start = offsets[oldest];
        if (wrapped) {
            return size <= start - writeAt ? writeAt : -1;
        }
        if (size <= ring.length - writeAt) {
            return writeAt;
        }
        if (size <= start) {
            wrapped = true;
            return 0;
        }
        return -1;
    }

    /** Makes the ring at least so much larger that one more body fits; false if all topics together have too much. */
    private boolean growRing(int size) {
        long needed = Math.min(maxBytes, Math.max(FIRST_BYTES, liveBytes + size));
        long wanted = Math.min(maxBytes, Math.max(2L * ring.length, needed));
        if (budget.tryTake(wanted - ring.length)) {
            moveTo(new byte[(int) wanted]);
            return true;
        }
        long reserved = Math.min(wanted, owed.reservedBytes());
        if (reserved >= needed && reserved > ring.length) {
            budget.take(reserved - ring.length);
            moveTo(new byte[(int) reserved]);
            return true;
        }
        if (needed > ring.length && budget.tryTake(needed - ring.length)) {
            moveTo(new byte[(int) needed]);
            return true;
        }
        return false;
    }

    /** Copies what is kept into another ring, where it fits. */
    private void moveTo(byte[] other) {
        int mask = logs.length - 1;
        int at = 0;
        for (int i = 0; i < count; i++) {
            int slot = oldest + i & mask;
            System.arraycopy(ring, offsets[slot], other, at, sizes[slot]);
            offsets[slot] = at;
            at += sizes[slot];
        }
        ring = other;
        writeAt = at;
        wrapped = false;
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
        logs = straightened(logs, capacity);
        seqs = straightened(seqs, capacity);
        keptNanos = straightened(keptNanos, capacity);
        offsets = straightened(offsets, capacity);
        sizes = straightened(sizes, capacity);
        hops = straightened(hops, capacity);
        senders = straightened(senders, capacity);
        oldest = 0;
        chain = new int[capacity];
        heads = new int[2 * capacity];
        Arrays.fill(heads, NOT_KEPT);
        for (int slot = 0; slot < count; slot++) {
            int bucket = bucket(logAt(slot), seqs[slot]);
            chain[slot] = heads[bucket];
            heads[bucket] = slot;
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

    private @Nullable OriginLog[] straightened(@Nullable OriginLog[] values, int capacity) {
        @Nullable OriginLog[] larger = new OriginLog[capacity];
        System.arraycopy(values, oldest, larger, 0, values.length - oldest);
        System.arraycopy(values, 0, larger, values.length - oldest, oldest);
        return larger;
    }

    private int bucket(OriginLog log, long seq) {
        long mixed = (seq + log.serial * 0x9e3779b97f4a7c15L) * 0xbf58476d1ce4e5b9L;
        return (int) (mixed >>> 33) & heads.length - 1;
    }

    private void giveMemoryBack() {
        budget.giveBack(ring.length + logs.length * SLOT_BYTES);
        oldest = 0;
        logs = NO_LOGS;
        seqs = NO_LONGS;
        keptNanos = NO_LONGS;
        offsets = NO_INTS;
        sizes = NO_INTS;
        hops = NO_INTS;
        senders = NO_INTS;
        heads = NO_INTS;
        chain = NO_INTS;
        ring = NO_BYTES;
        writeAt = 0;
        wrapped = false;
    }

    /** The one view that is lent. */
    private final class Kept implements PayloadView {
        private int offset;
        private int size;

        @Override
        public int size() {
            return size;
        }

        @Override
        public void copyTo(int count, byte[] target, int targetOffset) {
            System.arraycopy(ring, offset, target, targetOffset, Objects.checkIndex(count, size + 1));
        }
    }
}
