package io.chaski.benchmarks.files;

import java.nio.file.Path;
import java.time.Duration;

/** Carries files from a sending side to a receiving one, both in this process. Confined to one thread. */
interface FileCarrier extends AutoCloseable {

    /** Far above what a file takes: who needs longer has not merely been slow. */
    Duration LIMIT = Duration.ofMinutes(5);

    /**
     * Carries a file, whose hash nobody knows yet, and returns when it has its name at the receiving side: whole, with the
     * right SHA-256, and forced to the disk.
     *
     * @param file to be carried under its own name
     * @return where it has arrived
     */
    Path carry(Path file) throws Exception;

    @Override
    void close() throws Exception;
}
