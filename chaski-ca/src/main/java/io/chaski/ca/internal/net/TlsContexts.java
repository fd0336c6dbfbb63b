package io.chaski.ca.internal.net;

import io.chaski.ca.NodeCredentials;
import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ApplicationProtocolConfig.Protocol;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectedListenerFailureBehavior;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectorFailureBehavior;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SSLException;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/**
 * TLS as the authority speaks it: version 1.3 and one protocol, by the JDK, whose speed is enough for some handshakes a
 * second. Host names mean nothing, because identities are URIs: the trust managers check those.
 */
final class TlsContexts {

    /**
     * Told in the handshake (ALPN), so that nobody takes an authority for a node or the other way round: the newest that both
     * know. Its number is the version of the reply.
     */
    private static final List<String> PROTOCOLS = List.of("chaski-ca/2", "chaski-ca/1");

    private static final String TLS_1_3 = "TLSv1.3";

    private TlsContexts() {}

    /** For who accepts, and lets clients show a certificate or not. */
    static SslContext server(NodeCredentials own, X509ExtendedTrustManager clients) throws SSLException {
        SslContextBuilder builder = SslContextBuilder.forServer(own.key(), chain(own))
                .trustManager(clients)
                .clientAuth(ClientAuth.OPTIONAL);
        return build(builder);
    }

    /** For who dials, with or without a certificate. */
    static SslContext client(Optional<NodeCredentials> own, X509ExtendedTrustManager authority) throws SSLException {
        SslContextBuilder builder = SslContextBuilder.forClient().trustManager(authority);
        own.ifPresent(credentials -> builder.keyManager(credentials.key(), chain(credentials)));
        return build(builder);
    }

    private static SslContext build(SslContextBuilder builder) throws SSLException {
        return builder.sslProvider(SslProvider.JDK)
                .protocols(TLS_1_3)
                .endpointIdentificationAlgorithm(null)
                .applicationProtocolConfig(new ApplicationProtocolConfig(
                        Protocol.ALPN,
                        SelectorFailureBehavior.FATAL_ALERT,
                        SelectedListenerFailureBehavior.FATAL_ALERT,
                        PROTOCOLS))
                .build();
    }

    /**
     * The version of replies that both sides read.
     *
     * @param protocol what the handshake came to, null if nothing
     * @return 0 if they do not speak ours
     */
    static int replyVersion(@Nullable String protocol) {
        return PROTOCOLS.contains(protocol) ? PROTOCOLS.size() - PROTOCOLS.indexOf(protocol) : 0;
    }

    private static X509Certificate[] chain(NodeCredentials credentials) {
        return credentials.chain().toArray(new X509Certificate[0]);
    }
}
