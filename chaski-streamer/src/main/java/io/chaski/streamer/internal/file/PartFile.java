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

    private final Disk disk;
    private final Path content;
    private final Path description;
    private final StoredOffer offer;
    private final LockedFile locked;
    private final FileChannel channel;
    private final BitSet verified = new BitSet();
    private final ByteBuffer buffer = ByteBuffer.allocate(BUFFER_BYTES);
    private final MessageDigest whole = Sha256.digest();
    private int hashedChunks;

    /** Takes the file over; {@link Parts} opens it. */
    PartFile(Disk disk, Path content, Path description, StoredOffer offer, LockedFile locked) {
        this.disk = disk;
        this.content = content;
        this.description = description;
        this.offer = offer;
        this.locked = locked;
        this.channel = locked.channel();
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

    /** Notes that a chunk is there and right, and takes it into the hash of the whole when its turn comes. */
    void onVerified(int chunk) throws IOException {
        verified.set(chunk);
        while (hashedChunks < manifest().chunks() && verified.get(hashedChunks)) {
            read(hashedChunks, whole);
            hashedChunks++;
        }
    }

    /** Notes the chunks of zeros, which a new file has without being written. */
    void takeHoles() throws IOException {
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

    /** Notes the chunks that an earlier run has left, by reading them. */
    void takeVerified() throws IOException {
        MessageDigest digest = Sha256.digest();
        for (int chunk = 0; chunk < manifest().chunks(); chunk++) {
            read(chunk, digest);
            if (Sha256.finish(digest).equals(list().get(chunk))) {
                onVerified(chunk);
            }
        }
    }

    private void read(int chunk, MessageDigest into) throws IOException {
        long position = manifest().position(chunk);
        long end = position + manifest().length(chunk);
        while (position < end) {
            buffer.clear().limit((int) Math.min(BUFFER_BYTES, end - position));
            int read = channel.read(buffer, position);
            if (read < 0) {
                throw new IOException("somebody has shortened " + content);
            }
            into.update(buffer.array(), 0, read);
            position += read;
        }
    }

    /** Reads for others; on any thread. */
    int read(ByteBuffer into, long position) throws IOException {
        return channel.read(into, position);
    }

    /** The hash of all of it, once all chunks are verified. Called once. */
    Sha256 wholeHash() {
        if (hashedChunks != manifest().chunks()) {
            throw new IllegalStateException((manifest().chunks() - hashedChunks) + " chunks are missing");
        }
        return Sha256.finish(whole);
    }

    /** Makes the content survive a crash of the machine. */
    void force() throws IOException {
        channel.force(true);
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
