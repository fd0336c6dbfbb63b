package io.chaski.core.internal.netty;

import io.chaski.core.Address;
import io.chaski.core.CloseReason;
import io.chaski.core.NodeEvent.DialFailure;
import io.chaski.core.internal.protocol.LinkIdentity;
import io.chaski.core.internal.runtime.ConnectionHandler;
import io.chaski.core.internal.runtime.Transports;
import io.chaski.core.security.CertificateVerifier.Side;
import java.net.BindException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.jspecify.annotations.Nullable;

/** A name that nodes of this process can dial. Thread-safe. */
final class InprocListener implements Transports.Listener {

    /** Who listens; bounded by the number of nodes in this process. */
    private static final ConcurrentMap<String, InprocListener> BY_NAME = new ConcurrentHashMap<>();

    private final Address address;
    private final NettyTransports owner;
    private volatile Transports.@Nullable Acceptor acceptor;

    private InprocListener(Address address, NettyTransports owner) {
        this.address = address;
        this.owner = owner;
    }

    static InprocListener register(Address address, NettyTransports owner) throws BindException {
        InprocListener listener = new InprocListener(address, owner);
        if (BY_NAME.putIfAbsent(address.host(), listener) != null) {
            throw new BindException("cannot listen on " + address + ": somebody of this process does");
        }
        return listener;
    }

    /** Dials from one node to another one of this process, or to itself. */
    static Transports.Dial dial(Address address, NettyTransports from, Transports.Dialler dialler) {
        InprocDial dial = new InprocDial(from, dialler);
        InprocListener listener = BY_NAME.get(address.host());
        if (listener == null || !listener.owner.loop().execute(() -> listener.accept(dial, address))) {
            from.loop().execute(dial::refused);
        }
        return dial;
    }

    @Override
    public Address address() {
        return address;
    }

    @Override
    public void accept(Transports.Acceptor newAcceptor) {
        acceptor = newAcceptor;
    }

    @Override
    public void close() {
        BY_NAME.remove(address.host(), this);
    }

    /** On the loop of the listener. */
    private void accept(InprocDial dial, Address dialled) {
        Transports.Acceptor present = acceptor;
        InprocConnection near = new InprocConnection(dial.from, dialled);
        InprocConnection far = new InprocConnection(owner, address);
        near.peer(far);
        far.peer(near);
        CloseReason stranger = acquaint(far, owner, dial.from, Side.CLIENT);
        if (stranger != null) {
            dial.from.loop().execute(() -> dial.refused(stranger));
            return;
        }
        ConnectionHandler handler = null;
        if (present != null && BY_NAME.get(address.host()) == this) {
            owner.opened(far);
            handler = present.onAccepted(far);
        }
        if (handler == null) {
            far.end();
            dial.from.loop().execute(dial::refused);
            return;
        }
        far.handler(handler);
        if (far.identity() != null) {
            handler.onSecured();
        }
        if (!dial.from.loop().execute(() -> dial.connected(near, owner))) {
            far.loop().execute(() -> far.gone(CloseReason.RESET));
        }
    }

    /**
     * Lets one node look at what the other one would prove. Nothing passes between processes that somebody could listen to
     * or forge, so there is no TLS here; but the certificates decide in the same way as anywhere.
     *
     * @param connection end of the node that looks
     * @param looking the node that looks
     * @param shown the other node
     * @param side which side the other node is
     * @return why the other node is not let in, null if it is
     */
    private static @Nullable CloseReason acquaint(
            InprocConnection connection, NettyTransports looking, NettyTransports shown, Side side) {
        NodeTls judge = looking.tls();
        NodeTls other = shown.tls();
        if (judge == null && other == null) {
            return null;
        }
        if (judge == null || other == null) {
            return CloseReason.TLS;
        }
        LinkIdentity identity = judge.admit(connection, other.chain(), side);
        if (identity == null) {
            return CloseReason.UNTRUSTED;
        }
        connection.identify(identity);
        return null;
    }

    /** A dial that is under way. Confined to the loop of who dials. */
    private static final class InprocDial implements Transports.Dial {
        private final NettyTransports from;
        private final Transports.Dialler dialler;
        private boolean isOver;

        InprocDial(NettyTransports from, Transports.Dialler dialler) {
            this.from = from;
            this.dialler = dialler;
        }

        @Override
        public void cancel() {
            isOver = true;
        }

        void refused() {
            if (!isOver) {
                isOver = true;
                dialler.onFailed(DialFailure.REFUSED);
            }
        }

        void refused(CloseReason reason) {
            if (!isOver) {
                isOver = true;
                dialler.onRefused(reason);
            }
        }

        void connected(InprocConnection near, NettyTransports listening) {
            from.opened(near);
            CloseReason stranger = isOver ? null : acquaint(near, from, listening, Side.SERVER);
            if (isOver) {
                near.drop();
            } else if (stranger != null) {
                near.drop();
                refused(stranger);
            } else {
                isOver = true;
                near.handler(dialler.onConnected(near));
            }
        }
    }
}
