package io.chaski.core.internal.netty;

import io.netty.channel.Channel;
import io.netty.channel.ChannelFactory;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.ServerChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.DatagramChannel;
import io.netty.channel.socket.SocketProtocolFamily;
import io.netty.channel.socket.nio.NioDatagramChannel;
import io.netty.channel.socket.nio.NioDomainSocketChannel;
import io.netty.channel.socket.nio.NioServerDomainSocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import java.io.IOException;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import org.jspecify.annotations.Nullable;

/** The JDK's selectors: they work everywhere. */
final class NioSockets implements Sockets {

    static final NioSockets INSTANCE = new NioSockets();

    private NioSockets() {}

    @Override
    public String name() {
        return "NIO";
    }

    @Override
    public IoHandlerFactory ioHandlers() {
        return NioIoHandler.newFactory();
    }

    @Override
    public ChannelFactory<ServerChannel> tcpServer() {
        return NioServerSocketChannel::new;
    }

    @Override
    public ChannelFactory<Channel> tcp() {
        return NioSocketChannel::new;
    }

    @Override
    public ChannelFactory<DatagramChannel> udp() {
        return NioDatagramChannel::new;
    }

    @Override
    public DatagramChannel udp(SocketProtocolFamily family) {
        return new NioDatagramChannel(family);
    }

    @Override
    public ChannelFactory<ServerChannel> unixServer() {
        return NioServerDomainSocketChannel::new;
    }

    @Override
    public ChannelFactory<Channel> unix() {
        return NioDomainSocketChannel::new;
    }

    @Override
    public SocketAddress unixAddress(String path) {
        return UnixDomainSocketAddress.of(path);
    }

    @Override
    public @Nullable SocketUsers users() throws IOException {
        return JdkUsers.find();
    }
}
