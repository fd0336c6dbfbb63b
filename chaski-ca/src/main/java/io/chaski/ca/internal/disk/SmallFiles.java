package io.chaski.ca.internal.disk;

import io.chaski.ca.AuthorityException;
import io.chaski.ca.AuthorityException.Problem;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;

/** Files that are read and written as a whole, and are old or new at every moment. */
public final class SmallFiles {

    private static final String TEMPORARY = ".new";

    private SmallFiles() {}

    /**
     * Writes a file that is not there yet, or in place of the one that is: complete under another name first, then
     * renamed. When it returns, the new content survives a power failure.
     */
    public static void write(Disk disk, Path file, byte[] content) throws IOException {
        Path directory = directoryOf(file);
        Path temporary = directory.resolve(file.getFileName() + TEMPORARY);
        disk.deleteIfExists(temporary); // left by a crash; whoever writes here holds the lock
        try (DiskFile made = disk.create(temporary)) {
            made.write(0, content);
            made.force();
        }
        disk.move(temporary, file);
        disk.forceDirectory(directory);
    }

    /** The directory that a file is in. */
    static Path directoryOf(Path file) {
        return Objects.requireNonNull(file.toAbsolutePath().getParent(), "a file is in a directory");
    }

    /**
     * Reads a file.
     *
     * @throws AuthorityException with MISSING, UNSAFE_PERMISSIONS or, if it is longer than it can be, DAMAGED
     */
    public static byte[] read(Disk disk, Path file, int maxBytes) throws IOException {
        return readIfThere(disk, file, maxBytes)
                .orElseThrow(() -> new AuthorityException(Problem.MISSING, file + " is missing", null));
    }

    /**
     * Reads a file, if there is one.
     *
     * @throws AuthorityException with UNSAFE_PERMISSIONS or, if it is longer than it can be, DAMAGED
     */
    public static Optional<byte[]> readIfThere(Disk disk, Path file, int maxBytes) throws IOException {
        if (!disk.exists(file)) {
            return Optional.empty();
        }
        try (DiskFile opened = disk.open(file)) {
            if (opened.size() > maxBytes) {
                throw new AuthorityException(Problem.DAMAGED, file + " is longer than " + maxBytes + " bytes", null);
            }
            return Optional.of(opened.read(0, maxBytes));
        }
    }
}
