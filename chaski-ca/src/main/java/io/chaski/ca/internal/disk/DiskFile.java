package io.chaski.ca.internal.disk;

import java.io.Closeable;
import java.io.IOException;

/** An open file. Confined to one thread at a time. */
public interface DiskFile extends Closeable {

    /** Its length in bytes. */
    long size() throws IOException;

    /** That many bytes from a position, or those up to the end. */
    byte[] read(long position, int maxBytes) throws IOException;

    /** Writes all bytes at a position. */
    void write(long position, byte[] bytes) throws IOException;

    /** Cuts the file off. */
    void truncate(long size) throws IOException;

    /** Returns when all that was written survives a power failure. When it fails nothing is known of it any more. */
    void force() throws IOException;

    @Override
    void close() throws IOException;
}
