package io.chaski.streamer.internal.file;

import io.chaski.streamer.file.FileOptions;
import io.chaski.streamer.file.FileProblem;
import io.chaski.streamer.file.TransferFailedException;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.function.LongSupplier;

/** Whether there is room for more on the disk and in the quota of a directory. Thread-safe. */
final class Room {

    private final Disk disk;
    private final FileOptions options;

    Room(Disk disk, FileOptions options) {
        this.disk = disk;
        this.options = options;
    }

    /** What takes the room that was found. */
    interface Beginning {
        void begin() throws IOException;
    }

    /**
     * Checks and begins a file in one step, so that of two files for which there is room for one, one is begun. For all
     * directories one after the other: most have no quota, and then it takes no time.
     *
     * @param promisedBytes asked in the same step
     * @throws TransferFailedException NO_SPACE or QUOTA_EXCEEDED; then it was not begun
     */
    synchronized void begin(Path directory, long bytes, LongSupplier promisedBytes, Beginning beginning)
            throws IOException {
        check(directory, bytes, promisedBytes.getAsLong());
        beginning.begin();
    }

    /**
     * Checks before a file is begun.
     *
     * @param bytes what it will take
     * @param promisedBytes what the files that are being received will take beyond what they do by now
     * @throws TransferFailedException NO_SPACE or QUOTA_EXCEEDED
     */
    void check(Path directory, long bytes, long promisedBytes) throws IOException {
        long usable = disk.usableBytes(directory) - reserved(directory);
        if (usable - promisedBytes < bytes) {
            throw new TransferFailedException(
                    FileProblem.NO_SPACE,
                    bytes + " bytes, and the disk has " + Math.max(0, usable) + " to spare",
                    null);
        }
        if (options.directoryQuotaBytes() < Long.MAX_VALUE) {
            long used = sizeOf(directory);
            if (used + bytes > options.directoryQuotaBytes()) {
                throw new TransferFailedException(
                        FileProblem.QUOTA_EXCEEDED,
                        bytes + " bytes, and " + used + " of " + options.directoryQuotaBytes() + " are used",
                        null);
            }
        }
    }

    /**
     * Checks while a file is being received: others may use the disk as well.
     *
     * @throws TransferFailedException NO_SPACE
     */
    void checkFloor(Path directory) throws IOException {
        if (disk.usableBytes(directory) < reserved(directory)) {
            throw new TransferFailedException(FileProblem.NO_SPACE, "the disk is fuller than it may become", null);
        }
    }

    private long reserved(Path directory) throws IOException {
        return Math.max(options.freeBytes(), disk.totalBytes(directory) / 100 * options.freePercent());
    }

    private static long sizeOf(Path directory) throws IOException {
        long[] bytes = {0};
        Files.walkFileTree(directory, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes found) {
                bytes[0] += found.isRegularFile() ? found.size() : 0;
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path file, IOException gone) {
                return FileVisitResult.CONTINUE; // it was renamed or removed meanwhile
            }
        });
        return bytes[0];
    }
}
