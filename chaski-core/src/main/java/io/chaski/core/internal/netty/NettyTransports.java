package io.chaski.core.internal.netty;

import io.chaski.core.Address;
import io.chaski.core.CloseReason;
import io.chaski.core.internal.module.OwnUser;
import io.chaski.core.internal.runtime.Connection;
import io.chaski.core.internal.runtime.ConnectionHandler;
import io.chaski.core.internal.runtime.LiveSecurity;
import io.chaski.core.internal.runtime.LogLimiter;
import io.chaski.core.internal.runtime.TransportLimits;
import io.chaski.core.internal.runtime.Transports;
import io.chaski.core.internal.wire.FrameEncoder;
import io.chaski.core.internal.wire.UnfinishedMessages;
import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFactory;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.FixedRecvByteBufAllocator;
import io.netty.channel.RecvByteBufAllocator;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.file.Path;
import java.nio.file.attribute.UserPrincipal;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The transports of one node. Confined to the loop, but for binding. */
final class NettyTransports implements Transports {

    private static final Logger LOG = LoggerFactory.getLogger(NettyTransports.class);

    /** Where Linux tells of itself. */
    private static final Path SYSTEM = Path.of("/proc");

    /** The protocol gives dials up long before; this only keeps the operating system from trying for minutes. */
    private static final int CONNECT_TIMEOUT_MILLIS = 10_000;

    /** A join storm of a thousand nodes fits while the loop does something else. */
    private static final int BACKLOG = 1_024;

    private static final int SMALLEST_READ_BYTES = 512;
    private static final int FIRST_READ_BYTES = 16 << 10;

    /** A busy connection reads this much with one system call, and then the others have their turn. */
    private static final int LARGEST_READ_BYTES = 256 << 10;

    private final String nodeName;
    private final NettyLoop loop;
    private final Sockets sockets;
    private final TransportLimits limits;
    private final LogLimiter log;
    private final @Nullable NodeTls tls;
    private final FrameConnection.Shared shared;
    private final Set<FrameConnection> connections = new LinkedHashSet<>();
    private final List<Listener> listeners = new ArrayList<>();
    private final List<Datagrams> datagrams = new ArrayList<>();
    private Lan lan = Lan.NONE;
    private @Nullable NameResolver resolver;
    private boolean isClosing;
    private @Nullable Runnable whenClosed;

    /**
     * No listener and no connection yet.
     *
     * @param nodeName label of the node
     * @param loop where everything lives
     * @param sockets kinds of channels
     * @param limits bounds of connections
     * @param security what connections prove, null for clear text
     */
    NettyTransports(
            String nodeName, NettyLoop loop, Sockets sockets, TransportLimits limits, @Nullable LiveSecurity security) {
        this.shared = new FrameConnection.Shared(
                new FrameEncoder(), new LastBody(loop), new UnfinishedMessages(limits.maxUnfinishedBytes()));
        this.nodeName = nodeName;
        this.loop = loop;
        this.sockets = sockets;
        this.limits = limits;
        this.log = new LogLimiter(nodeName, loop::nanoTime);
        this.tls = security == null ? null : new NodeTls(nodeName, security, loop, log);
    }

    @Override
    public Listener listen(Address address) throws IOException {
        return listen(address, Set.of());
    }

    @Override
    public Listener listen(Address address, Set<Integer> users) throws IOException {
        Listener listener = switch (address.transport()) {
            case TCP -> listenOnTcp(address);
            case UNIX -> listenOnUnix(address, users);
            case INPROC -> InprocListener.register(address, this);
        };
        onLoop(() -> listeners.add(listener));
        return listener;
    }

    @Override
    public Datagrams datagrams(Address address) throws IOException {
        NettyDatagrams port = new NettyDatagrams();
        ChannelFuture bound = new Bootstrap()
                .group(loop.eventLoop())
                .channelFactory(sockets.udp())
                .option(ChannelOption.AUTO_READ, false)
                .option(ChannelOption.RECVBUF_ALLOCATOR, new FixedRecvByteBufAllocator(NettyDatagrams.RECEIVE_BYTES))
                .handler(port)
                .bind(new InetSocketAddress(InetAddress.getByName(address.host()), address.port()));
        port.bound(await(bound, address));
        onLoop(() -> datagrams.add(port));
        return port;
    }

