package io.chaski.benchmarks.calls;

import io.chaski.benchmarks.tls.Identities;
import io.chaski.core.security.Credentials;
import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.netty.shaded.io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.netty.shaded.io.netty.handler.ssl.ClientAuth;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslContextBuilder;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslProvider;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** How contestants of gRPC are connected: on loopback, in clear text or with TLS 1.3 and certificates on both sides. Immutable. */
public final class GrpcWire {

    /** Its own copy of Netty does not hear the switches that all contestants get. */
    public static final List<String> FLAGS = List.of(
            "-Dio.grpc.netty.shaded.io.netty.leakDetection.level=disabled",
            "-Dio.grpc.netty.shaded.io.netty.transport.noNative=true");

    /** Without encryption. */
    public static final GrpcWire PLAIN = new GrpcWire(null, false);

    private static final long LIMIT_SECONDS = 20;

    private final @Nullable Identities identities;
    private final boolean isOfJdk;

    private GrpcWire(@Nullable Identities identities, boolean isOfJdk) {
        this.identities = identities;
        this.isOfJdk = isOfJdk;
    }

    /** With TLS of what gRPC chooses: the native library that it brings along, if that loads. */
    public static GrpcWire secured(Identities identities) {
        return new GrpcWire(identities, false);
    }

    /** With TLS of the JDK. */
    public static GrpcWire securedByJdk(Identities identities) {
        return new GrpcWire(identities, true);
    }

    /** For a call whose thread waits: for 20 s at most, from now on. */
    public static CallOptions bounded() {
        return CallOptions.DEFAULT.withDeadlineAfter(LIMIT_SECONDS, TimeUnit.SECONDS);
    }

    /** A server to be. */
    public NettyServerBuilder server() throws SSLException {
        NettyServerBuilder builder =
                NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        if (identities == null) {
            return builder;
        }
        Credentials own = identities.credentials(Identities.SERVER);
        return builder.sslContext(configure(SslContextBuilder.forServer(own.key(), chain(own)), identities)
                .clientAuth(ClientAuth.REQUIRE)
                .build());
    }

    /**
     * A channel, which connects when it is used.
     *
     * @param port of a server
     */
    public ManagedChannel dial(String port) throws SSLException {
        NettyChannelBuilder builder = NettyChannelBuilder.forAddress(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), Integer.parseInt(port)));
        if (identities == null) {
            return builder.usePlaintext().build();
        }
        Credentials own = identities.credentials(Identities.CLIENT);
        return builder.overrideAuthority(Identities.SERVER)
                .sslContext(configure(SslContextBuilder.forClient().keyManager(own.key(), chain(own)), identities)
                        .build())
                .build();
    }

    private SslContextBuilder configure(SslContextBuilder builder, Identities trusting) {
        SslContextBuilder configured =
                isOfJdk ? GrpcSslContexts.configure(builder, SslProvider.JDK) : GrpcSslContexts.configure(builder);
        return configured.trustManager(trusting.root()).protocols("TLSv1.3");
    }

    private static X509Certificate[] chain(Credentials credentials) {
        return credentials.chain().toArray(X509Certificate[]::new);
    }
}
