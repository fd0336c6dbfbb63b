package io.chaski.core.internal.protocol.datagram;

import static org.assertj.core.api.Assertions.assertThat;

import io.chaski.core.Address;
import io.chaski.core.NodeId;
import io.chaski.core.internal.protocol.ToldTable;
import io.chaski.core.internal.protocol.Wires;
import io.chaski.core.internal.protocol.Wires.Node;
import io.chaski.core.internal.wire.Datagram;
import io.chaski.core.internal.wire.Datagram.FindReply;
import io.chaski.core.internal.wire.Datagram.FindRequest;
import io.chaski.core.internal.wire.Descriptor;
import io.chaski.core.internal.wire.TopicSummary;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class UdpFinderTest {

    static final long TOPIC = TopicSummary.hashOf("t");

    /** Nobody accepts connections there. */
    static final Address BOOTSTRAP = Address.tcp("10.66.66.66", 8511);

    final Wires wires = new Wires();
    final List<FindRequest> asked = new ArrayList<>();
    final List<Long> askedAtMillis = new ArrayList<>();
    long startNanos = wires.nowNanos();

    Node seeker(Address... bootstraps) {
        return wires.node("alice", options -> options.automatic().bootstrap(bootstraps));
    }

    Node member() {
        Node member = wires.node("bob", Wires.Options::automatic);
        member.protocol().subscribe("t", wires.nowNanos());
        return member;
    }

    /** Returns when the first question has arrived: the second attempt sends it, a second or so after the first. */
    void look(Node seeker) {
        seeker.protocol().subscribe("t", wires.nowNanos());
        for (int millis = 0; millis < 1_500 && asked.isEmpty(); millis++) {
            wires.advance(Duration.ofMillis(1));
        }
    }

    static Descriptor at(Node node, Address... addresses) {
        return new Descriptor(
                node.id(), 1_000, List.of(addresses), true, false, false, TopicSummary.of(List.of(TOPIC)), 0);
    }

    void answer(Node seeker, Address from, NodeId request, long topicHash, Descriptor... members) {
        wires.datagram(from, seeker, new FindReply(request, topicHash, List.of(members)), 200);
    }

    @Nested
    class A_bootstrap_that_takes_no_edges {
        final Node bob = member();

        @BeforeEach
        void listen() {
            wires.swallow(BOOTSTRAP);
            wires.onDatagram(BOOTSTRAP, (from, datagram) -> {
                if (asked.isEmpty()) {
                    startNanos = wires.nowNanos() - Wires.LATENCY.toNanos();
                }
                asked.add((FindRequest) datagram);
                askedAtMillis.add((wires.nowNanos() - startNanos) / 1_000_000);
            });
        }

        @Test
        void names_members_which_are_dialled_at_once() {
            Node alice = seeker(BOOTSTRAP);
            look(alice);
            wires.advance(Duration.ofMillis(20));
            answer(alice, BOOTSTRAP, asked.get(0).request(), TOPIC, at(bob, bob.address()));
            wires.settle();

            assertThat(alice.peers()).containsExactly(bob.id());
        }

        @Test
        void that_is_a_whole_node_names_those_it_has_an_edge_with() {
            Node root = wires.node("root", Wires.Options::automatic);
            bob.connect(root.address());
            wires.settle();
            wires.swallow(root.address());
            Node alice = seeker(root.address());
            look(alice);
            wires.settle();

            assertThat(alice.peers()).containsExactly(bob.id());
        }

        @Test
        void is_asked_three_times_at_growing_intervals() {
            look(seeker(BOOTSTRAP));
            wires.advance(Duration.ofMillis(750));

            assertThat(askedAtMillis).containsExactly(10L, 210L, 610L);
            assertThat(asked).containsOnly(asked.get(0));
        }

        @Test
        void is_heard_when_only_the_last_packet_comes_through() {
            Node alice = seeker(BOOTSTRAP);
            look(alice);
            wires.advance(Duration.ofMillis(750));
            answer(alice, BOOTSTRAP, asked.get(2).request(), TOPIC, at(bob, bob.address()));
            wires.settle();

            assertThat(alice.peers()).containsExactly(bob.id());
        }

        @Test
        void is_asked_no_more_when_it_has_answered() {
            Node alice = seeker(BOOTSTRAP);
            look(alice);
            wires.advance(Duration.ofMillis(20));
            answer(alice, BOOTSTRAP, asked.get(0).request(), TOPIC);
            wires.advance(Duration.ofMillis(600));

            assertThat(asked).hasSize(1);
        }

        @Test
        void is_asked_no_more_when_nobody_looks_any_more() {
            Node alice = seeker(BOOTSTRAP);
            look(alice);
            wires.advance(Duration.ofMillis(20));
            alice.protocol().unsubscribe("t", wires.nowNanos());
            wires.advance(Duration.ofSeconds(2));

            assertThat(asked).hasSize(1);
        }

        @Test
        void is_asked_again_and_again_while_somebody_looks_with_a_new_id_each_time() {
            look(seeker(BOOTSTRAP));
            wires.advance(Duration.ofMinutes(2));

            assertThat(asked.stream().map(FindRequest::request).distinct()).hasSizeBetween(4, 12);
            assertThat(asked).hasSizeLessThanOrEqualTo(36);
        }

        @Test
        void row_84_does_not_send_anybody_to_where_only_its_own_machine_can_reach() {
            Node alice = seeker(BOOTSTRAP);
            look(alice);
            wires.advance(Duration.ofMillis(20));
            Address loopback = Address.tcp("127.0.0.1", 8511);
            answer(alice, BOOTSTRAP, asked.get(0).request(), TOPIC, at(bob, loopback, Address.unix("/run/x.sock")));
            wires.settle();

            assertThat(alice.dialled()).doesNotContain(loopback).containsOnly(BOOTSTRAP);
        }

        @Test
        void of_this_machine_may_name_nodes_of_this_machine() {
            Address here = Address.tcp("127.0.0.1", 8511);
            Address besides = Address.tcp("127.0.0.1", 8512);
            wires.swallow(here);
            wires.onDatagram(here, (from, datagram) -> asked.add((FindRequest) datagram));
            wires.alias(besides, bob);
            Node alice = seeker(here);
            look(alice);
            wires.advance(Duration.ofMillis(20));
            answer(alice, here, asked.get(0).request(), TOPIC, at(bob, besides));
            wires.settle();

            assertThat(alice.peers()).containsExactly(bob.id());
        }

        @Test
        void that_names_itself_is_not_dialled_twice() {
            Node alice = seeker(BOOTSTRAP);
            look(alice);
            wires.advance(Duration.ofMillis(20));
            answer(alice, BOOTSTRAP, asked.get(0).request(), TOPIC, at(bob, BOOTSTRAP));
            wires.settle();

            assertThat(alice.dialled()).containsExactly(BOOTSTRAP);
        }
    }

    @Nested
    class A_forged_answer {
        final Node bob = member();
        final Node alice = seeker(BOOTSTRAP);

        @BeforeEach
        void ask() {
            wires.swallow(BOOTSTRAP);
            wires.onDatagram(BOOTSTRAP, (from, datagram) -> asked.add((FindRequest) datagram));
            look(alice);
            wires.advance(Duration.ofMillis(20));
        }

        void assertIgnored() {
            wires.advance(Duration.ofMillis(100));
            assertThat(alice.dialled()).containsExactly(BOOTSTRAP);
            assertThat(alice.counter("datagram.unasked")).isEqualTo(1);
        }

        @Test
        void row_79_with_another_id_is_ignored() {
            answer(alice, BOOTSTRAP, new NodeId(6, 6), TOPIC, at(bob, bob.address()));
            assertIgnored();
        }

        @Test
        void row_79_from_another_host_is_ignored() {
            Address stranger = Address.tcp("10.9.9.9", BOOTSTRAP.port());
            answer(alice, stranger, asked.get(0).request(), TOPIC, at(bob, bob.address()));
            assertIgnored();
        }

        @Test
        void row_79_from_another_port_is_ignored() {
            answer(alice, BOOTSTRAP.withPort(9), asked.get(0).request(), TOPIC, at(bob, bob.address()));
            assertIgnored();
        }

        @Test
        void row_79_about_another_topic_is_ignored() {
            answer(alice, BOOTSTRAP, asked.get(0).request(), TOPIC + 1, at(bob, bob.address()));
            assertIgnored();
        }

        @Test
        void row_79_that_repeats_one_that_came_is_ignored() {
            answer(alice, BOOTSTRAP, asked.get(0).request(), TOPIC);
            answer(alice, BOOTSTRAP, asked.get(0).request(), TOPIC, at(bob, bob.address()));
            assertIgnored();
        }

        @Test
        void row_79_that_comes_when_the_question_was_given_up_is_ignored() {
            alice.protocol().unsubscribe("t", wires.nowNanos());
            wires.advance(Duration.ofMillis(2_100));
            answer(alice, BOOTSTRAP, asked.get(0).request(), TOPIC, at(bob, bob.address()));
            assertIgnored();
        }
    }

    @Nested
    class Without_UDP {
        @Test
        void members_are_found_over_the_edge() {
            Node root = wires.node("root", Wires.Options::automatic);
            Node bob = member();
            bob.connect(root.address());
            wires.settle();
            wires.onDatagram(root.address(), (from, datagram) -> {});
            Node alice = seeker(root.address());
            look(alice);
            wires.advance(Duration.ofSeconds(1));

            assertThat(alice.peers()).contains(bob.id());
        }

        @Test
        void a_node_that_has_no_port_finds_them_too() {
            Node root = wires.node("root", Wires.Options::automatic);
            Node bob = member();
            bob.connect(root.address());
            wires.settle();
            Node alice = seeker(root.address());
            alice.closeUdp();
            look(alice);
            wires.advance(Duration.ofSeconds(1));

            assertThat(alice.peers()).contains(bob.id());
        }
    }

    @Nested
    class Nobody_is_asked {
        @BeforeEach
        void listen() {
            wires.onDatagram(BOOTSTRAP, this::onDatagram);
        }

        private void onDatagram(Address from, Datagram datagram) {
            if (datagram instanceof FindRequest find) {
                asked.add(find);
            }
        }

        @Test
        void while_an_edge_stands() {
            wires.alias(BOOTSTRAP, wires.node("root", Wires.Options::automatic));
            Node alice = seeker(BOOTSTRAP);
            wires.settle();
            look(alice);
            wires.advance(Duration.ofSeconds(10));

            assertThat(asked).isEmpty();
        }

        @Test
        void when_the_edge_has_come_before_the_second_attempt() {
            wires.alias(BOOTSTRAP, wires.node("root", Wires.Options::automatic));
            look(seeker(BOOTSTRAP));
            wires.advance(Duration.ofSeconds(10));

            assertThat(asked).isEmpty();
        }

        @Test
        void at_a_name_or_without_a_port() {
            Address name = Address.tcp("root.example.org", 8511);
            List<Datagram> sent = new ArrayList<>();
            wires.onDatagram(name, (from, datagram) -> sent.add(datagram));
            look(seeker(name, Address.inproc("root")));
            wires.advance(Duration.ofSeconds(10));

            assertThat(sent).isEmpty();
        }
    }

    @Nested
    class A_node_with_a_thousand_topics {
        final List<Long> sentNanos = new ArrayList<>();
        final Map<NodeId, Long> begunNanos = new LinkedHashMap<>();

        @Test
        void asks_within_a_budget() {
            wires.swallow(BOOTSTRAP);
            wires.onDatagram(BOOTSTRAP, (from, datagram) -> {
                sentNanos.add(wires.nowNanos());
                begunNanos.putIfAbsent(((FindRequest) datagram).request(), wires.nowNanos());
            });
            Node alice = seeker(BOOTSTRAP);
            for (int i = 0; i < 1_000; i++) {
                alice.protocol().subscribe("topic/" + i, wires.nowNanos());
            }
            ToldTable fullest = alice.tables().get("look-ups over UDP");
            for (int i = 0; i < 100; i++) {
                wires.advance(Duration.ofMillis(100));
                ToldTable told = alice.tables().get("look-ups over UDP");
                fullest = told.size() > fullest.size() ? told : fullest;
            }

            assertThat(fullest).isEqualTo(new ToldTable(32, 32));
            assertThat(mostIn(Duration.ofSeconds(1), sentNanos)).isBetween(1, 2 * UdpFinder.PER_SECOND);
            // Nobody answers, so each question lives two seconds.
            assertThat(mostIn(Duration.ofSeconds(2), begunNanos.values())).isBetween(1, UdpFinder.MAX);
            assertThat(alice.counter("datagram.find-over-budget")).isPositive();
        }

        private int mostIn(Duration window, Collection<Long> times) {
            Deque<Long> within = new ArrayDeque<>();
            int most = 0;
            for (long time : times) {
                within.add(time);
                while (time - within.getFirst() >= window.toNanos()) {
                    within.remove();
                }
                most = Math.max(most, within.size());
            }
            return most;
        }
    }
}
