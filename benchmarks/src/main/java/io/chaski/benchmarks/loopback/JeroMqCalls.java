package io.chaski.benchmarks.loopback;

import io.chaski.benchmarks.calls.CallContestant;
import io.chaski.benchmarks.calls.Caller;
import io.chaski.benchmarks.calls.Invoice;
import io.chaski.benchmarks.calls.Order;
import io.chaski.benchmarks.calls.ShopBytes;
import java.nio.ByteBuffer;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.zeromq.ZContext;
import org.zeromq.ZMQ;

/**
 * DEALER and ROUTER with {@link ShopBytes}. A socket belongs to one thread: who waits reads its own; calls that nobody waits for
 * share another one, whose thread brings the answers and sends what follows them.
 */
final class JeroMqCalls implements CallContestant {

    /** Orders of other threads leave as soon; only the first ones of a load come from there. */
    private static final int LOOK_MILLIS = 1;

    @Override
    public Served serve() {
        Contestant.Listening listening = JeroMqContestant.answering(request ->
                ShopBytes.of(ShopBytes.order(ByteBuffer.wrap(request)).invoice()));
        return new Served(listening.address(), listening);
    }

    @Override
    public Caller dial(String address) {
        return new Dealers(address);
    }

    private static final class Dealers implements Caller {

        private final ZContext waitingContext = new ZContext();
        private final ZMQ.Socket waiting;

        private final Queue<byte[]> handed = new ConcurrentLinkedQueue<>();
        private final OpenCalls open = new OpenCalls();
        private final ZMQ.Socket shared;
        private final OwnedSocket owned;

        Dealers(String address) {
            waiting = JeroMqContestant.dealer(waitingContext, address);
            ZContext context = new ZContext();
            shared = JeroMqContestant.dealer(context, address);
            shared.setReceiveTimeOut(LOOK_MILLIS);
            owned = new OwnedSocket(context, this::exchange);
        }

        private void exchange() {
            for (byte[] order = handed.poll(); order != null; order = handed.poll()) {
                shared.send(order);
            }
            byte[] answer = shared.recv();
            if (answer != null) {
                open.answered(ShopBytes.invoice(ByteBuffer.wrap(answer)));
            }
        }

        @Override
        public synchronized Invoice buy(Order order) {
            return ShopBytes.invoice(ByteBuffer.wrap(JeroMqContestant.call(waiting, ShopBytes.of(order))));
        }

        @Override
        public CompletableFuture<Invoice> buyLater(Order order) {
            CompletableFuture<Invoice> answer = open.add(order);
            byte[] encoded = ShopBytes.of(order);
            if (owned.isOwner(Thread.currentThread())) {
                shared.send(encoded);
            } else {
                handed.add(encoded);
            }
            return answer;
        }

        @Override
        public void close() {
            waitingContext.close();
            owned.close();
        }
    }
}
