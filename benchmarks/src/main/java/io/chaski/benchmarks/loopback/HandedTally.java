package io.chaski.benchmarks.loopback;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.ChannelHandlerContext;
import io.netty.util.internal.PlatformDependent;
import java.util.Queue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;

/**
 * What a library does that owes a subscriber an array of its own on a thread of its own: the event loop copies each message and
 * queues it, and wakes the reader once for what it has read if that sleeps; the reader counts and checks. One connection.
 */
final class HandedTally implements AutoCloseable {

    /** More than the window lets through, so that it is never full. */
    private static final int CAPACITY = 2 * Window.MESSAGES;

    /** It is woken when there is something. */
    private static final long LONGEST_SLEEP_NANOS = 1_000_000_000;

    private final Tally tally;
    private final Queue<byte[]> messages = PlatformDependent.newFixedMpscQueue(CAPACITY);
    private final AtomicBoolean isAsleep = new AtomicBoolean();
    private final Thread reader = new Thread(this::read, "reader");
    private volatile boolean isClosed;

    private HandedTally(Tally tally) {
        this.tally = tally;
        reader.setDaemon(true);
    }

    /** A new one, whose reader runs. */
    static HandedTally to(Tally tally) {
        HandedTally handed = new HandedTally(tally);
        handed.reader.start();
        return handed;
    }

    FrameHandler handler() {
        return new FrameHandler() {
            @Override
            void onFrame(ChannelHandlerContext context, ByteBuf data, int at, int length) {
                if (!messages.offer(ByteBufUtil.getBytes(data, at, length))) {
                    throw new IllegalStateException("more is on the way than the window allows");
                }
            }

            @Override
            public void channelReadComplete(ChannelHandlerContext context) throws Exception {
                wake();
                super.channelReadComplete(context);
            }
        };
    }

    private void wake() {
        if (isAsleep.get() && isAsleep.compareAndSet(true, false)) {
            LockSupport.unpark(reader);
        }
    }

    private void read() {
        while (!isClosed) {
            for (byte[] message = messages.poll(); message != null; message = messages.poll()) {
                tally.onMessage(message);
            }
            isAsleep.set(true);
            if (messages.isEmpty() && !isClosed) { // else it came before it could wake anybody
                LockSupport.parkNanos(LONGEST_SLEEP_NANOS);
            }
            isAsleep.set(false);
        }
    }

    @Override
    public void close() {
        isClosed = true;
        LockSupport.unpark(reader);
    }
}
