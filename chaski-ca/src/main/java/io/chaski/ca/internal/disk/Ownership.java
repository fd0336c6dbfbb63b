package io.chaski.ca.internal.disk;

import io.chaski.ca.AuthorityException;
import io.chaski.ca.AuthorityException.Problem;
import io.chaski.core.internal.module.OwnUser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipal;
import java.util.EnumSet;
import java.util.Set;

/**
 * Whom a file belongs to and who else can get at it. Only where the file system knows of owners; elsewhere the operating
 * system's defaults count.
 */
public final class Ownership {

    private static final Set<PosixFilePermission> OTHERS = EnumSet.of(
            PosixFilePermission.GROUP_READ,
            PosixFilePermission.GROUP_WRITE,
            PosixFilePermission.GROUP_EXECUTE,
            PosixFilePermission.OTHERS_READ,
            PosixFilePermission.OTHERS_WRITE,
            PosixFilePermission.OTHERS_EXECUTE);

    private Ownership() {}

    /** For files that are made: the owner reads and writes. */
    static FileAttribute<?>[] ofFile(Path path) {
        return attributes(path, "rw-------");
    }

    /** For directories that are made: the owner does everything. */
    static FileAttribute<?>[] ofDirectory(Path path) {
        return attributes(path, "rwx------");
    }

    private static FileAttribute<?>[] attributes(Path path, String permissions) {
        return isPosix(path)
                ? new FileAttribute<?>[] {
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(permissions))
                }
                : new FileAttribute<?>[0];
    }

    /**
     * Checks that a file or directory is ours alone.
     *
     * @throws AuthorityException with UNSAFE_PERMISSIONS if it is not
     */
    public static void check(Path path) throws IOException {
        if (!isPosix(path)) {
            return;
        }
        PosixFileAttributes attributes =
                Files.readAttributes(path, PosixFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
        if (attributes.isSymbolicLink()) {
            throw unsafe(path + " is a symbolic link");
        }
        Set<PosixFilePermission> others = EnumSet.copyOf(OTHERS);
        others.retainAll(attributes.permissions());
        if (!others.isEmpty()) {
            throw unsafe(path + " has the permissions " + PosixFilePermissions.toString(attributes.permissions())
                    + ", so that others than its owner can get at it");
        }
        UserPrincipal us = OwnUser.principal();
        if (!attributes.owner().equals(us)) {
            throw unsafe(path + " belongs to " + attributes.owner().getName() + " and not to " + us.getName());
        }
    }

    /** Whether the file system of a path knows of owners. */
    static boolean isPosix(Path path) {
        return path.getFileSystem().supportedFileAttributeViews().contains("posix");
    }

    private static AuthorityException unsafe(String detail) {
        return new AuthorityException(Problem.UNSAFE_PERMISSIONS, detail, null);
    }
}
