package io.chaski.core.internal.netty;

import io.netty.channel.Channel;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Closes channels for whose end nobody waits. Thread-safe. */
final class Closing {

    private static final Logger LOG = LoggerFactory.getLogger(Closing.class);

    private Closing() {}

    static void close(Channel channel) {
        channel.close().addListener(done -> {
            if (!done.isSuccess()) {
                LOG.debug("closing {} failed", channel, done.cause());
            }
        });
    }
}
