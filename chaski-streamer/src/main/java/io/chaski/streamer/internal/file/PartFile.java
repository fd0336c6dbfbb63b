package io.chaski.streamer.internal.file;

import io.chaski.streamer.internal.disk.LockedFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.BitSet;
import org.jspecify.annotations.Nullable;

/**
 * A file of which some chunks are there: its content under a temporary name, which of them are verified, and the hash of
 * the whole as far as they are there in order. The content may be read by any thread, {@link #hash} runs on one at a time, the
 * rest is confined to its transfer.
 */
final class PartFile implements AutoCloseable {

    /** What holes are compared with, at a time. */
    private static final int BUFFER_BYTES = 256 << 10;

    /** Some ten milliseconds of hashing. */
    static final int STEP_BYTES = 4 << 20;

    private final Disk disk;
    private final Path content;
    private final Path description;
    private final StoredOffer offer;
    private final LockedFile locked;
    private final FileChannel channel;
    private final BitSet verified = new BitSet();
    private final HashedReader whole;

    /** Of what an earlier run has left; null if there was none. */
    private @Nullable HashedReader found;

    /** So far verified without a gap: as far as the hash of the whole may read. Written by the transfer. */
    private volatile long orderedBytes;

    /** So far in the hash of the whole. Written by whoever runs {@link #hash}. */
    private volatile long hashedBytes;

    /** So far in looking for what an earlier run has left; all of it if there was none. */
    private long inspectedBytes;

    /** Takes the file over; {@link Parts} opens it. */
    PartFile(Disk disk, Path content, Path description, StoredOffer offer, LockedFile locked) {
        this.disk = disk;
        this.content = content;
        this.description = description;
        this.offer = offer;
        this.locked = locked;
        this.channel = locked.channel();
        this.whole = new HashedReader(channel, content);
        this.inspectedBytes = offer.manifest().size();
    }

    Manifest manifest() {
        return offer.manifest();
    }

    ChunkList list() {
        return offer.list();
    }

    Path content() {
        return content;
    }

    /** Which chunks are there, and right. A copy. */
    BitSet verified() {
        return (BitSet) verified.clone();
    }

    long verifiedBytes() {
        int chunks = manifest().chunks();
        if (chunks == 0) {
            return 0;
        }
        boolean hasLast = verified.get(chunks - 1);
        long whole =
                (long) (verified.cardinality() - (hasLast ? 1 : 0)) * manifest().chunkBytes();
        return whole + (hasLast ? manifest().length(chunks - 1) : 0);
    }

    /** Writes content that is not verified yet. */
    void write(int chunk, int offset, ByteBuffer bytes) throws IOException {
        disk.write(channel, bytes, manifest().position(chunk) + offset);
    }

    /** Notes that a chunk is there and right; {@link #hash} may read it from now on, if none is missing before it. */
    void onVerified(int chunk) {
        verified.set(chunk);
        if (manifest().position(chunk) == orderedBytes) {
            orderedBytes = Math.min(manifest().size(), manifest().position(verified.nextClearBit(chunk)));
        }
    }

    /** Notes the chunks of zeros, which a new file has without being written. */
    void takeHoles() {
        Sha256 hole = holeOf(manifest().chunkBytes());
        int last = manifest().chunks() - 1;
        for (int chunk = 0; chunk < last; chunk++) {
            if (list().get(chunk).equals(hole)) {
                onVerified(chunk);
            }
        }
        if (last >= 0 && list().get(last).equals(holeOf(manifest().length(last)))) {
            onVerified(last);
        }
    }

    private static Sha256 holeOf(int length) {
        MessageDigest digest = Sha256.digest();
        byte[] zeros = new byte[Math.min(length, BUFFER_BYTES)];
        for (int done = 0; done < length; done += zeros.length) {
            digest.update(zeros, 0, Math.min(zeros.length, length - done));
        }
        return Sha256.finish(digest);
    }

    /** Some earlier run has left it: {@link #inspectMore} looks for what is there. */
    void inspect() {
        found = new HashedReader(channel, content);
        inspectedBytes = 0;
    }

    /** Whether it is known what an earlier run has left. */
    boolean isInspected() {
        return inspectedBytes == manifest().size();
    }

    /**
     * Reads some MiB of what is not inspected yet. Small steps, because a file may take hours and the threads are there for
     * others as well.
     *
     * @return whether there is more to inspect
     */
    boolean inspectMore() throws IOException {
        HashedReader left = found;
        if (left == null) {
            return false;
        }
        for (long done = 0; done < STEP_BYTES && !isInspected(); ) {
            int chunk = (int) (inspectedBytes / manifest().chunkBytes());
            long end = manifest().position(chunk) + manifest().length(chunk);
            int read = left.read(inspectedBytes, end);
            inspectedBytes += read;
            done += read;
            if (inspectedBytes == end && left.finish().equals(list().get(chunk))) {
                onVerified(chunk);
            }
        }
        return !isInspected();
    }

    /**
     * Reads some MiB of what is verified in order into the hash of the whole. Not only on the transfer's executor, because that
     * takes as long as all that the transfer itself does.
     *
     * @return whether there is more to hash now
     */
    boolean hash() throws IOException {
        long position = hashedBytes;
        long end = Math.min(orderedBytes, position + STEP_BYTES);
        while (position < end) {
            position += whole.read(position, end);
            hashedBytes = position;
        }
        return position < orderedBytes;
    }

    /** Whether all chunks are verified and in the hash of the whole. */
    boolean isHashed() {
        return hashedBytes == manifest().size();
    }

    /** Reads for others; on any thread. */
    int read(ByteBuffer into, long position) throws IOException {
        return channel.read(into, position);
    }

    /** The hash of all of it, once {@link #isHashed}. Called once. */
    Sha256 wholeHash() {
        if (!isHashed()) {
            throw new IllegalStateException((manifest().size() - hashedBytes) + " bytes are missing");
        }
        return whole.finish();
    }

    /**
     * Checks that what gets the final name is what was written and hashed.
     *
     * @throws IOException if somebody has put a link or another file in the place of the temporary one
     */
    void requireUnderItsName() throws IOException {
        if (!locked.isUnderItsName()) {
            throw new IOException("somebody has put something else in the place of " + content);
        }
    }

    /** Makes the content survive a crash of the machine. */
    void force() throws IOException {
        disk.force(channel);
    }

    /** The content has its final name: nothing is left to go on with. */
    void forgetDescription() throws IOException {
        Files.deleteIfExists(description);
    }

    /** Leaves nothing behind. */
    void delete() throws IOException {
        try {
            Files.deleteIfExists(content);
            Files.deleteIfExists(description);
        } finally {
            close();
        }
    }

    /** Leaves it for another run. */
    @Override
    public void close() throws IOException {
        locked.close();
    }
}
