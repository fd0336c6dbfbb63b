package io.chaski.core.acceptance;

import static io.chaski.core.acceptance.TestNodes.areConnected;
import static io.chaski.core.acceptance.TestNodes.connect;
import static io.chaski.core.acceptance.TestNodes.inbox;
import static io.chaski.core.acceptance.TestNodes.soon;
import static io.chaski.core.acceptance.TestNodes.until;
import static org.assertj.core.api.Assertions.assertThat;

import io.chaski.core.ChaskiNode;
import io.chaski.core.Introducer;
import io.chaski.core.NodeId;
import io.chaski.core.Topic;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("Discovery in manual topology")
class DiscoveryIT {

    private TestNodes nodes = new TestNodes();

    private static final Topic<String> B = Topic.text("B");

    @AfterEach
    void closeAll() {
        nodes.close();
    }

    private static List<NodeId> discover(ChaskiNode node, String topic, Introducer introducer) throws Exception {
        return node.discover(Topic.text(topic), introducer).get(TestNodes.LIMIT.toSeconds(), TimeUnit.SECONDS);
    }

    @DisplayName("U-DIS-1, N18, N19: who finds nobody is not paired, and the edge stays")
    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "::1", "127.0.0.1 without UDP"})
    void nobody(String host) throws Exception {
        nodes = new TestNodes(host);
        List<ChaskiNode> pair = nodes.manualNodes("A", "B");
        connect(pair.get(0), pair.get(1));

        assertThat(discover(pair.get(1), "B", Introducer.KEEP)).isEmpty();
        until(() -> {
            assertThat(areConnected(pair.get(0), pair.get(1))).isTrue();
            assertThat(pair).allSatisfy(node -> assertThat(node.edges()).hasSize(1));
            assertThat(pair.get(1).isPaired(B)).isFalse();
        });
    }

    @DisplayName("U-DIS-3, N19, N20: members are found through a node that does not share the topic, which is kept")
    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "::1", "127.0.0.1 without UDP"})
    void keep(String host) throws Exception {
        nodes = new TestNodes(host);
        List<ChaskiNode> three = nodes.manualNodes("A", "B", "B");
        connect(three.get(1), three.get(0));
        connect(three.get(2), three.get(0));
        discover(three.get(1), "B", Introducer.KEEP);
        discover(three.get(2), "B", Introducer.KEEP);

        until(() -> {
            assertThat(areConnected(three.get(0), three.get(1))).isTrue();
            assertThat(areConnected(three.get(0), three.get(2))).isTrue();
            assertThat(areConnected(three.get(1), three.get(2))).isTrue();
            assertThat(three).allSatisfy(node -> assertThat(node.edges()).hasSize(2));
        });
    }

    @DisplayName("U-DIS-4, N20: the introducer is left when it shares no topic")
    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "::1", "127.0.0.1 without UDP"})
    void leave(String host) throws Exception {
        nodes = new TestNodes(host);
        List<ChaskiNode> three = nodes.manualNodes("A", "B", "B");
        connect(three.get(1), three.get(0));
        connect(three.get(2), three.get(0));
        discover(three.get(2), "B", Introducer.LEAVE);

        until(() -> {
            assertThat(areConnected(three.get(1), three.get(2))).isTrue();
            assertThat(areConnected(three.get(0), three.get(1))).isTrue();
            assertThat(three.get(0).isConnectedTo(three.get(2).id())).isFalse();
            assertThat(three.get(2).isConnectedTo(three.get(0).id())).isFalse();
        });
    }

    @DisplayName("U-DIS-5, N19, N36: six members form one graph and the introducer carries nothing")
    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "::1", "127.0.0.1 without UDP"})
    void oneGraph(String host) throws Exception {
        nodes = new TestNodes(host);
        List<ChaskiNode> all = nodes.manualNodes("A", "B", "B", "B", "B", "B", "B");
        ChaskiNode introducer = all.get(0);
        List<ChaskiNode> members = all.subList(1, 7);
        for (ChaskiNode member : members) {
            connect(member, introducer);
        }
        for (ChaskiNode member : members) {
            discover(member, "B", Introducer.KEEP);
        }
        soon(() -> assertThat(members)
                .allSatisfy(member -> assertThat(member.isPaired(B)).isTrue()));
        List<Queue<String>> inboxes =
                members.stream().map(member -> inbox(member, "B")).toList();
        members.get(0).publish(B, "to all");

        until(() -> assertThat(inboxes.subList(1, 6))
                .allSatisfy(box -> assertThat(box).containsExactly("to all")));
        assertThat(inboxes.get(0)).isEmpty();
        assertThat(introducer.edges()).hasSize(6);
        assertThat(introducer.snapshot().topics())
                .noneMatch(topic -> topic.name().equals("B"));
    }

    @DisplayName("U-SUB-1, N19: each finds the one other node with its topic")
    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "::1", "127.0.0.1 without UDP"})
    void pairsByTopic(String host) throws Exception {
        nodes = new TestNodes(host);
        List<ChaskiNode> six = nodes.manualNodes("A", "B", "C", "A", "B", "C");
        for (ChaskiNode node : six.subList(1, 6)) {
            connect(node, six.get(0));
        }
        for (int i = 0; i < 6; i++) {
            discover(six.get(i), List.of("A", "B", "C").get(i % 3), Introducer.KEEP);
        }

        until(() -> {
            assertThat(areConnected(six.get(0), six.get(3))).isTrue();
            assertThat(areConnected(six.get(1), six.get(4))).isTrue();
            assertThat(areConnected(six.get(2), six.get(5))).isTrue();
        });
    }
}
