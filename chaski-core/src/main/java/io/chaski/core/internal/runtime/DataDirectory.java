package io.chaski.core.internal.runtime;

import io.chaski.core.ConfigurationException;
import io.chaski.core.NodeId;
import io.chaski.core.internal.module.LockFile;
import java.io.IOException;
import java.io.StringReader;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.util.Collection;
import java.util.Optional;
import java.util.Properties;
import java.util.function.Supplier;

/**
 * The folder of one node: its id and epoch, which must not go back, and a lock that keeps a second node out. Written
 * to a temporary file, forced, and moved over the old one, so that a crash leaves the old or the new content. Readable
 * by its owner only, from the first byte. Begun by one thread; then thread-safe, because a late callback may still write
 * when the node has closed and this closes.
 */
final class DataDirectory implements AutoCloseable {

    private static final String STATE_FILE = "node.properties";
    private static final String LOCK_FILE = "node.lock";

    /** The file has three short lines; anything longer is another file. */
    private static final long MAX_STATE_BYTES = 4 << 10;

    private static final String TRUST_FOLDER = "trust";

    private final OwnerFolder files;
    private final LockFile lock;

    /**
     * Who a node is.
     *
     * @param id its id
     * @param epoch its incarnation
     */
    record Incarnation(NodeId id, long epoch) {}

    private DataDirectory(OwnerFolder files, LockFile lock) {
        this.files = files;
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
        OwnerFolder files = OwnerFolder.open(folder);
        Optional<LockFile> lock = LockFile.lock(folder.resolve(LOCK_FILE), files.ownerOnly());
        if (lock.isEmpty()) {
            throw new ConfigurationException("another running node has the data directory " + folder);
        }
        return new DataDirectory(files, lock.get());
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
            throw new ConfigurationException(
                    files.path() + " belongs to node " + id + ", but id(...) says " + wanted.get());
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
    void keep(Incarnation incarnation) throws IOException {
        write(incarnation);
    }

    /**
     * What an authority has signed, as the node has believed it.
     *
     * @param configured the roots that the node is to trust; see {@link TrustStore#open}
     * @throws IOException if the operating system refuses
     * @throws ConfigurationException if a file is damaged
     */
    TrustStore trust(Collection<X509Certificate> configured) throws IOException {
        OwnerFolder folder = OwnerFolder.open(files.path().resolve(TRUST_FOLDER));
        return TrustStore.open(folder, configured, new TrustStore.Writer() {
            @Override
            public void write(String name, ByteBuffer content) throws IOException {
                DataDirectory.this.write(folder, name, content);
            }

            @Override
            public void delete(String name) throws IOException {
                DataDirectory.this.delete(folder, name);
            }
        });
    }

    private Optional<Incarnation> read() throws IOException {
        Optional<byte[]> bytes = files.read(STATE_FILE, MAX_STATE_BYTES);
        if (bytes.isEmpty()) {
            return Optional.empty();
        }
        Properties properties = new Properties();
        try {
            CharBuffer text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes.get()));
            properties.load(new StringReader(text.toString()));
            return Optional.of(new Incarnation(
                    NodeId.parse(properties.getProperty("id", "")),
                    Long.parseLong(properties.getProperty("epoch", ""))));
        } catch (IllegalArgumentException | CharacterCodingException damaged) {
            // A node that made a new id here would be another node to everybody else, so somebody must decide.
            throw new ConfigurationException(
                    files.path().resolve(STATE_FILE) + " is damaged; restore it, or delete it to start as a new node",
                    damaged);
        }
    }

    private void write(Incarnation incarnation) throws IOException {
        String text = "# Identity of a Chaski node. Two nodes with the same id fight: do not copy this folder.\n"
                + "id=" + incarnation.id() + "\n"
                + "epoch=" + incarnation.epoch() + "\n";
        write(files, STATE_FILE, StandardCharsets.UTF_8.encode(text));
    }

    private synchronized void write(OwnerFolder folder, String name, ByteBuffer content) throws IOException {
        checkIsOurs();
        folder.write(name, content);
    }

    private synchronized void delete(OwnerFolder folder, String name) throws IOException {
        checkIsOurs();
        folder.delete(name);
    }

    private void checkIsOurs() throws IOException {
        if (!lock.isHeld()) {
            throw new ClosedChannelException();
        }
    }

    /** Lets another node have the folder, after what is being written. */
    @Override
    public synchronized void close() throws IOException {
        lock.close();
    }
}
