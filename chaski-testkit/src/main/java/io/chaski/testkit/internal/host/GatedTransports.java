package io.chaski.testkit.internal.host;

import io.chaski.core.Address;
import io.chaski.core.NodeEvent.DialFailure;
import io.chaski.core.internal.runtime.Connection;
import io.chaski.core.internal.runtime.ConnectionHandler;
import io.chaski.core.internal.runtime.TaskLoop;
import io.chaski.core.internal.runtime.Transports;
import io.chaski.core.internal.wire.Datagram;
import java.io.IOException;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Real transports behind a gate that can be shut: against nodes on the other side of a cut, or for good when the node
 * crashes. The one that dials minds the cut, because only it knows whom the connection leads to. Confined to the loop,
 * but for binding, {@link #die} and {@link #severCutConnections}.
 */
final class GatedTransports implements Transports {

    private final LoopbackSite site;
    private final TaskLoop loop;
    private final Transports real;
    private final boolean takesAnyPort;
    private final Set<GatedConnection> connections = new LinkedHashSet<>();
    private volatile boolean isDead;

    /**
     * A gate, open.
     *
     * @param site where
     * @param loop of the node
     * @param real what is behind
     * @param takesAnyPort whether a free port is taken whatever port is asked for: a root would like one of six, which
     *     tests that run side by side must not fight for
     */
    GatedTransports(LoopbackSite site, TaskLoop loop, Transports real, boolean takesAnyPort) {
        this.site = site;
        this.loop = loop;
        this.real = real;
        this.takesAnyPort = takesAnyPort;
    }

    /** From now on nothing leaves and nothing arrives, goodbyes included. Thread-safe. */
    void die() {
        isDead = true;
    }

    /** Ends the connections that this node has dialled to nodes that it is cut off from. Thread-safe. */
    CompletableFuture<Void> severCutConnections() {
        CompletableFuture<Void> done = new CompletableFuture<>();
        boolean isRunning = loop.execute(() -> {
            List.copyOf(connections).stream()
                    .filter(connection -> site.isCutFrom(connection.target()))
                    .forEach(GatedConnection::sever);
            done.complete(null);
        });
        if (!isRunning) {
            done.complete(null); // a loop that has ended has no connections
        }
        return done;
    }

    boolean isDead() {
        return isDead;
    }

    void ended(GatedConnection connection) {
        connections.remove(connection);
    }

    @Override
    public Listener listen(Address address) throws IOException {
        Listener listener = real.listen(takesAnyPort ? address.withPort(0) : address);
        site.listensAt(listener.address());
        return new Listener() {
            @Override
            public Address address() {
                return listener.address();
            }

            @Override
            public void accept(Acceptor acceptor) {
                listener.accept(connection -> onAccepted(connection, acceptor));
            }

            @Override
            public void close() {
                listener.close();
            }
        };
    }

    @Override
    public Datagrams datagrams(Address address) throws IOException {
        Datagrams port = real.datagrams(address);
        return new Datagrams() {
            @Override
            public void receive(DatagramHandler handler) {
                port.receive(handler);
            }

            @Override
            public void send(Address to, Datagram datagram) {
                if (!isDead && !site.isCutFrom(site.siteAt(to))) {
                    port.send(to, datagram);
                }
            }

            @Override
            public void close() {
                port.close();
            }
        };
    }

    @Override
    public Dial dial(Address address, Dialler dialler) {
        Site target = site.siteAt(address);
        if (isDead || site.isCutFrom(target)) {
            boolean[] isCancelled = new boolean[1];
            loop.execute(() -> {
                if (!isCancelled[0]) {
                    dialler.onFailed(DialFailure.TIMEOUT);
                }
            });
            return () -> isCancelled[0] = true;
        }
        return real.dial(address, new Dialler() {
            @Override
            public ConnectionHandler onConnected(Connection connection) {
                GatedConnection gated = new GatedConnection(GatedTransports.this, connection, target);
                connections.add(gated);
                gated.handledBy(dialler.onConnected(gated));
                if (site.isCutFrom(target)) {
                    loop.execute(gated::sever); // the cut was made while the dial was under way
                }
                return gated;
            }

            @Override
            public void onFailed(DialFailure failure) {
                dialler.onFailed(failure);
            }
        });
    }

    @Override
    public void close(Runnable done) {
        real.close(done);
    }

    private @Nullable ConnectionHandler onAccepted(Connection connection, Acceptor acceptor) {
        if (isDead) {
            return null;
        }
        GatedConnection gated = new GatedConnection(this, connection, null);
        ConnectionHandler handler = acceptor.onAccepted(gated);
        if (handler == null) {
            return null;
        }
        gated.handledBy(handler);
        connections.add(gated);
        return gated;
    }
}
