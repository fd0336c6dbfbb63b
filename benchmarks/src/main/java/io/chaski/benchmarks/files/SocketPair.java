package io.chaski.benchmarks.files;

import java.io.IOException;
import java.nio.channels.ByteChannel;

/** Connections over loopback whose both ends are in this process; each is closed by who has it. */
interface SocketPair extends AutoCloseable {

    /** For a connection to come, which takes no time on loopback. */
    int LIMIT_MILLIS = 30_000;

    /** The sending side of a new connection. */
    ByteChannel connect() throws IOException;

    /** The receiving side, which waits until there is one, this is closed, or {@value #LIMIT_MILLIS} ms are over. */
    ByteChannel accept() throws IOException;

    @Override
    void close() throws IOException;
}
