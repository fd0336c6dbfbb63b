package io.chaski.core.internal.netty;

import io.netty.channel.Channel;
import io.netty.channel.ChannelFactory;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.ServerChannel;
import io.netty.channel.socket.DatagramChannel;
import io.netty.channel.socket.SocketProtocolFamily;
import java.io.IOException;
import java.net.SocketAddress;
import org.jspecify.annotations.Nullable;

/** Sockets of a mechanism, for tests that change one thing in them. */
abstract class ForwardingSockets implements Sockets {

    private final Sockets sockets;

    ForwardingSockets(Sockets sockets) {
        this.sockets = sockets;
    }

    @Override
    public String name() {
        return sockets.name();
    }

    @Override
    public IoHandlerFactory ioHandlers() {
        return sockets.ioHandlers();
    }

    @Override
    public ChannelFactory<ServerChannel> tcpServer() {
        return sockets.tcpServer();
    }

    @Override
    public ChannelFactory<Channel> tcp() {
        return sockets.tcp();
    }

    @Override
    public ChannelFactory<DatagramChannel> udp() {
        return sockets.udp();
    }

    @Override
    public DatagramChannel udp(SocketProtocolFamily family) {
        return sockets.udp(family);
    }

    @Override
    public ChannelFactory<ServerChannel> unixServer() {
        return sockets.unixServer();
    }

    @Override
    public ChannelFactory<Channel> unix() {
        return sockets.unix();
    }

    @Override
    public SocketAddress unixAddress(String path) {
        return sockets.unixAddress(path);
    }

    @Override
    public @Nullable SocketUsers users() throws IOException {
        return sockets.users();
    }
}
