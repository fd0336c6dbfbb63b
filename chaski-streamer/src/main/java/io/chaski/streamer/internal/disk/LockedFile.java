package io.chaski.streamer.internal.disk;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** An open file that nobody else has locked, in this process or another one, until it is closed. Thread-safe. */
public final class LockedFile implements AutoCloseable {

    /**
     * Those of this process. Java would refuse a second lock, but its channel must then be closed, and that gives up the
     * lock that the first one has from the operating system (POSIX).
     */
    private static final Set<Path> LOCKED = ConcurrentHashMap.newKeySet();

    private final Path file;
    private final FileChannel channel;

    /** Which file it is, whatever its name leads to later; null where the system does not say (Windows). */
    private final @Nullable Object key;

    private LockedFile(Path file, FileChannel channel) throws IOException {
        this.file = file;
        this.channel = channel;
        this.key = attributes(file).fileKey();
    }

    private static BasicFileAttributes attributes(Path file) throws IOException {
        return Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
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
            if (!isLocked(channel)) {
                return Optional.empty();
            }
            LockedFile locked = new LockedFile(file, channel);
            isOurs = true;
            return Optional.of(locked);
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

    /** Whether its name still leads to it, and not to a link or another file that somebody has put there meanwhile. */
    public boolean isUnderItsName() throws IOException {
        BasicFileAttributes found = attributes(file);
        return found.isRegularFile() && Objects.equals(key, found.fileKey());
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
