package io.chaski.benchmarks.loopback;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import org.jspecify.annotations.Nullable;

/** Collects frames {@code u32 length | payload} in one buffer until they are flushed. Confined to the event loop. */
final class FrameWriter {

    private @Nullable ByteBuf frames;

    void add(ChannelHandlerContext context, byte[] payload) {
        ByteBuf present = frames;
        if (present == null) {
            present = context.alloc().directBuffer();
            frames = present;
        }
        present.writeInt(payload.length).writeBytes(payload);
    }

    void flush(ChannelHandlerContext context) {
        ByteBuf present = frames;
        frames = null;
        if (present != null) {
            ChannelFuture unused = context.writeAndFlush(present, context.voidPromise());
        }
    }
}
