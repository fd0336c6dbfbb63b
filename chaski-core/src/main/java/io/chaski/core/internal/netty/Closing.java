package io.chaski.core.internal.netty;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Closes channels. Thread-safe. */
final class Closing {

    private static final Logger LOG = LoggerFactory.getLogger(Closing.class);

    private Closing() {}

    /**
     * Closes below a handler: what it and those behind it would do at the end is left out.
     *
     * @param context of the handler
     */
    static void close(ChannelHandlerContext context) {
        context.close().addListener(done -> {
            if (!done.isSuccess()) {
                LOG.debug("closing {} failed", context.channel(), done.cause());
            }
        });
    }

    /** Closes a socket that holds an address: it is free at once on the loop, otherwise when this returns. */
    static void giveBack(Channel socket) {
        if (socket.eventLoop().inEventLoop()) {
            close(socket);
        } else {
            socket.close().awaitUninterruptibly();
        }
    }

    static void close(Channel channel) {
        channel.close().addListener(done -> {
            if (!done.isSuccess()) {
                LOG.debug("closing {} failed", channel, done.cause());
            }
        });
    }
}
