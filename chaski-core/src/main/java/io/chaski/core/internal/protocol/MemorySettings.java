package io.chaski.core.internal.protocol;

/**
 * What a node keeps of messages at most, over all its topics. Immutable.
 *
 * @param cachedBytes memory of all payload caches; a topic with neighbours that must not miss anything may take a window and a
 *     largest message, some 2.5 MiB in all, beyond it
 * @param heldBytes memory of all messages held back behind gaps
 */
public record MemorySettings(long cachedBytes, long heldBytes) {

    private static final long MIB = 1L << 20;

    /** A node takes at most this part of the heap; the rest belongs to the program it lives in. */
    private static final int HEAP_PART = 4;

    /**
     * 256 MiB together, at most: 192 MiB are twelve topics with a full cache, or the last 30 s of 6 MiB a second; 64 MiB
     * are the gaps of four topics at their own limit. More topics than that share it.
     */
    public static final MemorySettings DEFAULTS = new MemorySettings(192 * MIB, 64 * MIB);

    /** Checks the ranges. */
    public MemorySettings {
        if (cachedBytes < 0 || heldBytes < 0) {
            throw new IllegalArgumentException("less than nothing: " + cachedBytes + ", " + heldBytes);
        }
    }

    /**
     * The defaults, or a quarter of a small heap, in the same proportion.
     *
     * @param maxHeapBytes largest heap of this process
     */
    public static MemorySettings within(long maxHeapBytes) {
        long part = maxHeapBytes / HEAP_PART;
        return new MemorySettings(Math.min(DEFAULTS.cachedBytes, part / 4 * 3), Math.min(DEFAULTS.heldBytes, part / 4));
    }
}
