package io.chaski.core.internal.netty;

import io.chaski.core.Address;
import io.chaski.core.CloseReason;
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
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/** A connection over a TCP or UNIX domain socket. Confined to the loop. */
final class SocketConnection extends FrameConnection {

    private static final Logger LOG = LoggerFactory.getLogger(SocketConnection.class);

    private final Channel channel;
    private final Transports.Acceptor whenOpen;
    private final ChannelFutureListener whenWritten = this::onWritten;
    private int buffersInFlight;
    private long buffersWritten;
    private boolean hasEndedOutput;
    private CloseReason reason = CloseReason.END_OF_STREAM;

    SocketConnection(
            Channel channel,
            TaskLoop loop,
            TransportLimits limits,
            Address remote,
            LogLimiter log,
            Shared shared,
            Transports.Acceptor whenOpen,
            Consumer<FrameConnection> whenOver) {
        super(loop, limits, remote, log, channel.alloc(), shared, whenOver);
        this.channel = channel;
        this.whenOpen = whenOpen;
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
        return buffersWritten << Integer.SIZE | (outbound == null ? 0 : outbound.currentProgress());
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
            ((DuplexChannel) channel).shutdownOutput().addListener(shut -> {
                if (!shut.isSuccess()) {
                    Closing.close(channel);
                }
            });
        }
    }

    @Override
    void drop() {
        if (channel.isOpen()) {
            // Whoever does not read would keep the operating system trying for minutes.
            channel.config().setOption(ChannelOption.SO_LINGER, 0);
            Closing.close(channel);
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
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            if (cause instanceof IOException) {
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
            Closing.close(channel);
        }

        @Override
        public void channelInactive(ChannelHandlerContext context) {
            gone(reason);
        }
    }
}
