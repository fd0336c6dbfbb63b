package io.chaski.core.internal.netty;

import io.chaski.core.Address;
import io.chaski.core.internal.module.UnixFile;
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
import java.util.Set;

/** The file of a UNIX domain socket that a node listens on. Stateless. */
final class SocketFile {

    /** What is in such a folder can be renamed and removed by its owner only. */
    private static final int STICKY = 01000;

    private static final int OTHERS_WRITE = 022;

    /** Whoever connects has to be allowed to write; reading means nothing. */
    private static final Set<PosixFilePermission> OWNER = PosixFilePermissions.fromString("rw-------");

    private static final Set<PosixFilePermission> EVERYBODY = PosixFilePermissions.fromString("rw-rw-rw-");

    private final Address address;
    private final Path path;

    SocketFile(Address unix) {
        this.address = unix;
        this.path = Path.of(unix.host());
    }

    /** Whether its file system has numbers of users, and modes. */
    boolean hasOwner() {
        return UnixFile.isKnown(path);
    }

    /**
     * Refuses a folder where somebody else can rename or replace the file: modes are set and files removed by name, and would be
     * those of another file. A folder that is not there is left to the bind, which says so. Only where files have owners.
     *
     * @param us the number of our user
     * @throws IOException if it is such a folder
     */
    void checkFolder(int us) throws IOException {
        Path folder = path.toAbsolutePath().getParent();
        if (folder == null || !Files.isDirectory(folder)) {
            return;
        }
        UnixFile now = UnixFile.of(folder);
        if (!now.isOwnedBy(us)) {
            throw new IOException(
                    "the folder of the socket " + address + " is somebody else's, who could put another one in its"
                            + " place: " + folder + " belongs to user " + now.ownerText());
        }
        if (now.allows(OTHERS_WRITE) && !now.allows(STICKY)) {
            throw new IOException("others can write to the folder of the socket " + address
                    + " and put another one in its place: chmod go-w " + folder + ", or +t");
        }
    }

    /**
     * Removes the file that a crashed process has left, so that its successor can take the address.
     *
     * @throws IOException if somebody listens there or another user may, if it is another kind of file, or if it stays
     */
    void removeIfStale() throws IOException {
        if (!Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        if (!isSocket()) {
            throw new IOException("there is a file in place of the socket " + address);
        }
        try (SocketChannel probe = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            probe.connect(UnixDomainSocketAddress.of(path));
        } catch (ConnectException nobodyListens) {
            Files.deleteIfExists(path);
            return;
        } catch (SocketException notForUs) {
            throw new IOException("the socket " + address + " is somebody else's: " + notForUs.getMessage(), notForUs);
        }
        throw new IOException("somebody listens on " + address);
    }

    /** Nobody listens on pipes and devices either, and they are neither files nor folders. */
    private boolean isSocket() throws IOException {
        return hasOwner()
                ? UnixFile.of(path, LinkOption.NOFOLLOW_LINKS).isSocket()
                : Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
                        .isOther();
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
        if (hasOwner()) {
            Files.setPosixFilePermissions(path, toEverybody ? EVERYBODY : OWNER);
        }
    }
}
