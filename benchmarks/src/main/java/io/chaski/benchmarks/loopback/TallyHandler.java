package io.chaski.benchmarks.loopback;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;

/** Counts and checks messages in the read buffer, without a copy. Confined to the event loop. */
final class TallyHandler extends FrameHandler {

    private final Tally tally;

    TallyHandler(Tally tally) {
        this.tally = tally;
    }

    @Override
    void onFrame(ChannelHandlerContext context, ByteBuf data, int at, int length) {
        if (length == tally.bytes()) {
            tally.onMessage(data.getLong(at), Numbered.isWhole(length, index -> data.getLong(at + index)));
        } else {
            tally.onMisfit();
        }
    }
}
