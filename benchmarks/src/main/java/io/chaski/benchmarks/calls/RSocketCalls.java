package io.chaski.benchmarks.calls;

import io.rsocket.Payload;
import io.rsocket.RSocket;
import io.rsocket.SocketAcceptor;
import io.rsocket.core.RSocketConnector;
import io.rsocket.core.RSocketServer;
import io.rsocket.transport.netty.client.TcpClientTransport;
import io.rsocket.transport.netty.server.CloseableChannel;
import io.rsocket.transport.netty.server.TcpServerTransport;
import io.rsocket.util.DefaultPayload;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import reactor.core.publisher.Mono;

/** RSocket over TCP with its defaults: request and response, with {@link ShopBytes} as the data. */
public final class RSocketCalls implements CallContestant {

    private static final String LOOPBACK = "127.0.0.1";

    /** The machine may be busy. */
    private static final Duration LIMIT = Duration.ofSeconds(50);

    @Override
    public Served serve() {
        Mono<CloseableChannel> listening = RSocketServer.create(SocketAcceptor.forRequestResponse(RSocketCalls::answer))
                .bind(TcpServerTransport.create(LOOPBACK, 0));
        CloseableChannel server = await(listening);
        return new Served(Integer.toString(server.address().getPort()), server::dispose);
    }

    private static Mono<Payload> answer(Payload request) {
        Order order = ShopBytes.order(request.getData());
        request.release();
        return Mono.just(DefaultPayload.create(ShopBytes.of(order.invoice())));
    }

    @Override
    public Caller dial(String address) {
        RSocket socket = await(
                RSocketConnector.create().connect(TcpClientTransport.create(LOOPBACK, Integer.parseInt(address))));
        return new Caller() {
            @Override
            public Invoice buy(Order order) {
                return await(call(socket, order));
            }

            @Override
            public CompletableFuture<Invoice> buyLater(Order order) {
                return call(socket, order).toFuture();
            }

            @Override
            public void close() {
                socket.dispose();
            }
        };
    }

    private static Mono<Invoice> call(RSocket socket, Order order) {
        return socket.requestResponse(DefaultPayload.create(ShopBytes.of(order)))
                .map(RSocketCalls::invoice);
    }

    private static Invoice invoice(Payload answer) {
        Invoice invoice = ShopBytes.invoice(answer.getData());
        answer.release();
        return invoice;
    }

    private static <T> T await(Mono<T> mono) {
        return Objects.requireNonNull(mono.block(LIMIT), "it ends with a value");
    }
}
