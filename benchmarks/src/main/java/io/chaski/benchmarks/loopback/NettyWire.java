package io.chaski.benchmarks.loopback;

import io.chaski.benchmarks.tls.Identities;
import io.chaski.benchmarks.tls.NettyTls;
import io.chaski.core.internal.netty.tls.TlsEngine;
import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFactory;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.ServerChannel;
import io.netty.channel.SingleThreadIoEventLoop;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.Future;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.function.Consumer;
import java.util.function.Supplier;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** How contestants that are nothing but Netty are connected: with the socket options, and if at all with the TLS, of a node. Immutable. */
final class NettyWire {

    /** With the selectors of the JDK, in clear text. */
    static final NettyWire NIO = new NettyWire(Polling.NIO, null, null);

    /** As a node reads. */
    private static final int LARGEST_READ_BYTES = 256 << 10;

    private static final int FIRST_READ_BYTES = 16 << 10;
    private static final int SMALLEST_READ_BYTES = 512;

    /** As a node writes. */
    private static final WriteBufferWaterMark MARKS = new WriteBufferWaterMark(256 << 10, 512 << 10);

    /** Who tells that a socket is ready. */
    private enum Polling {
        NIO,
        EPOLL;

        IoHandlerFactory ioHandlers() {
            return this == NIO ? NioIoHandler.newFactory() : EpollIoHandler.newFactory();
        }

        ChannelFactory<ServerChannel> server() {
            return this == NIO ? NioServerSocketChannel::new : EpollServerSocketChannel::new;
        }

        ChannelFactory<Channel> client() {
            return this == NIO ? NioSocketChannel::new : EpollSocketChannel::new;
        }
    }

    private final Polling polling;
    private final @Nullable TlsEngine engine;
    private final @Nullable Identities identities;

    private NettyWire(Polling polling, @Nullable TlsEngine engine, @Nullable Identities identities) {
        this.polling = polling;
        this.engine = engine;
        this.identities = identities;
    }

    /** With epoll of Linux, in clear text. */
    static NettyWire epoll() {
        return new NettyWire(Polling.EPOLL, null, null);
    }

    /**
     * With the selectors of the JDK, and TLS with certificates on both sides.
     *
     * @param engine computes
     * @param identities of both sides
     */
    static NettyWire secured(TlsEngine engine, Identities identities) {
        return new NettyWire(Polling.NIO, engine, identities);
    }

    /**
     * Listens on loopback, with an event loop of its own.
     *
     * @param handlers made for each connection
     */
    Contestant.Listening listen(Supplier<ChannelHandler> handlers) throws InterruptedException, SSLException {
        return listen(loop("receiver"), handlers);
    }

    /**
     * Listens on loopback.
     *
     * @param loop of this wire, which is ended with it
     * @param handlers made for each connection
     */
    Contestant.Listening listen(EventLoop loop, Supplier<ChannelHandler> handlers)
            throws InterruptedException, SSLException {
        Consumer<Channel> tls = tls(Identities.SERVER);
        ServerBootstrap bootstrap = new ServerBootstrap()
                .group(loop)
                .channelFactory(polling.server())
                .childOption(ChannelOption.TCP_NODELAY, true)
                .childOption(ChannelOption.RECVBUF_ALLOCATOR, readBuffers())
                .childOption(ChannelOption.WRITE_BUFFER_WATER_MARK, MARKS)
                .childHandler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        tls.accept(channel);
                        channel.pipeline().addLast(handlers.get());
                    }
                });
        Channel server =
                bootstrap.bind(InetAddress.getLoopbackAddress(), 0).sync().channel();
        int port = ((InetSocketAddress) server.localAddress()).getPort();
        return new Contestant.Listening() {
            @Override
            public String address() {
                return Integer.toString(port);
            }

            @Override
            public void close() {
                end(loop);
            }
        };
    }

    /**
     * Connects; with TLS the handshake is over too, so that nobody sends into one that fails.
     *
     * @param loop of this wire
     * @param port on loopback
     * @param handlers of the connection
     * @throws SSLException if the handshake fails
     */
    Channel dial(EventLoop loop, String port, ChannelHandler... handlers) throws InterruptedException, SSLException {
        Consumer<Channel> tls = tls(Identities.CLIENT);
        Channel channel = new Bootstrap()
                .group(loop)
                .channelFactory(polling.client())
                .option(ChannelOption.TCP_NODELAY, true)
                .option(ChannelOption.RECVBUF_ALLOCATOR, readBuffers())
                .option(ChannelOption.WRITE_BUFFER_WATER_MARK, MARKS)
                .handler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        tls.accept(channel);
                        channel.pipeline().addLast(handlers);
                    }
                })
                .connect(InetAddress.getLoopbackAddress(), Integer.parseInt(port))
                .sync()
                .channel();
        SslHandler handshake = channel.pipeline().get(SslHandler.class);
        if (handshake != null && !handshake.handshakeFuture().await().isSuccess()) { // it has a limit of its own
            throw new SSLException(
                    "no handshake with " + port, handshake.handshakeFuture().cause());
        }
        return channel;
    }

    /** A new event loop for such sockets. */
    EventLoop loop(String name) {
        return new SingleThreadIoEventLoop(null, new DefaultThreadFactory(name, true), polling.ioHandlers());
    }

    /** Ends an event loop. */
    static void end(EventLoop loop) {
        Future<?> unused = loop.shutdownGracefully(); // its thread is a daemon, and the process ends
    }

    private static AdaptiveRecvByteBufAllocator readBuffers() {
        AdaptiveRecvByteBufAllocator allocator =
                new AdaptiveRecvByteBufAllocator(SMALLEST_READ_BYTES, FIRST_READ_BYTES, LARGEST_READ_BYTES);
        allocator.maxMessagesPerRead(1);
        return allocator;
    }

    private Consumer<Channel> tls(String name) throws SSLException {
        return engine == null || identities == null ? channel -> {} : NettyTls.of(engine, identities, name);
    }
}
