package io.chaski.streamer.internal.disk;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.LinkOption;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** An open file that nobody else has locked, in this process or another one, until it is closed. Thread-safe. */
public final class LockedFile implements AutoCloseable {

    /**
     * Those of this process. Java would refuse a second lock, but its channel must then be closed, and that gives up the
     * lock that the first one has from the operating system (POSIX).
     */
    private static final Set<Path> LOCKED = ConcurrentHashMap.newKeySet();

    private final Path file;
    private final FileChannel channel;

    private LockedFile(Path file, FileChannel channel) {
        this.file = file;
        this.channel = channel;
    }

    /**
     * Opens a file for reading and writing, never through a link, and locks it.
     *
     * @param file below a real directory: the same file must have the same path each time
     * @param ifMissing {@code CREATE} or {@code CREATE_NEW} if it need not, or must not, be there; {@code WRITE} otherwise
     * @param attributes of a new file
     * @return empty if somebody else has it
     * @throws IOException if the operating system refuses
     */
    public static Optional<LockedFile> open(Path file, StandardOpenOption ifMissing, FileAttribute<?>... attributes)
            throws IOException {
        if (!LOCKED.add(file)) {
            return Optional.empty();
        }
        FileChannel channel = null;
        boolean isOurs = false;
        try {
            channel = FileChannel.open(file, options(ifMissing), attributes);
            isOurs = isLocked(channel);
            return isOurs ? Optional.of(new LockedFile(file, channel)) : Optional.empty();
        } finally {
            if (!isOurs) {
                LOCKED.remove(file);
                if (channel != null) {
                    channel.close();
                }
            }
        }
    }

    private static boolean isLocked(FileChannel channel) throws IOException {
        try {
            return channel.tryLock() != null;
        } catch (OverlappingFileLockException byAnotherPath) {
            return false; // where capital letters make no difference, for example
        }
    }

    private static Set<OpenOption> options(StandardOpenOption ifMissing) {
        return new HashSet<>(List.of( // not Set.of, because the first may be WRITE as well
                ifMissing, StandardOpenOption.READ, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS));
    }

    /** Its content. */
    public FileChannel channel() {
        return channel;
    }

    @Override
    public void close() throws IOException {
        try {
            channel.close();
        } finally {
            LOCKED.remove(file);
        }
    }
}
