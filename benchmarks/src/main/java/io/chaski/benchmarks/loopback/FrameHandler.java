package io.chaski.benchmarks.loopback;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.ByteToMessageDecoder;
import java.util.List;

/** Finds the frames {@code u32 length | payload} of a read buffer in one loop. Confined to the event loop. */
abstract class FrameHandler extends ByteToMessageDecoder {

    /**
     * A whole frame.
     *
     * @param context of the channel
     * @param data holds it, and more; only looked at
     * @param at index of its payload
     * @param length size of its payload, in bytes
     */
    abstract void onFrame(ChannelHandlerContext context, ByteBuf data, int at, int length);

    @Override
    protected final void decode(ChannelHandlerContext context, ByteBuf data, List<Object> unused) {
        while (data.readableBytes() >= Integer.BYTES) {
            int at = data.readerIndex() + Integer.BYTES;
            int length = data.getInt(data.readerIndex());
            if (data.writerIndex() - at < length) {
                return;
            }
            data.readerIndex(at + length);
            onFrame(context, data, at, length);
        }
    }
}
