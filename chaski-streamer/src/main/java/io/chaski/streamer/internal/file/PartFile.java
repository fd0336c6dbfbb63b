package io.chaski.streamer.internal.file;

import io.chaski.streamer.internal.disk.LockedFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.BitSet;

/**
 * A file of which some chunks are there: its content under a temporary name, which of them are verified, and the hash of
 * the whole as far as they are there in order. The content may be read by any thread, the rest is confined to its transfer.
 */
final class PartFile implements AutoCloseable {

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
    private final ByteBuffer buffer = ByteBuffer.allocate(BUFFER_BYTES);
    private final MessageDigest whole = Sha256.digest();
    private final MessageDigest found = Sha256.digest();

    /** So far in the hash of the whole. */
    private long hashedBytes;

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

    /** Notes that a chunk is there and right. */
    void onVerified(int chunk) {
        verified.set(chunk);
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

    /** Some earlier run has left it: {@link #work} looks for what is there. */
    void inspect() {
        inspectedBytes = 0;
    }

    /** Whether it is known what an earlier run has left. */
    boolean isInspected() {
        return inspectedBytes == manifest().size();
    }

    /**
     * Reads some MiB: into the hash of the whole what is verified in order, otherwise what is not inspected yet. Small steps,
     * because a file may take hours and the threads are there for others as well.
     *
     * @return whether there is more to read now
     */
    boolean work() throws IOException {
        long end = STEP_BYTES;
        for (long done = 0; done < end; ) {
            if (hashedBytes < manifest().size() && verified.get(chunkAt(hashedBytes))) {
                int read = read(hashedBytes, whole);
                hashedBytes += read;
                done += read;
            } else if (!isInspected()) {
                done += inspectMore();
            } else {
                return false;
            }
        }
        return true;
    }

    private int inspectMore() throws IOException {
        int chunk = chunkAt(inspectedBytes);
        int read = read(inspectedBytes, found);
        inspectedBytes += read;
        if (inspectedBytes == manifest().position(chunk) + manifest().length(chunk)
                && Sha256.finish(found).equals(list().get(chunk))) {
            onVerified(chunk);
        }
        return read;
    }

    private int chunkAt(long position) {
        return (int) (position / manifest().chunkBytes());
    }

    /** A part of a chunk from there on. */
    private int read(long position, MessageDigest into) throws IOException {
        int chunk = chunkAt(position);
        long end = manifest().position(chunk) + manifest().length(chunk);
        buffer.clear().limit((int) Math.min(BUFFER_BYTES, end - position));
        int read = channel.read(buffer, position);
        if (read < 0) {
            throw new IOException("somebody has shortened " + content);
        }
        into.update(buffer.array(), 0, read);
        return read;
    }

    /** Reads for others; on any thread. */
    int read(ByteBuffer into, long position) throws IOException {
        return channel.read(into, position);
    }

    /** The hash of all of it, once all chunks are verified and {@link #work} has nothing more to do. Called once. */
    Sha256 wholeHash() {
        if (hashedBytes != manifest().size()) {
            throw new IllegalStateException((manifest().size() - hashedBytes) + " bytes are missing");
        }
        return Sha256.finish(whole);
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
