package io.chaski.benchmarks.calls;

import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.Marshaller;
import io.grpc.Server;
import io.grpc.ServerServiceDefinition;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** gRPC with its defaults; a method described by hand and {@link ShopBytes} instead of generated code. */
public final class GrpcCalls implements CallContestant {

    private static final String SERVICE = "Shop";

    private static final MethodDescriptor<Order, Invoice> BUY = MethodDescriptor.<Order, Invoice>newBuilder()
            .setType(MethodDescriptor.MethodType.UNARY)
            .setFullMethodName(MethodDescriptor.generateFullMethodName(SERVICE, "buy"))
            .setRequestMarshaller(new ByHand<>(ShopBytes::of, ShopBytes::order))
            .setResponseMarshaller(new ByHand<>(ShopBytes::of, ShopBytes::invoice))
            .build();

    private final GrpcWire wire;

    /**
     * Two sides.
     *
     * @param wire between them
     */
    public GrpcCalls(GrpcWire wire) {
        this.wire = wire;
    }

    @Override
    public Served serve() throws IOException {
        Server server = wire.server()
                .addService(ServerServiceDefinition.builder(SERVICE)
                        .addMethod(BUY, ServerCalls.asyncUnaryCall(GrpcCalls::answer))
                        .build())
                .build()
                .start();
        return new Served(Integer.toString(server.getPort()), server::shutdownNow);
    }

    private static void answer(Order order, StreamObserver<Invoice> caller) {
        caller.onNext(order.invoice());
        caller.onCompleted();
    }

    @Override
    public Caller dial(String address) throws SSLException {
        ManagedChannel channel = wire.dial(address);
        return new Caller() {
            @Override
            public Invoice buy(Order order) {
                return ClientCalls.blockingUnaryCall(channel, BUY, GrpcWire.bounded(), order);
            }

            @Override
            public CompletableFuture<Invoice> buyLater(Order order) {
                Answer answer = new Answer();
                ClientCalls.asyncUnaryCall(channel.newCall(BUY, CallOptions.DEFAULT), order, answer);
                return answer.future;
            }

            @Override
            public void close() {
                channel.shutdownNow();
            }
        };
    }

    /** The answer counts when the call has ended well. Confined to the call. */
    private static final class Answer implements StreamObserver<Invoice> {
        private final CompletableFuture<Invoice> future = new CompletableFuture<>();
        private @Nullable Invoice invoice;

        @Override
        public void onNext(Invoice value) {
            invoice = value;
        }

        @Override
        public void onError(Throwable failure) {
            future.completeExceptionally(failure);
        }

        @Override
        public void onCompleted() {
            Invoice value = invoice;
            if (value == null) {
                future.completeExceptionally(new IllegalStateException("ended without an answer"));
            } else {
                future.complete(value);
            }
        }
    }

    private record ByHand<T>(Function<T, byte[]> encoder, Function<ByteBuffer, T> decoder) implements Marshaller<T> {

        @Override
        public InputStream stream(T value) {
            return new ByteArrayInputStream(encoder.apply(value));
        }

        @Override
        public T parse(InputStream stream) {
            try {
                return decoder.apply(ByteBuffer.wrap(stream.readAllBytes()));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
