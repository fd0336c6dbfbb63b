package io.chaski.core.internal.netty;

import io.chaski.core.internal.runtime.RuntimeEnvironment;
import io.chaski.core.internal.runtime.TransportLimits;

/** Makes loops and transports. Apart from {@link SystemEnvironment}, so that an old Netty is found before it matters. */
final class NettyHost {

    private NettyHost() {}

    static RuntimeEnvironment.Host open(String nodeName, TransportLimits limits) {
        NettyVersion.check();
        Sockets sockets = Sockets.best();
        NettyLoop loop = new NettyLoop(nodeName, sockets);
        return new RuntimeEnvironment.Host(loop, new NettyTransports(nodeName, loop, sockets, limits));
    }
}
