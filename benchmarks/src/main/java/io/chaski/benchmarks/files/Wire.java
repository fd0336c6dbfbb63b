package io.chaski.benchmarks.files;

import java.io.IOException;
import java.nio.channels.ByteChannel;

/** Connections over loopback whose both ends are in this process; each is closed by who has it. */
interface Wire extends AutoCloseable {

    /** The sending side of a new connection. */
    ByteChannel connect() throws IOException;

    /** The receiving side, which waits until there is one. */
    ByteChannel accept() throws IOException;

    @Override
    void close() throws IOException;
}
