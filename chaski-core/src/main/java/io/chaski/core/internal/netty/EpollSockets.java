package io.chaski.core.internal.netty;

import io.netty.channel.Channel;
import io.netty.channel.ChannelFactory;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollDatagramChannel;
import io.netty.channel.epoll.EpollDomainSocketChannel;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerDomainSocketChannel;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.socket.DatagramChannel;
import io.netty.channel.socket.SocketProtocolFamily;
import io.netty.channel.unix.DomainSocketAddress;
import java.net.SocketAddress;

/** Linux without the JDK's selector: lower latency and CPU. Needs an optional jar, so nothing else names its classes. */
final class EpollSockets implements Sockets {

    static boolean isAvailable() {
        return Epoll.isAvailable();
    }

    @Override
    public String name() {
        return "epoll";
    }

    @Override
    public IoHandlerFactory ioHandlers() {
        return EpollIoHandler.newFactory();
    }

    @Override
    public ChannelFactory<ServerChannel> tcpServer() {
        return EpollServerSocketChannel::new;
    }

    @Override
    public ChannelFactory<Channel> tcp() {
        return EpollSocketChannel::new;
    }

    @Override
    public ChannelFactory<DatagramChannel> udp() {
        return EpollDatagramChannel::new;
    }

    @Override
    public DatagramChannel udp(SocketProtocolFamily family) {
        return new EpollDatagramChannel(family);
    }

    @Override
    public ChannelFactory<ServerChannel> unixServer() {
        return EpollServerDomainSocketChannel::new;
    }

    @Override
    public ChannelFactory<Channel> unix() {
        return EpollDomainSocketChannel::new;
    }

    @Override
    public SocketAddress unixAddress(String path) {
        return new DomainSocketAddress(path);
    }

    @Override
    public SocketUsers users() {
        return new EpollUsers();
    }
}
