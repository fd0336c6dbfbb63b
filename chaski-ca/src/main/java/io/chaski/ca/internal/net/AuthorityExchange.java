package io.chaski.ca.internal.net;

import io.chaski.ca.internal.authority.RemoteHost;
import io.chaski.ca.internal.wire.EnrolmentCodec;
import io.chaski.ca.internal.wire.EnrolmentCodec.MalformedMessageException;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import io.netty.util.concurrent.ScheduledFuture;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLPeerUnverifiedException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One connection to the authority:
 *
 * <pre>
 * handshake -> request -> answering -> reply -> closed
 *     |           |           |
 *     +-----------+-----------+-- garbage, or no time left --> closed without a word
 * </pre>
 *
 * <p>Confined to its event loop, but for the answering.
 */
final class AuthorityExchange extends SimpleChannelInboundHandler<ByteBuf> {

    private static final Logger LOG = LoggerFactory.getLogger(AuthorityExchange.class);

    private final RemoteHost from;
    private final ServerLimits limits;
    private final ConnectionLimits connections;
    private final Responder responder;
    private final Executor answering;
    private final MessageCollector request = new MessageCollector(EnrolmentCodec.MAX_REQUEST_BYTES);
    private boolean isShaken;
    private int replyVersion; // until the handshake is over nobody reads any
    private boolean isOver; // nothing more is read

    AuthorityExchange(
            RemoteHost from,
            ServerLimits limits,
            ConnectionLimits connections,
            Responder responder,
            Executor answering) {
        this.from = from;
        this.limits = limits;
        this.connections = connections;
        this.responder = responder;
        this.answering = answering;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext context) {
        ScheduledFuture<?> deadline = context.executor()
                .schedule(() -> Closing.close(context), limits.exchange().toMillis(), TimeUnit.MILLISECONDS);
        context.channel().closeFuture().addListener(closed -> {
            deadline.cancel(false);
            shaken();
            connections.release(from);
        });
    }

    private void shaken() {
        if (!isShaken) {
            isShaken = true;
            connections.shaken();
        }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
        if (event instanceof SslHandshakeCompletionEvent handshake) {
            shaken();
            SslHandler tls = context.pipeline().get(SslHandler.class);
            if (!handshake.isSuccess()) {
                LOG.debug("No handshake with {}: {}", from.name(), String.valueOf(handshake.cause()));
                Closing.close(context);
                return;
            }
            replyVersion = TlsContexts.replyVersion(tls.applicationProtocol());
            if (replyVersion == 0) {
                // Who names no protocol at all gets through the handshake.
                LOG.debug("{} wants another protocol", from.name());
                Closing.close(context);
            }
        }
    }

    @Override
    protected void channelRead0(ChannelHandlerContext context, ByteBuf bytes) {
        if (isOver || !context.channel().isActive()) {
            return;
        }
        try {
            if (request.add(bytes)) {
                isOver = true;
                context.channel().config().setAutoRead(false);
                answer(context, request.message(), peer(context));
            }
        } catch (MalformedMessageException e) {
            isOver = true;
            String detail = String.valueOf(e.getMessage());
            Closing.close(context);
            execute(context, () -> responder.onMalformed(from, detail));
        }
    }

    /** Who has shown a key in this handshake, or in the one that it resumes. */
    private static List<X509Certificate> peer(ChannelHandlerContext context) {
        try {
            Certificate[] shown = context.pipeline()
                    .get(SslHandler.class)
                    .engine()
                    .getSession()
                    .getPeerCertificates();
            return Arrays.stream(shown).map(X509Certificate.class::cast).toList();
        } catch (SSLPeerUnverifiedException nobody) {
            return List.of(); // as a first request is sent
        }
    }

    private void answer(ChannelHandlerContext context, byte[] message, List<X509Certificate> peer) {
        int version = replyVersion;
        execute(context, () -> {
            Optional<byte[]> reply = Optional.empty();
            try {
                reply = responder.answer(message, version, peer, from);
            } catch (RuntimeException e) {
                // The last line of defence: a mistake of ours costs one node its answer.
                LOG.error("A request of {} could not be answered", from.name(), e);
            }
            if (reply.isPresent()) {
                context.writeAndFlush(MessageCollector.frame(reply.get(), context.alloc()))
                        .addListener(ChannelFutureListener.CLOSE);
            } else {
                Closing.close(context);
            }
        });
    }

    private void execute(ChannelHandlerContext context, Runnable task) {
        try {
            answering.execute(task);
        } catch (RejectedExecutionException e) {
            LOG.debug("Too many requests wait, or the authority closes: {} gets no answer", from.name());
            Closing.close(context);
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        LOG.debug("The connection of {} fails: {}", from.name(), cause.toString());
        Closing.close(context);
    }
}
