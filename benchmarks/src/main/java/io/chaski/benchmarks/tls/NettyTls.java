package io.chaski.benchmarks.tls;

import io.chaski.core.internal.netty.tls.TlsContext;
import io.chaski.core.internal.netty.tls.TlsEngine;
import io.chaski.core.internal.netty.tls.TlsExecutor;
import io.netty.channel.Channel;
import io.netty.handler.ssl.SslHandler;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import javax.net.ssl.SSLException;

/** The TLS of a node for channels that are nothing but Netty: its contexts, with certificates on both sides. */
public final class NettyTls {

    /** Longer than that of a node: a cold JVM on a busy machine shakes hands with eight, and no figure tells how long that takes. */
    private static final long HANDSHAKE_LIMIT_SECONDS = 50;

    private NettyTls() {}

    /**
     * What puts the handler at the end of a pipeline.
     *
     * @param engine computes
     * @param identities of both sides
     * @param name {@link Identities#SERVER} for whoever listens, otherwise {@link Identities#CLIENT}
     * @throws SSLException if the engine does not take the key
     */
    public static Consumer<Channel> of(TlsEngine engine, Identities identities, String name) throws SSLException {
        TlsContext context = name.equals(Identities.SERVER)
                ? TlsContext.server(
                        engine, identities.credentials(name), TlsContext.EDGES, TlsContext.ClientCertificate.REQUIRED)
                : TlsContext.client(engine, identities.credentials(name), TlsContext.EDGES);
        ExecutorService tasks = TlsExecutor.create(name); // its threads end when they have nothing to do
        return channel -> {
            SslHandler handler = context.newHandler(channel.alloc(), tasks);
            handler.setHandshakeTimeout(HANDSHAKE_LIMIT_SECONDS, TimeUnit.SECONDS);
            channel.pipeline().addLast(handler);
        };
    }
}
