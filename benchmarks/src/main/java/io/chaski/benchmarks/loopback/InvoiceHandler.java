package io.chaski.benchmarks.loopback;

import io.chaski.benchmarks.calls.Invoice;
import io.chaski.benchmarks.calls.Order;
import io.chaski.benchmarks.calls.ShopBytes;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.EventLoop;
import java.nio.channels.ClosedChannelException;
import java.util.ArrayDeque;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Sends orders, and gives each answer to the oldest call that has none. Orders that follow an answer on the event loop leave
 * together, with one flush for a read. {@link #buy} is thread-safe, the rest is confined to the event loop.
 */
final class InvoiceHandler extends FrameHandler {

    private final EventLoop loop;
    private final FrameWriter orders = new FrameWriter();

    /** As many as the load keeps under way. */
    private final Queue<CompletableFuture<Invoice>> waiting = new ArrayDeque<>();

    private @Nullable ChannelHandlerContext context;
    private boolean isReading;

    InvoiceHandler(EventLoop loop) {
        this.loop = loop;
    }

    /** Completes on the event loop. */
    CompletableFuture<Invoice> buy(Order order) {
        byte[] encoded = ShopBytes.of(order);
        CompletableFuture<Invoice> answer = new CompletableFuture<>();
        if (loop.inEventLoop()) {
            send(encoded, answer);
        } else {
            loop.execute(() -> send(encoded, answer));
        }
        return answer;
    }

    private void send(byte[] order, CompletableFuture<Invoice> answer) {
        ChannelHandlerContext target = Objects.requireNonNull(context, "it is in a pipeline");
        if (!target.channel().isActive()) {
            answer.completeExceptionally(new ClosedChannelException());
            return;
        }
        waiting.add(answer);
        orders.add(target, order);
        if (!isReading) {
            orders.flush(target);
        }
    }

    @Override
    void onFrame(ChannelHandlerContext unused, ByteBuf data, int at, int length) {
        waiting.remove().complete(ShopBytes.invoice(data.nioBuffer(at, length)));
    }

    @Override
    public void handlerAdded(ChannelHandlerContext added) {
        context = added;
    }

    @Override
    public void channelRead(ChannelHandlerContext reading, Object message) throws Exception {
        isReading = true;
        super.channelRead(reading, message);
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext read) throws Exception {
        isReading = false;
        orders.flush(read);
        super.channelReadComplete(read);
    }

    @Override
    public void channelInactive(ChannelHandlerContext closed) throws Exception {
        for (CompletableFuture<Invoice> call = waiting.poll(); call != null; call = waiting.poll()) {
            call.completeExceptionally(new ClosedChannelException());
        }
        super.channelInactive(closed);
    }
}
