package io.chaski.benchmarks.loopback;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import org.jspecify.annotations.Nullable;

/** Passes every frame on, with one write for those of a read. Confined to the event loop, which is also that of the target. */
final class ForwardingHandler extends FrameHandler {

    private final Channel target;
    private @Nullable ByteBuf frames;

    ForwardingHandler(Channel target) {
        this.target = target;
    }

    @Override
    void onFrame(ChannelHandlerContext context, ByteBuf data, int at, int length) {
        ByteBuf present = frames;
        if (present == null) {
            // Room for whatever else has been read.
            present = context.alloc().directBuffer(Integer.BYTES + length + data.readableBytes());
            frames = present;
        }
        present.writeBytes(data, at - Integer.BYTES, Integer.BYTES + length);
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext context) throws Exception {
        ByteBuf present = frames;
        frames = null;
        if (present != null) {
            ChannelFuture unused = target.writeAndFlush(present, target.voidPromise());
        }
        super.channelReadComplete(context);
    }
}
