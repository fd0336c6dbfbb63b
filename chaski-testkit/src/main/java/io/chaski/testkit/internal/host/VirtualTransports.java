package io.chaski.testkit.internal.host;

import io.chaski.core.Address;
import io.chaski.core.NodeEvent.DialFailure;
import io.chaski.core.internal.runtime.ConnectionHandler;
import io.chaski.core.internal.runtime.Transports;
import io.chaski.core.internal.wire.Datagram;
import io.chaski.testkit.internal.virtual.Machine;
import io.chaski.testkit.internal.virtual.SocketHandler;
import io.chaski.testkit.internal.virtual.VirtualSocket;
import java.io.IOException;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * TCP and UDP of a virtual machine, which has one address. There are no UNIX sockets and no in-process connections in
 * virtual time. Confined to the thread of the test; inputs are brought as the loop.
 */
final class VirtualTransports implements Transports {

    private final Machine machine;
    private final VirtualLoop loop;
    private final Set<VirtualConnection> connections = new LinkedHashSet<>();
    private boolean isTaken;
    private @Nullable Acceptor acceptor;
    private @Nullable DatagramHandler datagramHandler;

    VirtualTransports(Machine machine, VirtualLoop loop) {
        this.machine = machine;
        this.loop = loop;
    }

    @Override
    public Listener listen(Address address) throws IOException {
        if (address.transport() != Address.Transport.TCP) {
            throw new IOException("there are no such addresses in virtual time: " + address);
        }
        if (isTaken) {
            throw new IOException(
                    "a machine in virtual time has the address " + machine.address() + " and no other: " + address);
        }
        isTaken = true;
        return new Listener() {
            @Override
            public Address address() {
                return machine.address();
            }

            @Override
            public void accept(Acceptor newAcceptor) {
                acceptor = newAcceptor;
                machine.listen(VirtualTransports.this::onAccepted, VirtualTransports.this::onDatagram);
            }

            @Override
            public void close() {
                isTaken = false;
                stopListening();
            }
        };
    }

    @Override
    public Datagrams datagrams(Address address) {
        return new Datagrams() {
            @Override
            public void receive(DatagramHandler handler) {
                datagramHandler = handler;
            }

            @Override
            public void send(Address to, Datagram datagram) {
                machine.send(to, datagram);
            }

            @Override
            public void close() {
                datagramHandler = null;
            }
        };
    }

    @Override
    public Dial dial(Address address, Dialler dialler) {
        if (address.transport() != Address.Transport.TCP) {
            Unsupported refusal = new Unsupported(dialler);
            loop.execute(refusal);
            return refusal;
        }
        return machine.dial(address, new Outcome(dialler))::cancel;
    }

    @Override
    public void close(Runnable done) {
        stopListening();
        datagramHandler = null;
        List.copyOf(connections).forEach(VirtualConnection::close);
        loop.execute(done);
    }

    void ended(VirtualConnection connection) {
        connections.remove(connection);
    }

    private void stopListening() {
        acceptor = null;
        machine.refuse();
    }

    private @Nullable SocketHandler onAccepted(VirtualSocket socket) {
        Acceptor deciding = acceptor;
        return deciding == null ? null : connect(socket, deciding);
    }

    private @Nullable SocketHandler connect(VirtualSocket socket, Acceptor deciding) {
        VirtualConnection connection = new VirtualConnection(this, loop, socket);
        connections.add(connection);
        loop.run(() -> connection.handledBy(deciding.onAccepted(connection)));
        return connection.hasHandler() ? connection : null;
    }

    private void onDatagram(Address from, Datagram datagram, int bytes) {
        DatagramHandler handler = datagramHandler;
        if (handler != null) {
            loop.run(() -> handler.onDatagram(from, datagram, bytes));
        }
    }

    /** Brings the dialler what the network says. */
    private final class Outcome implements io.chaski.testkit.internal.virtual.Dial.Outcome {
        private final Dialler dialler;

        Outcome(Dialler dialler) {
            this.dialler = dialler;
        }

        @Override
        public SocketHandler onConnected(VirtualSocket socket) {
            VirtualConnection connection = new VirtualConnection(VirtualTransports.this, loop, socket);
            connections.add(connection);
            loop.run(() -> {
                ConnectionHandler handler = dialler.onConnected(connection);
                connection.handledBy(handler);
            });
            return connection;
        }

        @Override
        public void onFailed(DialFailure failure) {
            loop.run(() -> dialler.onFailed(failure));
        }
    }

    /** A dial that cannot succeed. */
    private static final class Unsupported implements Dial, Runnable {
        private final Dialler dialler;
        private boolean isCancelled;

        Unsupported(Dialler dialler) {
            this.dialler = dialler;
        }

        @Override
        public void run() {
            if (!isCancelled) {
                dialler.onFailed(DialFailure.UNSUPPORTED);
            }
        }

        @Override
        public void cancel() {
            isCancelled = true;
        }
    }
}
