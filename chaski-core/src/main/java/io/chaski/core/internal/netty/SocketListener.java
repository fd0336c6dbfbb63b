package io.chaski.core.internal.netty;

import io.chaski.core.Address;
import io.chaski.core.internal.runtime.Connection;
import io.chaski.core.internal.runtime.ConnectionHandler;
import io.chaski.core.internal.runtime.Transports;
import io.netty.channel.Channel;
import org.jspecify.annotations.Nullable;

/** A listening TCP or UNIX domain socket. */
final class SocketListener implements Transports.Listener, Transports.Acceptor {

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

    @Override
    public void onOtherUser() {
        if (acceptor != null) {
            acceptor.onOtherUser();
        }
    }

    /**
     * Gives the address back: at once on the loop, otherwise when this returns. Netty removes the file of a UNIX domain socket, by
     * its name; once more would remove that of a successor.
     */
    @Override
    public void close() {
        if (channel != null) {
            Closing.giveBack(channel);
        }
    }
}
