package io.chaski.testkit;

import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chaski.core.ChaskiNode;
import io.chaski.core.CloseReason;
import io.chaski.core.NetworkOptions;
import io.chaski.core.NodeEvent;
import io.chaski.core.NodeSnapshot;
import io.chaski.core.Topic;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class LoopbackNetworkTest {

    private static final Topic<String> NEWS = Topic.text("news");

    private final List<NodeEvent> eventsOfA = new CopyOnWriteArrayList<>();
    private final ChaskiNetwork net = ChaskiNetwork.builder()
            .node("a", options -> options.onEvent(eventsOfA::add))
            .nodes("b", "c")
            .topology(Layout.LINE)
            .time(TimeMode.LOOPBACK)
            .start();
    private final ChaskiNode a = net.node("a");
    private final Inbox<String> atA = net.inbox("a", NEWS);
    private final Inbox<String> atB = net.inbox("b", NEWS);
    private final Inbox<String> atC = net.inbox("c", NEWS);

    @BeforeEach
    void pair() {
        net.await("the line is linked", this::isLinked, ofSeconds(10));
    }

    @AfterEach
    void close() {
        net.close();
    }

    @Test
    void carries_messages_over_real_sockets() {
        a.publish(NEWS, "hello");
        net.await("the news at the end", () -> atC.contains("hello"), ofSeconds(10));

        assertThat(atC).containsExactly("hello");
        assertThat(a.addresses()).allSatisfy(address -> {
            assertThat(address.host()).isEqualTo("127.0.0.1");
            assertThat(NetworkOptions.ROOT_PORTS).doesNotContain(address.port());
        });
    }

    @Test
    void takes_no_favourite_port_for_a_root() {
        try (ChaskiNetwork automatic = ChaskiNetwork.builder()
                .nodes("root", "b")
                .time(TimeMode.LOOPBACK)
                .start()) {
            assertThat(NetworkOptions.ROOT_PORTS)
                    .doesNotContain(automatic.node("root").addresses().get(0).port());
            Inbox<String> inbox = automatic.inbox("root", NEWS);
            automatic.inbox("b", NEWS);
            automatic.await("pairing", () -> inbox.subscription().isPaired(), ofSeconds(20));
        }
    }

    @Test
    void delivers_after_a_partition_what_was_published_in_it() {
        net.partition("a,b | c");
        a.publish(NEWS, "hello");
        net.await("the news at b", () -> atB.contains("hello"), ofSeconds(10));
        net.await("the loss of the edge", () -> net.node("c").edges().isEmpty(), ofSeconds(10));
        assertThat(atC).isEmpty();

        net.heal();
        net.await("the news at c", () -> atC.contains("hello"), ofSeconds(60));

        assertThat(atC).containsExactly("hello");
    }

    @Test
    void crashes_a_node_without_a_goodbye() {
        ChaskiNode b = net.node("b");
        net.crash("b");
        net.await("the end of the edge", () -> !endsOfEdges().isEmpty(), ofSeconds(10));

        assertThat(b.state()).isEqualTo(NodeSnapshot.State.CLOSED);
        assertThat(endsOfEdges()).first().isIn(CloseReason.END_OF_STREAM, CloseReason.RESET);
    }

    @Test
    void takes_a_node_back_after_a_restart_at_its_address() {
        ChaskiNode before = net.node("b");
        net.crash("b");
        ChaskiNode after = net.restart("b");
        Inbox<String> again = net.inbox(after, NEWS);
        net.await("b is back", () -> again.subscription().neighbours() == 2, ofSeconds(60));
        a.publish(NEWS, "again");
        net.await("the news at the end", () -> atC.contains("again"), ofSeconds(60));

        assertThat(after.id()).isEqualTo(before.id());
        assertThat(after.addresses()).isEqualTo(before.addresses());
        assertThat(after.epoch()).isGreaterThan(before.epoch());
    }

    @Test
    void refuses_what_real_sockets_cannot_do_and_says_what_can() {
        assertThatThrownBy(() -> net.link("a", "b").latency(ofMillis(20)))
                .isInstanceOf(UnsupportedOperationException.class)
                .hasMessageContaining("VIRTUAL");
        assertThatThrownBy(() -> net.advance(ofSeconds(1)))
                .isInstanceOf(UnsupportedOperationException.class)
                .hasMessageContaining("await");
        assertThatThrownBy(() -> net.pause("a"))
                .isInstanceOf(UnsupportedOperationException.class)
                .hasMessageContaining("VIRTUAL");
        assertThatThrownBy(net::traceHash)
                .isInstanceOf(UnsupportedOperationException.class)
                .hasMessageContaining("VIRTUAL");
    }

    private List<CloseReason> endsOfEdges() {
        return eventsOfA.stream()
                .filter(NodeEvent.EdgeDown.class::isInstance)
                .map(event -> ((NodeEvent.EdgeDown) event).reason())
                .toList();
    }

    private boolean isLinked() {
        return atA.subscription().isPaired()
                && atB.subscription().neighbours() == 2
                && atC.subscription().isPaired();
    }
}
