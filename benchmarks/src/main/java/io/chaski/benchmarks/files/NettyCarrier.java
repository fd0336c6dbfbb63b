package io.chaski.benchmarks.files;

import io.chaski.benchmarks.tls.Identities;
import io.chaski.benchmarks.tls.NettyTls;
import io.chaski.core.internal.netty.tls.TlsEngine;
import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.DefaultFileRegion;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.FixedRecvByteBufAllocator;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.stream.ChunkedNioFile;
import io.netty.handler.stream.ChunkedWriteHandler;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * Raw Netty: size, the content, and the hash behind it. In clear text the content is one region of the file, which the kernel moves; over
 * TLS, which has to see it, it is read piece by piece. The receiver does everything on its event loop. That the file has arrived
 * it says by a future instead of over the wire.
 */
final class NettyCarrier implements FileCarrier {

    /** As nodes, which take it when it is there. */
    private static final boolean HAS_EPOLL = Epoll.isAvailable();

    /** As everybody here. */
    private static final int BUFFER_BYTES = 256 << 10;

    private static final int HASH_BYTES = 32;

    private final Path target;
    private final boolean hashes;
    private final @Nullable Consumer<Channel> serverTls;
    private final @Nullable Consumer<Channel> clientTls;
    private final EventLoopGroup receiving = new MultiThreadIoEventLoopGroup(1, ioHandlers());
    private final EventLoopGroup sending = new MultiThreadIoEventLoopGroup(1, ioHandlers());

    private NettyCarrier(
            Path target, boolean hashes, @Nullable Consumer<Channel> serverTls, @Nullable Consumer<Channel> clientTls) {
        this.target = target;
        this.hashes = hashes;
        this.serverTls = serverTls;
        this.clientTls = clientTls;
    }

    /**
     * Two event loops, in clear text.
     *
     * @param target where files arrive
     * @param hashes whether the content is; otherwise both sides compare the hash of nothing
     */
    static NettyCarrier clear(Path target, boolean hashes) {
        return new NettyCarrier(target, hashes, null, null);
    }

    /**
     * Two event loops, with the TLS of nodes, and hashes.
     *
     * @param target where files arrive
     * @param engine computes
     * @param identities of both sides
     */
    static NettyCarrier secured(Path target, TlsEngine engine, Identities identities) throws SSLException {
        return new NettyCarrier(
                target,
                true,
                NettyTls.of(engine, identities, Identities.SERVER),
                NettyTls.of(engine, identities, Identities.CLIENT));
    }

    @Override
    public Path carry(Path file) throws Exception {
        Arrival arrival = new Arrival(target.resolve(file.getFileName()), hashes);
        Channel server = done(new ServerBootstrap()
                .group(receiving)
                .channel(HAS_EPOLL ? EpollServerSocketChannel.class : NioServerSocketChannel.class)
                .childOption(ChannelOption.RECVBUF_ALLOCATOR, new FixedRecvByteBufAllocator(BUFFER_BYTES))
                .childHandler(handlers(serverTls, arrival))
                .bind(InetAddress.getLoopbackAddress(), 0));
        try {
            Channel to = done(new Bootstrap()
                    .group(sending)
                    .channel(HAS_EPOLL ? EpollSocketChannel.class : NioSocketChannel.class)
                    .handler(handlers(clientTls, new ChunkedWriteHandler()))
                    .connect(server.localAddress()));
            try {
                send(file, to);
                return arrival.arrived.get(LIMIT.toSeconds(), TimeUnit.SECONDS);
            } finally {
                done(to.close());
            }
        } finally {
            done(server.close());
        }
    }

    private static IoHandlerFactory ioHandlers() {
        return HAS_EPOLL ? EpollIoHandler.newFactory() : NioIoHandler.newFactory();
    }

    private static ChannelInitializer<Channel> handlers(@Nullable Consumer<Channel> tls, ChannelHandler last) {
        return new ChannelInitializer<>() {
            @Override
            protected void initChannel(Channel channel) {
                if (tls != null) {
                    tls.accept(channel);
                }
                channel.pipeline().addLast(last);
            }
        };
    }

    private void send(Path file, Channel to) throws Exception {
        long size = Files.size(file);
        ChannelFuture told = to.write(Unpooled.copyLong(size));
        ChannelFuture moved = to.writeAndFlush(
                clientTls == null
                        ? new DefaultFileRegion(file.toFile(), 0, size)
                        : new ChunkedNioFile(FileChannel.open(file), 0, size, BUFFER_BYTES)); // which it closes
        MessageDigest digest = MessageDigest.getInstance("SHA-256");
        if (hashes) {
            try (FileChannel content = FileChannel.open(file)) {
                ByteBuffer piece = ByteBuffer.allocate(BUFFER_BYTES);
                while (content.read(piece) >= 0) {
                    digest.update(piece.flip());
                    piece.clear();
                }
            }
        }
        done(told);
        done(moved);
        done(to.writeAndFlush(Unpooled.wrappedBuffer(digest.digest())));
    }

    private static Channel done(ChannelFuture future) throws Exception {
        if (!future.await(LIMIT.toSeconds(), TimeUnit.SECONDS)) {
            throw new TimeoutException("not done in " + LIMIT);
        }
        return future.sync().channel();
    }

    @Override
    public void close() {
        var unusedSending = sending.shutdownGracefully(0, 1, TimeUnit.SECONDS);
        var unusedReceiving = receiving.shutdownGracefully(0, 1, TimeUnit.SECONDS);
    }

    /** The receiving end of one connection. Confined to its event loop. */
    private static final class Arrival extends SimpleChannelInboundHandler<ByteBuf> {

        private final CompletableFuture<Path> arrived = new CompletableFuture<>();
        private final Path named;
        private final Path temporary;
        private final boolean hashes;
        private final MessageDigest digest;
        private final FileChannel out;
        private final ByteBuf size = Unpooled.buffer(Long.BYTES, Long.BYTES);
        private final ByteBuf told = Unpooled.buffer(HASH_BYTES, HASH_BYTES);
        private long written;

        Arrival(Path named, boolean hashes) throws IOException, NoSuchAlgorithmException {
            this.named = named;
            this.temporary = named.resolveSibling(named.getFileName() + ".part");
            this.hashes = hashes;
            this.digest = MessageDigest.getInstance("SHA-256");
            this.out = FileChannel.open(temporary, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        }

        @Override
        protected void channelRead0(ChannelHandlerContext context, ByteBuf in) throws IOException {
            fill(size, in);
            if (size.isWritable()) {
                return;
            }
            int count = (int) Math.min(size.getLong(0) - written, in.readableBytes());
            if (hashes) {
                digest.update(in.nioBuffer(in.readerIndex(), count));
            }
            written += count;
            while (count > 0) {
                count -= in.readBytes(out, count);
            }
            fill(told, in);
            if (!told.isWritable()) {
                finish();
            }
        }

        private static void fill(ByteBuf field, ByteBuf in) {
            field.writeBytes(in, Math.min(field.writableBytes(), in.readableBytes()));
        }

        private void finish() throws IOException {
            out.force(true);
            out.close();
            if (!MessageDigest.isEqual(told.array(), digest.digest())) {
                throw new IOException("another hash than was told");
            }
            Files.move(temporary, named, StandardCopyOption.ATOMIC_MOVE);
            arrived.complete(named);
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            arrived.completeExceptionally(cause);
            var unused = context.close();
        }

        @Override
        public void channelInactive(ChannelHandlerContext context) throws IOException {
            arrived.completeExceptionally(new EOFException("the sender has gone"));
            out.close();
        }
    }
}
