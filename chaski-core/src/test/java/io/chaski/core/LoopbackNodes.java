package io.chaski.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;

/** Whole nodes over real sockets on loopback, in a cluster of their own; none of their threads survives a test. */
abstract class LoopbackNodes {

    static final Topic<String> TEXT = Topic.text("t");
    static final Duration LIMIT = Duration.ofSeconds(20);

    final String cluster = "test-" + System.nanoTime();
    private final List<ChaskiNode> nodes = new ArrayList<>();

    @AfterEach
    void closeAll() {
        nodes.forEach(ChaskiNode::close);
        // A thread that has ended its work needs a moment to be gone.
        await().atMost(LIMIT)
                .untilAsserted(
                        () -> assertThat(threadsOfNodes()).as("threads left").isEmpty());
    }

    private List<String> threadsOfNodes() {
        return Thread.getAllStackTraces().keySet().stream()
                .map(Thread::getName)
                .filter(name -> nodes.stream().anyMatch(node -> name.startsWith("chaski-" + node.name() + "-")))
                .toList();
    }

    NodeBuilder builder(String name) {
        return ChaskiNode.builder().name(name).cluster(cluster);
    }

    ChaskiNode start(NodeBuilder builder) {
        ChaskiNode node = builder.start();
        nodes.add(node);
        return node;
    }

    ChaskiNode start(String name) {
        return start(builder(name));
    }

    ChaskiNode startNextTo(ChaskiNode other, String name) {
        return start(builder(name).bootstrap(other.addresses().get(0)));
    }

    static <V> V get(CompletableFuture<V> future) throws Exception {
        return future.get(LIMIT.toSeconds(), TimeUnit.SECONDS);
    }
}
