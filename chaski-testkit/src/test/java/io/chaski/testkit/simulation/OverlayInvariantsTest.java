package io.chaski.testkit.simulation;

import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chaski.core.CloseReason;
import io.chaski.core.internal.protocol.NodeProtocol;
import io.chaski.core.internal.protocol.Peer;
import io.chaski.core.internal.protocol.member.Membership;
import io.chaski.core.internal.wire.EdgeFrame;
import io.chaski.core.internal.wire.FrameType;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The alarm rings for a link that has no other end. */
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class OverlayInvariantsTest {

    private static final String TOPIC = "news";

    private final SimulatedNetwork network = SimulatedNetwork.seeded(1);
    private final SimulatedNodeOptions manual =
            SimulatedNodeOptions.builder().manualTopology().build();
    private final SimulatedNode alice = network.node("alice", manual);
    private final SimulatedNode bob = network.node("bob", manual);
    private final SimulatedNode carol = network.node("carol", manual);

    @BeforeEach
    void linked() {
        alice.subscribe(TOPIC);
        bob.subscribe(TOPIC);
        network.connect(alice, bob);
        network.connect(alice, carol);
        network.advance(ofSeconds(1));
    }

    /** Of Alice nothing has changed; her link is looked at again because Bob's has. */
    @Test
    void whoever_has_a_link_that_the_other_end_has_lost_is_noticed_with_the_next_input() {
        bobLosesTheLink();

        assertNoticedWithTheNextInput();
    }

    /** The limit is for those that are up: who checks at each input must not stop because others have come and gone. */
    @Test
    void so_it_is_after_many_others_have_come_and_gone() {
        for (int i = 0; i < 2 * SimulatedNetwork.CHECKED_AT_EACH_INPUT; i++) {
            network.node("gone-" + i, manual).crash();
        }
        bobLosesTheLink();

        assertNoticedWithTheNextInput();
    }

    @Test
    void so_it_is_in_a_mesh_of_a_hundred_and_twenty_joiners_included() {
        for (int i = 3; i < 120; i++) {
            network.node("joiner-" + i, manual);
        }
        bobLosesTheLink();

        assertNoticedWithTheNextInput();
    }

    @Test
    void of_more_nodes_it_is_noticed_within_a_second() {
        for (int i = 3; i <= SimulatedNetwork.CHECKED_AT_EACH_INPUT; i++) {
            network.node("joiner-" + i, manual);
        }
        bobLosesTheLink();
        alice.command(protocol -> {});

        assertThatThrownBy(() -> network.advance(ofSeconds(1)))
                .isInstanceOf(SimulationFailure.class)
                .hasMessageEndingWith("alice, topic news: has a link with bob on which they disagree");
    }

    /** A fault that loses nothing between the two explains nothing. */
    @ParameterizedTest(name = "{0}")
    @MethodSource("faultsThatLoseNothing")
    void so_it_is_although_paths_are_not_what_they_should_be(
            String what, BiConsumer<SimulatedNetwork, List<SimulatedNode>> fault) {
        fault.accept(network, List.of(alice, bob, carol));
        network.advance(ofSeconds(5));
        bobLosesTheLink();

        assertNoticedWithTheNextInput();
    }

    static Stream<Arguments> faultsThatLoseNothing() {
        return Stream.of(
                fault("narrow paths", (net, nodes) -> net.bandwidth(1_000_000)),
                fault(
                        "a narrow path",
                        (net, nodes) -> net.link(nodes.get(0), nodes.get(1)).bandwidth(1_000_000)),
                fault(
                        "a slow path",
                        (net, nodes) -> net.link(nodes.get(0), nodes.get(1))
                                .spikes(1, ofSeconds(1).dividedBy(10))),
                fault("a block that is over", (net, nodes) -> {
                    net.link(nodes.get(0), nodes.get(1)).block();
                    net.advance(ofSeconds(3));
                    net.link(nodes.get(0), nodes.get(1)).unblock();
                }),
                fault(
                        "loss elsewhere",
                        (net, nodes) -> net.link(nodes.get(0), nodes.get(2)).drop(1)),
                fault("a dead connection elsewhere", (net, nodes) -> net.killSilently(nodes.get(0), nodes.get(2))),
                fault("loss that is long over", (net, nodes) -> {
                    net.link(nodes.get(0), nodes.get(1)).drop(1);
                    net.advance(ofSeconds(3));
                    net.link(nodes.get(0), nodes.get(1)).clear();
                    net.advance(ofSeconds(10));
                }));
    }

    private static Arguments fault(String what, BiConsumer<SimulatedNetwork, List<SimulatedNode>> fault) {
        return Arguments.of(what, fault);
    }

    /** With five seconds each way a PING or its answer is always under way, and no repair takes less than eleven. */
    @Test
    void whoever_disagrees_for_ten_seconds_is_noticed_whatever_is_under_way() {
        becomeDistant();
        bobLosesTheLink();
        network.advance(ofSeconds(9));

        assertThatThrownBy(() -> network.advance(ofSeconds(2)))
                .isInstanceOf(SimulationFailure.class)
                .hasMessageEndingWith("alice, topic news: has a link with bob on which they have disagreed for 10 s");
    }

    @Nested
    class While_frames_between_the_two_are_lost {
        @BeforeEach
        void lost() {
            network.link(alice, bob).drop(1);
            network.link(bob, alice).drop(1);
            keepAlive(5);
            bobLosesTheLink();
        }

        @Test
        void they_may_disagree_and_agree_soon_after() {
            alice.command(protocol -> {});
            keepAlive(30);
            network.link(alice, bob).clear();
            network.link(bob, alice).clear();
            network.advance(ofSeconds(12));

            assertThat(bob.neighbours(TOPIC)).containsExactly(alice);
        }

        @Test
        void they_may_not_disagree_for_a_minute() {
            keepAlive(59);

            assertThatThrownBy(() -> keepAlive(2))
                    .isInstanceOf(SimulationFailure.class)
                    .hasMessageEndingWith(
                            "alice, topic news: has a link with bob on which they have disagreed for 60 s");
        }

        /** What belongs to a connection is never lost, and every byte is life. */
        private void keepAlive(int seconds) {
            EdgeFrame.Refuse harmless =
                    new EdgeFrame.Refuse(FrameType.INTERN_TOPIC, 1_000, EdgeFrame.Refusal.BAD_TOPIC);
            for (int i = 0; i < seconds; i++) {
                alice.lie((named, line) -> line.accept(harmless));
                bob.lie((named, line) -> line.accept(harmless));
                network.advance(ofSeconds(1));
            }
        }
    }

    /** All that it says about the link before the connection is given up is swallowed. */
    @Test
    void on_a_connection_that_died_silently_they_may_disagree_until_it_is_given_up() {
        network.killSilently(alice, bob);
        network.advance(ofSeconds(5));
        bobLosesTheLink();

        assertThatCode(() -> network.advance(ofSeconds(60))).doesNotThrowAnyException();
    }

    /** The ends of the link did not agree when its node crashed; in the next life it is another link. */
    @Test
    void a_disagreement_does_not_outlive_a_crash() {
        becomeDistant();
        bobLosesTheLink();
        network.advance(ofSeconds(3));
        assertThat(network.invariants().asymmetricEnds()).isOne();

        alice.crash();

        assertThat(network.invariants().asymmetricEnds()).isZero();
        assertThat(network.invariants().longestAsymmetryNanos())
                .isBetween(ofSeconds(1).toNanos(), ofSeconds(3).toNanos());
    }

    /** By and by, since a silence of eight seconds would end the edge. */
    private void becomeDistant() {
        for (int seconds = 1; seconds <= 5; seconds++) {
            network.link(alice, bob).latency(ofSeconds(seconds));
            network.link(bob, alice).latency(ofSeconds(seconds));
            network.advance(ofSeconds(10));
        }
    }

    private void bobLosesTheLink() {
        bob.command(protocol -> membership(protocol).onPeerDown(edge(bob, alice), CloseReason.RESET));
    }

    private void assertNoticedWithTheNextInput() {
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
