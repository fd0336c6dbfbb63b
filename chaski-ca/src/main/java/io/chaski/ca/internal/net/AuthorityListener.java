package io.chaski.ca.internal.net;

import io.chaski.ca.NodeCredentials;
import io.chaski.ca.internal.authority.RemoteHost;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.ssl.SslContext;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Accepts connections and answers one request on each. One event loop moves the bytes, two threads do the arithmetic of
 * handshakes, one thread answers. Their queues are bounded by the number of connections, and whoever finds one full is
 * closed. Thread-safe.
 */
public final class AuthorityListener implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(AuthorityListener.class);

    private static final int HANDSHAKE_THREADS = 2;
    private static final int MAX_HANDSHAKE_TASKS = 128;
    private static final Duration QUIET = Duration.ofSeconds(5);

    private final ChainCheck clients;
    private final ServerLimits limits;
    private final Responder responder;
    private final EventLoopGroup loop = new MultiThreadIoEventLoopGroup(
            1, new DefaultThreadFactory("chaski-ca-loop", true), NioIoHandler.newFactory());
    private final ThreadPoolExecutor handshakes = pool("chaski-ca-handshake", HANDSHAKE_THREADS, MAX_HANDSHAKE_TASKS);
    private final ThreadPoolExecutor answering;
    private final ConnectionLimits connections;
    private volatile SslContext tls;
    private volatile @Nullable Channel socket; // until it listens

    private AuthorityListener(NodeCredentials own, ChainCheck clients, ServerLimits limits, Responder responder)
            throws SSLException {
        this.clients = clients;
        this.limits = limits;
        this.responder = responder;
        this.connections = new ConnectionLimits(limits);
        this.answering = pool("chaski-ca-answer", 1, limits.connections());
        this.tls = TlsContexts.server(own, new ChainTrust(clients));
    }

    private static ThreadPoolExecutor pool(String name, int threads, int maxTasks) {
        return new ThreadPoolExecutor(
                threads,
                threads,
                0,
                TimeUnit.SECONDS,
                new ArrayBlockingQueue<>(maxTasks),
                new DefaultThreadFactory(name, true));
    }

    /** The listener and where it listens. */
    public record Listening(AuthorityListener listener, InetSocketAddress address) {}

    /**
     * Listens. It accepts when this returns.
     *
     * @param address where; port 0 for a free one
     * @param own what clients are shown
     * @param clients throws for chains of clients that are not let in; called on several threads
     * @param limits what it lets itself in for
     * @param responder called on one thread
     * @throws IOException if the address cannot be had
     */
    public static Listening listen(
            InetSocketAddress address,
            NodeCredentials own,
            ChainCheck clients,
            ServerLimits limits,
            Responder responder)
            throws IOException {
        AuthorityListener listener = new AuthorityListener(own, clients, limits, responder);
        ChannelFuture bound = listener.bootstrap().bind(address).awaitUninterruptibly();
        if (!bound.isSuccess()) {
            listener.close();
            throw new IOException("cannot listen on " + address + ": " + bound.cause(), bound.cause());
        }
        listener.socket = bound.channel();
        return new Listening(listener, (InetSocketAddress) bound.channel().localAddress());
    }

    private ServerBootstrap bootstrap() {
        return new ServerBootstrap()
                .group(loop)
                .channel(NioServerSocketChannel.class)
                .option(ChannelOption.SO_REUSEADDR, true)
                .option(ChannelOption.SO_BACKLOG, limits.connections())
                .childHandler(new ChannelInitializer<SocketChannel>() {
                    @Override
                    protected void initChannel(SocketChannel channel) {
                        begin(channel);
                    }
                });
    }

    private void begin(SocketChannel channel) {
        RemoteHost from = RemoteHost.of(channel.remoteAddress().getAddress());
        if (!connections.admit(from, System.nanoTime())) {
            Closing.close(channel);
            return;
        }
        channel.pipeline()
                .addLast(tls.newHandler(channel.alloc(), handshakes))
                .addLast(new AuthorityExchange(from, limits, connections, responder, answering));
    }

    /**
     * Shows other certificates from now on. Sessions of before are not resumed.
     *
     * @throws SSLException if TLS does not take them
     */
    public void show(NodeCredentials own) throws SSLException {
        tls = TlsContexts.server(own, new ChainTrust(clients));
    }

    /** Does something every so often, on the thread that answers, unless too many requests wait there. */
    public void every(Duration interval, Runnable task) {
        loop.scheduleAtFixedRate(
                        () -> executeOrSkip(task), interval.toNanos(), interval.toNanos(), TimeUnit.NANOSECONDS)
                .addListener(done -> LOG.debug("No more of it: {}", String.valueOf(done.cause())));
    }

    private void executeOrSkip(Runnable task) {
        try {
            answering.execute(task);
        } catch (RejectedExecutionException e) {
            LOG.debug("Too many requests wait; it is done next time");
        }
    }

    /** How many connections there are; waits for the event loop. */
    public int connections() {
        return onLoop(connections::connections);
    }

    private <T> T onLoop(Callable<T> question) {
        FutureTask<T> task = new FutureTask<>(question);
        loop.execute(task);
        try {
            return task.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        } catch (ExecutionException e) {
            throw new IllegalStateException("the event loop cannot tell", e);
        }
    }

    /** Closes all connections and stops. What is being answered is finished first, and recorded. */
    @Override
    public void close() {
        Channel listening = socket;
        if (listening != null) {
            listening.close().awaitUninterruptibly();
        }
        loop.shutdownGracefully(0, QUIET.toMillis(), TimeUnit.MILLISECONDS).awaitUninterruptibly();
        handshakes.shutdown();
        answering.getQueue().clear();
        answering.shutdown(); // without an interrupt, which would close the file of the journal
        awaitAnswer();
    }

    /** The journal is closed after this, and an answer that is being made needs it. */
    private void awaitAnswer() {
        boolean isInterrupted = false;
        boolean isDone = false;
        while (!isDone) {
            try {
                isDone = answering.awaitTermination(QUIET.toMillis(), TimeUnit.MILLISECONDS);
            } catch (InterruptedException e) {
                isInterrupted = true;
            }
        }
        if (isInterrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
