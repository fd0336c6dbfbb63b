package io.chaski.benchmarks.loopback;

import io.chaski.benchmarks.calls.CallContestant;
import io.chaski.benchmarks.calls.Caller;
import io.chaski.benchmarks.calls.Invoice;
import io.chaski.benchmarks.calls.Order;
import io.netty.channel.EventLoop;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLException;

/**
 * The limit of calls: nothing but Netty and an encoding by hand. Both event loops do everything; a thread that waits for its
 * answer hands the request over and is woken.
 */
final class NettyCalls implements CallContestant {

    private static final long LIMIT_SECONDS = 20;

    private final NettyWire wire;

    /**
     * Two sides.
     *
     * @param wire between them
     */
    NettyCalls(NettyWire wire) {
        this.wire = wire;
    }

    @Override
    public Served serve() throws InterruptedException, SSLException {
        Contestant.Listening listening = wire.listen(ShopHandler::new);
        return new Served(listening.address(), listening);
    }

    @Override
    public Caller dial(String address) throws InterruptedException, SSLException {
        EventLoop loop = wire.loop("caller");
        InvoiceHandler invoices = new InvoiceHandler(loop);
        wire.dial(loop, address, invoices);
        return new Caller() {
            @Override
            public Invoice buy(Order order) throws Exception {
                return invoices.buy(order).get(LIMIT_SECONDS, TimeUnit.SECONDS);
            }

            @Override
            public CompletableFuture<Invoice> buyLater(Order order) {
                return invoices.buy(order);
            }

            @Override
            public void close() {
                NettyWire.end(loop);
            }
        };
    }
}
