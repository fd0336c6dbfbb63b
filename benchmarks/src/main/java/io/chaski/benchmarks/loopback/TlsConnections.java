package io.chaski.benchmarks.loopback;

import io.chaski.benchmarks.calls.CallContestant;
import io.chaski.benchmarks.calls.Caller;
import io.chaski.benchmarks.calls.Invoice;
import io.chaski.benchmarks.calls.Order;
import io.chaski.benchmarks.tls.Identities;
import io.chaski.core.internal.netty.tls.TlsContext;
import io.chaski.core.internal.netty.tls.TlsContext.ClientCertificate;
import io.chaski.core.internal.netty.tls.TlsEngine;
import io.chaski.core.internal.netty.tls.TlsExecutor;
import io.chaski.core.security.CertificateVerifier;
import io.chaski.core.security.TrustMode;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import io.netty.util.ReferenceCountUtil;
import java.net.InetAddress;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A connection for each call, to measure what a full TLS handshake of nodes costs: the engine, contexts and pools of a node,
 * P-256 keys and two certificates on both sides, and at both ends the check of the certificates that a node does after it.
 * The rest is {@link NettyCalls}. Nothing is resumed. Connections of nodes are let in by other limits, which are left out.
 */
final class TlsConnections implements CallContestant {

    private static final long LIMIT_SECONDS = 50;

    private final TlsEngine engine;
    private final TrustMode.External server;
    private final TrustMode.External client;

    /**
     * Two sides.
     *
     * @param engine computes
     * @param identities of both
     */
    TlsConnections(TlsEngine engine, Identities identities) {
        this(engine, identities.mode(Identities.SERVER), identities.mode(Identities.CLIENT));
    }

    /**
     * Two sides.
     *
     * @param engine computes
     * @param server who listens, and whom it trusts
     * @param client who connects, and whom it trusts
     */
    TlsConnections(TlsEngine engine, TrustMode.External server, TrustMode.External client) {
        this.engine = engine;
        this.server = server;
        this.client = client;
    }

    @Override
    public Served serve() throws Exception {
        TlsContext context =
                TlsContext.server(engine, server.credentials(), TlsContext.EDGES, ClientCertificate.REQUIRED);
        ExecutorService tasks = TlsExecutor.create("server");
        Contestant.Listening listening = NettyWire.NIO.listen(() -> new ChannelInitializer<>() {
            @Override
            protected void initChannel(Channel channel) {
                channel.pipeline()
                        .addLast(
                                context.newHandler(channel.alloc(), tasks),
                                new ClientCheck(server, tasks),
                                new ShopHandler());
            }
        });
        return new Served(listening.address(), () -> {
            listening.close();
            tasks.shutdownNow();
        });
    }

    @Override
    public Caller dial(String address) throws Exception {
        TlsContext context = TlsContext.client(engine, client.credentials(), TlsContext.EDGES);
        ExecutorService tasks = TlsExecutor.create("client");
        EventLoop loop = NettyWire.NIO.loop("caller");
        return new Caller() {
            @Override
            public Invoice buy(Order order) throws Exception {
                InvoiceHandler invoices = new InvoiceHandler(loop);
                Channel channel = connect(loop, address, context, tasks, invoices);
                try {
                    SslHandler tls = channel.pipeline().get(SslHandler.class);
                    tls.handshakeFuture().get(LIMIT_SECONDS, TimeUnit.SECONDS);
                    client.verify(TlsContext.peerChain(tls), CertificateVerifier.Side.SERVER, Instant.now());
                    return invoices.buy(order).get(LIMIT_SECONDS, TimeUnit.SECONDS);
                } finally {
                    channel.close().sync();
                }
            }

            @Override
            public CompletableFuture<Invoice> buyLater(Order order) {
                try {
                    return CompletableFuture.completedFuture(buy(order));
                } catch (Exception failed) { // whatever it is, the table counts it
                    return CompletableFuture.failedFuture(failed);
                }
            }

            @Override
            public boolean isBlocking() {
                return true;
            }

            @Override
            public void close() {
                NettyWire.end(loop);
                tasks.shutdownNow();
            }
        };
    }

    private static Channel connect(
            EventLoop loop, String port, TlsContext context, ExecutorService tasks, InvoiceHandler invoices)
            throws InterruptedException {
        return new Bootstrap()
                .group(loop)
                .channel(NioSocketChannel.class)
                .option(ChannelOption.TCP_NODELAY, true)
                .option(ChannelOption.SO_LINGER, 0) // no port is kept waiting after the end
                .handler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        channel.pipeline().addLast(context.newHandler(channel.alloc(), tasks), invoices);
                    }
                })
                .connect(InetAddress.getLoopbackAddress(), Integer.parseInt(port))
                .sync()
                .channel();
    }

    /**
     * Checks the certificates of a client on the pool, and holds back what it sends until then, as a node does. A client that is not
     * believed is cut off, so that its call has no answer. Confined to the event loop.
     */
    private static final class ClientCheck extends ChannelInboundHandlerAdapter {

        private final TrustMode.External mode;
        private final ExecutorService tasks;

        /** Little: what has been read with the end of the handshake, as nothing more is read meanwhile. */
        private final Queue<Object> held = new ArrayDeque<>();

        private boolean isBelieved;

        ClientCheck(TrustMode.External mode, ExecutorService tasks) {
            this.mode = mode;
            this.tasks = tasks;
        }

        @Override
        public void userEventTriggered(ChannelHandlerContext context, Object event) {
            if (event instanceof SslHandshakeCompletionEvent done && done.isSuccess()) {
                context.channel().config().setAutoRead(false);
                SslHandler tls = context.pipeline().get(SslHandler.class);
                CompletableFuture<Void> unused = CompletableFuture.runAsync(
                                () -> mode.verify(
                                        TlsContext.peerChain(tls), CertificateVerifier.Side.CLIENT, Instant.now()),
                                tasks)
                        .whenCompleteAsync((verified, failure) -> judge(context, failure), context.executor());
            }
            context.fireUserEventTriggered(event);
        }

        private void judge(ChannelHandlerContext context, @Nullable Throwable failure) {
            if (failure != null) {
                System.err.println("a client is cut off: " + failure);
                ChannelFuture unused = context.close();
                return;
            }
            isBelieved = true;
            for (Object data = held.poll(); data != null; data = held.poll()) {
                context.fireChannelRead(data);
            }
            context.fireChannelReadComplete();
            context.channel().config().setAutoRead(true);
        }

        @Override
        public void channelRead(ChannelHandlerContext context, Object data) {
            if (isBelieved) {
                context.fireChannelRead(data);
            } else {
                held.add(data);
            }
        }

        @Override
        public void channelInactive(ChannelHandlerContext context) {
            held.forEach(ReferenceCountUtil::release);
            held.clear();
            context.fireChannelInactive();
        }

        /** The other side cuts its connections. */
        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            ChannelFuture unused = context.close();
        }
    }
}
