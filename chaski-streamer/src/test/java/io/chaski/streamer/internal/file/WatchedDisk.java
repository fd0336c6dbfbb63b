package io.chaski.streamer.internal.file;

import io.chaski.streamer.file.Peer;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/** A disk that notes which names there were in a directory whenever something was done to it, and is as full as the test says. */
final class WatchedDisk extends Disk {

    private static final String TEMPORARY = ".chaski-";

    final AtomicLong leftBytes = new AtomicLong(Long.MAX_VALUE);
    volatile long usableBytes = 1L << 40;
    private final Path directory;
    private final Set<String> names = ConcurrentHashMap.newKeySet();

    WatchedDisk(Path directory) {
        this.directory = directory;
    }

    /** All names there have ever been but those of temporary files. A file gets its name before {@link #forceNames}. */
    Set<String> names() {
        return names;
    }

    private void look() throws IOException {
        for (String name : Peer.names(directory)) {
            if (!name.startsWith(TEMPORARY)) {
                names.add(name);
            }
        }
    }

    @Override
    long usableBytes(Path where) {
        return usableBytes;
    }

    @Override
    void write(FileChannel channel, ByteBuffer content, long position) throws IOException {
        if (leftBytes.addAndGet(-content.remaining()) < 0) {
            throw new IOException("No space left on device");
        }
        super.write(channel, content, position);
        look();
    }

    @Override
    void force(FileChannel channel) throws IOException {
        super.force(channel);
        look();
    }

    @Override
    void forceNames(Path where) throws IOException {
        super.forceNames(where);
        look();
    }
}
