package io.chaski.streamer.internal.file;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.security.MessageDigest;

/** Reads a file into a hash, a buffer at a time. For one thread at a time, each of which must see what the one before has done. */
final class HashedReader {

    private static final int BUFFER_BYTES = 256 << 10;

    private final FileChannel channel;
    private final Path file;
    private final MessageDigest digest = Sha256.digest();
    private final ByteBuffer buffer = ByteBuffer.allocate(BUFFER_BYTES);

    /**
     * Nothing is read yet.
     *
     * @param channel its position is neither used nor changed
     * @param file to say what cannot be read
     */
    HashedReader(FileChannel channel, Path file) {
        this.channel = channel;
        this.file = file;
    }

    /**
     * Reads what fits into the buffer, behind what was read before.
     *
     * @param end not beyond it
     * @return how much
     * @throws IOException also if the file ends before
     */
    int read(long position, long end) throws IOException {
        buffer.clear().limit((int) Math.min(BUFFER_BYTES, end - position));
        int read = channel.read(buffer, position);
        if (read < 0) {
            throw new IOException("somebody has shortened " + file);
        }
        digest.update(buffer.array(), 0, read);
        return read;
    }

    /** The hash of what was read; reading begins anew. */
    Sha256 finish() {
        return Sha256.finish(digest);
    }
}
