package io.chaski.ca.internal.net;

import io.chaski.ca.EnrolmentException;
import io.chaski.ca.EnrolmentProblem;
import io.chaski.ca.NodeCredentials;
import io.chaski.ca.internal.wire.EnrolmentCodec;
import io.chaski.ca.internal.wire.EnrolmentCodec.MalformedMessageException;
import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One request to an authority and its answer. The caller waits; a deadline bounds all of it. */
public final class AuthorityCall {

    private static final Logger LOG = LoggerFactory.getLogger(AuthorityCall.class);

    private AuthorityCall() {}

    private static MultiThreadIoEventLoopGroup loop() throws IOException {
        try {
            return new MultiThreadIoEventLoopGroup(
                    1, new DefaultThreadFactory("chaski-enrolment", true), NioIoHandler.newFactory());
        } catch (IllegalStateException e) { // as Netty says it if no file may be opened
            throw new IOException("no connection can be made: " + e.getMessage(), e);
        }
    }

    /**
     * Asks.
     *
     * @param address where the authority is said to be
     * @param own what the node shows; nothing when it has nothing yet
     * @param authority throws an {@link EnrolmentException} unless a chain is that of the authority
     * @param request what to send, once it is known to be the authority
     * @param deadline for name, connection, handshake, request and answer together
     * @return the answer, of which nothing was looked at
     * @throws IOException if there is none. The request may have been heard, so it must be one that can be repeated
     * @throws EnrolmentException as {@code authority} has thrown it
     */
    public static byte[] call(
            InetSocketAddress address,
            Optional<NodeCredentials> own,
            ChainCheck authority,
            byte[] request,
            Duration deadline)
            throws IOException {
        CompletableFuture<byte[]> answer = new CompletableFuture<>();
        SslContext tls = TlsContexts.client(own, new ChainTrust(authority));
        // A loop of its own: this happens once a day, and looking a name up blocks.
        MultiThreadIoEventLoopGroup loop = loop();
        try {
            new Bootstrap()
                    .group(loop)
                    .channel(NioSocketChannel.class)
                    .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, (int) deadline.toMillis())
                    .handler(new ChannelInitializer<SocketChannel>() {
                        @Override
                        protected void initChannel(SocketChannel channel) {
                            channel.pipeline()
                                    .addLast(tls.newHandler(channel.alloc()))
                                    .addLast(new Conversation(request, answer));
                        }
                    })
                    .connect(address)
                    .addListener(done -> {
                        if (!done.isSuccess()) {
                            answer.completeExceptionally(done.cause());
                        }
                    });
            return answer.get(deadline.toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            throw new IOException("no answer of " + address + " within " + deadline.toMillis() + " ms", e);
        } catch (ExecutionException e) {
            throw failure(address, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        } finally {
            loop.shutdownGracefully(0, 0, TimeUnit.SECONDS)
                    .addListener(done -> LOG.debug("The call of {} is over", address));
        }
    }

    /** What our own check has said, from below what the engine makes of it. */
    private static IOException failure(InetSocketAddress address, ExecutionException failed) {
        for (@Nullable Throwable each = failed.getCause(); each != null; each = each.getCause()) {
            if (each instanceof EnrolmentException refused) {
                throw refused;
            }
        }
        return new IOException(address + ": " + failed.getMessage(), failed);
    }

    /** Sends the request after the handshake and collects the answer. Confined to the event loop. */
    private static final class Conversation extends SimpleChannelInboundHandler<ByteBuf> {
        private final byte[] request;
        private final CompletableFuture<byte[]> answer;
        private final MessageCollector collected = new MessageCollector(EnrolmentCodec.MAX_REPLY_BYTES);

        Conversation(byte[] request, CompletableFuture<byte[]> answer) {
            this.request = request;
            this.answer = answer;
        }

        @Override
        public void userEventTriggered(ChannelHandlerContext context, Object event) {
            if (!(event instanceof SslHandshakeCompletionEvent handshake)) {
                return;
            }
            if (!handshake.isSuccess()) {
                fail(context, handshake.cause());
            } else if (TlsContexts.replyVersion(
                            context.pipeline().get(SslHandler.class).applicationProtocol())
                    == 0) {
                fail(context, new IOException("it does not speak chaski-ca"));
            } else {
                context.writeAndFlush(MessageCollector.frame(request, context.alloc()))
                        .addListener(done -> {
                            if (!done.isSuccess()) {
                                fail(context, done.cause());
                            }
                        });
            }
        }

        @Override
        protected void channelRead0(ChannelHandlerContext context, ByteBuf bytes) {
            try {
                if (collected.add(bytes)) {
                    answer.complete(collected.message());
                    Closing.close(context);
                }
            } catch (MalformedMessageException e) {
                fail(context, new EnrolmentException(EnrolmentProblem.UNTRUSTED_CA, "the answer is no message", e));
            }
        }

        @Override
        public void channelInactive(ChannelHandlerContext context) {
            answer.completeExceptionally(new IOException("closed without an answer"));
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            fail(context, cause);
        }

        private void fail(ChannelHandlerContext context, Throwable cause) {
            answer.completeExceptionally(cause);
            Closing.close(context);
        }
    }
}
