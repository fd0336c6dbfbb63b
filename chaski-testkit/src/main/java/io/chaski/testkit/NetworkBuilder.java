package io.chaski.testkit;

import io.chaski.core.NodeBuilder;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;

/** Describes a network of nodes for a test. Not thread-safe. */
public final class NetworkBuilder {

    /** Any number does; the same one each time, so that a test that passed passes again. */
    static final long DEFAULT_SEED = 1;

    /** A replay says which seed a failure had, and has the last word. */
    static final String SEED_PROPERTY = "chaski.test.seed";

    private final Map<String, Consumer<? super NodeBuilder>> nodes = new LinkedHashMap<>();
    private Layout layout = Layout.AUTOMATIC;
    private TimeMode time = TimeMode.VIRTUAL;
    private long seed = DEFAULT_SEED;

    NetworkBuilder() {}

    /**
     * Adds nodes with default options.
     *
     * @param names unique within the network, not blank, without {@code ,} and {@code |}
     * @throws IllegalArgumentException if one is not
     */
    public NetworkBuilder nodes(String... names) {
        for (String name : names) {
            node(name, builder -> {});
        }
        return this;
    }

    /**
     * Adds a node with options of its own. Name, cluster, id, addresses, bootstrap, topology and environment are the
     * network's.
     *
     * @param name unique within the network, not blank, without {@code ,} and {@code |}
     * @param options called at each start of the node
     * @throws IllegalArgumentException if the name is not
     */
    public NetworkBuilder node(String name, Consumer<? super NodeBuilder> options) {
        if (name.isBlank() || name.contains(",") || name.contains("|")) {
            throw new IllegalArgumentException("the name of a node is not blank and has no ',' or '|': '" + name + "'");
        }
        if (nodes.putIfAbsent(name, Objects.requireNonNull(options, "options")) != null) {
            throw new IllegalArgumentException("there is a node '" + name + "' already");
        }
        return this;
    }

    /**
     * Says how the nodes are connected. Default: {@link Layout#AUTOMATIC}.
     *
     * @param how by themselves or by a fixed pattern
     */
    public NetworkBuilder topology(Layout how) {
        layout = Objects.requireNonNull(how, "topology");
        return this;
    }

    /**
     * Says which time the nodes live in. Default: {@link TimeMode#VIRTUAL}.
     *
     * @param mode virtual or real
     */
    public NetworkBuilder time(TimeMode mode) {
        time = Objects.requireNonNull(mode, "time");
        return this;
    }

    /**
     * Decides everything that chance decides. Default: 1. The system property {@code chaski.test.seed} overrides it.
     *
     * @param value any number
     */
    public NetworkBuilder seed(long value) {
        seed = value;
        return this;
    }

    /**
     * Starts the nodes and waits until each has an edge; with a fixed pattern, until all its edges stand.
     *
     * @throws IllegalArgumentException if there is no node, or the property with the seed is not a number
     * @throws AssertionError if the edges do not come up within 10 s
     */
    public ChaskiNetwork start() {
        if (nodes.isEmpty()) {
            throw new IllegalArgumentException("a network needs at least one node");
        }
        String replayed = System.getProperty(SEED_PROPERTY);
        return ChaskiNetwork.start(nodes, layout, time, replayed == null ? seed : parse(replayed));
    }

    private static long parse(String replayed) {
        try {
            return Long.parseLong(replayed.strip());
        } catch (NumberFormatException notOne) {
            throw new IllegalArgumentException(SEED_PROPERTY + " is not a number: '" + replayed + "'", notOne);
        }
    }
}
