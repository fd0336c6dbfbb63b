package io.chaski.ca.internal.net;

import io.netty.channel.ChannelOutboundInvoker;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Closes connections for whose end nobody waits. Thread-safe. */
final class Closing {

    private static final Logger LOG = LoggerFactory.getLogger(Closing.class);

    private Closing() {}

    static void close(ChannelOutboundInvoker connection) {
        connection.close().addListener(done -> {
            if (!done.isSuccess()) {
                LOG.debug("closing {} failed", connection, done.cause());
            }
        });
    }
}
