package io.chaski.examples.fileshare;

import io.chaski.streamer.file.FileExchange;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;

/** The directory whose files a peer shares. Thread-safe. */
final class SharedFolder {

    /** Names with a dot in front are shared by nobody. */
    private static final String UNFINISHED = ".upload-";

    /** Another peer that shares this directory may be at it; who sends nothing for so long has lost its connection. */
    private static final Duration LEFTOVER_AGE = Duration.ofHours(1);

    private static final int BUFFER_BYTES = 64 << 10;

    private final Path path;

    SharedFolder(Path path) throws IOException {
        this.path = Files.createDirectories(path).toRealPath();
    }

    Path path() {
        return path;
    }

    /**
     * Removes what a peer has left that was killed while it took files in.
     *
     * @return how many files it were
     */
    int removeLeftovers() throws IOException {
        Instant newest = Instant.now().minus(LEFTOVER_AGE);
        int removed = 0;
        try (DirectoryStream<Path> unfinished = Files.newDirectoryStream(path, UNFINISHED + "*")) {
            for (Path file : unfinished) {
                if (Files.getLastModifiedTime(file).toInstant().isBefore(newest)) {
                    Files.delete(file);
                    removed++;
                }
            }
        }
        return removed;
    }

    /**
     * Takes a file in, which appears in one step, whole, or not at all. Nothing is replaced.
     *
     * @param name one segment, from anywhere
     * @param content read to its end, or to the limit
     * @param limitBytes its largest size
     * @return where it is
     */
    Path add(String name, InputStream content, long limitBytes) throws IOException, NotShared {
        requireGood(name);
        Path unfinished = Files.createTempFile(path, UNFINISHED, "");
        try {
            copy(content, unfinished, limitBytes);
            return place(unfinished, name);
        } finally {
            Files.deleteIfExists(unfinished);
        }
    }

    /** Says before anything is sent what would be said in the end. */
    void requireFree(String name) throws NotShared {
        requireGood(name);
        if (Files.exists(path.resolve(name))) {
            throw taken(name);
        }
    }

    private static void requireGood(String name) throws NotShared {
        if (name.contains("/") || !FileExchange.isGoodName(name)) {
            throw new NotShared(
                    NotShared.Reason.BAD_NAME,
                    "no peer would take this name: letters, digits, space and . _ -"
                            + " are allowed, no dot in front, no device of Windows");
        }
    }

    private static void copy(InputStream content, Path to, long limitBytes) throws IOException, NotShared {
        try (OutputStream out = Files.newOutputStream(to)) {
            byte[] buffer = new byte[BUFFER_BYTES];
            long bytes = 0;
            for (int read = content.read(buffer); read >= 0; read = content.read(buffer)) {
                bytes += read;
                if (bytes > limitBytes) {
                    throw tooLarge(limitBytes);
                }
                out.write(buffer, 0, read);
            }
        }
    }

    static NotShared tooLarge(long limitBytes) {
        return new NotShared(NotShared.Reason.TOO_LARGE, limit(limitBytes));
    }

    /** What is said to who would send more. */
    static String limit(long limitBytes) {
        return "a file has at most " + limitBytes + " bytes here";
    }

    private static NotShared taken(String name) {
        return new NotShared(NotShared.Reason.TAKEN, "there is a file " + name + " already");
    }

    /** Another name for what is there, which fails if the name is taken: a move would replace what has it. */
    private Path place(Path unfinished, String name) throws IOException, NotShared {
        try {
            return Files.createLink(path.resolve(name), unfinished);
        } catch (FileAlreadyExistsException exists) {
            throw taken(name);
        } catch (IOException | UnsupportedOperationException noLinks) {
            return move(unfinished, name);
        }
    }

    /** Where there are no links: looks whether the name is free, and then moves. */
    private Path move(Path unfinished, String name) throws IOException, NotShared {
        try {
            return Files.move(unfinished, path.resolve(name));
        } catch (FileAlreadyExistsException exists) {
            throw taken(name);
        }
    }
}
