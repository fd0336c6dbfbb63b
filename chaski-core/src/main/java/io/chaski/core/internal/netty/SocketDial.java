package io.chaski.core.internal.netty;

import io.chaski.core.CloseReason;
import io.chaski.core.NodeEvent.DialFailure;
import io.chaski.core.internal.runtime.Transports;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ConnectTimeoutException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketAddress;
import java.nio.channels.UnresolvedAddressException;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One dial: tries the addresses of a host one after another. Confined to the loop. */
final class SocketDial implements Transports.Dial {

    private static final Logger LOG = LoggerFactory.getLogger(SocketDial.class);

    private final Bootstrap bootstrap;
    private final Transports.Dialler dialler;
    private final ArrayDeque<SocketAddress> targets = new ArrayDeque<>();
    private @Nullable ChannelFuture attempt;
    private boolean isOver;
    private boolean isOpen;

    /**
     * A dial that has not begun.
     *
     * @param bootstrap makes the connection, and hands it to the dialler when it stands
     * @param dialler hears a failure
     */
    SocketDial(Bootstrap bootstrap, Transports.Dialler dialler) {
        this.bootstrap = bootstrap;
        this.dialler = dialler;
    }

    /** Begins; no target means that the name has no address. */
    void begin(Collection<? extends SocketAddress> addresses) {
        targets.addAll(addresses);
        tryNext(DialFailure.UNRESOLVED);
    }

    /** Whether it was given up. */
    boolean isOver() {
        return isOver;
    }

    /** The connection is handed over: what becomes of it is not the dial's business any more. */
    void opened() {
        isOpen = true;
    }

    /** There was a connection, to somebody who is not believed. */
    void refused(CloseReason reason) {
        if (isOver) {
            return;
        }
        if (targets.isEmpty()) {
            isOver = true;
            dialler.onRefused(reason);
        } else {
            tryNext(DialFailure.HANDSHAKE);
        }
    }

    @Override
    public void cancel() {
        isOver = true;
        if (attempt != null && !isOpen) {
            Closing.close(attempt.channel());
        }
    }

    private void tryNext(DialFailure lastFailure) {
        if (isOver) {
            return;
        }
        SocketAddress target = targets.poll();
        if (target == null) {
            isOver = true;
            dialler.onFailed(lastFailure);
            return;
        }
        attempt = bootstrap.connect(target);
        attempt.addListener(done -> {
            if (!done.isSuccess()) {
                tryNext(failureOf(done.cause()));
            }
        });
    }

    /** In the API's words; whatever has none there is in the log. */
    static DialFailure failureOf(Throwable cause) {
        if (cause instanceof ConnectTimeoutException) {
            return DialFailure.TIMEOUT;
        }
        if (cause instanceof NoRouteToHostException) {
            return DialFailure.UNREACHABLE;
        }
        if (cause instanceof ConnectException || cause instanceof FileNotFoundException) {
            return DialFailure.REFUSED; // a UNIX domain socket without a file is one without a listener
        }
        if (cause instanceof UnresolvedAddressException) {
            return DialFailure.UNRESOLVED;
        }
        if (cause instanceof UnsupportedOperationException) {
            return DialFailure.UNSUPPORTED;
        }
        if (cause instanceof IOException) {
            return failureOfMessage(String.valueOf(cause.getMessage()).toLowerCase(Locale.ROOT), cause);
        }
        return unknown(cause);
    }

    /** Neither the JDK nor Netty has a type of its own for these. */
    private static DialFailure failureOfMessage(String message, Throwable cause) {
        if (message.contains("unreachable")) {
            return DialFailure.UNREACHABLE;
        }
        if (message.contains("reset")) {
            return DialFailure.HANDSHAKE; // accepted and refused, before we could see that we were connected
        }
        if (message.contains("no such file") || message.contains("refused")) {
            return DialFailure.REFUSED;
        }
        return unknown(cause);
    }

    private static DialFailure unknown(Throwable cause) {
        LOG.debug("a dial failed in an unknown way", cause);
        return DialFailure.OTHER;
    }
}
