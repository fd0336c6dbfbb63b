package io.chaski.benchmarks.loopback;

import io.chaski.benchmarks.calls.Order;
import io.chaski.benchmarks.calls.ShopBytes;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;

/** Answers orders from the event loop; those of one read leave with one flush. Confined to the event loop. */
final class ShopHandler extends FrameHandler {

    private final FrameWriter answers = new FrameWriter();

    @Override
    void onFrame(ChannelHandlerContext context, ByteBuf data, int at, int length) {
        Order order = ShopBytes.order(data.nioBuffer(at, length));
        answers.add(context, ShopBytes.of(order.invoice()));
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext context) throws Exception {
        answers.flush(context);
        super.channelReadComplete(context);
    }
}
