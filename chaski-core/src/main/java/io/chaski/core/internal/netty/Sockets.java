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
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The kinds of channel of one I/O mechanism of Netty. Immutable. */
interface Sockets {

    /** Name for the log. */
    String name();

    IoHandlerFactory ioHandlers();

    ChannelFactory<ServerChannel> tcpServer();

    ChannelFactory<Channel> tcp();

    ChannelFactory<DatagramChannel> udp();

    /** As above, of one family, which multicast needs. */
    DatagramChannel udp(SocketProtocolFamily family);

    ChannelFactory<ServerChannel> unixServer();

    ChannelFactory<Channel> unix();

    /**
     * Address of a UNIX domain socket.
     *
     * @param path of the socket file
     */
    SocketAddress unixAddress(String path);

    /**
     * The users at the other ends of UNIX domain sockets; null if the operating system does not tell.
     *
     * @throws IOException if it cannot be found out whether it does
     */
    @Nullable
    SocketUsers users() throws IOException;

    /** The best mechanism of this machine, found once. */
    static Sockets best() {
        return Best.SOCKETS;
    }

    /** Finds the best mechanism: epoll when its native jar is on the class path, else NIO. */
    final class Best {
        private static final Logger LOG = LoggerFactory.getLogger(Sockets.class);
        private static final Sockets SOCKETS = find();

        private Best() {}

        private static Sockets find() {
            Sockets found = NioSockets.INSTANCE;
            try {
                if (EpollSockets.isAvailable()) {
                    found = new EpollSockets();
                }
            } catch (Throwable absent) { // a missing class or a native library that does not load on this system
                LOG.debug("epoll is not available", absent);
            }
            LOG.info("sockets are driven by {}", found.name());
            return found;
        }
    }
}
