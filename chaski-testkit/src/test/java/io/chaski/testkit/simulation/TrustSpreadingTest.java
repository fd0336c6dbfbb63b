package io.chaski.testkit.simulation;

import static java.time.Duration.ofMillis;
import static java.time.Duration.ofMinutes;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;

import io.chaski.core.internal.protocol.trust.TrustExchange.Verdict;
import io.chaski.core.internal.wire.ArrayPayload;
import io.chaski.core.internal.wire.FrameType;
import io.chaski.core.internal.wire.TrustFrame.Edition;
import io.chaski.core.internal.wire.TrustKind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Issue 5: a list is with twenty nodes within ten seconds. The check takes 50 ms; signatures are looked at elsewhere. */
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class TrustSpreadingTest {

    private static final int NODES = 20;
    private static final Duration CHECK = ofMillis(50);
    private static final Duration LIMIT = ofSeconds(10);
    private static final byte SIGNED = 1;
    private static final byte FORGED = 2;

    private SimulatedNetwork network = SimulatedNetwork.seeded(1);
    private final List<SimulatedNode> nodes = new ArrayList<>();

    private void start(long seed) {
        network = SimulatedNetwork.seeded(seed);
        for (int i = 0; i < NODES; i++) {
            SimulatedNodeOptions.Builder options = SimulatedNodeOptions.builder();
            if (i > 0) {
                options.bootstrap(nodes.get(0));
            }
            SimulatedNode node = network.node("node-" + i, options.build());
            node.subscribe("news");
            checking(node);
            nodes.add(node);
            network.advance(ofMillis(200));
        }
        network.advance(ofSeconds(60));
    }

    /** As the runtime does it: elsewhere, and back as a command. */
    private void checking(SimulatedNode node) {
        node.command(protocol -> protocol.trust()
                .serve(
                        EnumSet.allOf(TrustKind.class),
                        (kind, claimed, document) -> network.after(CHECK, () -> {
                            boolean isGood = document.toByteArray()[0] == SIGNED;
                            if (isGood) {
                                hold(node, claimed, document);
                            }
                            node.command(running -> running.onTrustChecked(
                                    kind,
                                    isGood ? Verdict.BELIEVED : Verdict.REFUSED,
                                    node.machine().nanoTime()));
                        })));
    }

    private static void hold(SimulatedNode node, Edition edition, ArrayPayload document) {
        node.command(protocol -> protocol.onTrusted(
                edition, document, Duration.ofDays(1).toNanos(), node.machine().nanoTime()));
    }

    private static Edition list(long number) {
        return new Edition(TrustKind.REVOCATIONS.code(), number, 0);
    }

    private static ArrayPayload document(byte first, int size) {
        byte[] bytes = new byte[size];
        bytes[0] = first;
        return ArrayPayload.owning(bytes);
    }

    private static long number(SimulatedNode node) {
        Edition edition = node.protocol().trust().edition(TrustKind.REVOCATIONS);
        return edition == null ? 0 : edition.number();
    }

    private boolean isEverywhere(long number) {
        return nodes.stream().allMatch(node -> number(node) == number);
    }

    private void publish(SimulatedNode node, long number, int size) {
        hold(node, list(number), document(SIGNED, size));
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void a_list_reaches_twenty_nodes_and_each_gets_it_once(long seed) {
        start(seed);
        publish(nodes.get(7), 1, 2_000);

        assertThat(network.runUntil(() -> isEverywhere(1), LIMIT)).isTrue();
        network.advance(ofSeconds(30));
        assertThat(nodes.stream().mapToLong(node -> node.framesReceived(FrameType.TRUST_UPDATE)))
                .as("parts that each has got")
                .allMatch(parts -> parts <= 1);
    }

    @Test
    void so_does_the_largest() {
        start(1);
        publish(nodes.get(7), 1, 1 << 20);

        assertThat(network.runUntil(() -> isEverywhere(1), LIMIT)).isTrue();
    }

    @Test
    void two_revocations_one_after_the_other_are_everywhere_ten_seconds_after_the_second() {
        start(2);
        publish(nodes.get(0), 1, 2_000);
        network.advance(ofMillis(300));
        publish(nodes.get(0), 2, 2_000);

        assertThat(network.runUntil(() -> isEverywhere(2), LIMIT)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void links_that_lose_a_fifth_of_all_frames_do_not_stop_it(long seed) {
        start(seed);
        for (SimulatedNode from : nodes) {
            for (SimulatedNode to : nodes) {
                if (from != to && (from.id().hashCode() + to.id().hashCode()) % 2 == 0) {
                    network.link(from, to).drop(0.2);
                }
            }
        }
        publish(nodes.get(7), 1, 2_000);

        assertThat(network.runUntil(() -> isEverywhere(1), LIMIT)).isTrue();
    }

    @Test
    void after_a_partition_has_healed_all_have_the_latest() {
        start(3);
        List<SimulatedNode> left = nodes.subList(0, NODES / 2);
        List<SimulatedNode> right = nodes.subList(NODES / 2, NODES);
        network.partition(left, right);
        network.advance(ofSeconds(60));
        publish(left.get(0), 4, 2_000);
        publish(right.get(0), 5, 2_000);
        network.advance(ofSeconds(60));
        assertThat(left).allMatch(node -> number(node) == 4);
        assertThat(right).allMatch(node -> number(node) == 5);

        network.heal();
        // Finding each other again takes what it takes: see the partition rows of SimulationGatesTest.
        assertThat(network.runUntil(() -> isEverywhere(5), ofMinutes(3))).isTrue();
    }

    @Test
    void who_was_away_gets_what_it_has_missed() {
        start(1);
        SimulatedNode away = nodes.get(5);
        away.crash();
        publish(nodes.get(0), 9, 2_000);
        network.advance(ofSeconds(30));
        away.restart();
        checking(away);

        assertThat(network.runUntil(() -> number(away) == 9, LIMIT)).isTrue();
    }

    /** A member that hands out forgeries under a number that nobody can beat holds nobody up. */
    @Test
    void a_member_that_forges_does_not_keep_the_list_from_others() {
        start(2);
        hold(nodes.get(3), list(Long.MAX_VALUE), document(FORGED, 2_000));
        network.advance(ofSeconds(20));
        publish(nodes.get(7), 1, 2_000);

        assertThat(network.runUntil(
                        () -> nodes.stream()
                                .filter(node -> node != nodes.get(3))
                                .allMatch(node -> number(node) == 1),
                        LIMIT))
                .isTrue();
    }
}
