package io.chaski.streamer.internal.disk;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What is done to directories. */
public final class Directories {

    private static final Logger log = LoggerFactory.getLogger(Directories.class);

    /** EINVAL and ENOTSUP, by which a file system says that it does not force directories. */
    private static final List<String> UNSUPPORTED = List.of("invalid argument", "not supported");

    private Directories() {}

    /** Makes the names in a directory durable, as {@link #force} does. */
    @FunctionalInterface
    public interface Forcing {

        /** Makes the names in a directory durable. */
        void force(Path directory) throws IOException;
    }

    /**
     * Makes a directory and those above it, as far as they are missing. A file is as durable as the names of the directories
     * above it, so each name that is new is forced.
     *
     * @param directory an absolute path
     * @param forcing how; {@link #force}, except in tests
     * @throws IOException if the operating system refuses
     */
    public static void create(Path directory, Forcing forcing) throws IOException {
        Deque<Path> missing = new ArrayDeque<>();
        Path at = directory;
        while (at != null && !Files.exists(at)) {
            missing.push(at);
            at = at.getParent();
        }
        Files.createDirectories(directory);
        for (Path made : missing) {
            forcing.force(made.resolveSibling(".").normalize());
        }
    }

    /**
     * Makes the names in a directory survive a crash of the machine. Not every platform can open a directory, nor every
     * file system force one; there only the content of the files is sure.
     *
     * @param directory a real one
     * @throws IOException if the disk fails; what is durable is then not known, and another attempt would not tell
     */
    public static void force(Path directory) throws IOException {
        try (FileChannel names = FileChannel.open(directory, StandardOpenOption.READ)) {
            forceIfSupported(directory, names);
        } catch (AccessDeniedException e) {
            log.debug("cannot open the directory {} to force it", directory, e); // Windows, always
        }
    }

    private static void forceIfSupported(Path directory, FileChannel names) throws IOException {
        try {
            names.force(true);
        } catch (IOException e) {
            String text = String.valueOf(e.getMessage()).toLowerCase(Locale.ROOT);
            if (UNSUPPORTED.stream().noneMatch(text::contains)) {
                throw e;
            }
            log.debug("cannot force the directory {}", directory, e);
        }
    }
}
