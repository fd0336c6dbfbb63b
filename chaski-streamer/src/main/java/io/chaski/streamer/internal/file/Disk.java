package io.chaski.streamer.internal.file;

import io.chaski.streamer.file.FileProblem;
import io.chaski.streamer.internal.disk.Directories;
import io.chaski.streamer.internal.disk.DiskFull;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;

/** What of a disk a test must be able to fake or to see: that it is full, and what has been forced when. Thread-safe. */
class Disk {

    /** Space left below which a failed write is put down to a full disk, whatever the operating system says. */
    private static final long NOTHING_LEFT_BYTES = 1L << 20;

    long usableBytes(Path directory) throws IOException {
        return Files.getFileStore(directory).getUsableSpace();
    }

    long totalBytes(Path directory) throws IOException {
        FileStore store = Files.getFileStore(directory);
        return store.getTotalSpace();
    }

    /** Writes all of it. */
    void write(FileChannel channel, ByteBuffer content, long position) throws IOException {
        long at = position;
        while (content.hasRemaining()) {
            at += channel.write(content, at);
        }
    }

    /** Makes the content of a file survive a crash of the machine. */
    void force(FileChannel channel) throws IOException {
        channel.force(true);
    }

    /** Makes the names in a directory survive a crash of the machine. */
    void forceNames(Path directory) throws IOException {
        Directories.force(directory);
    }

    /** What a failed write means. */
    FileProblem problem(IOException failure, Path directory) {
        if (DiskFull.isBehind(failure)) {
            return FileProblem.NO_SPACE;
        }
        try {
            return usableBytes(directory) < NOTHING_LEFT_BYTES ? FileProblem.NO_SPACE : FileProblem.DISK_FAILED;
        } catch (IOException e) {
            failure.addSuppressed(e);
            return FileProblem.DISK_FAILED;
        }
    }
}