    @Override
    public Lan lan(List<String> interfaces, List<Address> listening) throws IOException {
        NettyLan opened = NettyLan.open(loop, sockets, LanPlaces.choose(interfaces, listening), !interfaces.isEmpty());
        onLoop(() -> lan = opened);
        return opened;
    }

    @Override
    public Dial dial(Address address, Dialler dialler) {
        return switch (address.transport()) {
            case TCP -> dialTcp(address, dialler);
            case UNIX -> dialUnix(address, dialler);
            case INPROC -> InprocListener.dial(address, this, dialler);
        };
    }

    @Override
    public void close(Runnable done) {
        listeners.forEach(Listener::close);
        datagrams.forEach(Datagrams::close);
        lan.close();
        if (resolver != null) {
            resolver.close();
        }
        isClosing = true;
        whenClosed = done;
        List.copyOf(connections).forEach(FrameConnection::close);
        finishClosing();
    }

    // ---- for the connections

    NettyLoop loop() {
        return loop;
    }

    TransportLimits limits() {
        return limits;
    }

    LogLimiter log() {
        return log;
    }

    FrameConnection.Shared shared() {
        return shared;
    }

    void opened(FrameConnection connection) {
        connections.add(connection);
    }

    /** Who is at the other ends of the connections, null for clear text. */
    @Nullable
    NodeTls tls() {
        return tls;
    }

    void ended(FrameConnection connection) {
        connections.remove(connection);
        if (tls != null) {
            tls.forget(connection);
        }
        finishClosing();
    }

    private void finishClosing() {
        Runnable done = whenClosed;
        if (done != null && connections.isEmpty()) {
            whenClosed = null;
            if (tls != null) {
                tls.close();
            }
            done.run();
        }
    }

    private Listener listenOnTcp(Address address) throws IOException {
        SocketListener listener = new SocketListener(address);
        ServerBootstrap bootstrap = server(listener, address, true)
                .channelFactory(sockets.tcpServer())
                .option(ChannelOption.SO_REUSEADDR, true)
                .childOption(ChannelOption.TCP_NODELAY, true);
        Channel server = await(
                bootstrap.bind(new InetSocketAddress(InetAddress.getByName(address.host()), address.port())), address);
        listener.bound(server, address.withPort(((InetSocketAddress) server.localAddress()).getPort()));
        return listener;
    }

    private Listener listenOnUnix(Address address, Set<Integer> others) throws IOException {
        SocketUsers users = sockets.users();
        if (users == null && !others.isEmpty()) {
            throw new IOException("this system does not say which user connects to " + address
                    + ": leave unixUsers out, and keep others out by the folder");
        }
        SocketListener listener = new SocketListener(address);
        UserCheck check = null;
        if (users != null) {
            Set<UserPrincipal> admitted = AdmittedUsers.of(users, others, AdmittedUsers.whoHasNoNumber(SYSTEM));
            check = new UserCheck(address, users, admitted, log, listener::onOtherUser);
        }
        SocketFile file = new SocketFile(address);
        if (file.hasOwner()) {
            file.checkFolder(OwnUser.number());
        }
        file.removeIfStale();
        ServerBootstrap bootstrap = server(listener, address, false).channelFactory(sockets.unixServer());
        Channel server = await(bootstrap.bind(sockets.unixAddress(address.host())), address);
        listener.bound(server, address);
        try {
            if (check == null) {
                LOG.warn(
                        "node {}: this system does not say which user connects to {}: only the modes of the file and its folder"
                                + " keep others out",
                        nodeName,
                        address);
            } else {
                server.pipeline().addFirst(check); // nobody is accepted yet
            }
            file.open(!others.isEmpty());
        } catch (IOException | RuntimeException | Error failure) {
            listener.close();
            throw failure;
        }
        return listener;
    }

