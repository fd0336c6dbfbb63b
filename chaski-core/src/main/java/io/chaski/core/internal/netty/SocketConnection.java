package io.chaski.core.internal.netty;

import io.chaski.core.Address;
import io.chaski.core.CloseReason;
import io.chaski.core.internal.netty.tls.RecordBudget;
import io.chaski.core.internal.protocol.LinkIdentity;
import io.chaski.core.internal.runtime.ConnectionHandler;
import io.chaski.core.internal.runtime.LogLimiter;
import io.chaski.core.internal.runtime.TaskLoop;
import io.chaski.core.internal.runtime.TransportLimits;
import io.chaski.core.internal.runtime.Transports;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.ssl.SslCloseCompletionEvent;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.Queue;
import java.util.function.Consumer;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/** A connection over a TCP or UNIX domain socket. Confined to the loop. */
final class SocketConnection extends FrameConnection {

    private static final Logger LOG = LoggerFactory.getLogger(SocketConnection.class);

    private final Channel channel;
    private final @Nullable TlsGate gate;
    private final Transports.Acceptor whenOpen;
    private final Consumer<CloseReason> whenRefused;
    private final ChannelFutureListener whenWritten = this::onWritten;
    private int buffersInFlight;
    private long buffersWritten;
    private boolean hasEndedOutput;
    private CloseReason reason;

    /**
     * A connection on a channel that is not active yet.
     *
     * @param channel below it
     * @param loop as of every connection
     * @param limits as of every connection
     * @param remote as of every connection
     * @param log as of every connection
     * @param shared as of every connection
     * @param gate lets nothing through before the peer is believed; null for clear text
     * @param whenOpen called when it takes frames: at once if it was accepted, otherwise when the peer is believed
     * @param whenRefused called instead if the peer is not
     * @param whenOver as of every connection
     */
    SocketConnection(
            Channel channel,
            TaskLoop loop,
            TransportLimits limits,
            Address remote,
            LogLimiter log,
            Shared shared,
            @Nullable TlsGate gate,
            Transports.Acceptor whenOpen,
            Consumer<CloseReason> whenRefused,
            Consumer<FrameConnection> whenOver) {
        super(loop, limits, remote, log, channel.alloc(), shared, whenOver);
        this.channel = channel;
        this.gate = gate;
        this.whenOpen = whenOpen;
        this.whenRefused = whenRefused;
        // With TLS, an end that does not say that it is one may be somebody's between the two.
        this.reason = gate == null ? CloseReason.END_OF_STREAM : CloseReason.RESET;
        channel.pipeline().addLast(new Input());
    }

    @Override
    public @Nullable Address local() {
        return channel.localAddress() instanceof InetSocketAddress ip ? SocketAddresses.toAddress(ip) : null;
    }

    @Override
    long inFlightBytes() {
        ChannelOutboundBuffer outbound = channel.unsafe().outboundBuffer();
        return buffersInFlight == 0 || outbound == null ? 0 : Math.max(1, outbound.totalPendingWriteBytes());
    }

    @Override
    long progress() {
        ChannelOutboundBuffer outbound = channel.unsafe().outboundBuffer();
        // Two halves of one number: buffers that are through, and how much of the next one is.
        // TLS cuts a buffer into many, which come and go between two looks: of those, how many bytes are left.
        return buffersWritten << Integer.SIZE | (outbound == null ? 0 : left(outbound));
    }

    private long left(ChannelOutboundBuffer outbound) {
        return gate == null ? outbound.currentProgress() : outbound.totalPendingWriteBytes() & 0xffff_ffffL;
    }

    /** The peer is believed; it was held back until now. */
    void believe(LinkIdentity proved) {
        identify(proved);
    }

    /**
     * The peer is believed, and has gone meanwhile.
     *
     * @param proved who it was
     * @param said what it has said before it went; released here
     */
    void believeLate(LinkIdentity proved, Queue<ByteBuf> said) {
        identify(proved);
        handler(whenOpen.onAccepted(this));
        for (ByteBuf data = said.poll(); data != null; data = said.poll()) {
            receive(data);
        }
        gone(reason);
    }

    /** The peer is not believed. */
    void refuse(CloseReason why) {
        if (gate != null && gate.isServer()) {
            refuse(why, why == CloseReason.UNTRUSTED);
        } else {
            drop();
            end();
            whenRefused.accept(why);
        }
        resume();
    }

    /** Reads what comes, after a pause. */
    void resume() {
        channel.config().setAutoRead(true);
    }

    @Override
    void hand(ByteBuf buffer) {
        buffersInFlight++;
        channel.write(buffer).addListener(whenWritten);
    }

    @Override
    void push() {
        channel.flush();
    }

    /** Closing at once could answer bytes that are still coming with a reset, which overtakes our last frame. */
    @Override
    void endOutput() {
        if (!hasEndedOutput) {
            hasEndedOutput = true;
            if (gate == null) {
                shutdownOutput();
            } else {
                gate.ssl().closeOutbound().addListener(told -> shutdownOutput());
            }
        }
    }

    private void shutdownOutput() {
        ((DuplexChannel) channel).shutdownOutput().addListener(shut -> {
            if (!shut.isSuccess()) {
                abort();
            }
        });
    }

    /** Below TLS, which would first try to say goodbye to somebody who may not listen. */
    private void abort() {
        ChannelHandlerContext first = channel.pipeline().firstContext();
        if (first == null) {
            Closing.close(channel);
        } else {
            Closing.close(first);
        }
    }

    @Override
    void drop() {
        if (channel.isOpen()) {
            // Whoever does not read would keep the operating system trying for minutes.
            channel.config().setOption(ChannelOption.SO_LINGER, 0);
            abort();
        }
    }

    private void onWritten(ChannelFuture future) {
        buffersInFlight--;
        buffersWritten++;
        if (future.isSuccess()) {
            advance();
        }
    }

    private final class Input extends ChannelInboundHandlerAdapter {

        @Override
        public void channelActive(ChannelHandlerContext context) {
            ConnectionHandler accepted = whenOpen.onAccepted(SocketConnection.this);
            if (accepted == null) {
                drop();
            } else {
                handler(accepted);
            }
            context.fireChannelActive();
        }

        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            receive((ByteBuf) message);
        }

        @Override
        public void userEventTriggered(ChannelHandlerContext context, Object event) {
            if (event == SslCloseCompletionEvent.SUCCESS && reason == CloseReason.RESET) {
                reason = CloseReason.END_OF_STREAM;
            }
            context.fireUserEventTriggered(event);
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            if (cause instanceof RecordBudget.FloodException) {
                LOG.debug("{} sends nothing but records of TLS", remote());
                reason = CloseReason.CONTROL_FLOOD;
            } else if (isOfTls(cause)) {
                LOG.debug("TLS with {} broke: {}", remote(), cause.toString());
                reason = CloseReason.TLS;
            } else if (cause instanceof IOException) {
                LOG.debug("connection to {} broke: {}", remote(), cause.toString());
                reason = CloseReason.RESET;
            } else {
                log().write(
                                LOG,
                                Level.ERROR,
                                "connection",
                                remote().host(),
                                "connection to " + remote() + " failed",
                                cause);
                reason = CloseReason.INTERNAL;
            }
            abort();
        }

        private boolean isOfTls(Throwable cause) {
            return cause instanceof SSLException
                    || cause instanceof DecoderException && cause.getCause() instanceof SSLException;
        }

        @Override
        public void channelInactive(ChannelHandlerContext context) {
            gone(reason);
        }
    }
}
