package io.chaski.core.internal.netty.tls;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * Stands before the TLS handler of a connection until its peer is known. What does not begin like TLS ends without a
 * word, and nobody sends more than a handshake takes while it is computed. Confined to the loop.
 */
public final class HandshakeGuard extends ChannelInboundHandlerAdapter {

    /** Chains have at most 8 KiB, and behind them comes at most a greeting of 4 KiB. */
    public static final int MAX_BYTES = 64 << 10;

    private static final int HANDSHAKE_RECORD = 22;
    private static final int ALERT_RECORD = 21;

    private long bytes;
    private boolean isBroken;

    /** A connection that has not begun with TLS. */
    public static final class NotTlsException extends SSLException {
        private static final long serialVersionUID = 1;

        NotTlsException() {
            super("what came is not TLS");
        }
    }

    /** More than a handshake before its end. */
    public static final class TooMuchException extends SSLException {
        private static final long serialVersionUID = 1;

        TooMuchException() {
            super("more than " + MAX_BYTES + " bytes before the end of the handshake");
        }
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        ByteBuf data = (ByteBuf) message;
        SSLException problem = isBroken ? null : problem(data);
        bytes += data.readableBytes();
        if (problem != null) {
            isBroken = true;
        }
        if (isBroken) {
            data.release();
        } else {
            context.fireChannelRead(data);
        }
        if (problem != null) {
            context.fireExceptionCaught(problem);
        }
    }

    private @Nullable SSLException problem(ByteBuf data) {
        if (bytes == 0 && data.isReadable() && !isTls(data.getByte(data.readerIndex()))) {
            return new NotTlsException();
        }
        return bytes + data.readableBytes() > MAX_BYTES ? new TooMuchException() : null;
    }

    private static boolean isTls(int type) {
        return type == HANDSHAKE_RECORD || type == ALERT_RECORD;
    }
}
