package io.chaski.core.internal.netty;

import io.chaski.core.Address;
import io.chaski.core.CloseReason;
import io.chaski.core.NodeEvent.DialFailure;
import io.chaski.core.internal.runtime.ConnectionHandler;
import io.chaski.core.internal.runtime.Transports;
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
        if (!dial.from.loop().execute(() -> dial.connected(near))) {
            far.loop().execute(() -> far.gone(CloseReason.RESET));
        }
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

        void connected(InprocConnection near) {
            from.opened(near);
            if (isOver) {
                near.drop();
            } else {
                isOver = true;
                near.handler(dialler.onConnected(near));
            }
        }
    }
}
