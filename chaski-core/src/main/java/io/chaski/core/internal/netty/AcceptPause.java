package io.chaski.core.internal.netty;

import io.chaski.core.internal.runtime.LogLimiter;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * Stops accepting for a moment when the operating system has no file descriptor left for a new connection, which would
 * otherwise be reported again at once and for ever. Confined to the loop.
 */
final class AcceptPause extends ChannelInboundHandlerAdapter {

    static final long SHORTEST_MILLIS = 100;
    static final long LONGEST_MILLIS = 1_000;

    private static final Logger LOG = LoggerFactory.getLogger(AcceptPause.class);

    private final LogLimiter log;
    private long pauseMillis = SHORTEST_MILLIS;
    private boolean isPausing;

    AcceptPause(LogLimiter log) {
        this.log = log;
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object accepted) {
        pauseMillis = SHORTEST_MILLIS;
        context.fireChannelRead(accepted);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        if (isPausing) {
            return;
        }
        String where = String.valueOf(context.channel().localAddress());
        String what = "accepting on " + where + " failed, trying again in " + pauseMillis + " ms: " + cause;
        log.write(LOG, Level.WARN, "accepting", where, what);
        isPausing = true;
        context.channel().config().setAutoRead(false);
        ScheduledFuture<?> unused = context.executor()
                .schedule(
                        () -> {
                            isPausing = false;
                            context.channel().config().setAutoRead(true);
                        },
                        pauseMillis,
                        TimeUnit.MILLISECONDS);
        pauseMillis = Math.min(LONGEST_MILLIS, 2 * pauseMillis);
    }
}
