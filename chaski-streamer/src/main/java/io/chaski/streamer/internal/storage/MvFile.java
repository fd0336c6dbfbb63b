package io.chaski.streamer.internal.storage;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.HashMap;
import org.h2.mvstore.DataUtils;
import org.h2.mvstore.SFChunk;
import org.h2.mvstore.SingleFileStore;
import org.jspecify.annotations.Nullable;

/**
 * The library's file, with reads that survive the interruption of the reading thread: a {@code FileChannel}, which the
 * library reads from, is closed by it for everybody. Thread-safe.
 */
class MvFile extends SingleFileStore {

    private static final int REWRITE_STEP_BYTES = 1 << 20;

    private @Nullable RandomAccessFile reads; // guarded by this

    MvFile(Path file) throws IOException {
        super(new HashMap<>());
        open(file.toString(), false, null);
        synchronized (this) {
            reads = new RandomAccessFile(file.toFile(), "r");
        }
    }

    @Override
    public synchronized ByteBuffer readFully(@Nullable SFChunk chunk, long position, int lengthBytes) {
        if (reads == null) {
            return super.readFully(chunk, position, lengthBytes); // while it opens, before there are readers
        }
        return readBytes(reads, position, lengthBytes);
    }

    private static ByteBuffer readBytes(RandomAccessFile reads, long position, int lengthBytes) {
        byte[] bytes = new byte[lengthBytes];
        try {
            reads.seek(position);
            reads.readFully(bytes);
        } catch (IOException e) {
            // As the library's own method, which tries another copy of a header when it fails.
            throw DataUtils.newMVStoreException(DataUtils.ERROR_READING_FAILED, "cannot read at {0}", position, e);
        }
        return ByteBuffer.wrap(bytes);
    }

    /**
     * Writes the content again as it is, and forces it to disk. Where a sync has failed, the system holds pages that are
     * not on disk and that no further sync writes, because it takes them for written; so they must be written anew.
     */
    void rewrite() {
        long sizeBytes = size();
        for (long at = 0; at < sizeBytes; at += REWRITE_STEP_BYTES) {
            int lengthBytes = (int) Math.min(REWRITE_STEP_BYTES, sizeBytes - at);
            writeFully((SFChunk) null, at, readFully((SFChunk) null, at, lengthBytes)); // nobody looks at the chunk
        }
        sync();
    }

    @Override
    public synchronized void close() {
        // In this order: closing any descriptor of a file gives up the locks that the process has on it (POSIX).
        try (RandomAccessFile last = reads) {
            super.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
