package io.chaski.benchmarks.loopback;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import org.jspecify.annotations.Nullable;

/**
 * Finds the frames {@code u32 length | payload} of a read buffer in one loop. Only a frame that the end of a read cuts in two is copied:
 * {@code ByteToMessageDecoder} would copy the whole of the next read behind its beginning, which is no limit. Confined to the event loop.
 */
abstract class FrameHandler extends ChannelInboundHandlerAdapter {

    /** The beginning of a frame whose end has not come. */
    private @Nullable ByteBuf rest;

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
    public void channelRead(ChannelHandlerContext context, Object message) throws Exception {
        ByteBuf data = (ByteBuf) message;
        try {
            finishRest(context, data);
            findFrames(context, data);
            if (data.isReadable()) {
                rest = context.alloc().directBuffer(data.readableBytes()).writeBytes(data);
            }
        } finally {
            data.release();
        }
    }

    private void finishRest(ChannelHandlerContext context, ByteBuf data) {
        ByteBuf begun = rest;
        if (begun == null) {
            return;
        }
        take(begun, data, Integer.BYTES);
        if (begun.readableBytes() < Integer.BYTES) {
            return;
        }
        int size = Integer.BYTES + begun.getInt(begun.readerIndex());
        take(begun, data, size);
        if (begun.readableBytes() == size) {
            rest = null;
            try {
                findFrames(context, begun);
            } finally {
                begun.release();
            }
        }
    }

    /** Until there are so many bytes, or no more. */
    private static void take(ByteBuf begun, ByteBuf data, int bytes) {
        int missing = Math.max(0, bytes - begun.readableBytes());
        begun.ensureWritable(missing).writeBytes(data, Math.min(missing, data.readableBytes()));
    }

    private void findFrames(ChannelHandlerContext context, ByteBuf data) {
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

    @Override
    public void handlerRemoved(ChannelHandlerContext context) {
        ByteBuf begun = rest;
        rest = null;
        if (begun != null) {
            begun.release();
        }
    }
}
