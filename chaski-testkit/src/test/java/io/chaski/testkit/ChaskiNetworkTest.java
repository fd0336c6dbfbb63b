package io.chaski.testkit;

import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chaski.core.ChaskiNode;
import io.chaski.core.NodeClosedException;
import io.chaski.core.NodeEvent;
import io.chaski.core.NodeSnapshot;
import io.chaski.core.Receipt;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class ChaskiNetworkTest extends OrdersOnALine {

    @Nested
    class A_line_in_virtual_time {
        private final ChaskiNetwork net = line(42);
        private final ChaskiNode a = net.node("a");
        private final Inbox<Order> atB = net.inbox("b", ORDERS);
        private final Inbox<Order> atC = net.inbox("c", ORDERS);

        @BeforeEach
        void pair() throws InterruptedException {
            a.subscribe(ORDERS, message -> {}).awaitPaired(ofSeconds(5));
            net.await(
                    "the line is linked",
                    () -> atB.subscription().neighbours() == 2
                            && atC.subscription().isPaired(),
                    ofSeconds(5));
        }

        @AfterEach
        void close() {
            net.close();
        }

        @Test
        void has_only_the_edges_of_the_line() {
            assertThat(a.edges()).extracting("name").containsExactly("b");
            assertThat(net.node("b").edges()).extracting("name").containsExactlyInAnyOrder("a", "c");
            assertThat(net.node("c").edges()).extracting("name").containsExactly("b");
        }

        @Test
        void carries_messages_from_end_to_end() {
            a.publish(ORDERS, new Order(1));
            net.advance(ofSeconds(1));

            assertThat(atC).containsExactly(new Order(1));
            assertThat(atC.messages()).extracting("hops").containsExactly(2);
        }

        @Test
        void delivers_after_a_partition_what_was_published_in_it() {
            net.partition("a,b | c");
            a.publish(ORDERS, new Order(1));
            net.advance(ofSeconds(10));
            assertThat(atB).containsExactly(new Order(1));
            assertThat(atC).isEmpty();

            net.heal();
            net.advance(ofSeconds(10));

            assertThat(atC).containsExactly(new Order(1));
            assertThat(atC.gaps()).isEmpty();
        }

        @Test
        void reports_a_gap_when_a_partition_outlasts_the_memory_of_the_others() {
            a.publish(ORDERS, new Order(1));
            net.advance(ofSeconds(1));
            net.partition("a,b | c");
            a.publish(ORDERS, new Order(2));
            net.advance(Duration.ofMinutes(2));
            net.heal();
            net.advance(ofSeconds(60));
            a.publish(ORDERS, new Order(3));
            net.advance(ofSeconds(60));

            assertThat(atC).containsExactly(new Order(1), new Order(3));
            assertThat(atC.gaps()).containsExactly(new NodeEvent.Gap(a.id(), a.epoch(), 2, 2));
        }

        @Test
        void delays_what_passes_a_slow_link() {
            net.link("a", "b").latency(ofMillis(300));
            net.link("b", "c").latency(ofMillis(200));
            Duration publishedAt = net.now();
            a.publish(ORDERS, new Order(1));
            net.advance(ofSeconds(1));

            assertThat(arrivalTimes(atB)).containsExactly(publishedAt.plusMillis(300));
            assertThat(arrivalTimes(atC)).containsExactly(publishedAt.plusMillis(500));
        }

        @Test
        void varies_the_delay_of_a_link_with_jitter_and_keeps_the_order() {
            net.link("a", "b").latency(ofMillis(100)).jitter(ofMillis(50));
            Duration publishedAt = net.now();
            for (int i = 0; i < 20; i++) {
                a.publish(ORDERS, new Order(i));
                net.advance(ofMillis(100));
            }
            net.advance(ofSeconds(1));

            List<Duration> delays = new ArrayList<>();
            for (int i = 0; i < 20; i++) {
                delays.add(arrivalTimes(atB).get(i).minus(publishedAt.plusMillis(100L * i)));
            }
            assertThat(delays)
                    .allSatisfy(delay -> assertThat(delay).isBetween(ofMillis(100), ofMillis(150)))
                    .doesNotHaveDuplicates();
            assertThat(atB).extracting(Order::number).isSorted().hasSize(20);
        }

        @Test
        void blocks_one_direction_of_a_link() {
            net.link("b", "c").blocked();
            a.publish(ORDERS, new Order(1));
            net.node("c").publish(ORDERS, new Order(2));
            net.advance(ofSeconds(2));
            assertThat(atC).isEmpty();
            assertThat(atB).containsExactlyInAnyOrder(new Order(1), new Order(2));

            net.link("b", "c").unblocked();
            net.advance(ofSeconds(2));

            assertThat(atC).containsExactly(new Order(1));
        }

        @Test
        void repairs_what_a_lossy_link_loses() {
            net.link("a", "b").loss(0.2);
            for (int i = 0; i < 50; i++) {
                a.publish(ORDERS, new Order(i));
                net.advance(ofMillis(100));
            }
            net.advance(ofSeconds(30));

            assertThat(atB).extracting(Order::number).isSorted().hasSize(50);
        }

        @Test
        void holds_a_paused_node_and_lets_it_catch_up() {
            net.pause("c");
            a.publish(ORDERS, new Order(1));
            net.advance(ofSeconds(2));
            assertThat(atC).isEmpty();

            net.resume("c");
            net.advance(ofSeconds(2));

            assertThat(atC).containsExactly(new Order(1));
        }

        @Test
        void shows_neighbours_a_crash_and_the_handle_of_the_node_its_end() {
            ChaskiNode b = net.node("b");
            net.crash("b");

            assertThat(b.state()).isEqualTo(NodeSnapshot.State.CLOSED);
            assertThatThrownBy(() -> b.subscribe(ORDERS, message -> {})).isInstanceOf(NodeClosedException.class);
            net.await("a has lost b", () -> a.edge("b").isEmpty(), ofSeconds(10));
        }

        @Test
        void kills_several_at_the_same_moment_or_none_of_them() {
            net.crash("a");

            assertThatThrownBy(() -> net.crash("b", "a")).isInstanceOf(IllegalStateException.class);
            assertThat(net.node("b").state()).isEqualTo(NodeSnapshot.State.RUNNING);

            net.crash("b", "c");

            assertThat(net.nodes()).allMatch(node -> node.state() == NodeSnapshot.State.CLOSED);
        }

        @Test
        void takes_a_node_back_after_a_restart_with_a_higher_epoch() {
            ChaskiNode before = net.node("b");
            net.crash("b");
            ChaskiNode after = net.restart("b");
            Inbox<Order> again = net.inbox(after, ORDERS);
            net.await("b is back", () -> again.subscription().neighbours() == 2, ofSeconds(60));
            a.publish(ORDERS, new Order(7));
            net.advance(ofSeconds(10));

            assertThat(after.id()).isEqualTo(before.id());
            assertThat(after.addresses()).isEqualTo(before.addresses());
            assertThat(after.epoch()).isGreaterThan(before.epoch());
            assertThat(again).containsExactly(new Order(7));
            assertThat(atC).containsExactly(new Order(7));
        }

        @Test
        void takes_more_messages_at_once_than_the_node_queues() {
            int count = 20_000;
            Receipt last = null;
            for (int i = 0; i < count; i++) {
                last = a.publish(ORDERS, new Order(i));
            }
            net.advance(ofSeconds(30));

            assertThat(last.status()).isEqualTo(Receipt.Status.ACCEPTED);
            assertThat(atB).hasSize(count);
        }
    }

    @Nested
    class An_automatic_network {
        @Test
        void pairs_its_nodes_by_itself() {
            try (ChaskiNetwork net =
                    ChaskiNetwork.builder().nodes("a", "b", "c", "d").start()) {
                List<Inbox<Order>> inboxes = new ArrayList<>();
                net.nodes().forEach(node -> inboxes.add(net.inbox(node, ORDERS)));
                net.advance(ofSeconds(5));
                net.node("b").publish(ORDERS, new Order(1));
                net.advance(ofSeconds(5));

                assertThat(inboxes).map(List::size).containsExactly(1, 0, 1, 1);
            }
        }
    }

    @Nested
    class A_builder {
        @Test
        void gives_nodes_their_own_options() {
            AtomicInteger events = new AtomicInteger();
            try (ChaskiNetwork net = ChaskiNetwork.builder()
                    .node("a", options -> options.onEvent(event -> events.incrementAndGet()))
                    .nodes("b")
                    .topology(Layout.MESH)
                    .start()) {
                assertThat(net.node("a").edges()).hasSize(1);
                assertThat(events).hasPositiveValue();
            }
        }

        @Test
        void refuses_a_name_twice() {
            assertThatThrownBy(() -> ChaskiNetwork.builder().nodes("a", "a"))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("'a'");
        }

        @Test
        void refuses_a_network_of_nobody() {
            assertThatThrownBy(() -> ChaskiNetwork.builder().start()).isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Nested
    class A_mistake {
        private final ChaskiNetwork net = line(42);

        @AfterEach
        void close() {
            net.close();
        }

        @Test
        void in_the_name_of_a_node_is_answered_with_the_names_there_are() {
            assertThatThrownBy(() -> net.node("d"))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("there is no node 'd', only [a, b, c]");
        }

        @Test
        void in_a_partition_is_refused() {
            assertThatThrownBy(() -> net.partition("a,b")).isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> net.partition("a,b | b,c")).isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> net.partition("a | z")).isInstanceOf(IllegalArgumentException.class);
        }

        @Test
        void in_the_numbers_of_a_link_is_refused() {
            NetworkLink link = net.link("a", "b");
            assertThatThrownBy(() -> link.loss(1.5)).isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> link.loss(Double.NaN)).isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> link.latency(ofMillis(-1))).isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> link.bandwidth(-1)).isInstanceOf(IllegalArgumentException.class);
        }

        @Test
        void about_who_is_running_is_refused() {
            assertThatThrownBy(() -> net.restart("a")).isInstanceOf(IllegalStateException.class);
            net.crash("a");
            assertThatThrownBy(() -> net.crash("a")).isInstanceOf(IllegalStateException.class);
        }
    }
}
