package io.chaski.benchmarks.loopback;

import io.chaski.benchmarks.calls.GrpcWire;
import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.Server;
import io.grpc.ServerServiceDefinition;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.SSLException;

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

    private final GrpcWire wire;

    /**
     * Two sides.
     *
     * @param wire between them
     */
    GrpcContestant(GrpcWire wire) {
        this.wire = wire;
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
        Server server = wire.server()
                .addService(ServerServiceDefinition.builder(SERVICE)
                        .addMethod(COLLECT, ServerCalls.asyncClientStreamingCall(collect))
                        .addMethod(ECHO, ServerCalls.asyncUnaryCall(GrpcContestant::answer))
                        .build())
                .build()
                .start();
        return Listening.at(Integer.toString(server.getPort()), server::shutdownNow);
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
            ManagedChannel channel = wire.dial(address);
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
        ManagedChannel channel = wire.dial(address);
        return new RoundTrip() {
            @Override
            public byte[] call(byte[] request) {
                return ClientCalls.blockingUnaryCall(channel, ECHO, GrpcWire.bounded(), request);
            }

            @Override
            public void close() {
                channel.shutdownNow();
            }
        };
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
