package io.chaski.benchmarks.loopback;

import io.chaski.benchmarks.tls.Identities;
import io.chaski.core.security.Credentials;
import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.Server;
import io.grpc.ServerServiceDefinition;
import io.grpc.netty.shaded.io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.netty.shaded.io.netty.handler.ssl.ClientAuth;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslContext;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslContextBuilder;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslProvider;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * gRPC with its defaults and methods described by hand, in clear text or with certificates on both sides. Messages one way
 * are a stream of the client, to which the server says nothing; a round trip is a call. The window bounds what is on the
 * way, so nobody asks whether the stream is ready.
 */
final class GrpcContestant implements Contestant {

    private static final String SERVICE = "Bytes";
    private static final byte[] NOTHING = {};
    private static final MethodDescriptor<byte[], byte[]> COLLECT = method("collect", MethodType.CLIENT_STREAMING);
    private static final MethodDescriptor<byte[], byte[]> ECHO = method("echo", MethodType.UNARY);

    private final @Nullable Encryption encryption;

    /**
     * How it encrypts.
     *
     * @param identities of both sides
     * @param isOfJdk whether the JDK computes; otherwise what gRPC chooses, the native library it brings along if that loads
     */
    private record Encryption(Identities identities, boolean isOfJdk) {

        SslContextBuilder configure(SslContextBuilder builder) {
            SslContextBuilder configured =
                    isOfJdk ? GrpcSslContexts.configure(builder, SslProvider.JDK) : GrpcSslContexts.configure(builder);
            return configured.trustManager(identities.root()).protocols("TLSv1.3");
        }

        SslContext server() throws SSLException {
            Credentials own = identities.credentials(Identities.SERVER);
            return configure(SslContextBuilder.forServer(own.key(), chain(own)))
                    .clientAuth(ClientAuth.REQUIRE)
                    .build();
        }

        SslContext client() throws SSLException {
            Credentials own = identities.credentials(Identities.CLIENT);
            return configure(SslContextBuilder.forClient().keyManager(own.key(), chain(own)))
                    .build();
        }

        private static X509Certificate[] chain(Credentials credentials) {
            return credentials.chain().toArray(X509Certificate[]::new);
        }
    }

    private GrpcContestant(@Nullable Encryption encryption) {
        this.encryption = encryption;
    }

    /** Without encryption. */
    static GrpcContestant plain() {
        return new GrpcContestant(null);
    }

    /** With TLS 1.3 and what computes it by default: see {@link Encryption}. */
    static GrpcContestant secured(Identities identities) {
        return new GrpcContestant(new Encryption(identities, false));
    }

    /** With TLS 1.3 of the JDK. */
    static GrpcContestant securedByJdk(Identities identities) {
        return new GrpcContestant(new Encryption(identities, true));
    }

    private static MethodDescriptor<byte[], byte[]> method(String name, MethodType type) {
        return MethodDescriptor.<byte[], byte[]>newBuilder()
                .setType(type)
                .setFullMethodName(MethodDescriptor.generateFullMethodName(SERVICE, name))
                .setRequestMarshaller(new AsTheyAre())
                .setResponseMarshaller(new AsTheyAre())
                .build();
    }

    @Override
    public Listening receiver(Tally tally) throws IOException {
        return listen(answers -> new StreamObserver<>() {
            @Override
            public void onNext(byte[] message) {
                tally.onMessage(message);
            }

            @Override
            public void onError(Throwable failure) {
                System.err.println("a stream of gRPC has ended: " + failure);
            }

            @Override
            public void onCompleted() {
                answers.onNext(NOTHING);
                answers.onCompleted();
            }
        });
    }

    @Override
    public Listening echo() throws IOException {
        return listen(answers -> new Ignoring());
    }

    private Listening listen(ServerCalls.ClientStreamingMethod<byte[], byte[]> collect) throws IOException {
        NettyServerBuilder builder =
                NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        if (encryption != null) {
            builder.sslContext(encryption.server());
        }
        Server server = builder.addService(ServerServiceDefinition.builder(SERVICE)
                        .addMethod(COLLECT, ServerCalls.asyncClientStreamingCall(collect))
                        .addMethod(ECHO, ServerCalls.asyncUnaryCall(GrpcContestant::answer))
                        .build())
                .build()
                .start();
        return new Listening() {
            @Override
            public String address() {
                return Integer.toString(server.getPort());
            }

            @Override
            public long dropped() {
                return 0;
            }

            @Override
            public void close() {
                server.shutdownNow();
            }
        };
    }

    private static void answer(byte[] message, StreamObserver<byte[]> caller) {
        caller.onNext(message);
        caller.onCompleted();
    }

    @Override
    public OneWay oneWay(List<String> addresses) throws SSLException {
        List<ManagedChannel> channels = new ArrayList<>();
        List<StreamObserver<byte[]>> streams = new ArrayList<>();
        for (String address : addresses) {
            ManagedChannel channel = dial(address);
            channels.add(channel);
            streams.add(ClientCalls.asyncClientStreamingCall(
                    channel.newCall(COLLECT, CallOptions.DEFAULT), new Ignoring()));
        }
        return new OneWay() {
            @Override
            public void send(byte[] message) {
                byte[] copy = message.clone(); // until the connection stands, gRPC keeps the array
                streams.forEach(stream -> stream.onNext(copy));
            }

            @Override
            public void close() {
                streams.forEach(StreamObserver::onCompleted);
                channels.forEach(ManagedChannel::shutdown);
            }
        };
    }

    @Override
    public RoundTrip roundTrip(String address) throws SSLException {
        ManagedChannel channel = dial(address);
        return new RoundTrip() {
            @Override
            public byte[] call(byte[] request) {
                return ClientCalls.blockingUnaryCall(channel, ECHO, CallOptions.DEFAULT, request);
            }

            @Override
            public void close() {
                channel.shutdownNow();
            }
        };
    }

    private ManagedChannel dial(String port) throws SSLException {
        NettyChannelBuilder builder = NettyChannelBuilder.forAddress(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), Integer.parseInt(port)));
        if (encryption == null) {
            return builder.usePlaintext().build();
        }
        return builder.overrideAuthority(Identities.SERVER)
                .sslContext(encryption.client())
                .build();
    }

    /** Hears nothing that counts: the table does, and a window that does not move. */
    private static final class Ignoring implements StreamObserver<byte[]> {
        @Override
        public void onNext(byte[] message) {}

        @Override
        public void onError(Throwable failure) {
            System.err.println("a stream of gRPC has ended: " + failure);
        }

        @Override
        public void onCompleted() {}
    }

    /** Bytes are bytes. */
    private static final class AsTheyAre implements MethodDescriptor.Marshaller<byte[]> {
        @Override
        public InputStream stream(byte[] message) {
            return new ByteArrayInputStream(message);
        }

        @Override
        public byte[] parse(InputStream stream) {
            try {
                return stream.readAllBytes();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
