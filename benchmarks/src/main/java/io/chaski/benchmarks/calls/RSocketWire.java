package io.chaski.benchmarks.calls;

import io.chaski.benchmarks.tls.Identities;
import io.chaski.core.security.Credentials;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import io.rsocket.RSocket;
import io.rsocket.SocketAcceptor;
import io.rsocket.core.RSocketConnector;
import io.rsocket.core.RSocketServer;
import io.rsocket.transport.netty.client.TcpClientTransport;
import io.rsocket.transport.netty.server.CloseableChannel;
import io.rsocket.transport.netty.server.TcpServerTransport;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.Objects;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.netty.tcp.TcpClient;
import reactor.netty.tcp.TcpServer;

/** How contestants of RSocket are connected: on loopback, in clear text or with TLS 1.3 and certificates on both sides. Immutable. */
public final class RSocketWire {

    /** Without encryption. */
    public static final RSocketWire PLAIN = new RSocketWire(null, SslProvider.JDK);

    /** The machine may be busy; shorter than the driver waits for the sender. */
    private static final Duration LIMIT = Duration.ofSeconds(50);

    private final @Nullable Identities identities;
    private final SslProvider engine;

    private RSocketWire(@Nullable Identities identities, SslProvider engine) {
        this.identities = identities;
        this.engine = engine;
    }

    /**
     * With TLS.
     *
     * @param engine computes
     * @param identities of both sides
     */
    public static RSocketWire secured(SslProvider engine, Identities identities) {
        return new RSocketWire(identities, engine);
    }

    /** Listens. */
    public CloseableChannel listen(SocketAcceptor acceptor) throws SSLException {
        TcpServer server =
                TcpServer.create().bindAddress(() -> new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        if (identities != null) {
            Credentials own = identities.credentials(Identities.SERVER);
            SslContext context = build(
                    SslContextBuilder.forServer(own.key(), chain(own)).clientAuth(ClientAuth.REQUIRE), identities);
            server = server.secure(tls -> tls.sslContext(context).handshakeTimeout(LIMIT));
        }
        return await(RSocketServer.create(acceptor).bind(TcpServerTransport.create(server)));
    }

    /**
     * Connects.
     *
     * @param port of a server
     * @param acceptor of what the server asks for
     */
    public RSocket dial(String port, SocketAcceptor acceptor) throws SSLException {
        TcpClient client = TcpClient.create()
                .remoteAddress(() -> new InetSocketAddress(InetAddress.getLoopbackAddress(), Integer.parseInt(port)));
        if (identities != null) {
            Credentials own = identities.credentials(Identities.CLIENT);
            SslContext context = build(SslContextBuilder.forClient().keyManager(own.key(), chain(own)), identities);
            client = client.secure(tls -> tls.sslContext(context).handshakeTimeout(LIMIT));
        }
        return await(RSocketConnector.create().acceptor(acceptor).connect(TcpClientTransport.create(client)));
    }

    private SslContext build(SslContextBuilder builder, Identities trusting) throws SSLException {
        return builder.sslProvider(engine)
                .trustManager(trusting.root())
                .protocols("TLSv1.3")
                .build();
    }

    private static X509Certificate[] chain(Credentials credentials) {
        return credentials.chain().toArray(X509Certificate[]::new);
    }

    /**
     * Waits for a value.
     *
     * @throws IllegalStateException if there is none for 50 s
     */
    public static <T> T await(Mono<T> mono) {
        return Objects.requireNonNull(mono.block(LIMIT), "it ends with a value");
    }
}
