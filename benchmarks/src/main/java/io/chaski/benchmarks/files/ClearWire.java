package io.chaski.benchmarks.files;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.ByteChannel;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;

/** TCP and nothing else. */
final class ClearWire implements Wire {

    private final ServerSocketChannel server;

    ClearWire() throws IOException {
        this.server = ServerSocketChannel.open().bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    }

    @Override
    public ByteChannel connect() throws IOException {
        return SocketChannel.open(server.getLocalAddress());
    }

    @Override
    public ByteChannel accept() throws IOException {
        return server.accept();
    }

    @Override
    public void close() throws IOException {
        server.close();
    }
}
