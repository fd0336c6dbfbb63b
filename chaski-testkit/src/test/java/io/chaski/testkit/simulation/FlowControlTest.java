package io.chaski.testkit.simulation;

import static java.time.Duration.ofMillis;
import static java.time.Duration.ofMinutes;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;

import io.chaski.core.NodeEvent;
import io.chaski.core.internal.protocol.PublishOutcome;
import io.chaski.core.internal.wire.ArrayPayload;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Subscriptions that wait for their consumer make publishers wait, and nobody else. */
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class FlowControlTest {

    private static final String TOPIC = "flow";
    private static final int BYTES = 960;
    private static final int COST = 1_024;
    private static final long MEBIBYTE = 1 << 20;

    /** What may wait at a consumer beyond its capacity: what each neighbour was granted before, and a probe or two. */
    private static final long IN_FLIGHT = MEBIBYTE + 8 * COST;

    private SimulatedNetwork network = SimulatedNetwork.seeded(1);

    private SimulatedNode manual(String name) {
        return network.node(
                name, SimulatedNodeOptions.builder().manualTopology().build());
    }

    /** Each connected to the one before. */
    private List<SimulatedNode> chain(int length) {
        List<SimulatedNode> nodes = new ArrayList<>();
        for (int i = 0; i < length; i++) {
            SimulatedNode node = manual("n" + i);
            if (i > 0) {
                network.connect(node, nodes.get(i - 1));
            }
            nodes.add(node);
        }
        return nodes;
    }

    private boolean until(BooleanSupplier condition) {
        return network.runUntil(condition, ofSeconds(1), ofMinutes(5));
    }

    private void settle() {
        network.advance(ofSeconds(5));
    }

    static long deliveredTo(SimulatedNode node, SimulatedNode publisher) {
        return node.deliveries().stream()
                .filter(delivery -> delivery.origin().equals(publisher.id()))
                .count();
    }

    /** Delivered or reported missing. */
    static long accountedFor(SimulatedNode node, SimulatedNode publisher) {
        long missing = node.gaps().stream()
                .filter(gap -> gap.origin().equals(publisher.id()))
                .mapToLong(gap -> gap.to() - gap.from() + 1)
                .sum();
        return deliveredTo(node, publisher) + missing;
    }

    private static List<Class<?>> kinds(SimulatedNode node) {
        List<Class<?>> kinds = new ArrayList<>();
        node.events().forEach(event -> kinds.add(event.getClass()));
        return kinds;
    }

    @Nested
    class Two_nodes {
        final SimulatedNode publisher = manual("publisher");
        final SimulatedNode subscriber = manual("subscriber");

        private SimulatedConsumer pair(long capacity) {
            publisher.subscribe(TOPIC);
            SimulatedConsumer consumer = subscriber.subscribeWaiting(TOPIC, capacity);
            network.connect(publisher, subscriber);
            settle();
            return consumer;
        }

        @ParameterizedTest
        @ValueSource(longs = {64 * COST, MEBIBYTE, 4 * MEBIBYTE})
        void a_slow_consumer_gets_everything_and_its_queue_stays_small(long capacity) {
            SimulatedConsumer consumer = pair(capacity);
            consumer.take(400 * COST);
            publisher.publishWaiting(TOPIC, 8_000, BYTES);
            assertThat(until(() -> deliveredTo(subscriber, publisher) == 8_000)).isTrue();
            assertThat(subscriber.gaps()).isEmpty();
            assertThat(consumer.mostQueued()).isLessThanOrEqualTo(capacity + capacity / 4 + 20 * COST);
        }

        @Test
        void a_consumer_that_takes_nothing_makes_the_publisher_wait_after_two_windows() {
            SimulatedConsumer consumer = pair(16 * MEBIBYTE);
            publisher.publishWaiting(TOPIC, 100_000, BYTES);
            network.advance(ofSeconds(20));
            consumer.take(0);
            assertThat(publisher.isPublishingBlocked(TOPIC)).isTrue();
            assertThat(consumer.queued()).isLessThanOrEqualTo(16 * MEBIBYTE + IN_FLIGHT);
        }

        @Test
        void a_consumer_that_pauses_for_less_than_the_timeout_loses_nothing() {
            SimulatedConsumer consumer = pair(64 * COST);
            consumer.take(2_000 * COST);
            publisher.publishWaiting(TOPIC, 20_000, BYTES);
            network.advance(ofSeconds(2));
            consumer.take(0);
            network.advance(ofSeconds(25));
            assertThat(publisher.isPublishingBlocked(TOPIC)).isTrue();
            consumer.take(2_000 * COST);
            assertThat(until(() -> deliveredTo(subscriber, publisher) == 20_000))
                    .isTrue();
            assertThat(subscriber.gaps()).isEmpty();
            assertThat(kinds(publisher)).doesNotContain(NodeEvent.SlowConsumer.class);
        }

        @Test
        void a_consumer_that_takes_nothing_is_cut_off_and_told_and_the_publisher_goes_on() {
            pair(64 * COST);
            publisher.publishWaiting(TOPIC, 5_000, BYTES);
            network.advance(ofSeconds(29));
            assertThat(publisher.isPublishingBlocked(TOPIC)).isTrue();
            network.advance(ofSeconds(5));
            assertThat(publisher.isPublishingBlocked(TOPIC)).isFalse();
            assertThat(kinds(publisher)).contains(NodeEvent.SlowConsumer.class);
            assertThat(kinds(subscriber)).contains(NodeEvent.CutOff.class);
        }

        @Test
        void a_reset_in_the_middle_loses_nothing() {
            SimulatedConsumer consumer = pair(256 * COST);
            consumer.take(1_000 * COST);
            publisher.publishWaiting(TOPIC, 10_000, BYTES);
            for (int i = 0; i < 3; i++) {
                network.advance(ofSeconds(2));
                network.reset(publisher, subscriber);
                network.connect(publisher, subscriber);
            }
            assertThat(until(() -> deliveredTo(subscriber, publisher) == 10_000))
                    .isTrue();
            assertThat(subscriber.gaps()).isEmpty();
        }

        @Test
        void words_about_credit_that_are_lost_are_made_up_for() {
            SimulatedConsumer consumer = pair(256 * COST);
            network.link(subscriber, publisher).drop(0.2);
            consumer.take(1_000 * COST);
            publisher.publishWaiting(TOPIC, 5_000, BYTES);
            assertThat(until(() -> deliveredTo(subscriber, publisher) == 5_000)).isTrue();
            assertThat(subscriber.gaps()).isEmpty();
        }

        @Test
        void nobody_waits_for_a_live_subscriber() {
            publisher.subscribe(TOPIC);
            subscriber.subscribe(TOPIC);
            network.connect(publisher, subscriber);
            settle();
            publisher.publishWaiting(TOPIC, 20_000, BYTES);
            assertThat(publisher.isPublishingBlocked(TOPIC)).isFalse();
            network.advance(ofSeconds(20));
            assertThat(accountedFor(subscriber, publisher)).isEqualTo(20_000);
        }

        @Test
        void a_narrow_path_makes_the_publisher_wait_as_a_slow_consumer_does() {
            SimulatedConsumer consumer = pair(256 * COST);
            consumer.take(100_000 * COST);
            network.link(publisher, subscriber).bandwidth(500 * COST);
            publisher.publishWaiting(TOPIC, 5_000, BYTES);
            assertThat(publisher.isPublishingBlocked(TOPIC)).isTrue();
            assertThat(until(() -> deliveredTo(subscriber, publisher) == 5_000)).isTrue();
            assertThat(subscriber.gaps()).isEmpty();
        }
    }

    @Nested
    class A_chain {
        @Test
        void carries_back_pressure_over_all_its_nodes() {
            List<SimulatedNode> nodes = chain(6);
            nodes.subList(0, 5).forEach(node -> node.subscribe(TOPIC));
            SimulatedNode publisher = nodes.get(0);
            SimulatedNode last = nodes.get(5);
            SimulatedConsumer consumer = last.subscribeWaiting(TOPIC, 64 * COST);
            settle();
            consumer.take(500 * COST);
            publisher.publishWaiting(TOPIC, 15_000, BYTES);
            assertThat(until(() -> deliveredTo(last, publisher) == 15_000)).isTrue();
            for (SimulatedNode node : nodes.subList(1, 6)) {
                assertThat(deliveredTo(node, publisher)).isEqualTo(15_000);
                assertThat(node.gaps()).isEmpty();
            }
        }

        @Test
        void cuts_the_slow_end_off_and_nobody_on_the_way() {
            List<SimulatedNode> nodes = chain(4);
            nodes.subList(0, 3).forEach(node -> node.subscribe(TOPIC));
            nodes.get(3).subscribeWaiting(TOPIC, 64 * COST);
            settle();
            nodes.get(0).publishWaiting(TOPIC, 20_000, BYTES);
            network.advance(ofMinutes(1));
            assertThat(nodes.get(0).isPublishingBlocked(TOPIC)).isFalse();
            assertThat(kinds(nodes.get(0))).doesNotContain(NodeEvent.SlowConsumer.class);
            assertThat(kinds(nodes.get(1))).doesNotContain(NodeEvent.SlowConsumer.class);
            assertThat(kinds(nodes.get(2))).contains(NodeEvent.SlowConsumer.class);
            assertThat(kinds(nodes.get(3))).contains(NodeEvent.CutOff.class);
            assertThat(deliveredTo(nodes.get(2), nodes.get(0))).isEqualTo(20_000);
        }
    }

    @Nested
    class A_star_with_one_slow_member {
        private static final int MESSAGES = 4_000;

        final SimulatedNode publisher = manual("publisher");
        final List<SimulatedNode> fast = List.of(manual("fast1"), manual("fast2"));
        final SimulatedNode slow = manual("slow");

        private void connectAll() {
            publisher.subscribe(TOPIC);
            fast.forEach(node -> node.subscribeWaiting(TOPIC, MEBIBYTE).take(10_000 * COST));
            fast.forEach(node -> network.connect(node, publisher));
            network.connect(slow, publisher);
            settle();
        }

        @Test
        void waits_for_one_that_must_not_miss_anything() {
            slow.subscribeWaiting(TOPIC, 64 * COST).take(200 * COST);
            connectAll();
            publisher.publishWaiting(TOPIC, MESSAGES, BYTES);
            network.advance(ofSeconds(10));
            fast.forEach(
                    node -> assertThat(deliveredTo(node, publisher)).isBetween(1_500L, 2_500L + 2 * MEBIBYTE / COST));
            assertThat(until(() -> deliveredTo(slow, publisher) == MESSAGES)).isTrue();
            fast.forEach(node -> assertThat(deliveredTo(node, publisher)).isEqualTo(MESSAGES));
            assertThat(slow.gaps()).isEmpty();
        }

        @Test
        void does_not_wait_for_a_live_one_and_counts_what_it_missed() {
            slow.subscribe(TOPIC);
            connectAll();
            network.link(publisher, slow).bandwidth(100 * COST);
            publisher.publishWaiting(TOPIC, MESSAGES, BYTES);
            assertThat(network.runUntil(
                            () -> fast.stream().allMatch(node -> deliveredTo(node, publisher) == MESSAGES),
                            ofSeconds(1),
                            ofSeconds(20)))
                    .isTrue();
            assertThat(until(() -> accountedFor(slow, publisher) == MESSAGES)).isTrue();
            assertThat(deliveredTo(slow, publisher)).isGreaterThan(500);
            fast.forEach(node -> assertThat(node.gaps()).isEmpty());
        }

        @Test
        void goes_on_once_one_that_takes_nothing_is_cut_off() {
            slow.subscribeWaiting(TOPIC, 64 * COST);
            connectAll();
            publisher.publishWaiting(TOPIC, MESSAGES, BYTES);
            network.advance(ofSeconds(25));
            assertThat(publisher.isPublishingBlocked(TOPIC)).isTrue();
            network.advance(ofSeconds(15));
            fast.forEach(node -> assertThat(deliveredTo(node, publisher)).isEqualTo(MESSAGES));
            assertThat(kinds(publisher)).containsOnlyOnce(NodeEvent.SlowConsumer.class);
            assertThat(kinds(slow)).contains(NodeEvent.CutOff.class);
            fast.forEach(node -> assertThat(kinds(node)).doesNotContain(NodeEvent.CutOff.class));
        }

        @Test
        void never_blocks_a_live_publisher() {
            slow.subscribeWaiting(TOPIC, 64 * COST).take(200 * COST);
            connectAll();
            for (int i = 0; i < MESSAGES; i++) {
                assertThat(publisher
                                .publishLive(TOPIC, ArrayPayload.owning(new byte[BYTES]))
                                .status())
                        .isEqualTo(PublishOutcome.Status.ACCEPTED);
            }
            assertThat(until(() -> accountedFor(slow, publisher) == MESSAGES)).isTrue();
            fast.forEach(node -> assertThat(accountedFor(node, publisher)).isEqualTo(MESSAGES));
        }
    }

    @Nested
    class A_ring {
        @ParameterizedTest
        @ValueSource(longs = {1, 2, 3, 4, 5})
        void in_which_everybody_publishes_and_takes_resolves_by_itself(long seed) {
            network = SimulatedNetwork.seeded(seed);
            List<SimulatedNode> nodes = ring(5);
            List<SimulatedConsumer> consumers = new ArrayList<>();
            nodes.forEach(node -> consumers.add(node.subscribeWaiting(TOPIC, 64 * COST)));
            settle();
            consumers.forEach(consumer -> consumer.take(1_000 * COST));
            nodes.forEach(node -> node.publishWaiting(TOPIC, 2_000, BYTES));
            assertThat(until(() -> haveAll(nodes, 2_000)))
                    .as("all messages of all nodes")
                    .isTrue();
            nodes.forEach(node -> assertThat(node.gaps()).isEmpty());
        }

        /** Some 4 s of consuming. With seeds 4, 9, 12 and 13 the ends of the tree once waited for each other for 20 s. */
        @ParameterizedTest
        @ValueSource(longs = {1, 4, 9, 12, 13})
        void whose_buffers_are_all_full_before_anybody_takes_resolves_by_itself(long seed) {
            fillThenTake(seed, 5, 800, ofSeconds(20));
        }

        @Tag("deep")
        @ParameterizedTest
        @ValueSource(longs = {1, 2, 3, 4, 5})
        void of_more_nodes_whose_buffers_are_all_full_resolves_by_itself(long seed) {
            fillThenTake(seed, 9, 2_000, ofMinutes(5));
        }

        private void fillThenTake(long seed, int size, int each, Duration limit) {
            network = SimulatedNetwork.seeded(seed);
            List<SimulatedNode> nodes = ring(size);
            List<SimulatedConsumer> consumers = new ArrayList<>();
            nodes.forEach(node -> consumers.add(node.subscribeWaiting(TOPIC, 64 * COST)));
            settle();
            nodes.forEach(node -> node.publishWaiting(TOPIC, each, BYTES));
            assertThat(network.runUntil(() -> isFull(nodes, consumers), ofMillis(100), ofSeconds(10)))
                    .as("all buffers are full")
                    .isTrue();
            network.advance(ofSeconds(10)); // less than the patience of publishers
            assertThat(isFull(nodes, consumers)).as("they still are").isTrue();
            consumers.forEach(consumer -> consumer.take(1_000 * COST));
            assertThat(network.runUntil(() -> haveAll(nodes, each), ofSeconds(1), limit))
                    .as("all messages of all nodes within %s", limit)
                    .isTrue();
            for (SimulatedNode node : nodes) {
                assertThat(node.gaps()).isEmpty();
                assertThat(kinds(node)).doesNotContain(NodeEvent.SlowConsumer.class, NodeEvent.CutOff.class);
            }
        }

        private List<SimulatedNode> ring(int size) {
            List<SimulatedNode> nodes = chain(size);
            network.connect(nodes.get(0), nodes.get(size - 1));
            return nodes;
        }

        /** Nobody has taken anything, no queue has room, and every publisher waits. */
        private boolean isFull(List<SimulatedNode> nodes, List<SimulatedConsumer> consumers) {
            return nodes.stream().allMatch(node -> node.isPublishingBlocked(TOPIC))
                    && consumers.stream().allMatch(consumer -> consumer.queued() >= 64 * COST);
        }
    }

    private static boolean haveAll(List<SimulatedNode> nodes, int each) {
        for (SimulatedNode node : nodes) {
            for (SimulatedNode publisher : nodes) {
                if (node != publisher && deliveredTo(node, publisher) < each) {
                    return false;
                }
            }
        }
        return true;
    }
}
