package io.chaski.streamer.internal.file;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.BitSet;

/** A file, or a part of one, that this node can give to others. Thread-safe. */
interface Holding {

    Manifest manifest();

    /** Whether it has all chunks, and always will. */
    boolean isComplete();

    ChunkList list();

    /** Which chunks it has now. A copy. */
    BitSet has();

    /**
     * Begins to read it.
     *
     * @throws IOException if it is not there any more, or not what it was
     */
    Reader open() throws IOException;

    /** Reads chunks of a holding. Confined to one session. */
    interface Reader extends AutoCloseable {

        /** Whether the chunk can be read now. */
        boolean has(int chunk);

        /**
         * Fills a buffer.
         *
         * @throws IOException if it cannot be read, or is not what it was
         */
        void read(ByteBuffer into, long position) throws IOException;

        @Override
        void close() throws IOException;
    }
}
