package io.chaski.core.internal.netty;

import io.chaski.core.Address;
import java.io.IOException;
import java.net.ConnectException;
import java.net.SocketException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipal;
import java.util.HashSet;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The file of a UNIX domain socket that a node listens on. Stateless. */
final class SocketFile {

    private static final Logger LOG = LoggerFactory.getLogger(SocketFile.class);

    /** Root reads the memory of every process and becomes any user: turning it away would protect nothing. */
    private static final int ROOT = 0;

    /** Whoever connects has to be allowed to write; reading means nothing. */
    private static final Set<PosixFilePermission> OWNER = PosixFilePermissions.fromString("rw-------");

    private static final Set<PosixFilePermission> EVERYBODY = PosixFilePermissions.fromString("rw-rw-rw-");

    private final Address address;
    private final Path path;

    SocketFile(Address unix) {
        this.address = unix;
        this.path = Path.of(unix.host());
    }

    /**
     * Removes the file that a crashed process has left, so that its successor can take the address.
     *
     * @throws IOException if somebody listens there or another user may, or if it is another kind of file
     */
    void removeIfStale() throws IOException {
        if (!Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        if (!Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
                .isOther()) {
            throw new IOException("there is a file in place of the socket " + address);
        }
        try (SocketChannel probe = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            probe.connect(UnixDomainSocketAddress.of(path));
        } catch (ConnectException nobodyListens) {
            delete();
            return;
        } catch (SocketException notForUs) {
            throw new IOException("the socket " + address + " is somebody else's: " + notForUs.getMessage(), notForUs);
        }
        throw new IOException("somebody listens on " + address);
    }

    /**
     * Who may connect: the owner of the file, root, and others by number.
     *
     * @throws IOException if the operating system cannot be asked
     */
    Set<UserPrincipal> admitted(SocketUsers users, Set<Integer> others) throws IOException {
        Set<UserPrincipal> admitted = new HashSet<>(Set.of(users.owner(path)));
        admitted.add(users.numbered(ROOT));
        for (int other : others) {
            admitted.add(users.numbered(other));
        }
        return admitted;
    }

    /**
     * Says by the mode of the file who can connect. A file system without modes is left as it is. The file is there since
     * the socket was bound, with the mode of the process: Java has no way to bind with another one. Who connects in between
     * waits until the node accepts, and is looked at then.
     *
     * @param toEverybody to all users of the machine, or to the owner of the file
     * @throws IOException if the operating system refuses
     */
    void open(boolean toEverybody) throws IOException {
        if (path.getFileSystem().supportedFileAttributeViews().contains("posix")) {
            Files.setPosixFilePermissions(path, toEverybody ? EVERYBODY : OWNER);
        }
    }

    /** Deletes it, if it is still there. */
    void delete() {
        try {
            Files.deleteIfExists(path);
        } catch (IOException remains) {
            LOG.debug("socket file {} could not be deleted: {}", path, remains.toString());
        }
    }
}