    private ServerBootstrap server(SocketListener listener, Address address, boolean isTcp) {
        return new ServerBootstrap()
                .group(loop.eventLoop())
                .option(ChannelOption.SO_BACKLOG, BACKLOG)
                .option(ChannelOption.AUTO_READ, false)
                .handler(new AcceptPause(log))
                .childOption(ChannelOption.RECVBUF_ALLOCATOR, readBuffers())
                .childHandler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        SocketAddress remote = channel.remoteAddress();
                        Address from = isTcp && remote instanceof InetSocketAddress ip
                                ? SocketAddresses.toAddress(ip)
                                : address;
                        connect(channel, from, listener, reason -> {});
                    }
                });
    }

    private Dial dialTcp(Address address, Dialler dialler) {
        SocketDial dial = socketDial(sockets.tcp(), address, dialler);
        if (SocketAddresses.isLiteral(address.host())) {
            InetSocketAddress target = SocketAddresses.ofLiteral(address);
            loop.execute(() -> dial.begin(target == null ? List.of() : List.of(target)));
        } else {
            resolver()
                    .resolve(
                            address.host(),
                            found -> dial.begin(found.stream()
                                    .map(ip -> new InetSocketAddress(ip, address.port()))
                                    .toList()));
        }
        return dial;
    }

    private Dial dialUnix(Address address, Dialler dialler) {
        SocketDial dial = socketDial(sockets.unix(), address, dialler);
        loop.execute(() -> dial.begin(List.of(sockets.unixAddress(address.host()))));
        return dial;
    }

    private SocketDial socketDial(ChannelFactory<Channel> kind, Address address, Dialler dialler) {
        Bootstrap bootstrap = new Bootstrap()
                .group(loop.eventLoop())
                .channelFactory(kind)
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, CONNECT_TIMEOUT_MILLIS)
                .option(ChannelOption.RECVBUF_ALLOCATOR, readBuffers());
        if (address.transport() == Address.Transport.TCP) {
            bootstrap.option(ChannelOption.TCP_NODELAY, true);
        }
        SocketDial dial = new SocketDial(bootstrap, dialler);
        bootstrap.handler(new ChannelInitializer<>() {
            @Override
            protected void initChannel(Channel channel) {
                connect(channel, address, connection -> open(dial, connection, dialler), dial::refused);
            }
        });
        return dial;
    }

    private static @Nullable ConnectionHandler open(SocketDial dial, Connection connection, Dialler dialler) {
        if (dial.isOver()) {
            return null;
        }
        dial.opened();
        return dialler.onConnected(connection);
    }

    private void connect(Channel channel, Address remote, Acceptor acceptor, Consumer<CloseReason> whenRefused) {
        boolean isAccepted = channel.parent() != null;
        TlsGate gate = tls == null ? null : TlsGate.install(tls, isAccepted, channel);
        SocketConnection connection = new SocketConnection(
                channel,
                loop,
                limits,
                remote,
                log,
                shared,
                gate,
                opened -> open((FrameConnection) opened, acceptor),
                whenRefused,
                this::ended);
        if (gate != null) {
            gate.guard(connection);
        }
    }

    private @Nullable ConnectionHandler open(FrameConnection connection, Acceptor acceptor) {
        opened(connection);
        return isClosing ? null : acceptor.onAccepted(connection);
    }

    private NameResolver resolver() {
        NameResolver present = resolver;
        if (present == null) {
            present = new NameResolver(nodeName, loop);
            resolver = present;
        }
        return present;
    }

    private static RecvByteBufAllocator readBuffers() {
        return new AdaptiveRecvByteBufAllocator(SMALLEST_READ_BYTES, FIRST_READ_BYTES, LARGEST_READ_BYTES)
                .maxMessagesPerRead(1);
    }

    private void onLoop(Runnable task) {
        if (loop.inLoop()) {
            task.run();
        } else {
            loop.execute(task);
        }
    }

    /** Waits for a bind and names the address when it fails. */
    private static Channel await(ChannelFuture binding, Address address) throws IOException {
        try {
            binding.await();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            Closing.close(binding.channel());
            throw new InterruptedIOException("interrupted while binding " + address);
        }
        if (binding.isSuccess()) {
            return binding.channel();
        }
        BindException failure = new BindException("cannot listen on " + address + ": "
                + String.valueOf(binding.cause().getMessage()));
        failure.initCause(binding.cause());
        throw failure;
    }
}
