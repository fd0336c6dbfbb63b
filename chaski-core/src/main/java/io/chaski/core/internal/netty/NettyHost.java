package io.chaski.core.internal.netty;

import io.chaski.core.internal.runtime.LiveSecurity;
import io.chaski.core.internal.runtime.RuntimeEnvironment;
import io.chaski.core.internal.runtime.TransportLimits;
import org.jspecify.annotations.Nullable;

/** Makes loops and transports. Apart from {@link SystemEnvironment}, so that an old Netty is found before it matters. */
final class NettyHost {

    private NettyHost() {}

    static RuntimeEnvironment.Host open(String nodeName, TransportLimits limits, @Nullable LiveSecurity security) {
        NettyVersion.check();
        Sockets sockets = Sockets.best();
        NettyLoop loop = new NettyLoop(nodeName, sockets);
        return new RuntimeEnvironment.Host(loop, transports(nodeName, loop, sockets, limits, security));
    }

    private static NettyTransports transports(
            String nodeName, NettyLoop loop, Sockets sockets, TransportLimits limits, @Nullable LiveSecurity security) {
        try {
            return new NettyTransports(nodeName, loop, sockets, limits, security);
        } catch (RuntimeException | Error failure) {
            loop.shutdown();
            throw failure;
        }
    }
}
