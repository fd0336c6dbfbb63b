package io.chaski.core.internal.netty.tls;

import io.chaski.core.internal.protocol.TokenBucket;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import javax.net.ssl.SSLException;

/**
 * Limits the records of a connection that carry nothing for whoever is behind TLS: updates of keys, tickets, empty ones.
 * Each costs the loop some computation, and what is sealed cannot be told apart from outside, so records are counted
 * before the TLS handler and what comes out of it behind. Confined to the loop.
 */
public final class RecordBudget extends ChannelInboundHandlerAdapter {

    /** As many as control frames: a peer that moves a terabyte updates its keys less often than once a second. */
    private static final int BURST = 200;

    private static final int PER_SECOND = 20;
    private static final int HEADER_BYTES = 5;
    private static final int LENGTH_AT = 3;
    private static final int BITS_OF_A_BYTE = 8;

    private final TokenBucket idle = new TokenBucket(PER_SECOND, BURST);
    private final Outlet outlet = new Outlet();

    /** Bytes of the header of the next record that have come, while there are fewer than all. */
    private int headerBytes;

    private int length;
    private long leftOfRecord;
    private long records;
    private long delivered;
    private boolean isBroken;

    /** Too many records that carry nothing. */
    public static final class FloodException extends SSLException {
        private static final long serialVersionUID = 1;

        FloodException() {
            super("more than " + BURST + " records in 10 s that carry nothing");
        }
    }

    /** To be placed behind the TLS handler, before which this one stands. */
    public ChannelInboundHandlerAdapter outlet() {
        return outlet;
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        ByteBuf data = (ByteBuf) message;
        if (isBroken) {
            data.release();
            return;
        }
        count(data);
        context.fireChannelRead(data);
        long empty = records - delivered;
        records = 0;
        delivered = 0;
        if (empty > 0) {
            spend(context, empty);
        }
    }

    private void spend(ChannelHandlerContext context, long empty) {
        if (!idle.tryTake(Math.min(empty, BURST + 1), System.nanoTime())) {
            isBroken = true;
            context.pipeline().fireExceptionCaught(new FloodException());
        }
    }

    /** Counts the records that end in a buffer; they may be cut anywhere. */
    private void count(ByteBuf data) {
        int at = data.readerIndex();
        while (at < data.writerIndex()) {
            if (leftOfRecord > 0) {
                long skipped = Math.min(leftOfRecord, data.writerIndex() - at);
                leftOfRecord -= skipped;
                at += (int) skipped;
                if (leftOfRecord == 0) {
                    records++;
                }
            } else {
                onHeaderByte(data.getUnsignedByte(at++));
            }
        }
    }

    private void onHeaderByte(int next) {
        if (headerBytes >= LENGTH_AT) {
            length = length << BITS_OF_A_BYTE | next;
        }
        if (++headerBytes == HEADER_BYTES) {
            leftOfRecord = length;
            headerBytes = 0;
            length = 0;
        }
    }

    private final class Outlet extends ChannelInboundHandlerAdapter {
        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            delivered++;
            context.fireChannelRead(message);
        }
    }
}
