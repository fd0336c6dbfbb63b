package io.chaski.core.internal.netty;

import io.chaski.core.internal.runtime.TransportLimits;
import io.netty.buffer.AbstractByteBufAllocator;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFactory;
import io.netty.channel.ServerChannel;
import io.netty.channel.socket.DatagramChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The real world in which there is sometimes no memory for the buffer of a connection. Whatever a node's connections
 * allocate is counted; the one whose turn it is fails as Netty does when direct memory has run out. Thread-safe.
 */
public final class FailingBuffers extends ForwardingEnvironment {

    private static final int NEVER = Integer.MAX_VALUE;

    private final Allocator allocator = new Allocator();
    private final AtomicInteger untilFailure = new AtomicInteger(NEVER);
    private final AtomicInteger failures = new AtomicInteger();

    /**
     * Plans the next failure.
     *
     * @param allocations how many succeed before
     */
    public void failAfter(int allocations) {
        untilFailure.set(allocations);
    }

    /** Lets everything succeed again. */
    public void relent() {
        untilFailure.set(NEVER);
    }

    /** How many allocations have failed. */
    public int failures() {
        return failures.get();
    }

    @Override
    public Host open(String nodeName, TransportLimits limits) {
        Sockets sockets = new Poor(NioSockets.INSTANCE);
        NettyLoop loop = new NettyLoop(nodeName, sockets);
        return new Host(loop, new NettyTransports(nodeName, loop, sockets, limits, null));
    }

    private final class Allocator extends AbstractByteBufAllocator {

        @Override
        protected ByteBuf newHeapBuffer(int initialCapacity, int maxCapacity) {
            failIfDue();
            return UnpooledByteBufAllocator.DEFAULT.heapBuffer(initialCapacity, maxCapacity);
        }

        @Override
        protected ByteBuf newDirectBuffer(int initialCapacity, int maxCapacity) {
            failIfDue();
            return UnpooledByteBufAllocator.DEFAULT.directBuffer(initialCapacity, maxCapacity);
        }

        @Override
        public boolean isDirectBufferPooled() {
            return false;
        }

        private void failIfDue() {
            if (untilFailure.getAndUpdate(left -> left == NEVER || left == 0 ? NEVER : left - 1) == 0) {
                failures.incrementAndGet();
                throw new OutOfMemoryError("planted: no direct memory is left");
            }
        }
    }

    /** Sockets whose connections use the allocator that fails. */
    private final class Poor extends ForwardingSockets {

        Poor(Sockets sockets) {
            super(sockets);
        }

        @Override
        public ChannelFactory<ServerChannel> tcpServer() {
            return () -> new NioServerSocketChannel() {
                @Override
                protected int doReadMessages(List<Object> accepted) throws Exception {
                    int count = super.doReadMessages(accepted);
                    accepted.forEach(connection -> poor((Channel) connection));
                    return count;
                }
            };
        }

        @Override
        public ChannelFactory<Channel> tcp() {
            return () -> poor(super.tcp().newChannel());
        }

        @Override
        public ChannelFactory<DatagramChannel> udp() {
            return () -> (DatagramChannel) poor(super.udp().newChannel());
        }

        private Channel poor(Channel channel) {
            channel.config().setAllocator(allocator);
            return channel;
        }
    }
}
