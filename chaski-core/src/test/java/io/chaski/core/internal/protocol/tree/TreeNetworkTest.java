package io.chaski.core.internal.protocol.tree;

import static io.chaski.core.internal.protocol.tree.TestContext.MILLISECOND;
import static io.chaski.core.internal.protocol.tree.TestContext.SECOND;
import static org.assertj.core.api.Assertions.assertThat;

import io.chaski.core.internal.protocol.Source;
import io.chaski.core.internal.protocol.tree.TestContext.Delivered;
import io.chaski.core.internal.protocol.tree.TreeNetwork.Node;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Many trees at work. Redundancy is the number of payloads received for each one delivered, less one (RMR of the
 * Plumtree paper); the gates are those of docs/simulation.md.
 */
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class TreeNetworkTest {

    private static final int NODES = 100;
    private static final int WARM_UP = 20;

    /** One broadcast after the other; returns the redundancy of each. */
    private static List<Double> broadcasts(TreeNetwork network, int count, boolean singleSender) {
        List<Double> redundancies = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            long before = network.payloads();
            (singleSender ? network.nodes.get(0) : network.randomNode()).publish("m" + i);
            network.advance(3 * SECOND);
            long delivered = 0;
            for (Node node : network.nodes) {
                delivered += node.context.takeHeard().size();
            }
            assertThat(delivered).isEqualTo(NODES - 1);
            redundancies.add((double) (network.payloads() - before) / delivered - 1);
        }
        return redundancies;
    }

    private static double mean(List<Double> values) {
        return values.stream().mapToDouble(value -> value).average().orElseThrow();
    }

    private static TreeNetwork network(long seed) {
        TreeNetwork network = new TreeNetwork(seed);
        network.addRandomGraph(NODES);
        network.advance(SECOND);
        return network;
    }

    /** Every node has heard every message of the others once, in the order of its publisher, and nothing else. */
    private static void assertEverythingDelivered(List<Node> nodes, Map<Node, List<String>> published) {
        for (Node node : nodes) {
            Map<String, List<String>> expected = new LinkedHashMap<>();
            published.forEach((publisher, texts) -> {
                if (publisher != node) {
                    expected.put(publisher.context.self.toString(), texts);
                }
            });
            Map<String, List<String>> heard = new LinkedHashMap<>();
            expected.keySet().forEach(publisher -> heard.put(publisher, new ArrayList<>()));
            for (Object event : node.context.takeHeard()) {
                Delivered delivered = (Delivered) event;
                heard.get(delivered.source().origin().toString()).add(delivered.body());
            }
            assertThat(heard).as("%s", node).isEqualTo(expected);
        }
    }

    private static void publish(Map<Node, List<String>> published, Node node, String text) {
        published.computeIfAbsent(node, unknown -> new ArrayList<>()).add(text);
        node.publish(text);
    }

    @Nested
    class When_nothing_fails {
        @ParameterizedTest
        @ValueSource(longs = {1, 2, 3, 4, 5})
        void a_single_sender_costs_no_redundant_copy(long seed) {
            List<Double> redundancies = broadcasts(network(seed), WARM_UP + 30, true);
            assertThat(redundancies.get(0)).as("cold").isLessThanOrEqualTo(1.0);
            assertThat(redundancies.subList(WARM_UP, redundancies.size())).allMatch(each -> each <= 0.01);
        }

        @ParameterizedTest
        @ValueSource(longs = {1, 2, 3, 4, 5})
        void random_senders_share_one_tree(long seed) {
            List<Double> redundancies = broadcasts(network(seed), WARM_UP + 50, false);
            assertThat(redundancies.get(0)).as("cold").isLessThanOrEqualTo(1.0);
            assertThat(mean(redundancies.subList(WARM_UP, redundancies.size()))).isLessThanOrEqualTo(0.02);
        }

        @ParameterizedTest
        @ValueSource(longs = {1, 2, 3})
        void senders_that_do_not_wait_for_each_other_cost_little(long seed) {
            TreeNetwork network = network(seed);
            Map<Node, List<String>> published = new LinkedHashMap<>();
            for (int i = 0; i < 400; i++) {
                publish(published, network.randomNode(), "m" + i);
                network.advance(100 * MILLISECOND);
            }
            network.advance(20 * SECOND);
            assertEverythingDelivered(network.nodes, published);
            // Plumtree's own rules come to 0.25 here; 0.117 to 0.124 on seeds 1 to 8.
            assertThat(network.payloads() / (400.0 * (NODES - 1)) - 1).isLessThanOrEqualTo(0.13);
        }

        @Test
        void the_same_seed_gives_the_same_run() {
            assertThat(trace(7)).isEqualTo(trace(7)).isNotEqualTo(trace(8));
        }

        private List<String> trace(long seed) {
            TreeNetwork network = network(seed);
            network.loss = 0.05;
            for (int i = 0; i < 30; i++) {
                network.randomNode().publish("m" + i);
                network.advance(100 * MILLISECOND);
            }
            network.advance(20 * SECOND);
            return network.nodes.stream()
                    .map(node ->
                            node + " " + node.payloadsReceived + " " + node.controlReceived + " " + node.context.heard)
                    .toList();
        }
    }

    @Nested
    class When_frames_get_lost {
        @ParameterizedTest
        @ValueSource(longs = {1, 2, 3, 4})
        void every_message_is_still_delivered_once_and_in_order(long seed) {
            TreeNetwork network = network(seed);
            network.loss = 0.1;
            Map<Node, List<String>> published = new LinkedHashMap<>();
            for (int i = 0; i < 300; i++) {
                publish(published, network.nodes.get(i % 7), "m" + i);
                network.advance(100 * MILLISECOND);
            }
            network.advance(30 * SECOND);
            assertEverythingDelivered(network.nodes, published);
        }
    }

    @Nested
    class When_nodes_crash {
        @ParameterizedTest
        @ValueSource(longs = {1, 2, 3})
        void the_others_get_every_message(long seed) {
            TreeNetwork network = network(seed);
            broadcasts(network, WARM_UP, false);
            List<Node> survivors = network.nodes.subList(20, NODES);
            network.nodes.subList(0, 20).forEach(network::crash);
            for (Node node : survivors) {
                assertThat(node.wires)
                        .as("the graph of the survivors is connected")
                        .isNotEmpty();
            }
            long already = survivors.get(0).broadcast.stats().published();
            Map<Node, List<String>> published = new LinkedHashMap<>();
            for (int i = 0; i < 20; i++) {
                publish(published, survivors.get(i % 3), "after " + i);
                network.advance(50 * MILLISECOND);
            }
            network.advance(20 * SECOND);
            assertEverythingDelivered(survivors, published);
            assertThat(survivors.get(0).broadcast.stats().published()).isEqualTo(already + 7);
        }
    }

    @Nested
    class When_the_graph_is_a_cycle {
        @ParameterizedTest
        @ValueSource(ints = {3, 4})
        void ten_thousand_messages_arrive_once_in_order_and_never_return(int size) {
            double redundancy = 0;
            int runs = 10;
            for (int seed = 1; seed <= runs; seed++) {
                redundancy += publishInACycle(size, seed) / runs;
            }
            // The whole of it takes one second, within which the cycle is cut: never, and it would be 0.5 or 0.33.
            // When it is cut is left to chance, so one run says nothing: they come to anything from 0.01 to 0.48.
            assertThat(redundancy).isLessThanOrEqualTo(0.25);
        }

        /** Returns the copies that were not needed, for each that was. */
        private double publishInACycle(int size, long seed) {
            TreeNetwork network = new TreeNetwork(seed);
            network.minLatencyNanos = MILLISECOND / 10;
            network.maxLatencyNanos = MILLISECOND;
            IntStream.range(0, size).forEach(unused -> network.add());
            for (int i = 0; i < size; i++) {
                network.link(network.nodes.get(i), network.nodes.get((i + 1) % size));
            }
            network.advance(SECOND);
            Map<Node, List<String>> published = new LinkedHashMap<>();
            for (int i = 0; i < 10_000; i++) {
                publish(published, network.nodes.get(i % size), "m" + i);
                if (i % 10 == 0) {
                    network.advance(MILLISECOND);
                }
            }
            network.advance(10 * SECOND);
            assertEverythingDelivered(network.nodes, published);
            for (Node node : network.nodes) {
                assertThat(node.broadcast.stats().wanted()).isZero();
            }
            return network.payloads() / (10_000.0 * (size - 1)) - 1;
        }
    }

    @Nested
    class When_a_publisher_sends_more_at_once_than_may_be_asked_for_at_once {
        /** One after the other its questions come sooner than a neighbour answers them. */
        @Test
        void whoever_is_not_sent_it_unasked_has_all_of_it_within_three_seconds() {
            TreeNetwork network = new TreeNetwork(1);
            network.minLatencyNanos = MILLISECOND / 10;
            network.maxLatencyNanos = MILLISECOND;
            Node publisher = network.add();
            for (int i = 0; i < 4; i++) {
                network.link(publisher, network.add());
            }
            network.advance(SECOND);
            Map<Node, List<String>> published = new LinkedHashMap<>();
            for (int i = 0; i < 8_192; i++) {
                publish(published, publisher, "m" + i);
            }
            network.advance(3 * SECOND);
            assertEverythingDelivered(network.nodes, published);
        }
    }

    @Nested
    class When_the_network_is_cut_in_two {
        @Test
        void what_was_published_meanwhile_crosses_over_within_thirty_seconds() {
            TreeNetwork network = network(1);
            Map<Node, List<String>> published = new LinkedHashMap<>();
            publish(published, network.nodes.get(3), "before");
            network.advance(5 * SECOND);
            List<Node[]> cut = new ArrayList<>();
            for (Node node : network.nodes.subList(0, NODES / 2)) {
                for (Node other : List.copyOf(node.wires.keySet())) {
                    if (other.number >= NODES / 2) {
                        cut.add(new Node[] {node, other});
                        network.unlink(node, other);
                    }
                }
            }
            for (int i = 0; i < 20; i++) {
                publish(published, network.nodes.get(3), "left " + i);
                publish(published, network.nodes.get(97), "right " + i);
                network.advance(SECOND);
            }
            cut.forEach(pair -> network.link(pair[0], pair[1]));
            network.advance(20 * SECOND);
            assertEverythingDelivered(network.nodes, published);
        }

        /** What it publishes as soon as somebody is there must not overtake what was kept, and be taken for the first. */
        @ParameterizedTest
        @ValueSource(ints = {1, 256, 257, 2_000})
        void what_a_node_published_alone_is_heard_before_what_it_publishes_next(int alone) {
            TreeNetwork network = new TreeNetwork(1);
            Node publisher = network.add();
            Node other = network.add();
            Map<Node, List<String>> published = new LinkedHashMap<>();
            for (int i = 0; i < alone; i++) {
                publish(published, publisher, "m" + i);
            }
            network.link(publisher, other);
            publish(published, publisher, "next");
            network.advance(20 * SECOND);
            assertEverythingDelivered(List.of(other), published);
        }

        @Test
        void a_node_that_published_alone_is_heard_by_whoever_comes() {
            TreeNetwork network = new TreeNetwork(1);
            Node alone = network.add();
            Node other = network.add();
            Map<Node, List<String>> published = new LinkedHashMap<>();
            for (int i = 0; i < 10; i++) {
                publish(published, alone, "m" + i);
            }
            network.advance(20 * SECOND);
            network.link(alone, other);
            network.advance(5 * SECOND);
            assertEverythingDelivered(List.of(other), published);
            assertThat(other.context.names.sourceCount()).isEqualTo(1);
            assertThat(alone.broadcast
                            .publish(Source.MESSAGES, 1, false, TestContext.payload("x"))
                            .sentTo())
                    .isEqualTo(1);
        }
    }
}
