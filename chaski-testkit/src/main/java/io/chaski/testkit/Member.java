package io.chaski.testkit;

import io.chaski.core.Address;
import io.chaski.core.ChaskiNode;
import io.chaski.core.Edge;
import io.chaski.core.NodeBuilder;
import io.chaski.core.NodeId;
import io.chaski.core.NodeSnapshot;
import io.chaski.core.Topology;
import io.chaski.testkit.internal.host.Site;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** One node of a network, over all its lives. Confined to the thread of the test. */
final class Member {

    private final String name;
    private final String cluster;
    private final Layout layout;
    private final Consumer<? super NodeBuilder> options;
    private final Site site;
    private final EventLog log;
    private final List<Member> dialled = new ArrayList<>();
    private @Nullable NodeId id;
    private @Nullable Address address;
    private @Nullable ChaskiNode node;

    Member(String name, String cluster, Layout layout, Consumer<? super NodeBuilder> options, Site site, EventLog log) {
        this.name = name;
        this.cluster = cluster;
        this.layout = layout;
        this.options = options;
        this.site = site;
        this.log = log;
    }

    /** A name that no other network of this machine has; in virtual time no other is in reach. */
    static String freshCluster(TimeMode time, long seed) {
        return time == TimeMode.VIRTUAL ? "test-" + seed : "test-" + UUID.randomUUID();
    }

    Site site() {
        return site;
    }

    /** Where it can be reached, the same in each life. */
    Address address() {
        return node().addresses().get(0);
    }

    ChaskiNode node() {
        ChaskiNode current = node;
        if (current == null) {
            throw new IllegalStateException(name + " has not been started");
        }
        return current;
    }

    /**
     * Starts the node.
     *
     * @param first the node that the others begin with, unless edges are made by hand
     */
    void start(Member first) {
        NodeBuilder builder = ChaskiNode.builder();
        options.accept(builder);
        builder.name(name).cluster(cluster).environment(site.boot()).listen(address == null ? site.listen() : address);
        builder.onEvent(event -> log.add(name, event));
        if (id != null) {
            builder.id(id);
        }
        if (layout != Layout.AUTOMATIC) {
            builder.topology(Topology.MANUAL).bootstrap(new String[0]);
        } else if (first == this) {
            builder.topology(Topology.AUTOMATIC).root().bootstrap(new String[0]);
        } else {
            builder.topology(Topology.AUTOMATIC).bootstrap(first.address());
        }
        ChaskiNode started = builder.insecure().start();
        node = started;
        id = started.id();
        address = started.addresses().get(0);
    }

    /** Makes an edge now and in each later life. */
    CompletableFuture<Edge> keepEdgeTo(Member target) {
        dialled.add(target);
        return node().connect(target.address());
    }

    void requireRunning() {
        if (node().state() != NodeSnapshot.State.RUNNING) {
            throw new IllegalStateException(name + " is not running");
        }
    }

    /** Nothing leaves the node any more; it does not know, until it is closed. */
    void kill() {
        site.crash();
    }

    ChaskiNode restart(Member first) {
        if (node().state() != NodeSnapshot.State.CLOSED) {
            throw new IllegalStateException(name + " is running: crash or close it first");
        }
        start(first);
        for (Member target : dialled) {
            // Whether and when the edge comes up again is what a test looks at; the node tries until it does.
            CompletableFuture<Edge> unused = node().connect(target.address());
        }
        return node();
    }

    void close() {
        if (node != null) {
            node.close();
        }
    }
}
