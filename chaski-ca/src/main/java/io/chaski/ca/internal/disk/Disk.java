package io.chaski.ca.internal.disk;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;

/**
 * The operations on files, each of which a power failure may be the last to see. Whatever is made is readable by its
 * owner only from the first moment.
 */
public interface Disk {

    /** Makes a directory that was not there; fails if it was. */
    void createDirectory(Path directory) throws IOException;

    /** Whether there is anything of that name. */
    boolean exists(Path path) throws IOException;

    /** Makes an empty file that was not there; fails if anything was, also a link. */
    DiskFile create(Path file) throws IOException;

    /**
     * Opens a file that is there, for reading and writing.
     *
     * @throws io.chaski.ca.AuthorityException if others could read it, or it is not ours
     */
    DiskFile open(Path file) throws IOException;

    /** Gives a file another name at once, in place of what had it. */
    void move(Path from, Path to) throws IOException;

    /** Removes a file, if it is there. */
    void deleteIfExists(Path file) throws IOException;

    /** Makes the names in a directory survive a power failure. */
    void forceDirectory(Path directory) throws IOException;

    /**
     * Keeps others out, of this process and of others.
     *
     * @param file made if it is not there, and never removed
     * @return closed to let others in
     * @throws io.chaski.ca.AuthorityException if another one is in
     */
    Closeable lock(Path file) throws IOException;
}
