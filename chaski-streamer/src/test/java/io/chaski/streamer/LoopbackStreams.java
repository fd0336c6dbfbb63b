package io.chaski.streamer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.chaski.core.ChaskiNode;
import io.chaski.core.Delivery;
import io.chaski.core.NodeBuilder;
import io.chaski.core.Topic;
import io.chaski.core.Topology;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.awaitility.core.ThrowingRunnable;
import org.junit.jupiter.api.AfterEach;

/** Streamers on nodes over real sockets, in a cluster of their own. */
abstract class LoopbackStreams {

    /** Only failures take so long: the machine is shared. */
    static final Duration LIMIT = Duration.ofSeconds(50);

    static final Topic<String> TEXT = Topic.text("t");

    private final String cluster = "test-" + UUID.randomUUID();
    private final List<ChaskiNode> nodes = new ArrayList<>();

    @AfterEach
    void closeNodes() {
        nodes.parallelStream().forEach(ChaskiNode::close);
    }

    NodeBuilder builder(String name) {
        return ChaskiNode.builder().name(name).cluster(cluster);
    }

    ChaskiStreamer start(NodeBuilder builder) {
        ChaskiNode node = builder.start();
        nodes.add(node);
        return ChaskiStreamer.on(node);
    }

    ChaskiStreamer start(String name) {
        return start(builder(name).topology(Topology.MANUAL));
    }

    ChaskiStreamer startNextTo(ChaskiStreamer other, String name) throws Exception {
        return startNextTo(other, builder(name).topology(Topology.MANUAL));
    }

    ChaskiStreamer startNextTo(ChaskiStreamer other, NodeBuilder builder) throws Exception {
        ChaskiStreamer started = start(builder);
        get(started.node().connect(other.node().addresses().get(0)));
        return started;
    }

    /** U-STR-1 between neighbours. */
    static void pingPong(ChaskiStreamer one, ChaskiStreamer two) throws InterruptedException {
        MessageStream<String> atOne = one.open(TEXT);
        MessageStream<String> atTwo = two.open(TEXT);
        atOne.awaitPaired(LIMIT);
        atTwo.awaitPaired(LIMIT);
        List<String> heard = new ArrayList<>();
        one.push(TEXT, "test0");
        for (int i = 0; i <= 5; i++) {
            MessageStream<String> here = i % 2 == 0 ? atTwo : atOne;
            heard.add(here.poll(LIMIT).orElseThrow().payload());
            if (i < 5) {
                (i % 2 == 0 ? two : one).push(TEXT, "test" + (i + 1));
            }
        }
        assertThat(heard).containsExactly("test0", "test1", "test2", "test3", "test4", "test5");
        assertThat(atOne.statistics().delivered()).isEqualTo(3);
        assertThat(atTwo.statistics().delivered()).isEqualTo(3);
    }

    /** Until what the publisher publishes goes to the stream at once: it subscribes, too, so that it knows. */
    static void pair(ChaskiStreamer publisher, TopicStream<?> stream) throws InterruptedException {
        publisher.node().subscribe(Topic.bytes(stream.topic()), message -> {}).awaitPaired(LIMIT);
        stream.awaitPaired(LIMIT);
    }

    /** The number of the next message; fails if something else comes, or nothing. */
    static long nextSequence(TopicStream<Delivery<byte[]>> stream) throws InterruptedException {
        Delivery<byte[]> next = stream.poll(LIMIT).orElseThrow();
        if (next instanceof Delivery.Received<byte[]> received) {
            return received.message().sequence();
        }
        throw new AssertionError("instead of a message: " + next);
    }

    static void soon(ThrowingRunnable assertions) {
        await().atMost(LIMIT).untilAsserted(assertions);
    }

    static <V> V get(Future<V> future) throws Exception {
        return future.get(LIMIT.toSeconds(), TimeUnit.SECONDS);
    }
}
