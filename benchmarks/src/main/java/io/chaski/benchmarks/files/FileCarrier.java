package io.chaski.benchmarks.files;

import java.nio.file.Path;

/** Carries files from a sending side to a receiving one, both in this process. Confined to one thread. */
interface FileCarrier extends AutoCloseable {

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
