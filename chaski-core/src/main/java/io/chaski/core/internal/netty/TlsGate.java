package io.chaski.core.internal.netty;

import io.chaski.core.CloseReason;
import io.chaski.core.internal.netty.tls.HandshakeGuard;
import io.chaski.core.internal.netty.tls.RecordBudget;
import io.chaski.core.internal.netty.tls.TlsContext;
import io.chaski.core.internal.netty.tls.TlsFailure;
import io.chaski.core.internal.protocol.LinkIdentity;
import io.chaski.core.security.CertificateVerifier.Side;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * Stands behind the TLS handler of a connection and lets nothing through before its peer is believed: then it goes, and
 * the guard before the TLS handler with it. What came meanwhile waits, bounded by the guard. Confined to the loop.
 *
 * <pre>
 *   handshake -- done --> being judged -- believed --> open
 *        \                       \-- refused --> shut
 *         \-- failed --> shut
 * </pre>
 *
 * <p>Whoever was dialled may be done with us before we are with it, and refuse us and go. What it has said last is the reason:
 * it is read when the peer is believed, as if it had just come.
 */
final class TlsGate extends ChannelInboundHandlerAdapter {

    private final NodeTls tls;
    private final boolean isServer;
    private final NodeTls.Contexts contexts;
    private final SslHandler ssl;
    private final ArrayDeque<ByteBuf> held = new ArrayDeque<>();
    private @Nullable SocketConnection connection;
    private boolean isShut;
    private boolean isJudging;
    private boolean hasGone; // while it was judged

    private TlsGate(NodeTls tls, boolean isServer, Channel channel) {
        this.tls = tls;
        this.isServer = isServer;
        this.contexts = tls.contexts();
        this.ssl = context().newHandler(channel.alloc(), tls.tasks());
    }

    /**
     * Puts TLS on a channel, before anything else is.
     *
     * @param tls of the node
     * @param isServer whether the connection was accepted
     * @param channel of the connection
     */
    static TlsGate install(NodeTls tls, boolean isServer, Channel channel) {
        TlsGate gate = new TlsGate(tls, isServer, channel);
        RecordBudget budget = new RecordBudget();
        channel.pipeline().addLast(new HandshakeGuard(), budget, gate.ssl, budget.outlet(), gate);
        return gate;
    }

    /** The connection whose peer is judged. */
    void guard(SocketConnection guarded) {
        connection = guarded;
    }

    SslHandler ssl() {
        return ssl;
    }

    boolean isServer() {
        return isServer;
    }

    private TlsContext context() {
        return isServer ? contexts.server() : contexts.client();
    }

    /** Who accepts counts a connection from its beginning; who dials has none before the peer is believed. */
    @Override
    public void channelActive(ChannelHandlerContext context) {
        if (isServer) {
            context.fireChannelActive();
        }
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        if (isShut) {
            ((ByteBuf) message).release();
        } else {
            held.add((ByteBuf) message);
        }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
        if (event instanceof SslHandshakeCompletionEvent completion && !isShut) {
            if (!completion.isSuccess()) {
                shut(CloseReason.TLS, TlsFailure.of(completion.cause()));
            } else if (!context().hasAgreed(ssl)) {
                shut(CloseReason.TLS, TlsFailure.PROTOCOL);
            } else {
                judge(context);
            }
        }
        context.fireUserEventTriggered(event);
    }

    private void judge(ChannelHandlerContext context) {
        isJudging = true;
        context.channel().config().setAutoRead(false);
        tls.judge(
                connection(),
                TlsContext.peerChain(ssl),
                isServer ? Side.CLIENT : Side.SERVER,
                contexts,
                new NodeTls.Verdict() {
                    @Override
                    public void onBelieved(LinkIdentity identity) {
                        isJudging = false;
                        if (hasGone && !isShut) {
                            isShut = true;
                            connection().believeLate(identity, held);
                        } else if (context.channel().isActive() && !isShut) {
                            open(context, identity);
                        } else {
                            tls.forget(connection());
                        }
                    }

                    @Override
                    public void onRefused(CloseReason reason) {
                        isJudging = false;
                        shut(reason, null);
                    }
                });
    }

    private void open(ChannelHandlerContext context, LinkIdentity identity) {
        connection().believe(identity);
        if (!isServer) {
            context.fireChannelActive();
        }
        context.pipeline().remove(HandshakeGuard.class);
        for (ByteBuf data = held.poll(); data != null; data = held.poll()) {
            context.fireChannelRead(data);
        }
        context.pipeline().remove(this);
        connection().resume();
    }

    private void shut(CloseReason reason, @Nullable TlsFailure failure) {
        if (isShut) {
            return;
        }
        isShut = true;
        release();
        if (failure != null) {
            tls.count(connection(), failure.label());
        }
        connection().refuse(reason);
    }

    /** What goes wrong before the gate is open has been told by it, or is told now. */
    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        shut(CloseReason.TLS, TlsFailure.of(cause));
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        if (isJudging && !isServer && !isShut) {
            hasGone = true;
            keepHeld();
        } else {
            shut(CloseReason.TLS, TlsFailure.GONE);
            context.fireChannelInactive();
        }
    }

    /** In memory that nobody has to release: a node that closes may never hear the verdict. */
    private void keepHeld() {
        for (int count = held.size(); count > 0; count--) {
            ByteBuf data = held.remove();
            held.add(Unpooled.copiedBuffer(data));
            data.release();
        }
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext context) {
        if (!hasGone) {
            release();
        }
    }

    private void release() {
        for (ByteBuf data = held.poll(); data != null; data = held.poll()) {
            data.release();
        }
    }

    private SocketConnection connection() {
        SocketConnection known = connection;
        if (known == null) {
            throw new IllegalStateException("a gate without a connection");
        }
        return known;
    }
}
