package io.chaski.benchmarks.loopback;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoop;
import io.netty.util.internal.PlatformDependent;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * From any thread to one or several sockets of a loop as cheaply as a queue allows: a message is handed over once and copied once, however
 * many connections get it; small ones share a chunk, and each connection gets a duplicate of it; many messages cost one wake-up, and a turn
 * of the loop ends with one flush of each connection. {@link #add} is thread-safe, the rest is confined to the loop.
 */
final class CoalescingQueue {

    /** More than the window lets through, so that it is never full. */
    private static final int CAPACITY = 2 * Window.MESSAGES;

    /** What a socket takes at a time when it is busy. */
    private static final int CHUNK_BYTES = 64 << 10;

    /** Above this a message gets a buffer of its own, as in a node. */
    private static final int LARGE_BYTES = 16 << 10;

    /** Messages taken before the loop looks at its sockets again, as in a node. */
    private static final int BATCH = 1_024;

    private final EventLoop loop;
    private final Outlet[] outlets;
    private final Queue<byte[]> messages = PlatformDependent.newFixedMpscQueue(CAPACITY);
    private final AtomicBoolean isWoken = new AtomicBoolean();
    private final Runnable drain = this::drain;
    private @Nullable ByteBuf chunk;

    /**
     * An empty one. Nothing leaves before all connections stand.
     *
     * @param loop of all of them
     * @param connections how many get each message, 1 or more
     */
    CoalescingQueue(EventLoop loop, int connections) {
        this.loop = loop;
        this.outlets = new Outlet[connections];
        for (int i = 0; i < connections; i++) {
            outlets[i] = new Outlet();
        }
    }

    /**
     * The handler of one of the connections.
     *
     * @param index from 0
     */
    ChannelInboundHandlerAdapter outlet(int index) {
        return outlets[index];
    }

    /** Takes the array over; it is sent soon. */
    void add(byte[] message) {
        if (!messages.offer(message)) {
            throw new IllegalStateException("more is on the way than the window allows");
        }
        wake();
    }

    private void wake() {
        if (!isWoken.get() && isWoken.compareAndSet(false, true)) {
            loop.execute(drain);
        }
    }

    private void drain() {
        isWoken.set(false);
        for (Outlet outlet : outlets) {
            if (outlet.context == null) {
                return; // channelActive wakes again
            }
        }
        for (int i = 0; i < BATCH && isOneWritable(); i++) {
            byte[] message = messages.poll();
            if (message == null) {
                break;
            }
            pack(message);
        }
        finishChunk();
        for (Outlet outlet : outlets) {
            outlet.target().flush();
        }
        if (isOneWritable() && !messages.isEmpty()) {
            wake();
        }
    }

    private void pack(byte[] message) {
        int frame = Integer.BYTES + message.length;
        ByteBuf present = chunk;
        if (present == null || present.writableBytes() < frame || message.length > LARGE_BYTES) {
            finishChunk();
            int bytes = message.length > LARGE_BYTES ? frame : CHUNK_BYTES;
            present = outlets[0].target().alloc().directBuffer(bytes);
            chunk = present;
        }
        present.writeInt(message.length).writeBytes(message);
    }

    private void finishChunk() {
        ByteBuf finished = chunk;
        chunk = null;
        if (finished != null) {
            for (int i = 1; i < outlets.length; i++) {
                outlets[i].write(finished.retainedDuplicate());
            }
            outlets[0].write(finished);
        }
    }

    /** A connection that is behind does not hold the others up: the window bounds what it has to keep. */
    private boolean isOneWritable() {
        for (Outlet outlet : outlets) {
            if (outlet.target().channel().isWritable()) {
                return true;
            }
        }
        return false;
    }

    /** The end of the queue at one connection. */
    private final class Outlet extends ChannelInboundHandlerAdapter {

        private @Nullable ChannelHandlerContext context;

        @Override
        public void channelActive(ChannelHandlerContext active) {
            context = active;
            active.fireChannelActive();
            wake();
        }

        @Override
        public void channelWritabilityChanged(ChannelHandlerContext changed) {
            if (changed.channel().isWritable()) {
                wake();
            }
            changed.fireChannelWritabilityChanged();
        }

        private ChannelHandlerContext target() {
            return Objects.requireNonNull(context, "it is in a pipeline");
        }

        private void write(ByteBuf buffer) {
            ChannelHandlerContext target = target();
            ChannelFuture unused = target.write(buffer, target.voidPromise());
        }
    }
}
