package io.chaski.streamer.internal.storage;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.h2.mvstore.DataUtils;
import org.h2.mvstore.SFChunk;

/**
 * A disk for one storage that knows what a power failure would leave: what was written and then forced. A sync that fails
 * loses what it was to force, and the next one does not try again, as on Linux (Rebello et al., "Can Applications Recover
 * from fsync Failures?", USENIX ATC 2020, section 3). Thread-safe.
 */
final class ForgetfulDisk implements StorageDisk {

    private byte[] forced = {}; // this and the following: guarded by this
    private final List<Write> unforced = new ArrayList<>();
    private boolean failsNextSync;
    private int syncs;
    private boolean failsNextNames;
    private final List<Path> forcedFolders = new ArrayList<>();

    private record Write(int position, Bytes bytes) {}

    /** Bytes without the equality that a record would promise for an array. */
    private static final class Bytes {
        private final byte[] array;

        Bytes(ByteBuffer buffer) {
            array = new byte[buffer.remaining()];
            buffer.duplicate().get(array);
        }
    }

    @Override
    public MvFile open(Path file) throws IOException {
        return new RecordedFile(file);
    }

    synchronized void failNextSync() {
        failsNextSync = true;
    }

    @Override
    public synchronized void forceNames(Path folder) throws IOException {
        boolean fails = failsNextNames;
        failsNextNames = false;
        if (fails) {
            throw new IOException("Input/output error");
        }
        forcedFolders.add(folder);
    }

    synchronized void failNextNames() {
        failsNextNames = true;
    }

    /** The folders whose names were forced, in this order. */
    synchronized List<Path> forcedFolders() {
        return List.copyOf(forcedFolders);
    }

    /** How many syncs were tried. */
    synchronized int syncs() {
        return syncs;
    }

    /** Makes a file of what would be found after a power failure at this moment. */
    synchronized void copyAfterPowerFailure(Path to) throws IOException {
        Files.write(to, forced);
    }

    private synchronized void onWrite(long position, ByteBuffer buffer) {
        unforced.add(new Write(Math.toIntExact(position), new Bytes(buffer)));
    }

    /** Says whether it works. */
    private synchronized boolean onSync() {
        syncs++;
        boolean works = !failsNextSync;
        failsNextSync = false;
        if (works) {
            unforced.forEach(this::force);
        }
        unforced.clear();
        return works;
    }

    private void force(Write write) {
        byte[] bytes = write.bytes.array;
        int end = write.position + bytes.length;
        if (end > forced.length) {
            forced = Arrays.copyOf(forced, end);
        }
        System.arraycopy(bytes, 0, forced, write.position, bytes.length);
    }

    private synchronized void onTruncate(long size) {
        forced = Arrays.copyOf(forced, Math.min(forced.length, Math.toIntExact(size)));
    }

    private final class RecordedFile extends MvFile {

        RecordedFile(Path file) throws IOException {
            super(file);
        }

        @Override
        protected void writeFully(SFChunk chunk, long position, ByteBuffer bytes) {
            onWrite(position, bytes);
            super.writeFully(chunk, position, bytes);
        }

        @Override
        public void truncate(long size) {
            super.truncate(size);
            onTruncate(size);
        }

        @Override
        public void sync() {
            if (!onSync()) {
                throw DataUtils.newMVStoreException(
                        DataUtils.ERROR_WRITING_FAILED, "cannot sync", new IOException("Input/output error"));
            }
        }
    }
}
