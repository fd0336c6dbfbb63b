package io.chaski.benchmarks.calls;

import io.rsocket.Payload;
import io.rsocket.RSocket;
import io.rsocket.SocketAcceptor;
import io.rsocket.transport.netty.server.CloseableChannel;
import io.rsocket.util.DefaultPayload;
import java.util.concurrent.CompletableFuture;
import javax.net.ssl.SSLException;
import reactor.core.publisher.Mono;

/** RSocket over TCP with its defaults: request and response, with {@link ShopBytes} as the data. */
public final class RSocketCalls implements CallContestant {

    private final RSocketWire wire;

    /**
     * Two sides.
     *
     * @param wire between them
     */
    public RSocketCalls(RSocketWire wire) {
        this.wire = wire;
    }

    @Override
    public Served serve() throws SSLException {
        CloseableChannel server = wire.listen(SocketAcceptor.forRequestResponse(RSocketCalls::answer));
        return new Served(Integer.toString(server.address().getPort()), server::dispose);
    }

    private static Mono<Payload> answer(Payload request) {
        Order order = ShopBytes.order(request.getData());
        request.release();
        return Mono.just(DefaultPayload.create(ShopBytes.of(order.invoice())));
    }

    @Override
    public Caller dial(String address) throws SSLException {
        RSocket socket = wire.dial(address, SocketAcceptor.with(new RSocket() {}));
        return new Caller() {
            @Override
            public Invoice buy(Order order) {
                return RSocketWire.await(call(socket, order));
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
}
