package io.chaski.core.internal.runtime;

import io.chaski.core.ConfigurationException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Small files in a folder, readable by their owner only from the first byte. Each is written to a temporary file, forced, and
 * moved over the old one, so that a crash leaves the old or the new content. One at a time writes.
 */
final class OwnerFolder {

    private static final Logger LOG = LoggerFactory.getLogger(OwnerFolder.class);

    private static final Set<PosixFilePermission> OWNER_ONLY_FOLDER = PosixFilePermissions.fromString("rwx------");
    private static final Set<PosixFilePermission> OWNER_ONLY_FILE = PosixFilePermissions.fromString("rw-------");

    private final Path folder;

    private OwnerFolder(Path folder) {
        this.folder = folder;
    }

    /**
     * A folder, made if it is not there.
     *
     * @param folder any path
     * @throws IOException if the operating system refuses
     */
    static OwnerFolder open(Path folder) throws IOException {
        Files.createDirectories(folder, permissions(folder, OWNER_ONLY_FOLDER));
        return new OwnerFolder(folder);
    }

    Path path() {
        return folder;
    }

    /** How files are made in it. */
    FileAttribute<?>[] ownerOnly() {
        return permissions(folder, OWNER_ONLY_FILE);
    }

    /**
     * The content of a file.
     *
     * @param name of the file
     * @param maxBytes anything longer is another file
     * @return empty if there is none
     * @throws IOException if the operating system refuses
     * @throws ConfigurationException if it is too long
     */
    Optional<byte[]> read(String name, long maxBytes) throws IOException {
        Path file = folder.resolve(name);
        if (!Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
            return Optional.empty();
        }
        if (Files.size(file) > maxBytes) {
            throw new ConfigurationException(file + " is not the file of a node: it is too long");
        }
        return Optional.of(Files.readAllBytes(file));
    }

    /**
     * Writes a file in place of the one before. When this returns it survives a power failure.
     *
     * @param name of the file
     * @param content of the file
     * @throws IOException if the operating system refuses; the one before is still there then
     */
    void write(String name, ByteBuffer content) throws IOException {
        Path temporary = folder.resolve(name + ".new");
        Files.deleteIfExists(temporary); // left by a crash: one at a time writes
        try (FileChannel file = FileChannel.open(
                temporary, Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE), ownerOnly())) {
            while (content.hasRemaining()) {
                file.write(content);
            }
            file.force(true);
        }
        Files.move(
                temporary, folder.resolve(name), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        force();
    }

    /**
     * Removes a file if it is there. When this returns a power failure does not bring it back.
     *
     * @param name of the file
     * @throws IOException if the operating system refuses
     */
    void delete(String name) throws IOException {
        if (Files.deleteIfExists(folder.resolve(name))) {
            force();
        }
    }

    /** The move itself must survive a power failure. Not every platform can open a folder; there the file alone counts. */
    private void force() {
        try (FileChannel self = FileChannel.open(folder, StandardOpenOption.READ)) {
            self.force(true);
        } catch (IOException unsupported) {
            LOG.debug("cannot force the folder {}", folder, unsupported);
        }
    }

    private static FileAttribute<?>[] permissions(Path near, Set<PosixFilePermission> permissions) {
        boolean isPosix = near.getFileSystem().supportedFileAttributeViews().contains("posix");
        return isPosix
                ? new FileAttribute<?>[] {PosixFilePermissions.asFileAttribute(permissions)}
                : new FileAttribute<?>[0];
    }
}
