package io.chaski.core.internal.netty;

import io.chaski.core.Address;
import io.chaski.core.internal.runtime.Connection;
import io.chaski.core.internal.runtime.ConnectionHandler;
import io.chaski.core.internal.runtime.Transports;
import io.netty.channel.Channel;
import java.io.IOException;
import java.net.SocketException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A listening TCP or UNIX domain socket. */
final class SocketListener implements Transports.Listener, Transports.Acceptor {

    private static final Logger LOG = LoggerFactory.getLogger(SocketListener.class);

    private final Address requested;
    private @Nullable Channel channel;
    private Transports.@Nullable Acceptor acceptor;
    private Address address;

    SocketListener(Address requested) {
        this.requested = requested;
        this.address = requested;
    }

    /** The socket is bound; it does not accept yet. */
    void bound(Channel server, Address boundAddress) {
        channel = server;
        address = boundAddress;
    }

    @Override
    public Address address() {
        return address;
    }

    @Override
    public void accept(Transports.Acceptor newAcceptor) {
        Channel server = channel;
        if (server == null) {
            throw new IllegalStateException("not bound: " + requested);
        }
        server.eventLoop().execute(() -> {
            acceptor = newAcceptor;
            server.config().setAutoRead(true);
        });
    }

    @Override
    public @Nullable ConnectionHandler onAccepted(Connection connection) {
        return acceptor == null ? null : acceptor.onAccepted(connection);
    }

    /** Gives the address back: at once on the loop, otherwise when this returns. */
    @Override
    public void close() {
        Channel server = channel;
        if (server == null) {
            return;
        }
        if (server.eventLoop().inEventLoop()) {
            Closing.close(server);
        } else {
            server.close().awaitUninterruptibly();
        }
        if (address.transport() == Address.Transport.UNIX) {
            deleteSocketFile(Path.of(address.host()));
        }
    }

    /**
     * Removes the socket file that a crashed process has left, so that its successor can take the address.
     *
     * @throws IOException if somebody listens there, or if it is another kind of file
     */
    static void removeStaleFile(Address unix) throws IOException {
        Path path = Path.of(unix.host());
        if (!Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        if (!Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
                .isOther()) {
            throw new IOException("there is a file in place of the socket " + unix);
        }
        try (SocketChannel probe = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            probe.connect(UnixDomainSocketAddress.of(path));
        } catch (SocketException nobodyListens) {
            deleteSocketFile(path);
            return;
        }
        throw new IOException("somebody listens on " + unix);
    }

    private static void deleteSocketFile(Path path) {
        try {
            Files.deleteIfExists(path);
        } catch (IOException remains) {
            LOG.debug("socket file {} could not be deleted: {}", path, remains.toString());
        }
    }
}
