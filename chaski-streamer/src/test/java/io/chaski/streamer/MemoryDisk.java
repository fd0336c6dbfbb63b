package io.chaski.streamer;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.extension.AnnotatedElementContext;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.io.TempDirFactory;

/**
 * Puts the files of a test into memory where the system has a file system for that. A sync is the slowest thing on a busy
 * machine, and to a test it proves nothing: no test cuts the power, and a killed process loses what it had not given to
 * the system, not what the disk had not written.
 */
public final class MemoryDisk implements TempDirFactory {

    private static final Path SHARED_MEMORY = Path.of("/dev/shm");

    @Override
    public Path createTempDirectory(AnnotatedElementContext element, ExtensionContext context) throws IOException {
        boolean isThere = Files.isDirectory(SHARED_MEMORY) && Files.isWritable(SHARED_MEMORY);
        return isThere ? Files.createTempDirectory(SHARED_MEMORY, "chaski-") : Files.createTempDirectory("chaski-");
    }
}
