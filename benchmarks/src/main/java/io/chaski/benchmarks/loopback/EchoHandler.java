package io.chaski.benchmarks.loopback;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;

/** Sends every frame back from the event loop, with one flush for each read. Confined to the event loop. */
final class EchoHandler extends FrameHandler {

    @Override
    void onFrame(ChannelHandlerContext context, ByteBuf data, int at, int length) {
        ByteBuf frame = data.retainedSlice(at - Integer.BYTES, Integer.BYTES + length);
        ChannelFuture unused = context.write(frame, context.voidPromise());
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext context) throws Exception {
        context.flush();
        super.channelReadComplete(context);
    }
}
