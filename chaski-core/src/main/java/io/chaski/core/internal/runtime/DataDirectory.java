package io.chaski.core.internal.runtime;

import io.chaski.core.ConfigurationException;
import io.chaski.core.NodeId;
import io.chaski.core.internal.module.LockFile;
import java.io.IOException;
import java.io.StringReader;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The folder of one node: its id and epoch, which must not go back, and a lock that keeps a second node out. Written
 * to a temporary file, forced, and moved over the old one, so that a crash leaves the old or the new content. Readable
 * by its owner only, from the first byte. Begun by one thread; then thread-safe, because a late callback may still write
 * when the node has closed and this closes.
 */
final class DataDirectory implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(DataDirectory.class);

    private static final String STATE_FILE = "node.properties";
    private static final String TEMPORARY_FILE = "node.properties.new";
    private static final String LOCK_FILE = "node.lock";

    /** The file has three short lines; anything longer is another file. */
    private static final long MAX_STATE_BYTES = 4 << 10;

    private static final Set<PosixFilePermission> OWNER_ONLY_FOLDER = PosixFilePermissions.fromString("rwx------");
    private static final Set<PosixFilePermission> OWNER_ONLY_FILE = PosixFilePermissions.fromString("rw-------");

    private final Path folder;
    private final LockFile lock;

    /**
     * Who a node is.
     *
     * @param id its id
     * @param epoch its incarnation
     */
    record Incarnation(NodeId id, long epoch) {}

    private DataDirectory(Path folder, LockFile lock) {
        this.folder = folder;
        this.lock = lock;
    }

    /**
     * Opens the folder, and makes it if it is not there.
     *
     * @param folder any path
     * @throws IOException if the operating system refuses
     * @throws ConfigurationException if another running node has it
     */
    static DataDirectory open(Path folder) throws IOException {
        Files.createDirectories(folder, permissions(folder, OWNER_ONLY_FOLDER));
        Optional<LockFile> lock = LockFile.lock(folder.resolve(LOCK_FILE), permissions(folder, OWNER_ONLY_FILE));
        if (lock.isEmpty()) {
            throw new ConfigurationException("another running node has the data directory " + folder);
        }
        return new DataDirectory(folder, lock.get());
    }

    /**
     * Begins another incarnation of the node, and remembers it before anybody hears of it.
     *
     * @param wanted the id to use, if the application has one
     * @param fresh makes an id for a folder without one
     * @param nowMillis the wall clock
     * @throws IOException if the operating system refuses
     * @throws ConfigurationException if the folder belongs to another id, or its file is damaged
     */
    Incarnation begin(Optional<NodeId> wanted, Supplier<NodeId> fresh, long nowMillis) throws IOException {
        Optional<Incarnation> before = read();
        NodeId id = before.map(Incarnation::id).or(() -> wanted).orElseGet(fresh);
        if (wanted.isPresent() && !wanted.get().equals(id)) {
            throw new ConfigurationException(folder + " belongs to node " + id + ", but id(...) says " + wanted.get());
        }
        long epoch = before.map(last -> Math.max(last.epoch() + 1, nowMillis)).orElse(nowMillis);
        Incarnation now = new Incarnation(id, epoch);
        write(now);
        return now;
    }

    /**
     * Remembers what the running node has become.
     *
     * @param incarnation the same id with a higher epoch
     * @throws IOException if the operating system refuses, or the directory was closed and may be another node's
     */
    synchronized void keep(Incarnation incarnation) throws IOException {
        if (!lock.isHeld()) {
            throw new ClosedChannelException();
        }
        write(incarnation);
    }

    private Optional<Incarnation> read() throws IOException {
        Path file = folder.resolve(STATE_FILE);
        if (!Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
            return Optional.empty();
        }
        if (Files.size(file) > MAX_STATE_BYTES) {
            throw new ConfigurationException(file + " is not the file of a node: it is too long");
        }
        Properties properties = new Properties();
        try {
            properties.load(new StringReader(Files.readString(file, StandardCharsets.UTF_8)));
            return Optional.of(new Incarnation(
                    NodeId.parse(properties.getProperty("id", "")),
                    Long.parseLong(properties.getProperty("epoch", ""))));
        } catch (IllegalArgumentException | java.nio.charset.CharacterCodingException damaged) {
            // A node that made a new id here would be another node to everybody else, so somebody must decide.
            throw new ConfigurationException(
                    file + " is damaged; restore it, or delete it to start as a new node", damaged);
        }
    }

    private void write(Incarnation incarnation) throws IOException {
        String text = "# Identity of a Chaski node. Two nodes with the same id fight: do not copy this folder.\n"
                + "id=" + incarnation.id() + "\n"
                + "epoch=" + incarnation.epoch() + "\n";
        Path temporary = folder.resolve(TEMPORARY_FILE);
        Files.deleteIfExists(temporary); // left by a crash; we hold the lock, so nobody is writing it
        try (FileChannel file = FileChannel.open(
                temporary,
                Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
                permissions(folder, OWNER_ONLY_FILE))) {
            ByteBuffer bytes = StandardCharsets.UTF_8.encode(text);
            while (bytes.hasRemaining()) {
                file.write(bytes);
            }
            file.force(true);
        }
        Files.move(
                temporary,
                folder.resolve(STATE_FILE),
                StandardCopyOption.ATOMIC_MOVE,
                StandardCopyOption.REPLACE_EXISTING);
        forceFolder();
    }

    /** The move itself must survive a power failure. Not every platform can open a folder; there the file alone counts. */
    private void forceFolder() {
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

    /** Lets another node have the folder, after what is being written. */
    @Override
    public synchronized void close() throws IOException {
        lock.close();
    }
}
