package io.chaski.streamer.internal.file;

/**
 * What a file is: its hash, its size, and the hash of the list of its chunks. The list itself is fetched from whoever has
 * the file ({@link ChunkList}), so a manifest takes 72 bytes whatever the size of the file: two levels, as in a Merkle tree
 * whose inner node is wide. Immutable.
 *
 * <p>The size of the chunks is not said but follows from that of the file, so nobody can make a receiver keep books of a
 * billion chunks of one byte.
 *
 * @param hash SHA-256 of the content
 * @param size in bytes
 * @param listHash SHA-256 of the chunks' hashes, one behind the other
 */
record Manifest(Sha256 hash, long size, Sha256 listHash) {

    /** Small enough that what a lost connection wastes does not matter, large enough that hashes are 0.01 % of the content. */
    static final int MIN_CHUNK_BYTES = 256 << 10;

    /** The list of so many hashes, 1,024,000 bytes, is one message of a stream, which takes 1 MiB. */
    static final int MAX_CHUNKS = 32_000;

    /** Chunks of 1 GiB. */
    static final long MAX_SIZE = (long) MAX_CHUNKS << 30;

    Manifest {
        requireSize(size);
    }

    private static void requireSize(long size) {
        if (size < 0 || size > MAX_SIZE) {
            throw new IllegalArgumentException("size must be 0 to " + MAX_SIZE + ": " + size);
        }
    }

    /**
     * The smallest power of two, from {@link #MIN_CHUNK_BYTES} on, of which {@link #MAX_CHUNKS} hold the file.
     *
     * @throws IllegalArgumentException if no manifest has this size: the power would not fit into an int
     */
    static int chunkBytes(long size) {
        requireSize(size);
        int bytes = MIN_CHUNK_BYTES;
        while ((long) MAX_CHUNKS * bytes < size) {
            bytes <<= 1;
        }
        return bytes;
    }

    static int chunks(long size) {
        int bytes = chunkBytes(size);
        return (int) ((size + bytes - 1) / bytes);
    }

    int chunkBytes() {
        return chunkBytes(size);
    }

    int chunks() {
        return chunks(size);
    }

    /** Where a chunk begins. */
    long position(int chunk) {
        return (long) chunk * chunkBytes();
    }

    /** How long a chunk is: all are equal but the last. */
    int length(int chunk) {
        return (int) Math.min(chunkBytes(), size - position(chunk));
    }
}
