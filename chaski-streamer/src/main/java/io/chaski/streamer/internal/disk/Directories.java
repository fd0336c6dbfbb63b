package io.chaski.streamer.internal.disk;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What is done to directories. */
public final class Directories {

    private static final Logger log = LoggerFactory.getLogger(Directories.class);

    private Directories() {}

    /**
     * Makes the names in a directory survive a crash of the machine. Not every platform can open a directory, nor every
     * file system force one; there only the content of the files is sure.
     *
     * @param directory a real one
     */
    public static void force(Path directory) {
        try (FileChannel names = FileChannel.open(directory, StandardOpenOption.READ)) {
            names.force(true);
        } catch (IOException unsupported) {
            log.debug("cannot force the directory {}", directory, unsupported);
        }
    }
}
