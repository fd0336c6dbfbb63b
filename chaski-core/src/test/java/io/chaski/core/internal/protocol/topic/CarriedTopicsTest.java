package io.chaski.core.internal.protocol.topic;

import static org.assertj.core.api.Assertions.assertThat;

import io.chaski.core.Address;
import io.chaski.core.NodeEvent;
import io.chaski.core.NodeId;
import io.chaski.core.NodeSnapshot.TopicSnapshot;
import io.chaski.core.internal.protocol.ToldTable;
import io.chaski.core.internal.protocol.Wires;
import io.chaski.core.internal.protocol.Wires.Node;
import io.chaski.core.internal.protocol.Wires.Stranger;
import io.chaski.core.internal.wire.Descriptor;
import io.chaski.core.internal.wire.EdgeFrame.Hello;
import io.chaski.core.internal.wire.EdgeFrame.HelloAck;
import io.chaski.core.internal.wire.EdgeFrame.InternTopic;
import io.chaski.core.internal.wire.EdgeFrame.Topics;
import io.chaski.core.internal.wire.Frame;
import io.chaski.core.internal.wire.MembershipFrame;
import io.chaski.core.internal.wire.MembershipFrame.Disconnect;
import io.chaski.core.internal.wire.MembershipFrame.Neighbor;
import io.chaski.core.internal.wire.MembershipFrame.NeighborAck;
import io.chaski.core.internal.wire.MembershipFrame.NeighborNack;
import io.chaski.core.internal.wire.MembershipFrame.Priority;
import io.chaski.core.internal.wire.TopicSummary;
import java.time.Duration;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** What a relay does for its clients, frame by frame. How they come to it is tested in the simulator. */
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class CarriedTopicsTest {

    private static final int GENERATION = MembershipFrame.CARRIED | 5;

    final Wires wires = new Wires();

    /** A subscriber of any topics, played by hand. */
    private final class Client {
        private final Descriptor descriptor;
        private final Stranger wire;
        private int aliases;

        Client(Node relay, int number) {
            this(relay, number, false);
        }

        Client(Node relay, int number, boolean isRelay) {
            wire = wires.stranger(relay, Address.tcp("10.9.9." + number, 50_000));
            descriptor =
                    new Descriptor(new NodeId(7, number), 5, List.of(), false, isRelay, false, TopicSummary.NONE, 0);
            wire.send(new Hello(1, 1, "test", "client", descriptor, 99, 1 << 20, 0, 1_000));
            wire.send(new HelloAck(1, 0, 7, 8));
            wires.settle();
            wire.takeAll();
        }

        /** Subscribes to a topic that it has not named before. */
        int subscribe(String topic) {
            wire.send(new Topics(List.of(TopicSummary.hashOf(topic)), List.of()));
            return name(topic);
        }

        int name(String topic) {
            wire.send(new InternTopic(++aliases, topic));
            return aliases;
        }

        void unsubscribe(String topic) {
            wire.send(new Topics(List.of(), List.of(TopicSummary.hashOf(topic))));
            wires.settle();
        }

        void ask(int alias, int generation) {
            wire.send(new Neighbor(alias, Priority.LOW, generation, descriptor, List.of()));
        }

        /** What the relay has said about links since the last look. */
        List<Frame> answers() {
            wires.settle();
            return wire.takeReceived().stream()
                    .filter(MembershipFrame.class::isInstance)
                    .toList();
        }

        /** Lives on without a word. */
        void idle(Duration time) {
            for (long second = 0; second < time.toSeconds(); second++) {
                wire.sendBytes();
                wires.advance(Duration.ofSeconds(1));
            }
        }
    }

    /** They are known and nobody is at their addresses. */
    static List<Descriptor> absentMembers() {
        return LongStream.rangeClosed(1, 8)
                .mapToObj(i -> new Descriptor(
                        new NodeId(8, i),
                        5,
                        List.of(Address.tcp("10.8.8." + i, 8511)),
                        false,
                        false,
                        false,
                        TopicSummary.NONE,
                        0))
                .toList();
    }

    private List<TopicSnapshot> topics(Node node) {
        return node.protocol().snapshot(wires.nowNanos()).topics();
    }

    private static NeighborAck ack(int alias) {
        return new NeighborAck(alias, GENERATION, List.of());
    }

    private static NeighborNack full(int alias) {
        return new NeighborNack(alias, GENERATION, true, List.of());
    }

    private static NeighborNack unoffered(int alias) {
        return new NeighborNack(alias, GENERATION, false, List.of());
    }

    @Nested
    class A_relay {
        final Node relay = wires.node("relay", Wires.Options::asRelay);
        final Client client = new Client(relay, 1);

        @Test
        void carries_a_topic_for_a_subscriber_that_asks() {
            client.ask(client.subscribe("t"), GENERATION);

            assertThat(client.answers()).containsExactly(ack(1));
            assertThat(topics(relay)).singleElement().satisfies(topic -> {
                assertThat(topic.subscribed()).isFalse();
                assertThat(topic.clients()).isOne();
                assertThat(topic.neighbours()).isEmpty();
            });
        }

        @Test
        void carries_nothing_for_who_does_not_subscribe() {
            client.ask(client.name("t"), GENERATION);

            assertThat(client.answers()).containsExactly(unoffered(1));
            assertThat(topics(relay)).isEmpty();
        }

        @Test
        void is_no_member_for_who_asks_for_a_link_of_members() {
            client.ask(client.subscribe("t"), 5);

            assertThat(client.answers()).containsExactly(new NeighborNack(1, 5, false, List.of()));
            assertThat(topics(relay)).isEmpty();
        }

        @Test
        void carries_on_for_whoever_renews_and_drops_the_topic_90_s_after_the_last_time() {
            int alias = client.subscribe("t");
            client.ask(alias, GENERATION);
            client.idle(Duration.ofSeconds(60));
            client.ask(alias, GENERATION);
            assertThat(client.answers()).containsExactly(ack(1), ack(1));

            client.idle(Duration.ofSeconds(88));
            assertThat(topics(relay)).hasSize(1);
            client.idle(Duration.ofSeconds(4));
            assertThat(client.answers()).containsExactly(new Disconnect(1, GENERATION, true, List.of()));
            assertThat(topics(relay)).isEmpty();
            assertThat(relay.counter("relay.expired")).isOne();
        }

        @Test
        void drops_the_topic_of_a_client_that_leaves() {
            client.ask(client.subscribe("t"), GENERATION);
            client.wire.send(new Disconnect(1, GENERATION, true, List.of()));
            client.idle(Duration.ofSeconds(2));

            assertThat(topics(relay)).isEmpty();
        }

        @Test
        void keeps_the_topic_of_a_client_that_has_left_an_earlier_lease() {
            client.ask(client.subscribe("t"), GENERATION);
            client.wire.send(new Disconnect(1, GENERATION + 1, true, List.of()));
            client.idle(Duration.ofSeconds(2));

            assertThat(topics(relay)).hasSize(1);
        }

        @Test
        void drops_the_topic_of_a_client_that_subscribes_no_more() {
            client.ask(client.subscribe("t"), GENERATION);
            client.unsubscribe("t");
            client.idle(Duration.ofSeconds(2));

            assertThat(topics(relay)).isEmpty();
        }

        @Test
        void drops_the_topic_of_a_client_that_is_gone() {
            client.ask(client.subscribe("t"), GENERATION);
            client.wire.close();
            wires.advance(Duration.ofSeconds(2));

            assertThat(topics(relay)).isEmpty();
        }

        @Test
        void goes_on_as_a_publisher_when_the_last_client_leaves() {
            client.ask(client.subscribe("t"), GENERATION);
            wires.settle();
            relay.publish("t", "own");
            client.wire.send(new Disconnect(1, GENERATION, true, List.of()));
            client.idle(Duration.ofSeconds(50));
            assertThat(topics(relay)).hasSize(1);

            client.idle(Duration.ofSeconds(15));
            assertThat(topics(relay)).isEmpty();
        }

        @Test
        void carries_on_when_it_has_published_long_ago() {
            relay.publish("t", "own");
            client.ask(client.subscribe("t"), GENERATION);
            client.idle(Duration.ofSeconds(80));

            assertThat(topics(relay)).hasSize(1);
        }

        @Test
        void tells_a_client_with_more_than_32_topics_that_there_is_no_room() {
            for (int i = 0; i < Leases.MAX_TOPICS_OF_CLIENT + 1; i++) {
                client.ask(client.subscribe("t" + i), GENERATION);
            }

            assertThat(client.answers()).hasSize(33).last().isEqualTo(full(33));
            assertThat(topics(relay)).hasSize(32);
            assertThat(relay.counter("relay.refused-client-topics")).isOne();
        }

        @Test
        void tells_a_33rd_client_of_a_topic_that_there_is_no_room() {
            client.ask(client.subscribe("t"), GENERATION);
            for (int i = 2; i <= Leases.MAX_CLIENTS; i++) {
                Client other = new Client(relay, i);
                other.ask(other.subscribe("t"), GENERATION);
            }
            Client last = new Client(relay, 99);
            last.ask(last.subscribe("t"), GENERATION);

            // It may be linked to as any other subscriber, but that is the relay's choice.
            assertThat(last.answers()).contains(full(1)).doesNotContain(ack(1));
            assertThat(topics(relay))
                    .singleElement()
                    .satisfies(topic -> assertThat(topic.clients()).isEqualTo(32));
            assertThat(relay.counter("relay.refused-clients")).isOne();
            assertThat(relay.tables("t"))
                    .containsEntry("clients", new ToldTable(32, 32))
                    .containsEntry("guests", new ToldTable(0, 32));
        }

        @Test
        void says_that_it_carries_as_many_topics_as_it_may_and_takes_another_one_when_one_ends() {
            for (int i = 0; i < Leases.MAX_TOPICS; i++) {
                Client one = i % 32 == 0 ? new Client(relay, 100 + i / 32) : clients[i / 32];
                clients[i / 32] = one;
                one.ask(one.subscribe("t" + i), GENERATION);
            }
            int alias = client.subscribe("one more");
            client.ask(alias, GENERATION);
            assertThat(client.answers()).containsExactly(full(1));
            assertThat(relay.events(NodeEvent.LimitReached.class))
                    .containsExactly(new NodeEvent.LimitReached("topics carried for others", 256));
            assertThat(relay.counter("relay.refused-topics")).isOne();

            clients[3].unsubscribe("t96");
            client.idle(Duration.ofSeconds(2));
            client.ask(alias, GENERATION);
            assertThat(client.answers()).containsExactly(ack(1));
        }

        private final Client[] clients = new Client[8];

        @Test
        void ignores_who_asks_all_the_time() {
            int alias = client.subscribe("t");
            for (int i = 0; i < 1_000; i++) {
                client.ask(alias, GENERATION);
            }

            assertThat(client.answers()).hasSize(64);
            assertThat(relay.counter("misbehaved.relay.rate")).isEqualTo(936);
        }
    }

    @Nested
    class A_subscriber_that_reaches_no_member {
        final Node node = wires.node("node", Wires.Options::automatic);
        final Client relay = new Client(node, 1, true);
        final int alias = relay.name("t");

        @BeforeEach
        void hearOfMembersThatAreNotThere() {
            node.protocol().subscribe("t", wires.nowNanos());
            relay.wire.send(new NeighborNack(alias, 1, true, absentMembers()));
        }

        private List<Neighbor> asked() {
            return relay.answers().stream()
                    .filter(frame -> frame instanceof Neighbor ask && ask.isCarried())
                    .map(Neighbor.class::cast)
                    .toList();
        }

        private int carried() {
            List<Neighbor> asked = List.of();
            while (asked.isEmpty()) {
                relay.idle(Duration.ofSeconds(1));
                asked = asked();
            }
            int generation = asked.get(0).generation();
            relay.wire.send(new NeighborAck(alias, generation, List.of()));
            wires.settle();
            return generation;
        }

        @Test
        void asks_a_relay_and_asks_again_every_30_s() {
            int generation = carried();

            assertThat(topics(node))
                    .singleElement()
                    .satisfies(topic -> assertThat(topic.relay()).contains(relay.descriptor.id()));
            relay.idle(Duration.ofSeconds(25));
            assertThat(asked()).isEmpty();
            relay.idle(Duration.ofSeconds(8));
            assertThat(asked())
                    .singleElement()
                    .satisfies(ask -> assertThat(ask.generation()).isEqualTo(generation));
        }

        @Test
        void asks_others_for_half_a_minute_when_its_relay_lets_it_go() {
            int generation = carried();
            relay.wire.send(new Disconnect(alias, generation, true, List.of()));

            relay.idle(Duration.ofSeconds(25));
            assertThat(asked()).isEmpty();
            relay.idle(Duration.ofSeconds(8));
            assertThat(asked()).isNotEmpty();
        }
    }

    @Nested
    class A_member {
        @Test
        void tells_a_33rd_publisher_that_does_not_subscribe_that_there_is_no_room() {
            Node node = wires.node("node");
            node.protocol().subscribe("t", wires.nowNanos());
            for (int i = 1; i <= Guests.MAX; i++) {
                Client guest = new Client(node, i);
                guest.ask(guest.name("t"), 5);
            }
            Client last = new Client(node, 99);
            last.ask(last.name("t"), 5);

            assertThat(last.answers()).contains(new NeighborNack(1, 5, true, List.of()));
            assertThat(node.counter("guest.refused")).isOne();
            assertThat(node.tables("t"))
                    .containsEntry("guests", new ToldTable(32, 32))
                    .containsEntry("clients", new ToldTable(0, 32));
        }
    }

    @Nested
    class A_node_that_does_not_offer_it {

        @Test
        void carries_nothing_whether_it_subscribes_or_not() {
            Node node = wires.node("node");
            node.protocol().subscribe("own", wires.nowNanos());
            Client client = new Client(node, 1);
            int own = client.name("own");
            int other = client.name("other");
            client.wire.send(new Topics(List.of(TopicSummary.hashOf("other")), List.of()));
            client.ask(own, GENERATION);
            client.ask(other, GENERATION);

            assertThat(client.answers())
                    .filteredOn(NeighborNack.class::isInstance)
                    .hasSize(2)
                    .allSatisfy(answer ->
                            assertThat(((NeighborNack) answer).subscribed()).isFalse());
            assertThat(topics(node))
                    .singleElement()
                    .satisfies(topic -> assertThat(topic.clients()).isZero());
        }

        @Test
        void takes_a_lease_back_that_it_has_not_asked_for() {
            Node node = wires.node("node");
            node.protocol().subscribe("t", wires.nowNanos());
            Client relay = new Client(node, 1);
            relay.wire.send(new NeighborAck(relay.name("t"), GENERATION, List.of()));

            assertThat(relay.answers()).containsExactly(new Disconnect(1, GENERATION, true, List.of()));
        }
    }
}
