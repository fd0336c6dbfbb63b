package io.chaski.benchmarks.loopback;

import io.chaski.benchmarks.calls.CallContestant;
import io.chaski.benchmarks.calls.Caller;
import io.chaski.benchmarks.calls.Invoice;
import io.chaski.benchmarks.calls.Order;
import io.chaski.benchmarks.calls.ShopBytes;
import io.nats.client.Connection;
import io.nats.client.Message;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;

/** Request and reply of core NATS with {@link ShopBytes}, over the server of {@link NatsContestant}. */
final class NatsCalls implements CallContestant {

    @Override
    public Served serve() throws Exception {
        NatsContestant server = new NatsContestant();
        Contestant.Listening listening = server.answering(request ->
                ShopBytes.of(ShopBytes.order(ByteBuffer.wrap(request)).invoice()));
        return new Served(listening.address(), () -> {
            listening.close();
            server.close();
        });
    }

    @Override
    public Caller dial(String address) throws IOException, InterruptedException {
        Connection connection = NatsContestant.connect(address);
        return new Caller() {
            @Override
            public Invoice buy(Order order) throws InterruptedException {
                return invoice(NatsContestant.call(connection, ShopBytes.of(order)));
            }

            @Override
            public CompletableFuture<Invoice> buyLater(Order order) {
                return connection
                        .requestWithTimeout(NatsContestant.SUBJECT, ShopBytes.of(order), NatsContestant.LIMIT)
                        .thenApply(Message::getData)
                        .thenApply(NatsCalls::invoice);
            }

            @Override
            public void close() throws InterruptedException {
                connection.close();
            }
        };
    }

    private static Invoice invoice(byte[] answer) {
        return ShopBytes.invoice(ByteBuffer.wrap(answer));
    }
}
