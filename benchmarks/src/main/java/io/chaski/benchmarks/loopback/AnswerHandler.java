package io.chaski.benchmarks.loopback;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.ChannelHandlerContext;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** Gives each answer to the thread that is blocked for it; one call at a time. */
final class AnswerHandler extends FrameHandler {

    private static final long LIMIT_NANOS = TimeUnit.SECONDS.toNanos(20);

    private volatile byte @Nullable [] answer;
    private volatile @Nullable Thread caller;

    /**
     * Sends and blocks until the answer is there.
     *
     * @param send sends one request
     * @throws IllegalStateException if there is no answer for 20 s
     */
    byte[] call(Runnable send) {
        answer = null;
        caller = Thread.currentThread();
        long beganNanos = System.nanoTime();
        send.run();
        byte[] present = answer;
        while (present == null) {
            if (System.nanoTime() - beganNanos > LIMIT_NANOS) {
                throw new IllegalStateException("no answer for 20 s");
            }
            LockSupport.parkNanos(LIMIT_NANOS);
            present = answer;
        }
        return present;
    }

    @Override
    void onFrame(ChannelHandlerContext context, ByteBuf data, int at, int length) {
        answer = ByteBufUtil.getBytes(data, at, length);
        LockSupport.unpark(caller);
    }
}
