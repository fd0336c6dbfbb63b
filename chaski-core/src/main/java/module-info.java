/**
 * Nodes, topics and streams between peers.
 *
 * <p>Exported are the API and the SPI that other modules build on. What is exported to single modules may change in any
 * release.
 */
@SuppressWarnings("module") // those that single packages are exported to are built after this module
module io.chaski.core {
    requires com.fasterxml.jackson.databind;
    requires com.fasterxml.jackson.dataformat.cbor;
    requires io.netty.buffer;
    requires io.netty.codec;
    requires io.netty.common;
    requires io.netty.handler;
    requires io.netty.transport;
    requires io.netty.transport.unix.common;
    requires jdk.net;
    requires static io.netty.transport.classes.epoll;
    requires static org.jspecify;
    requires org.slf4j;

    uses io.chaski.core.security.IdentityProvider;

    exports io.chaski.core;
    exports io.chaski.core.codec;
    exports io.chaski.core.security;
    exports io.chaski.core.security.policy;
    exports io.chaski.core.stream;
    exports io.chaski.core.internal.module to
            io.chaski.ca,
            io.chaski.remote,
            io.chaski.streamer;
    exports io.chaski.core.internal.protocol to
            io.chaski.testkit;
    exports io.chaski.core.internal.protocol.edge to
            io.chaski.testkit;
    exports io.chaski.core.internal.protocol.find to
            io.chaski.testkit;
    exports io.chaski.core.internal.protocol.member to
            io.chaski.testkit;
    exports io.chaski.core.internal.protocol.proof to
            io.chaski.testkit;
    exports io.chaski.core.internal.protocol.stream to
            io.chaski.testkit;
    exports io.chaski.core.internal.protocol.tree to
            io.chaski.testkit;
    exports io.chaski.core.internal.protocol.trust to
            io.chaski.testkit;
    exports io.chaski.core.internal.runtime to
            io.chaski.testkit;
    exports io.chaski.core.internal.wire to
            io.chaski.testkit;
}
