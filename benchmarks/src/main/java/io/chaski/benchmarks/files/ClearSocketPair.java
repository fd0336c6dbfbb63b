package io.chaski.benchmarks.files;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.ByteChannel;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;

/** TCP and nothing else. */
class ClearSocketPair implements SocketPair {

    private final ServerSocketChannel server;

    ClearSocketPair() throws IOException {
        this.server = ServerSocketChannel.open().bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        server.socket().setSoTimeout(LIMIT_MILLIS);
    }

    @Override
    public ByteChannel connect() throws IOException {
        SocketChannel connection = SocketChannel.open();
        connection.socket().connect(server.getLocalAddress(), LIMIT_MILLIS);
        return connection;
    }

    @Override
    public ByteChannel accept() throws IOException {
        return server.socket().accept().getChannel(); // the channel itself would wait for ever
    }

    @Override
    public void close() throws IOException {
        server.close();
    }
}
