package io.chaski.examples.chat;

import io.chaski.core.Address;
import io.chaski.core.ChaskiNode;
import io.chaski.core.Edge;
import io.chaski.core.NodeBuilder;
import io.chaski.core.Topology;
import io.chaski.examples.terminal.Terminal;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * The connections of a room that can be cut. There are none but those to the members that were named, and others are not told
 * where a member is: whoever knew it would connect again for what is kept. Thread-safe.
 */
final class Wires {

    /** An address in this process is none for any other one. */
    private static final Address NOWHERE = Address.parse("inproc:wired");

    private static final Duration PAUSE = Duration.ofSeconds(1);

    private final ChaskiNode node;
    private final List<Address> ends;
    private final Terminal terminal;

    /** Ends that are to be connected. Guarded by this. */
    private final Set<Address> sought = new HashSet<>();

    /** Those where an attempt is under way, or will be made; one at a time. Guarded by this. */
    private final Set<Address> tried = new HashSet<>();

    Wires(ChaskiNode node, List<Address> ends, Terminal terminal) {
        this.node = node;
        this.ends = List.copyOf(ends);
        this.terminal = terminal;
    }

    // #region wired
    /** A node that connects to nobody by itself. */
    static NodeBuilder wired(NodeBuilder node) {
        return node.topology(Topology.MANUAL).advertise(NOWHERE);
    }
    // #endregion

    /** Connects to all that were named and are not connected, and tries until they are there or the connections are cut. */
    synchronized void heal() {
        sought.addAll(ends);
        for (Address end : ends) {
            if (tried.add(end)) {
                connect(end, true);
            }
        }
    }

    private void connect(Address end, boolean isFirst) {
        var unused = node.connect(end).handle((edge, failure) -> {
            if (failure == null) {
                connected(end, edge);
            } else {
                seekAgain(end, isFirst);
            }
            return null;
        });
    }

    private synchronized void connected(Address end, Edge edge) {
        tried.remove(end);
        if (sought.remove(end)) {
            terminal.print(terminal.dim("connected to ") + terminal.name(Lines.person(edge.name())));
        } else {
            edge.close(); // it was cut before it was there
        }
    }

    private void seekAgain(Address end, boolean isFirst) {
        if (isFirst) {
            terminal.print(terminal.dim("nobody answers at " + end + " yet"));
        }
        CompletableFuture.delayedExecutor(PAUSE.toMillis(), TimeUnit.MILLISECONDS)
                .execute(() -> {
                    if (goesOn(end)) {
                        connect(end, false);
                    }
                });
    }

    private synchronized boolean goesOn(Address end) {
        if (!sought.contains(end)) {
            tried.remove(end);
            return false;
        }
        return true;
    }

    /** Connects to nobody any more. */
    synchronized void close() {
        sought.clear();
    }

    /**
     * Cuts connections. They stay cut until {@link #heal} at the end that has made them.
     *
     * @param names to whom; to all if empty
     * @throws IllegalArgumentException if there is nobody of a name
     */
    synchronized void cut(List<String> names) {
        for (String name : names) {
            if (node.edge(name).isEmpty()) {
                throw new IllegalArgumentException("no connection to " + Terminal.printable(name));
            }
        }
        sought.clear();
        for (Edge edge : node.edges()) {
            if (names.isEmpty() || names.contains(edge.name())) {
                edge.close();
                terminal.print(terminal.dim("cut the connection to ") + terminal.name(Lines.person(edge.name())));
            }
        }
    }
}
