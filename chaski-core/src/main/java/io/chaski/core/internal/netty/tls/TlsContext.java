package io.chaski.core.internal.netty.tls;

import io.chaski.core.security.Credentials;
import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ApplicationProtocolConfig.Protocol;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLPeerUnverifiedException;
import org.jspecify.annotations.Nullable;

/**
 * Makes the TLS handlers of one side with one key. TLS 1.3 only; a handshake without the application protocol in common
 * fails. Host names are not checked, and paths to roots are not either: <strong>after every handshake</strong>, resumed
 * ones included, whoever uses a handler takes {@link #peerChain} and decides who that is, before a byte of the peer
 * counts. An engine does not ask a trust manager when a session is resumed, so there is no other place for it.
 *
 * <p>Sessions belong to a context. When a key or a trust changes, make another context: nothing of the old one can be
 * resumed with it. Thread-safe.
 */
public final class TlsContext {

    /** The application protocol of edges. */
    public static final String EDGES = "chaski/1";

    /** A full handshake takes some milliseconds and two round trips; NATS gives it two seconds, Netty ten. */
    public static final long HANDSHAKE_TIMEOUT_NANOS = TimeUnit.SECONDS.toNanos(5);

    private static final String VERSION = "TLSv1.3";

    /** Whether a server asks its clients for certificates. */
    public enum ClientCertificate {
        /** A client without one is refused by the engine. */
        REQUIRED,
        /** A client may have one. */
        OPTIONAL
    }

    private final SslContext context;
    private final String protocol;

    private TlsContext(SslContext context, String protocol) {
        this.context = context;
        this.protocol = protocol;
    }

    /**
     * The side that accepts.
     *
     * @param engine does the work
     * @param credentials what to show
     * @param protocol the application protocol
     * @param clients whether they need certificates
     * @throws SSLException if the engine cannot use the key
     */
    public static TlsContext server(
            TlsEngine engine, Credentials credentials, String protocol, ClientCertificate clients) throws SSLException {
        SslContextBuilder builder = SslContextBuilder.forServer(
                        credentials.key(), credentials.chain().toArray(X509Certificate[]::new))
                .clientAuth(clients == ClientCertificate.REQUIRED ? ClientAuth.REQUIRE : ClientAuth.OPTIONAL);
        return new TlsContext(build(builder, engine, protocol), protocol);
    }

    /**
     * The side that dials. It never offers to resume a session.
     *
     * @param engine does the work
     * @param credentials what to show; null to show nothing
     * @param protocol the application protocol
     * @throws SSLException if the engine cannot use the key
     */
    public static TlsContext client(TlsEngine engine, @Nullable Credentials credentials, String protocol)
            throws SSLException {
        SslContextBuilder builder = SslContextBuilder.forClient();
        if (credentials != null) {
            builder.keyManager(credentials.key(), credentials.chain().toArray(X509Certificate[]::new));
        }
        return new TlsContext(build(builder, engine, protocol), protocol);
    }

    private static SslContext build(SslContextBuilder builder, TlsEngine engine, String protocol) throws SSLException {
        return builder.sslProvider(engine.provider())
                .protocols(VERSION)
                .trustManager(FormCheck.INSTANCE)
                // Netty 4.2 compares host names unless told otherwise, and our certificates have none.
                .endpointIdentificationAlgorithm(null)
                .applicationProtocolConfig(new ApplicationProtocolConfig(
                        Protocol.ALPN, engine.selectorFailure(), engine.selectedFailure(), protocol))
                .build();
    }

    /**
     * A handler for one connection. To be followed by one that hears of the end of the handshake.
     *
     * @param allocator where its buffers come from
     * @param tasks does what takes long, such as signatures; bounded, so that strangers cannot fill it
     */
    public SslHandler newHandler(ByteBufAllocator allocator, Executor tasks) {
        // Not context.newHandler: its native engine hands on what several records carried as one buffer, so
        // RecordBudget would take all of them but one for records that carry nothing. This one does one at a time.
        SslHandler handler = new SslHandler(context.newEngine(allocator), tasks);
        handler.setHandshakeTimeout(HANDSHAKE_TIMEOUT_NANOS, TimeUnit.NANOSECONDS);
        return handler;
    }

    /**
     * Whether the two sides have agreed on the application protocol. A client that names none is let through by engines.
     *
     * @param handler after its handshake
     */
    public boolean hasAgreed(SslHandler handler) {
        return protocol.equals(handler.applicationProtocol());
    }

    /**
     * The certificates that the peer has shown, its own first; those of the first handshake if the session was resumed.
     *
     * @param handler after its handshake
     * @return empty if it has shown none
     */
    public static List<X509Certificate> peerChain(SslHandler handler) {
        Certificate[] shown;
        try {
            shown = handler.engine().getSession().getPeerCertificates();
        } catch (SSLPeerUnverifiedException none) {
            return List.of();
        }
        List<X509Certificate> chain = new ArrayList<>();
        for (Certificate each : shown) {
            if (each instanceof X509Certificate certificate) {
                chain.add(certificate);
            }
        }
        return chain;
    }
}
