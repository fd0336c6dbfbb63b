package io.chaski.core.internal.module;

import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/** An empty file that one at a time has locked, in this process and among others, until it is closed. Thread-safe. */
public final class LockFile implements Closeable {

    /**
     * Files that this process has locked. Java would refuse a second lock, but only once the file is open a second time;
     * and when a process closes a file once, it gives up all locks that it has on it (POSIX, fcntl). So whoever is refused
     * must not have opened it. Bounded by the locks that are held.
     */
    private static final Set<Object> HELD = new HashSet<>();

    private final FileChannel channel;
    private final Object key;

    private LockFile(FileChannel channel, Object key) {
        this.channel = channel;
        this.key = key;
    }

    /**
     * Locks a file.
     *
     * @param file made if it is not there, and never removed; a link is not followed
     * @param ofNew attributes of one that is made
     * @return empty if another one has it
     * @throws IOException if the operating system refuses
     */
    public static Optional<LockFile> lock(Path file, FileAttribute<?>... ofNew) throws IOException {
        synchronized (HELD) {
            make(file, ofNew);
            Object key = key(file);
            if (HELD.contains(key)) {
                return Optional.empty();
            }
            FileChannel channel = FileChannel.open(file, Set.of(StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS));
            boolean isLocked = false;
            try {
                isLocked = isLocked(channel);
            } finally {
                if (!isLocked) {
                    channel.close();
                }
            }
            if (!isLocked) {
                return Optional.empty();
            }
            HELD.add(key);
            return Optional.of(new LockFile(channel, key));
        }
    }

    private static void make(Path file, FileAttribute<?>... ofNew) throws IOException {
        if (!Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
            try {
                Files.createFile(file, ofNew);
            } catch (FileAlreadyExistsException byAnotherProcess) {
                return; // just now, and as good
            }
        }
    }

    /** The file itself where the system can tell (POSIX), its one path otherwise: many names may lead to it. */
    private static Object key(Path file) throws IOException {
        Object key = Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
                .fileKey();
        return key == null ? file.toRealPath() : key;
    }

    private static boolean isLocked(FileChannel channel) throws IOException {
        try {
            return channel.tryLock() != null;
        } catch (OverlappingFileLockException byAnotherCopyOfThisClass) {
            return false; // another class loader has one
        }
    }

    /** Whether it keeps others out still. */
    public boolean isHeld() {
        return channel.isOpen();
    }

    /** Lets another one have it. Nothing happens when it is closed already. */
    @Override
    public void close() throws IOException {
        synchronized (HELD) {
            if (channel.isOpen()) {
                HELD.remove(key);
                channel.close();
            }
        }
    }
}
