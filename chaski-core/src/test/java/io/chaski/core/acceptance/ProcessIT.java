package io.chaski.core.acceptance;

import static io.chaski.core.acceptance.TestNodes.inbox;
import static io.chaski.core.acceptance.TestNodes.soon;
import static org.assertj.core.api.Assertions.assertThat;

import io.chaski.core.Address;
import io.chaski.core.ChaskiNode;
import io.chaski.core.CloseReason;
import io.chaski.core.NodeEvent;
import io.chaski.core.NodeId;
import io.chaski.core.Topic;
import java.nio.file.Path;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("Real processes")
class ProcessIT {

    private static final Topic<String> IN = Topic.text("in");

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
    @Test
    void killAndReturn(@TempDir Path data) throws Exception {
        try (NodeProcess child = NodeProcess.start(cluster, Address.tcp("127.0.0.1", 0), data);
                ChaskiNode here = startHere(child.address())) {
            here.subscribe(IN, message -> {});
            Queue<String> heard = inbox(here, "out");
            soon(() -> {
                here.publish(IN, "first");
                assertThat(heard).contains("echo first");
            });
            NodeId id = here.edges().get(0).peer();

            child.kill();
            soon(() -> assertThat(events).anyMatch(NodeEvent.EdgeDown.class::isInstance));
            soon(() -> assertThat(here.snapshot().reconnecting()).containsExactly(child.address()));

            try (NodeProcess again = NodeProcess.start(cluster, child.address(), data)) {
                assertThat(again.address()).isEqualTo(child.address());
                soon(() -> {
                    here.publish(IN, "second");
                    assertThat(heard).contains("echo second");
                });
                assertThat(here.edges().get(0).peer()).isEqualTo(id);
            }
        }
    }

    @DisplayName("N29: a stopped process is noticed by its silence and found again when it goes on")
    @Test
    void stopAndContinue(@TempDir Path data) throws Exception {
        try (NodeProcess child = NodeProcess.start(cluster, Address.tcp("127.0.0.1", 0), data);
                ChaskiNode here = startHere(child.address())) {
            here.subscribe(IN, message -> {});
            Queue<String> heard = inbox(here, "out");
            soon(() -> assertThat(here.isPaired(IN)).isTrue());

            child.stop();
            soon(() -> assertThat(events)
                    .anyMatch(
                            event -> event instanceof NodeEvent.EdgeDown down && down.reason() == CloseReason.SILENT));
            child.resume();
            soon(() -> {
                here.publish(IN, "awake");
                assertThat(heard).contains("echo awake");
            });
        }
    }
}
