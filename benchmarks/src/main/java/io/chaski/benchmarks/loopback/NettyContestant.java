package io.chaski.benchmarks.loopback;

import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.SingleThreadIoEventLoop;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.Future;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/**
 * The limit: nothing but Netty. Frames are {@code u32 length | payload}; the calling thread hands messages to the event
 * loop through a {@link CoalescingQueue}, the receiving side reads them straight from the read buffer. Socket options
 * are those of a node.
 */
final class NettyContestant implements Contestant {

    /** As a node reads. */
    private static final int LARGEST_READ_BYTES = 256 << 10;

    private static final int FIRST_READ_BYTES = 16 << 10;
    private static final int SMALLEST_READ_BYTES = 512;

    /** As a node writes. */
    private static final WriteBufferWaterMark MARKS = new WriteBufferWaterMark(256 << 10, 512 << 10);

    @Override
    public Listening receiver(Tally tally) throws InterruptedException {
        return listen(() -> new TallyHandler(tally));
    }

    @Override
    public Listening echo() throws InterruptedException {
        return listen(EchoHandler::new);
    }

    @Override
    public OneWay oneWay(List<String> addresses) throws InterruptedException {
        EventLoop loop = loop("sender");
        List<CoalescingQueue> queues = new ArrayList<>();
        for (String address : addresses) {
            CoalescingQueue queue = new CoalescingQueue(loop);
            dial(loop, address, queue);
            queues.add(queue);
        }
        return new OneWay() {
            @Override
            public void send(byte[] message) {
                byte[] copy = message.clone(); // the caller keeps its array, as it does when it publishes
                for (CoalescingQueue queue : queues) {
                    queue.add(copy);
                }
            }

            @Override
            public void close() {
                end(loop);
            }
        };
    }

    @Override
    public RoundTrip roundTrip(String address) throws InterruptedException {
        EventLoop loop = loop("caller");
        CoalescingQueue queue = new CoalescingQueue(loop);
        AnswerHandler answers = new AnswerHandler();
        dial(loop, address, queue, answers);
        return new RoundTrip() {
            @Override
            public byte[] call(byte[] request) {
                return answers.call(() -> queue.add(request));
            }

            @Override
            public void close() {
                end(loop);
            }
        };
    }

    static Listening listen(Supplier<ChannelHandler> handlers) throws InterruptedException {
        EventLoop loop = loop("receiver");
        ServerBootstrap bootstrap = new ServerBootstrap()
                .group(loop)
                .channel(NioServerSocketChannel.class)
                .childOption(ChannelOption.TCP_NODELAY, true)
                .childOption(ChannelOption.RECVBUF_ALLOCATOR, readBuffers())
                .childOption(ChannelOption.WRITE_BUFFER_WATER_MARK, MARKS)
                .childHandler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        channel.pipeline().addLast(handlers.get());
                    }
                });
        Channel server =
                bootstrap.bind(InetAddress.getLoopbackAddress(), 0).sync().channel();
        int port = ((InetSocketAddress) server.localAddress()).getPort();
        return new Listening() {
            @Override
            public String address() {
                return Integer.toString(port);
            }

            @Override
            public long dropped() {
                return 0;
            }

            @Override
            public void close() {
                end(loop);
            }
        };
    }

    static void dial(EventLoop loop, String port, ChannelHandler... handlers) throws InterruptedException {
        new Bootstrap()
                .group(loop)
                .channel(NioSocketChannel.class)
                .option(ChannelOption.TCP_NODELAY, true)
                .option(ChannelOption.RECVBUF_ALLOCATOR, readBuffers())
                .option(ChannelOption.WRITE_BUFFER_WATER_MARK, MARKS)
                .handler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        channel.pipeline().addLast(handlers);
                    }
                })
                .connect(InetAddress.getLoopbackAddress(), Integer.parseInt(port))
                .sync();
    }

    static EventLoop loop(String name) {
        return new SingleThreadIoEventLoop(null, new DefaultThreadFactory(name, true), NioIoHandler.newFactory());
    }

    private static AdaptiveRecvByteBufAllocator readBuffers() {
        AdaptiveRecvByteBufAllocator allocator =
                new AdaptiveRecvByteBufAllocator(SMALLEST_READ_BYTES, FIRST_READ_BYTES, LARGEST_READ_BYTES);
        allocator.maxMessagesPerRead(1);
        return allocator;
    }

    static void end(EventLoop loop) {
        Future<?> unused = loop.shutdownGracefully(); // its thread is a daemon, and the process ends
    }
}
