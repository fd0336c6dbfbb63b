package io.chaski.core.internal.netty;

import io.chaski.core.Address;
import io.chaski.core.internal.runtime.Transports;
import io.chaski.core.internal.wire.Datagram;
import io.chaski.core.internal.wire.DatagramCodec;
import io.chaski.core.internal.wire.DatagramSink;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.socket.DatagramPacket;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A UDP port. Confined to the loop, but for binding and closing. */
final class NettyDatagrams extends SimpleChannelInboundHandler<DatagramPacket> implements Transports.Datagrams {

    /** One byte more than a datagram may have shows that it had more; what is behind it does not matter. */
    static final int RECEIVE_BYTES = Datagram.MAX_BYTES + 1;

    private static final Logger LOG = LoggerFactory.getLogger(NettyDatagrams.class);

    private final DatagramCodec codec = new DatagramCodec();
    private @Nullable Channel channel;
    private Transports.@Nullable DatagramHandler handler;

    /** The socket is bound; it does not receive yet. */
    void bound(Channel socket) {
        channel = socket;
    }

    @Override
    public void receive(Transports.DatagramHandler newHandler) {
        Channel socket = socket();
        socket.eventLoop().execute(() -> {
            handler = newHandler;
            socket.config().setAutoRead(true);
        });
    }

    @Override
    public void send(Address to, Datagram datagram) {
        Channel socket = socket();
        if (!socket.isWritable() || !SocketAddresses.isLiteral(to.host())) {
            return; // datagrams may be lost; queueing them would only make them late
        }
        InetSocketAddress target = SocketAddresses.ofLiteral(to);
        if (target == null) {
            return;
        }
        ByteBuf packet = socket.alloc().directBuffer(RECEIVE_BYTES);
        boolean isSent = false;
        try {
            codec.encode(datagram, packet);
            isSent = true;
            socket.writeAndFlush(new DatagramPacket(packet, target)).addListener(done -> {
                if (!done.isSuccess()) {
                    LOG.debug("a datagram to {} was not sent: {}", to, String.valueOf(done.cause()));
                }
            });
        } finally {
            if (!isSent) {
                packet.release();
            }
        }
    }

    @Override
    public void close() {
        Closing.giveBack(socket());
    }

    @Override
    protected void channelRead0(ChannelHandlerContext context, DatagramPacket packet) {
        Transports.DatagramHandler present = handler;
        if (present == null) {
            return;
        }
        ByteBuf bytes = packet.content();
        codec.decode(bytes, new DatagramSink() {
            @Override
            public void onDatagram(Datagram datagram) {
                present.onDatagram(SocketAddresses.toAddress(packet.sender()), datagram, bytes.readableBytes());
            }

            @Override
            public void onRejected(Rejection why) {
                present.onRejected(why);
            }
        });
    }

    /** A refusal that came back for an earlier packet, or a broken packet: the port goes on. */
    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        LOG.debug("receiving a datagram failed: {}", cause.toString());
    }

    private Channel socket() {
        Channel socket = channel;
        if (socket == null) {
            throw new IllegalStateException("not bound");
        }
        return socket;
    }
}
