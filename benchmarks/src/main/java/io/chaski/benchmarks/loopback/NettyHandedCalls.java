package io.chaski.benchmarks.loopback;

import io.chaski.benchmarks.calls.CallContestant;
import io.chaski.benchmarks.calls.Caller;
import io.chaski.benchmarks.calls.Invoice;
import io.chaski.benchmarks.calls.Order;
import io.chaski.benchmarks.calls.ShopBytes;
import io.chaski.core.Environment;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoop;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLException;

/**
 * As {@link NettyCalls}, with the hand-overs of a library whose methods and callbacks may block: each order is decoded and answered on
 * the threads that callbacks of nodes have, and what follows an answer runs on such threads too. Both reach their loop through a
 * {@link CoalescingQueue}. A thread that waits for its answer is woken by the loop and decodes it.
 */
final class NettyHandedCalls implements CallContestant {

    private static final long LIMIT_SECONDS = 20;

    private final NettyWire wire;

    /**
     * Two sides.
     *
     * @param wire between them
     */
    NettyHandedCalls(NettyWire wire) {
        this.wire = wire;
    }

    @Override
    public Served serve() throws InterruptedException, SSLException {
        EventLoop loop = wire.loop("shop");
        ExecutorService methods = Environment.system().newCallbackExecutor("shop-methods");
        Contestant.Listening listening = wire.listen(loop, () -> shop(loop, methods));
        return new Served(listening.address(), () -> {
            listening.close();
            methods.shutdownNow();
        });
    }

    private static ChannelHandler shop(EventLoop loop, Executor methods) {
        return new ChannelInitializer<>() {
            @Override
            protected void initChannel(Channel channel) {
                CoalescingQueue answers = new CoalescingQueue(loop, 1);
                FrameHandler orders = new FrameHandler() {
                    @Override
                    void onFrame(ChannelHandlerContext context, ByteBuf data, int at, int length) {
                        ByteBuffer order = copy(data, at, length);
                        methods.execute(() ->
                                answers.add(ShopBytes.of(ShopBytes.order(order).invoice())));
                    }
                };
                channel.pipeline().addLast(answers.outlet(0), orders);
            }
        };
    }

    private static ByteBuffer copy(ByteBuf data, int at, int length) {
        return ByteBuffer.wrap(ByteBufUtil.getBytes(data, at, length));
    }

    @Override
    public Caller dial(String address) throws InterruptedException, SSLException {
        EventLoop loop = wire.loop("caller");
        HandedCaller caller = new HandedCaller(loop);
        wire.dial(loop, address, caller.orders.outlet(0), caller.answers);
        return caller;
    }

    /** Calls that are told of on other threads, or one at a time for which a thread waits. */
    private static final class HandedCaller implements Caller {

        private final EventLoop loop;
        private final ExecutorService callbacks = Environment.system().newCallbackExecutor("caller-callbacks");
        private final CoalescingQueue orders;
        private final OpenCalls open = new OpenCalls();

        /** Of threads that wait, by the number of their order. */
        private final Map<Long, CompletableFuture<ByteBuffer>> awaited = new ConcurrentHashMap<>();

        private final FrameHandler answers = new FrameHandler() {
            @Override
            void onFrame(ChannelHandlerContext context, ByteBuf data, int at, int length) {
                ByteBuffer invoice = copy(data, at, length);
                CompletableFuture<ByteBuffer> waiting = awaited.remove(ShopBytes.number(invoice));
                if (waiting == null) {
                    callbacks.execute(() -> open.answered(ShopBytes.invoice(invoice)));
                } else {
                    waiting.complete(invoice);
                }
            }

            @Override
            public void channelInactive(ChannelHandlerContext closed) throws Exception {
                ClosedChannelException gone = new ClosedChannelException();
                awaited.values().forEach(waiting -> waiting.completeExceptionally(gone));
                open.fail(gone);
                super.channelInactive(closed);
            }
        };

        HandedCaller(EventLoop loop) {
            this.loop = loop;
            this.orders = new CoalescingQueue(loop, 1);
        }

        @Override
        public Invoice buy(Order order) throws Exception {
            CompletableFuture<ByteBuffer> answer = new CompletableFuture<>();
            awaited.put(order.number(), answer);
            try {
                orders.add(ShopBytes.of(order));
                return ShopBytes.invoice(answer.get(LIMIT_SECONDS, TimeUnit.SECONDS));
            } finally {
                awaited.remove(order.number());
            }
        }

        @Override
        public CompletableFuture<Invoice> buyLater(Order order) {
            CompletableFuture<Invoice> answer = open.add(order);
            orders.add(ShopBytes.of(order));
            return answer;
        }

        @Override
        public void close() {
            NettyWire.end(loop);
            callbacks.shutdownNow();
        }
    }
}
