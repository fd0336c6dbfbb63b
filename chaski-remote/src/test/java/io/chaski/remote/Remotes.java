package io.chaski.remote;

import static org.awaitility.Awaitility.await;

import io.chaski.core.ChaskiNode;
import io.chaski.core.ConnectFailedException;
import io.chaski.core.NodeBuilder;
import io.chaski.core.Topology;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.IntFunction;
import org.awaitility.core.ThrowingRunnable;

/** Nodes with remotes in a cluster of their own, over TCP or in process. */
final class Remotes implements AutoCloseable {

    /** Only failures take so long: the machine is shared. */
    static final Duration LIMIT = Duration.ofSeconds(50);

    private final String cluster = "test-" + UUID.randomUUID();
    /** Makes the address of a node from its number; null for TCP. */
    private final IntFunction<String> address;

    /** What each node gets besides, by its name. */
    private final BiConsumer<String, NodeBuilder> each;

    private final List<ChaskiNode> nodes = new ArrayList<>();
    private final AtomicInteger number = new AtomicInteger();

    private Remotes(IntFunction<String> address, BiConsumer<String, NodeBuilder> each) {
        this.address = address;
        this.each = each;
    }

    private Remotes(IntFunction<String> address) {
        this(address, (name, builder) -> {});
    }

    static Remotes overTcp() {
        return new Remotes(null);
    }

    /** As {@link #overTcp()}, with more for each node, such as an identity. */
    static Remotes overTcp(BiConsumer<String, NodeBuilder> each) {
        return new Remotes(null, each);
    }

    static Remotes inProcess() {
        String name = UUID.randomUUID().toString();
        return new Remotes(number -> "inproc:" + name + "-" + number);
    }

    static Remotes overUnixSockets(Path directory) {
        return new Remotes(number -> "unix:" + directory.resolve(number + ".sock"));
    }

    String cluster() {
        return cluster;
    }

    ChaskiNode node(String name) {
        return node(name, builder -> {});
    }

    ChaskiNode node(String name, Consumer<NodeBuilder> more) {
        var builder = ChaskiNode.builder().name(name).cluster(cluster).topology(Topology.MANUAL);
        if (address != null) {
            builder.listen(address.apply(number.incrementAndGet()));
        }
        each.accept(name, builder);
        more.accept(builder);
        ChaskiNode node = builder.start();
        nodes.add(node);
        return node;
    }

    ChaskiRemote remote(String name, RemoteOptions options) {
        return ChaskiRemote.on(node(name), options);
    }

    ChaskiRemote remote(String name) {
        return remote(name, RemoteOptions.DEFAULTS);
    }

    /** Again if need be: on a busy machine a handshake may take longer than it should. */
    static void connect(ChaskiRemote from, ChaskiRemote to) throws Exception {
        await().atMost(LIMIT)
                .ignoreExceptionsMatching(failed -> failed.getCause() instanceof ConnectFailedException)
                .until(() -> get(from.node().connect(to.node().addresses().get(0))) != null);
    }

    /** Calls that still fail are made again as well. */
    static void soon(ThrowingRunnable assertions) {
        await().atMost(LIMIT)
                .ignoreExceptionsInstanceOf(ExecutionException.class)
                .untilAsserted(assertions);
    }

    static <V> V get(Future<V> future) throws Exception {
        return future.get(LIMIT.toSeconds(), TimeUnit.SECONDS);
    }

    @Override
    public void close() {
        nodes.parallelStream().forEach(ChaskiNode::close);
    }
}
