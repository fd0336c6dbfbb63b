package io.chaski.core.acceptance;

import static io.chaski.core.acceptance.TestNodes.inbox;
import static io.chaski.core.acceptance.TestNodes.soon;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.chaski.core.ChaskiNode;
import io.chaski.core.Diagnosis.State;
import io.chaski.core.Diagnosis.Step;
import io.chaski.core.NodeId;
import io.chaski.core.StartFailedException;
import io.chaski.core.Topic;
import io.chaski.core.internal.netty.Multicast;
import io.chaski.core.internal.wire.Beacon;
import java.io.IOException;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("Discovery on the LAN, by multicast on loopback")
class LanDiscoveryIT {

    private static final Topic<String> NEWS = Topic.text("news");

    /** Two of each of two nodes: a second each. */
    private static final long MANY_BEACONS = 4;

    private final TestNodes ours = new TestNodes();
    private final TestNodes theirs = new TestNodes();

    @AfterEach
    void closeAll() {
        ours.close();
        theirs.close();
    }

    private static ChaskiNode onLan(TestNodes cluster, String name) throws IOException {
        return cluster.add(cluster.builder(name)
                .lanDiscovery(Multicast.loopback().getName())
                .start());
    }

    private static Set<NodeId> peers(ChaskiNode node) {
        return node.edges().stream().map(edge -> edge.peer()).collect(Collectors.toSet());
    }

    @Test
    @DisplayName("nodes of one cluster find each other without a bootstrap node, and two clusters never merge")
    void twoClusters() throws IOException {
        assumeTrue(
                Multicast.isHeard(Multicast.loopback(), Beacon.GROUP_V4),
                "this machine does not deliver IPv4 multicast on its loopback interface");
        ChaskiNode alice = onLan(ours, "alice");
        ChaskiNode mallory = onLan(theirs, "mallory");
        ChaskiNode bob = onLan(ours, "bob");
        ChaskiNode trudy = onLan(theirs, "trudy");
        Queue<String> heardByBob = inbox(bob, "news");
        Queue<String> heardByTrudy = inbox(trudy, "news");
        for (ChaskiNode node : List.of(alice, mallory)) {
            node.subscribe(NEWS, message -> {});
        }
        soon(() -> assertThat(List.of(alice, bob, mallory, trudy))
                .allSatisfy(node -> assertThat(node.isPaired(NEWS))
                        .as(() -> node.diagnose(NEWS).toString())
                        .isTrue()));
        alice.publish(NEWS, "ours");
        soon(() -> assertThat(heardByBob).containsExactly("ours"));

        // Often enough: whoever would dial a stranger had reason to.
        soon(() ->
                assertThat(alice.snapshot().counters().get("lan.other-cluster")).isGreaterThanOrEqualTo(MANY_BEACONS));
        assertThat(peers(alice)).containsExactly(bob.id());
        assertThat(peers(mallory)).containsExactly(trudy.id());
        assertThat(heardByTrudy).isEmpty();
        assertThat(alice.diagnose(NEWS).rung(Step.LAN).state()).isEqualTo(State.GOOD);
    }

    @Test
    @DisplayName(
            "a node on loopback takes no part unless the interface is named, and one that is not there stops the start")
    void notOnLoopback() {
        ChaskiNode alone = ours.add(ours.builder("alone").lanDiscovery().start());

        assertThat(alone.diagnose(NEWS).rung(Step.LAN).state()).isEqualTo(State.UNUSED);
        assertThatThrownBy(() ->
                        ours.add(ours.builder("nobody").lanDiscovery("nowhere7").start()))
                .isInstanceOf(StartFailedException.class)
                .hasMessageContaining("nowhere7");
    }
}
