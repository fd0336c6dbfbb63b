package io.chaski.streamer.internal.durable;

import java.nio.ByteBuffer;

/** What a log is made of. Immutable. */
sealed interface LogEntry permits KeptMessage, CursorMove, ConsumerEnd {

    /** Which kind it is, in the file. */
    byte type();

    /** Bytes that {@link #writeTo} writes. */
    int lengthBytes();

    /**
     * Writes it, without its kind and length.
     *
     * @param out has room for {@link #lengthBytes()}
     */
    void writeTo(ByteBuffer out);
}
