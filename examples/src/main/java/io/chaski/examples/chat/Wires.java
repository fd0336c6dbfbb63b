package io.chaski.examples.chat;

import io.chaski.core.Address;
import io.chaski.core.ChaskiNode;
import io.chaski.core.Edge;
import io.chaski.core.NodeBuilder;
import io.chaski.core.Topology;
import io.chaski.examples.terminal.Terminal;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
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
    private final Set<Address> sought = ConcurrentHashMap.newKeySet();

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
    void heal() {
        sought.addAll(ends);
        ends.forEach(end -> connect(end, true));
    }

    private void connect(Address end, boolean isFirst) {
        if (sought.contains(end)) {
            var unused = node.connect(end).handle((edge, failure) -> {
                if (failure == null) {
                    sought.remove(end);
                    terminal.print(terminal.dim("connected to ") + terminal.name(Lines.person(edge.name())));
                } else {
                    seekAgain(end, isFirst);
                }
                return null;
            });
        }
    }

    private void seekAgain(Address end, boolean isFirst) {
        if (isFirst) {
            terminal.print(terminal.dim("nobody answers at " + end + " yet"));
        }
        CompletableFuture.delayedExecutor(PAUSE.toMillis(), TimeUnit.MILLISECONDS)
                .execute(() -> connect(end, false));
    }

    /** Connects to nobody any more. */
    void close() {
        sought.clear();
    }

    /**
     * Cuts connections. They stay cut until {@link #heal} at the end that has made them.
     *
     * @param names to whom; to all if empty
     * @throws IllegalArgumentException if there is nobody of a name
     */
    void cut(List<String> names) {
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
