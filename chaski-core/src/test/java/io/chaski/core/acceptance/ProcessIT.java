package io.chaski.core.acceptance;

import static io.chaski.core.acceptance.TestNodes.inbox;
import static io.chaski.core.acceptance.TestNodes.soon;
import static org.assertj.core.api.Assertions.assertThat;

import io.chaski.core.Address;
import io.chaski.core.ChaskiNode;
import io.chaski.core.CloseReason;
import io.chaski.core.NodeEvent;
import io.chaski.core.NodeId;
import io.chaski.core.NodeSnapshot;
import io.chaski.core.Topic;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("Real processes")
class ProcessIT {

    private static final Topic<String> IN = Topic.text("in");

    /** The scenarios allow ten seconds. */
    private static final Duration TEN_TIMES = Duration.ofSeconds(100);

    private final String cluster = "test-" + UUID.randomUUID();
    private final Queue<NodeEvent> events = new ConcurrentLinkedQueue<>();

    private ChaskiNode startHere(Address bootstrap) {
        return ChaskiNode.builder()
                .name("here")
                .cluster(cluster)
                .bootstrap(bootstrap)
                .onEvent(events::add)
                .start();
    }

    @DisplayName("X-03, N31, W6: a killed peer is noticed, and delivers again when it is back with the same id")
    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "::1"})
    void killAndReturn(String host, @TempDir Path data) throws Exception {
        try (NodeProcess child = NodeProcess.start(cluster, Address.tcp(host, 0), data);
                ChaskiNode here = startHere(child.address())) {
            here.subscribe(IN, message -> {});
            Queue<String> heard = inbox(here, "out");
            soon(() -> {
                here.publish(IN, "first");
                assertThat(heard).contains("echo first");
            });
            NodeId id = here.edges().get(0).peer();

            child.kill();
            long killedNanos = System.nanoTime();
            soon(() -> assertThat(events).anyMatch(NodeEvent.EdgeDown.class::isInstance));
            Measured.print("X-03 edge down", killedNanos, TEN_TIMES);
            soon(() -> assertThat(here.snapshot().reconnecting()).containsExactly(child.address()));

            try (NodeProcess again = NodeProcess.start(cluster, child.address(), data)) {
                assertThat(again.address()).isEqualTo(child.address());
                long returnedNanos = System.nanoTime();
                soon(() -> {
                    here.publish(IN, "second");
                    assertThat(heard).contains("echo second");
                });
                Measured.print("X-03 delivering again", returnedNanos, TEN_TIMES);
                assertThat(here.edges().get(0).peer()).isEqualTo(id);
            }
        }
    }

    @DisplayName("N29: a stopped process is noticed by its silence and found again when it goes on")
    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "::1"})
    void stopAndContinue(String host, @TempDir Path data) throws Exception {
        try (NodeProcess child = NodeProcess.start(cluster, Address.tcp(host, 0), data);
                ChaskiNode here = startHere(child.address())) {
            here.subscribe(IN, message -> {});
            Queue<String> heard = inbox(here, "out");
            soon(() -> assertThat(here.isPaired(IN)).isTrue());

            child.stop();
            long stoppedNanos = System.nanoTime();
            soon(() -> assertThat(events)
                    .anyMatch(
                            event -> event instanceof NodeEvent.EdgeDown down && down.reason() == CloseReason.SILENT));
            Measured.print("N29 silence noticed", stoppedNanos, TEN_TIMES);
            child.resume();
            soon(() -> {
                here.publish(IN, "awake");
                assertThat(heard).contains("echo awake");
            });
        }
    }

    @DisplayName("N04: closing is bounded although a callback hangs and a peer takes nothing")
    @Test
    void closeIsBounded(@TempDir Path data) throws Exception {
        CountDownLatch isInside = new CountDownLatch(1);
        CountDownLatch release = new CountDownLatch(1);
        try (NodeProcess child = NodeProcess.start(cluster, Address.tcp("127.0.0.1", 0), data)) {
            ChaskiNode here = startHere(child.address());
            here.subscribe(IN, message -> {});
            here.subscribe(Topic.text("out"), message -> {
                isInside.countDown();
                awaitWhateverHappens(release);
            });
            soon(() -> {
                here.publish(IN, "hang");
                assertThat(isInside.getCount()).isZero();
            });
            child.stop();
            for (int i = 0; i < 1_000; i++) {
                here.publish(IN, "x".repeat(10_000)); // more than the sockets take
            }
            long startNanos = System.nanoTime();
            here.close();
            Measured.print("N04 closed", startNanos, ChaskiNode.CLOSE_LIMIT.multipliedBy(10));
            assertThat(here.state()).isEqualTo(NodeSnapshot.State.CLOSED);
        } finally {
            release.countDown();
        }
    }

    /** A callback of the worst kind: it does not even end when it is interrupted. */
    private static void awaitWhateverHappens(CountDownLatch latch) {
        boolean isReleased = false;
        while (!isReleased) {
            try {
                latch.await();
                isReleased = true;
            } catch (InterruptedException ignored) {
                // It hangs on.
            }
        }
    }

    @DisplayName("X-31, W11: variables of a process are used, lose against its options, and are unchanged afterwards")
    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "::1"})
    void environmentOfAProcess(String host, @TempDir Path data) throws Exception {
        try (ChaskiNode here = ChaskiNode.builder()
                        .name("here")
                        .cluster(cluster)
                        .listen(Address.tcp(host, 0))
                        .start();
                NodeProcess child = NodeProcess.start(
                        cluster,
                        Address.tcp(host, 0),
                        data,
                        Map.of(
                                "CHASKI_NODE_NAME", "not-the-name",
                                "CHASKI_NODE_BOOTSTRAP", here.addresses().get(0).toString(),
                                "CHASKI_STREAMER_ROOT", "127.0.0.1:1"))) {
            soon(() -> assertThat(here.edges())
                    .singleElement()
                    .satisfies(edge -> assertThat(edge.name()).isEqualTo("child")));
            assertThat(child.isOutsideUnchanged()).isTrue();
        }
    }
}
