package io.chaski.core.internal.netty;

import io.chaski.core.internal.netty.LanPlaces.Place;
import io.chaski.core.internal.runtime.Transports;
import io.chaski.core.internal.wire.Beacon;
import io.chaski.core.internal.wire.BeaconCodec;
import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOption;
import io.netty.channel.FixedRecvByteBufAllocator;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.socket.DatagramChannel;
import io.netty.channel.socket.DatagramPacket;
import io.netty.channel.socket.SocketProtocolFamily;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Beacons on the LAN: for each family one socket that hears, shared with all other nodes of the machine, and for each
 * {@link Place} that has something to say one that says it. Confined to the loop, but for opening and closing.
 */
@Sharable
final class NettyLan extends SimpleChannelInboundHandler<DatagramPacket> implements Transports.Lan {

    private static final Logger LOG = LoggerFactory.getLogger(NettyLan.class);

    /** For what the system does at once, on a loop that may be busy. */
    private static final int PATIENCE_SECONDS = 10;

    private final NettyLoop loop;
    private final Sockets sockets;
    /** Where it hears, complete when it begins to receive. */
    private final List<Place> places;

    private final Map<SocketProtocolFamily, DatagramChannel> hearing = new LinkedHashMap<>();
    private final List<Voice> voices = new ArrayList<>();
    private Transports.@Nullable LanHandler handler;

    private NettyLan(NettyLoop loop, Sockets sockets, List<Place> places) {
        this.loop = loop;
        this.sockets = sockets;
        this.places = places;
    }

    /** Who says something, to whom, and what. */
    private record Voice(Channel socket, InetSocketAddress group, int port) {}

    /**
     * Opens what is needed; it does not receive yet.
     *
     * @param mustHaveAll whether all places are wanted, and not those that can be had
     * @throws IOException if a socket cannot be had or a group not be joined, at a place that must be had or at all of them; nothing is left
     *     open then
     */
    static NettyLan open(NettyLoop loop, Sockets sockets, List<Place> places, boolean mustHaveAll) throws IOException {
        List<Place> open = new ArrayList<>();
        NettyLan lan = new NettyLan(loop, sockets, open);
        boolean isOpen = false;
        try {
            for (int i = 0; i < places.size(); i++) {
                boolean isLastHope = open.isEmpty() && i == places.size() - 1;
                lan.open(places.get(i), mustHaveAll || isLastHope);
            }
            isOpen = true;
        } finally {
            if (!isOpen) {
                lan.close();
            }
        }
        return lan;
    }

    private void open(Place place, boolean mustBeHad) throws IOException {
        try {
            open(place);
            places.add(place);
        } catch (IOException failure) {
            if (mustBeHad) {
                throw failure;
            }
            LOG.warn("discovery on the LAN does without {}: {}", place.network().getName(), failure.getMessage());
        }
    }

    private void open(Place place) throws IOException {
        SocketProtocolFamily family = place.isV6() ? SocketProtocolFamily.INET6 : SocketProtocolFamily.INET;
        InetSocketAddress group = new InetSocketAddress(
                InetAddress.getByName(place.isV6() ? Beacon.GROUP_V6 : Beacon.GROUP_V4), Beacon.GROUP_PORT);
        DatagramChannel ear = hearing.get(family);
        if (ear == null) {
            ear = bind(
                    family,
                    bootstrap().option(ChannelOption.SO_REUSEADDR, true),
                    new InetSocketAddress(any(place.isV6()), Beacon.GROUP_PORT));
            hearing.put(family, ear);
        }
        await(
                ear.joinGroup(group, place.network()),
                "cannot join " + group + " on " + place.network().getName());
        if (place.port() != 0) {
            InetAddress source = place.source();
            Bootstrap bootstrap = bootstrap().option(ChannelOption.IP_MULTICAST_IF, place.network());
            if (!place.isV6()) {
                // No router may pass it on; the IPv6 group is of one link by itself.
                bootstrap.option(ChannelOption.IP_MULTICAST_TTL, 1);
            }
            Channel socket =
                    bind(family, bootstrap, new InetSocketAddress(source == null ? any(place.isV6()) : source, 0));
            voices.add(new Voice(socket, group, place.port()));
        }
    }

    private Bootstrap bootstrap() {
        return new Bootstrap()
                .group(loop.eventLoop())
                .option(ChannelOption.AUTO_READ, false)
                // One byte more than a beacon has shows that a packet has more.
                .option(ChannelOption.RECVBUF_ALLOCATOR, new FixedRecvByteBufAllocator(BeaconCodec.BYTES + 1))
                .handler(this);
    }

    private DatagramChannel bind(SocketProtocolFamily family, Bootstrap bootstrap, InetSocketAddress address)
            throws IOException {
        ChannelFuture bound =
                bootstrap.channelFactory(() -> sockets.udp(family)).bind(address);
        await(bound, "cannot take the port of discovery on the LAN, " + address);
        return (DatagramChannel) bound.channel();
    }

    private static InetAddress any(boolean isV6) throws IOException {
        return InetAddress.getByName(isV6 ? "::" : "0.0.0.0");
    }

    private static void await(ChannelFuture future, String failure) throws IOException {
        try {
            if (!future.await(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                throw new IOException(failure + ": nothing came of it in " + PATIENCE_SECONDS + " s");
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            Closing.close(future.channel());
            throw new InterruptedIOException("interrupted while opening discovery on the LAN");
        }
        if (!future.isSuccess()) {
            throw new IOException(failure + ": " + future.cause().getMessage(), future.cause());
        }
    }

    @Override
    public boolean isUsed() {
        return !places.isEmpty();
    }

    @Override
    public void receive(Transports.LanHandler newHandler) {
        loop.execute(() -> {
            handler = newHandler;
            hearing.values().forEach(ear -> ear.config().setAutoRead(true));
        });
    }

    @Override
    public void send(long cluster, long token) {
        for (Voice voice : voices) {
            if (voice.socket().isWritable()) {
                ByteBuf packet = voice.socket().alloc().directBuffer(BeaconCodec.BYTES);
                BeaconCodec.encode(new Beacon(cluster, token, voice.port()), packet);
                voice.socket()
                        .writeAndFlush(new DatagramPacket(packet, voice.group()))
                        .addListener(done -> {
                            if (!done.isSuccess()) {
                                LOG.debug(
                                        "a beacon to {} was not sent: {}", voice.group(), String.valueOf(done.cause()));
                            }
                        });
            }
        }
    }

    @Override
    public void close() {
        List<Channel> open = new ArrayList<>(hearing.values());
        voices.forEach(voice -> open.add(voice.socket()));
        open.forEach(Closing::giveBack);
    }

    @Override
    protected void channelRead0(ChannelHandlerContext context, DatagramPacket packet) {
        Transports.LanHandler present = handler;
        if (present == null) {
            return;
        }
        InetSocketAddress sender = packet.sender();
        Beacon beacon = BeaconCodec.decode(packet.content());
        if (beacon == null) {
            present.onRejected(Beacon.Rejection.MALFORMED);
        } else if (places.stream().noneMatch(place -> place.isOnLink(sender.getAddress()))) {
            present.onRejected(Beacon.Rejection.OFF_LINK);
        } else {
            present.onBeacon(SocketAddresses.toAddress(sender), beacon);
        }
    }

    /** A refusal or a broken packet: the port goes on. */
    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        LOG.debug("receiving a beacon failed: {}", cause.toString());
    }
}
