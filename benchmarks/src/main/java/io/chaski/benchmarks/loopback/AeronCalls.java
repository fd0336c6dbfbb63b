package io.chaski.benchmarks.loopback;

import io.chaski.benchmarks.calls.CallContestant;
import io.chaski.benchmarks.calls.Caller;
import io.chaski.benchmarks.calls.Invoice;
import io.chaski.benchmarks.calls.Order;
import io.chaski.benchmarks.calls.ShopBytes;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * Two streams of Aeron, one with orders and one with invoices, as {@link ShopBytes}. Who waits polls for its answer; for calls that
 * nobody waits for a thread does, which sends what follows them too.
 */
final class AeronCalls implements CallContestant {

    private static final long LIMIT_SECONDS = 20;

    @Override
    public Served serve() {
        AeronContestant aeron = new AeronContestant();
        Contestant.Listening listening = aeron.answering(request ->
                ShopBytes.of(ShopBytes.order(ByteBuffer.wrap(request)).invoice()));
        return new Served(listening.address(), () -> {
            listening.close();
            aeron.close();
        });
    }

    @Override
    public Caller dial(String address) {
        AeronContestant aeron = new AeronContestant();
        return new Exchanging(aeron, aeron.roundTrip(address));
    }

    private static final class Exchanging implements Caller {

        private final AeronContestant aeron;
        private final AeronExchange exchange;
        private final OpenCalls open = new OpenCalls();

        Exchanging(AeronContestant aeron, AeronExchange exchange) {
            this.aeron = aeron;
            this.exchange = exchange;
        }

        @Override
        public Invoice buy(Order order) throws Exception {
            synchronized (exchange) {
                if (!exchange.isPolled()) {
                    return invoice(exchange.call(ShopBytes.of(order)));
                }
            }
            return buyLater(order).get(LIMIT_SECONDS, TimeUnit.SECONDS);
        }

        @Override
        public CompletableFuture<Invoice> buyLater(Order order) {
            CompletableFuture<Invoice> answer = open.add(order);
            byte[] encoded = ShopBytes.of(order);
            synchronized (exchange) { // which has one buffer
                if (!exchange.isPolled()) {
                    exchange.poll(message -> open.answered(invoice(message)));
                }
                exchange.send(encoded);
            }
            return answer;
        }

        private static Invoice invoice(byte[] answer) {
            return ShopBytes.invoice(ByteBuffer.wrap(answer));
        }

        @Override
        public void close() throws Exception {
            exchange.close();
            aeron.close();
        }
    }
}
