package io.chaski.streamer.internal.durable;

import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * A file of a log. One thread writes, any threads read; the interruption of a thread does not close it. What was written is
 * read at once, and survives a loss of power after {@link #force()} only.
 */
interface LogFile extends AutoCloseable {

    /** Its length in bytes. */
    long size() throws IOException;

    /**
     * Reads some bytes.
     *
     * @param into as many as it has room for, or fewer
     * @param position where, 0 or more
     * @return how many; -1 at the end
     */
    int read(ByteBuffer into, long position) throws IOException;

    /**
     * Writes some bytes.
     *
     * @param from as many as remain, or fewer
     * @param position where, up to the length of the file
     * @return how many, 1 or more
     */
    int write(ByteBuffer from, long position) throws IOException;

    /** Cuts it to a length. */
    void truncate(long size) throws IOException;

    /** Makes its content and its length durable. When that fails, another attempt would not tell what is on disk. */
    void force() throws IOException;

    @Override
    void close() throws IOException;

    /** Writes all bytes. */
    default void writeAll(ByteBuffer from, long position) throws IOException {
        long at = position;
        while (from.hasRemaining()) {
            at += write(from, at);
        }
    }

    /** Reads until the buffer is full or the file ends. */
    default void readAll(ByteBuffer into, long position) throws IOException {
        long at = position;
        while (into.hasRemaining()) {
            int read = read(into, at);
            if (read < 0) {
                return;
            }
            at += read;
        }
    }
}
