package io.chaski.streamer.internal.storage;

import io.chaski.streamer.StorageException;
import io.chaski.streamer.StorageException.Problem;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The right to a storage's file, for one storage at a time, by a locked file beside it. In the locked file is the version
 * of the last commit: a storage file that is older than that has lost acknowledged writes, which the library alone
 * would take for a crash. Thread-safe, apart from the version, which belongs to the writer.
 */
final class FileClaim implements AutoCloseable {

    /**
     * Claims of this process. A second lock attempt would be refused by Java, but its channel must then be closed, and
     * that gives up the lock that the first one has from the operating system (POSIX).
     */
    private static final Set<Path> CLAIMED = ConcurrentHashMap.newKeySet();

    private static final Logger LOG = LoggerFactory.getLogger(FileClaim.class);

    private static final int VERSION_DIGITS = 16;
    private static final Set<PosixFilePermission> OWNER_ONLY = PosixFilePermissions.fromString("rw-------");

    private final Path file;
    private final FileChannel lock;

    private FileClaim(Path file, FileChannel lock) {
        this.file = file;
        this.lock = lock;
    }

    /**
     * Claims a file, which need not exist; makes its folder.
     *
     * @param wanted any path
     * @throws StorageException {@code IN_USE} if another storage has it
     * @throws IOException if the operating system refuses
     */
    static FileClaim of(Path wanted) throws IOException {
        Path absolute = wanted.toAbsolutePath();
        Path folder = absolute.getParent();
        Path name = absolute.getFileName();
        if (folder == null || name == null) {
            throw new IOException("the root of a file system is no file");
        }
        Files.createDirectories(folder);
        Path file = folder.toRealPath().resolve(name);
        if (!CLAIMED.add(file)) {
            throw inUse(file);
        }
        boolean isClaimed = false;
        try {
            FileChannel lock = FileChannel.open(
                    file.resolveSibling(name + ".lock"),
                    Set.of(
                            StandardOpenOption.CREATE,
                            StandardOpenOption.READ,
                            StandardOpenOption.WRITE,
                            LinkOption.NOFOLLOW_LINKS),
                    ownerOnly(file));
            isClaimed = lock.tryLock() != null;
            if (!isClaimed) {
                lock.close();
                throw inUse(file);
            }
            return new FileClaim(file, lock);
        } finally {
            if (!isClaimed) {
                CLAIMED.remove(file);
            }
        }
    }

    private static StorageException inUse(Path file) {
        return new StorageException(Problem.IN_USE, file, "another storage has the file", null);
    }

    /** Attributes of a file that only its owner reads, from the first byte. */
    static FileAttribute<?>[] ownerOnly(Path near) {
        boolean isPosix = near.getFileSystem().supportedFileAttributeViews().contains("posix");
        return isPosix
                ? new FileAttribute<?>[] {PosixFilePermissions.asFileAttribute(OWNER_ONLY)}
                : new FileAttribute<?>[0];
    }

    /** The file, by its real folder. */
    Path file() {
        return file;
    }

    /** The version that was noted last; empty if none was, or what is there is no version. */
    OptionalLong version() throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(VERSION_DIGITS);
        int read = lock.read(bytes, 0);
        String text = new String(bytes.array(), StandardCharsets.US_ASCII);
        return read == VERSION_DIGITS && text.matches("[0-7][0-9a-f]{15}")
                ? OptionalLong.of(Long.parseLong(text, 16))
                : OptionalLong.empty();
    }

    /**
     * Notes a version that is durable. Not forced to disk: after a power failure an older one may be there, which
     * allows more, never less.
     */
    void note(long version) throws IOException {
        lock.write(ByteBuffer.wrap(String.format("%016x", version).getBytes(StandardCharsets.US_ASCII)), 0);
    }

    /** A new name must survive a power failure. Not every platform can open a folder; there the file alone counts. */
    void forceFolder() {
        Path folder = file.resolveSibling(".");
        try (FileChannel self = FileChannel.open(folder, StandardOpenOption.READ)) {
            self.force(true);
        } catch (IOException unsupported) {
            LOG.debug("cannot force the folder {}", folder, unsupported);
        }
    }

    @Override
    public void close() throws IOException {
        try {
            lock.close();
        } finally {
            CLAIMED.remove(file);
        }
    }
}
