package io.chaski.testkit.simulation;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chaski.core.CloseReason;
import io.chaski.core.internal.protocol.NodeProtocol;
import io.chaski.core.internal.protocol.Peer;
import io.chaski.core.internal.protocol.member.Membership;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;

/** The alarm rings for a link that has no other end. */
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class OverlayInvariantsTest {

    private static final String TOPIC = "news";

    private final SimulatedNetwork network = SimulatedNetwork.seeded(1);
    private final SimulatedNodeOptions manual =
            SimulatedNodeOptions.builder().manualTopology().build();
    private final SimulatedNode alice = network.node("alice", manual);
    private final SimulatedNode bob = network.node("bob", manual);

    @BeforeEach
    void linked() {
        alice.subscribe(TOPIC);
        bob.subscribe(TOPIC);
        network.connect(alice, bob);
        network.advance(Duration.ofSeconds(1));
    }

    /** Of Alice nothing has changed; her link is looked at again because Bob's has. */
    @Test
    void whoever_has_a_link_that_the_other_end_has_lost_is_noticed_with_the_next_input() {
        bob.command(protocol -> membership(protocol).onPeerDown(edge(bob, alice), CloseReason.RESET));

        assertThatThrownBy(() -> alice.command(protocol -> {}))
                .isInstanceOf(InvariantViolation.class)
                .hasMessage("alice, topic news: has a link with bob on which they disagree");
    }

    private static Peer edge(SimulatedNode node, SimulatedNode other) {
        return node.protocol().peers().get(other.id());
    }

    private static Membership membership(NodeProtocol protocol) {
        return protocol.overlays().stream()
                .filter(overlay -> overlay.topic().equals(TOPIC))
                .findFirst()
                .orElseThrow()
                .membership();
    }
}
