package io.chaski.core.internal.module;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;

/**
 * Whom a file belongs to, what it is and who gets at it, of one moment.
 *
 * @param owner number of a user, without a sign
 * @param mode kind and permissions, as the kernel has them
 */
public record UnixFile(int owner, int mode) {

    private static final int ROOT = 0;

    /** Of the mode (stat.h). */
    private static final int KIND = 0170000;

    private static final int SOCKET = 0140000;
    private static final int PERMISSIONS = 07777;

    /** Whether the file system of a path has such files. */
    public static boolean isKnown(Path path) {
        return path.getFileSystem().supportedFileAttributeViews().contains("unix");
    }

    /**
     * A file as it is now.
     *
     * @param options whether a link is followed
     * @throws IOException if it is not there or its file system has no such files
     */
    public static UnixFile of(Path path, LinkOption... options) throws IOException {
        Map<String, Object> attributes = Files.readAttributes(path, "unix:uid,mode", options);
        return new UnixFile((int) Objects.requireNonNull(attributes.get("uid")), (int)
                Objects.requireNonNull(attributes.get("mode")));
    }

    /**
     * Whether it is a user's or root's, who can change whatever he likes.
     *
     * @param user number
     */
    public boolean isOwnedBy(int user) {
        return owner == user || owner == ROOT;
    }

    /** Whether one of these bits is set. */
    public boolean allows(int permissions) {
        return (mode & permissions) != 0;
    }

    public boolean isSocket() {
        return (mode & KIND) == SOCKET;
    }

    /** The owner for people. */
    public String ownerText() {
        return Integer.toUnsignedString(owner);
    }

    /** The permissions for people, as chmod takes them. */
    public String permissions() {
        return Integer.toOctalString(mode & PERMISSIONS);
    }
}
