package io.chaski.core.internal.protocol.topic;

import static org.assertj.core.api.Assertions.assertThat;

import io.chaski.core.Diagnosis;
import io.chaski.core.NodeEvent;
import io.chaski.core.NodeId;
import io.chaski.core.NodeSnapshot.Rates;
import io.chaski.core.internal.protocol.PublishOutcome;
import io.chaski.core.internal.protocol.PublishOutcome.Status;
import io.chaski.core.internal.protocol.ToldTable;
import io.chaski.core.internal.protocol.Wires;
import io.chaski.core.internal.protocol.Wires.Delivered;
import io.chaski.core.internal.protocol.Wires.Node;
import io.chaski.core.internal.protocol.Wires.Stranger;
import io.chaski.core.internal.wire.Descriptor;
import io.chaski.core.internal.wire.EdgeFrame.Hello;
import io.chaski.core.internal.wire.EdgeFrame.HelloAck;
import io.chaski.core.internal.wire.EdgeFrame.InternSource;
import io.chaski.core.internal.wire.EdgeFrame.InternTopic;
import io.chaski.core.internal.wire.EdgeFrame.Refusal;
import io.chaski.core.internal.wire.EdgeFrame.Refuse;
import io.chaski.core.internal.wire.EdgeFrame.Topics;
import io.chaski.core.internal.wire.Frame;
import io.chaski.core.internal.wire.FrameType;
import io.chaski.core.internal.wire.MembershipFrame.Neighbor;
import io.chaski.core.internal.wire.MembershipFrame.NeighborNack;
import io.chaski.core.internal.wire.MembershipFrame.Priority;
import io.chaski.core.internal.wire.TopicSummary;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class TopicsTest {

    private static final int MAX_PUBLISHED = PublishedTopics.MAX;

    final Wires wires = new Wires();

    void subscribe(Node node, String topic) {
        node.protocol().subscribe(topic, wires.nowNanos());
    }

    static List<String> texts(Node node) {
        return node.delivered().stream().map(Delivered::text).toList();
    }

    @Nested
    class Two_subscribers_with_an_edge {
        final Node alice = wires.node("alice");
        final Node bob = wires.node("bob");

        @BeforeEach
        void connect() {
            subscribe(alice, "t");
            alice.connect(bob.address());
            subscribe(bob, "t");
            wires.settle();
        }

        @Test
        void pair_and_say_so() {
            assertThat(alice.events(NodeEvent.Paired.class)).containsExactly(new NodeEvent.Paired("t"));
            assertThat(bob.events(NodeEvent.Paired.class)).containsExactly(new NodeEvent.Paired("t"));
            assertThat(alice.protocol()
                            .snapshot(wires.nowNanos())
                            .edges()
                            .get(0)
                            .topics())
                    .containsExactly("t");
        }

        @Test
        void hear_each_other_and_not_themselves() {
            PublishOutcome outcome = alice.publish("t", "one");
            bob.publish("t", "two");
            wires.settle();

            assertThat(outcome.status()).isEqualTo(Status.ACCEPTED);
            assertThat(bob.delivered()).containsExactly(new Delivered("t", alice.id(), 1, 1, "one"));
            assertThat(alice.delivered()).containsExactly(new Delivered("t", bob.id(), 1, 1, "two"));
        }

        @Test
        void know_how_many_messages_a_second_there_are() {
            for (int second = 0; second < 12; second++) {
                for (int i = 0; i < 20; i++) {
                    alice.publish("t", "message " + i);
                }
                wires.advance(Duration.ofSeconds(1));
            }

            assertThat(rates(alice).window()).isEqualTo(Duration.ofSeconds(10));
            assertThat(rates(alice).published()).isEqualTo(20);
            assertThat(rates(alice).delivered()).isZero();
            assertThat(rates(bob).published()).isZero();
            assertThat(rates(bob).delivered()).isEqualTo(20);
        }

        private Rates rates(Node node) {
            return node.protocol().snapshot(wires.nowNanos()).topics().get(0).rates();
        }

        @Test
        void hear_nothing_of_a_topic_they_have_left_while_the_edge_stays() {
            bob.protocol().unsubscribe("t", wires.nowNanos());
            wires.settle();
            alice.publish("t", "one");
            wires.settle();

            assertThat(bob.delivered()).isEmpty();
            assertThat(alice.peers()).containsExactly(bob.id());
            assertThat(alice.events(NodeEvent.Isolated.class)).containsExactly(new NodeEvent.Isolated("t"));
            assertThat(bob.events(NodeEvent.Isolated.class)).isEmpty();
        }

        @Test
        void number_their_messages_on_when_they_leave_a_topic_and_come_back() {
            alice.publish("t", "one");
            wires.settle();
            alice.protocol().unsubscribe("t", wires.nowNanos());
            wires.advance(Duration.ofMinutes(2));
            subscribe(alice, "t");
            wires.settle();
            alice.publish("t", "two");
            wires.settle();

            assertThat(bob.delivered())
                    .containsExactly(
                            new Delivered("t", alice.id(), 1, 1, "one"), new Delivered("t", alice.id(), 2, 1, "two"));
        }

        @Test
        void say_why_they_are_paired() {
            Diagnosis diagnosis = alice.protocol().diagnose("t", wires.nowNanos());

            assertThat(diagnosis.findings())
                    .extracting(Diagnosis.Finding::toString)
                    .containsExactly("PAIRED: neighbours: 1");
        }
    }

    @Nested
    class A_publisher_that_does_not_subscribe {
        final Node alice = wires.node("alice");
        final Node bob = wires.node("bob");

        @Test
        void reaches_the_subscriber_at_the_other_end_of_an_edge() {
            subscribe(bob, "t");
            alice.connect(bob.address());
            wires.settle();
            alice.publish("t", "one");
            wires.advance(Duration.ofSeconds(1));
            alice.publish("t", "two");
            wires.advance(Duration.ofSeconds(1));

            assertThat(texts(bob)).containsExactly("one", "two");
        }

        @Test
        void keeps_the_message_when_nobody_is_there_and_gives_it_to_who_comes() {
            alice.connect(bob.address());
            wires.settle();
            assertThat(alice.publish("t", "one").status()).isEqualTo(Status.KEPT);
            wires.advance(Duration.ofSeconds(1));
            subscribe(bob, "t");
            wires.advance(Duration.ofSeconds(6));

            assertThat(texts(bob)).containsExactly("one");
        }

        @Test
        void hears_nothing_and_is_no_member() {
            subscribe(bob, "t");
            alice.connect(bob.address());
            wires.settle();
            alice.publish("t", "one");
            wires.advance(Duration.ofSeconds(1));
            bob.publish("t", "two");
            wires.advance(Duration.ofSeconds(1));

            assertThat(alice.delivered()).isEmpty();
            assertThat(bob.events(NodeEvent.Paired.class)).isEmpty();
        }

        @Test
        void leaves_the_tree_a_minute_after_its_last_message() {
            subscribe(bob, "t");
            alice.connect(bob.address());
            wires.settle();
            alice.publish("t", "one");
            wires.advance(Duration.ofSeconds(59));
            assertThat(alice.protocol().snapshot(wires.nowNanos()).topics()).hasSize(1);

            wires.advance(Duration.ofSeconds(2));
            assertThat(alice.protocol().snapshot(wires.nowNanos()).topics()).isEmpty();
        }

        @Test
        void leaves_the_tree_in_time_whatever_happens_on_other_topics() {
            alice.publish("t", "one");
            for (int i = 0; i < 7; i++) {
                wires.advance(Duration.ofSeconds(10));
                subscribe(alice, "other");
                alice.publish("other", "x");
                alice.protocol().unsubscribe("other", wires.nowNanos());
            }

            assertThat(topicsOfAlice()).containsExactly("other");
        }

        @Test
        void that_ceases_to_subscribe_long_after_its_last_message_leaves_at_once() {
            subscribe(alice, "t");
            alice.publish("t", "one");
            wires.advance(Duration.ofSeconds(61));
            alice.protocol().unsubscribe("t", wires.nowNanos());

            assertThat(topicsOfAlice()).isEmpty();
        }

        @Test
        void that_ceases_to_subscribe_meanwhile_leaves_a_minute_after_its_last_message() {
            subscribe(alice, "t");
            alice.publish("t", "one");
            wires.advance(Duration.ofSeconds(50));
            alice.protocol().unsubscribe("t", wires.nowNanos());
            wires.advance(Duration.ofSeconds(9));
            assertThat(topicsOfAlice()).containsExactly("t");

            wires.advance(Duration.ofSeconds(2));
            assertThat(topicsOfAlice()).isEmpty();
        }

        @Test
        void is_in_a_bounded_number_of_topics_also_when_it_has_subscribed_to_them_before() {
            for (int i = 0; i < MAX_PUBLISHED + 100; i++) {
                subscribe(alice, "u" + i);
                alice.publish("u" + i, "x");
                alice.protocol().unsubscribe("u" + i, wires.nowNanos());
            }
            assertThat(topicsOfAlice()).hasSize(MAX_PUBLISHED);
            assertThat(alice.events(NodeEvent.LimitReached.class))
                    .containsExactly(new NodeEvent.LimitReached("topics published on only", MAX_PUBLISHED));
            assertThat(alice.counter("topic.publisher-dropped")).isEqualTo(100);
            assertThat(alice.counter("topic.kept-dropped")).isEqualTo(100);

            wires.advance(Duration.ofSeconds(61));
            assertThat(topicsOfAlice()).isEmpty();
        }

        @Test
        void leaves_topics_that_keep_a_message_last() {
            for (int i = 1; i < MAX_PUBLISHED; i++) {
                subscribe(bob, "u" + i);
                alice.publish("u" + i, "for bob");
            }
            alice.connect(bob.address());
            wires.advance(Duration.ofSeconds(31));
            alice.publish("t", "kept");
            wires.advance(Duration.ofSeconds(1));
            for (int i = 1; i < MAX_PUBLISHED; i++) {
                assertThat(alice.publish("u" + i, "again").status()).isEqualTo(Status.ACCEPTED);
            }
            alice.publish("one more", "x");
            subscribe(bob, "t");
            wires.advance(Duration.ofSeconds(6));

            assertThat(texts(bob)).contains("kept");
            assertThat(alice.counter("topic.publisher-dropped")).isEqualTo(1);
            assertThat(alice.counter("topic.kept-dropped")).isZero();
        }

        private List<String> topicsOfAlice() {
            return alice.protocol().snapshot(wires.nowNanos()).topics().stream()
                    .map(topic -> topic.name())
                    .toList();
        }

        @Test
        void goes_on_with_its_numbers_when_it_comes_back_or_subscribes() {
            subscribe(bob, "t");
            alice.connect(bob.address());
            wires.settle();
            alice.publish("t", "one");
            wires.advance(Duration.ofMinutes(3));
            alice.publish("t", "two");
            wires.advance(Duration.ofSeconds(1));
            subscribe(alice, "t");
            wires.advance(Duration.ofSeconds(1));
            alice.publish("t", "three");
            wires.advance(Duration.ofSeconds(1));

            assertThat(bob.delivered()).extracting(Delivered::seq).containsExactly(1L, 2L, 3L);
        }

        @Test
        void finds_members_through_a_root_that_does_not_subscribe() {
            Node root = wires.node("root", Wires.Options::automatic);
            Node member = wires.node("member", options -> options.automatic().bootstrap(root.address()));
            Node publisher =
                    wires.node("publisher", options -> options.automatic().bootstrap(root.address()));
            subscribe(member, "t");
            wires.advance(Duration.ofSeconds(3));
            publisher.publish("t", "one");
            wires.advance(Duration.ofSeconds(10));

            assertThat(texts(member)).containsExactly("one");
        }
    }

    @Nested
    class Nodes_with_a_common_root {
        final Node root = wires.node("root", Wires.Options::automatic);
        final List<Node> members = new ArrayList<>();

        @BeforeEach
        void join() {
            for (int i = 0; i < 6; i++) {
                Node member =
                        wires.node("member" + i, options -> options.automatic().bootstrap(root.address()));
                subscribe(member, "t");
                members.add(member);
            }
            wires.advance(Duration.ofSeconds(10));
        }

        @Test
        void all_hear_what_one_publishes_and_the_root_does_not() {
            members.get(0).publish("t", "one");
            wires.advance(Duration.ofSeconds(3));

            for (Node member : members.subList(1, 6)) {
                assertThat(texts(member)).containsExactly("one");
            }
            assertThat(root.delivered()).isEmpty();
        }

        @Test
        void go_on_when_the_root_is_gone() {
            root.crash();
            wires.advance(Duration.ofSeconds(1));
            members.get(3).publish("t", "one");
            wires.advance(Duration.ofSeconds(3));

            assertThat(members.stream().filter(member -> texts(member).equals(List.of("one"))))
                    .hasSize(5);
        }
    }

    @Nested
    class Introductions_in_manual_topology {
        final Node zero = wires.node("zero");
        final Node one = wires.node("one");
        final Node two = wires.node("two");
        final List<List<NodeId>> found = new ArrayList<>();

        void discover(Node node, String topic, boolean keep) {
            long deadline = wires.nowNanos() + Duration.ofSeconds(5).toNanos();
            node.protocol().discover(topic, keep, deadline, found::add, wires.nowNanos());
            wires.advance(Duration.ofSeconds(6));
        }

        @BeforeEach
        void connectToZero() {
            subscribe(zero, "A");
            subscribe(one, "B");
            one.connect(zero.address());
            two.connect(zero.address());
            wires.settle();
        }

        @Test
        void U_DIS_1_nobody_is_found_where_nobody_shares_the_topic() {
            discover(one, "B", true);

            assertThat(found).containsExactly(List.of());
            assertThat(one.peers()).containsExactly(zero.id());
        }

        @Test
        void U_DIS_3_the_introducer_is_kept() {
            subscribe(two, "B");
            wires.settle();
            discover(one, "B", true);
            discover(two, "B", true);

            assertThat(zero.peers()).containsExactlyInAnyOrder(one.id(), two.id());
            assertThat(one.peers()).containsExactlyInAnyOrder(zero.id(), two.id());
            assertThat(two.peers()).containsExactlyInAnyOrder(zero.id(), one.id());
        }

        @Test
        void U_DIS_4_the_introducer_is_left() {
            subscribe(two, "B");
            wires.settle();
            discover(two, "B", false);
            wires.advance(Duration.ofMinutes(2));

            assertThat(zero.peers()).containsExactly(one.id());
            assertThat(one.peers()).containsExactlyInAnyOrder(zero.id(), two.id());
            assertThat(two.peers()).containsExactly(one.id());
        }

        @Test
        void N19_a_member_names_the_others() {
            List<NodeId> others = new ArrayList<>();
            for (String name : List.of("three", "four", "five")) {
                Node other = wires.node(name);
                other.connect(one.address());
                subscribe(other, "B");
                others.add(other.id());
            }
            subscribe(two, "B");
            two.connect(one.address());
            wires.settle();
            discover(two, "B", true);

            others.add(one.id());
            assertThat(found).hasSize(1);
            assertThat(found.get(0)).containsExactlyInAnyOrderElementsOf(others);
        }

        @Test
        void N19_the_only_other_member_is_found_although_it_was_connected_before() {
            subscribe(two, "B");
            two.protocol().disconnect(zero.id(), wires.nowNanos());
            two.connect(one.address());
            wires.settle();
            discover(two, "B", true);

            assertThat(found).containsExactly(List.of(one.id()));
        }

        @Test
        void N20_edges_that_introduced_nobody_stay() {
            Node gateway = wires.node("gateway");
            Node guest = wires.node("guest");
            two.connect(gateway.address());
            guest.connect(two.address());
            subscribe(two, "B");
            wires.settle();
            discover(two, "B", false);

            assertThat(two.peers()).containsExactlyInAnyOrder(one.id(), gateway.id(), guest.id());
        }

        @Test
        void N20_whoever_came_by_himself_is_not_left() {
            Node introducer = wires.node("introducer");
            introducer.connect(one.address());
            introducer.connect(two.address());
            two.protocol().disconnect(zero.id(), wires.nowNanos());
            wires.settle();
            discover(two, "B", false);

            assertThat(two.peers()).containsExactlyInAnyOrder(introducer.id(), one.id());
        }

        @Test
        void calls_at_the_same_time_have_their_own_limits() {
            wires.cut(one, zero);
            long now = wires.nowNanos();
            List<String> ended = new ArrayList<>();
            two.protocol().discover("C", true, now + Duration.ofSeconds(5).toNanos(), ids -> ended.add("long"), now);
            two.protocol().discover("C", false, now + Duration.ofSeconds(1).toNanos(), ids -> ended.add("short"), now);
            wires.advance(Duration.ofSeconds(2));
            assertThat(ended).containsExactly("short");

            wires.advance(Duration.ofSeconds(4));
            assertThat(ended).containsExactly("short", "long");
        }

        @Test
        void one_call_that_keeps_the_introducer_keeps_it_for_all() {
            subscribe(two, "B");
            wires.settle();
            long now = wires.nowNanos();
            long deadline = now + Duration.ofSeconds(5).toNanos();
            two.protocol().discover("B", false, deadline, found::add, now);
            two.protocol().discover("B", true, deadline, found::add, now);
            wires.advance(Duration.ofSeconds(6));

            assertThat(found).containsExactly(List.of(one.id()), List.of(one.id()));
            assertThat(two.peers()).containsExactlyInAnyOrder(zero.id(), one.id());
        }
    }

    @Nested
    class A_hostile_peer {
        final Node alice = wires.node("alice");
        final Stranger stranger = wires.stranger(alice, io.chaski.core.Address.tcp("10.9.9.9", 50_000));

        @BeforeEach
        void becomePeer() {
            subscribe(alice, "t");
            Descriptor descriptor =
                    new Descriptor(new NodeId(7, 7), 5, List.of(), false, false, false, TopicSummary.NONE, 0);
            stranger.send(new Hello(1, 1, "test", "stranger", descriptor, 99, 1 << 20, 0, 1_000));
            stranger.send(new HelloAck(1, 0, 7, 8));
            wires.settle();
            stranger.takeAll();
        }

        List<Frame> answers() {
            wires.settle();
            return stranger.takeReceived();
        }

        @Test
        void is_told_that_a_node_of_manual_topology_is_not_in_the_control_overlay() {
            stranger.send(new InternTopic(1, "@"));
            stranger.send(new Neighbor(
                    1,
                    Priority.OFFER,
                    6,
                    new Descriptor(new NodeId(7, 7), 5, List.of(), false, false, false, TopicSummary.NONE, 0),
                    List.of()));

            assertThat(answers()).last().isEqualTo(new NeighborNack(1, 6, false, List.of()));
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "",
                    "a//b",
                    "/a",
                    "a/",
                    "a/*",
                    "a\u0000b",
                    "a\u202eb",
                    "a\nb",
                    "1/2/3/4/5/6/7/8/9/10/11/12/13/14/15/16/17"
                })
        void rows_47_to_52_that_names_a_bad_topic_is_refused_the_name_and_keeps_the_edge(String topic) {
            stranger.send(new InternTopic(1, topic));

            assertThat(answers()).containsExactly(new Refuse(FrameType.INTERN_TOPIC, 1, Refusal.BAD_TOPIC));
            assertThat(alice.peers()).containsExactly(new NodeId(7, 7));
        }

        @Test
        void that_names_more_topics_than_there_may_be_is_refused_the_rest() {
            stranger.send(new InternTopic(10_001, "t"));

            assertThat(answers()).containsExactly(new Refuse(FrameType.INTERN_TOPIC, 10_001, Refusal.LIMIT));
        }

        @Test
        void row_56_that_subscribes_to_more_than_ten_thousand_topics_is_refused_the_rest() {
            stranger.send(new Topics(LongStream.range(0, 10_001).boxed().toList(), List.of()));

            assertThat(answers()).containsExactly(new Refuse(FrameType.TOPICS, 0, Refusal.LIMIT));
            assertThat(alice.tables()).containsEntry("topics of one peer", new ToldTable(10_000, 10_000));
        }

        @Test
        void row_56_that_subscribes_and_leaves_all_the_time_is_asked_for_a_link_now_and_then() {
            alice.publish("u", "kept"); // published on only: any member is asked to take it
            List<Long> hashes = List.of(TopicSummary.hashOf("t"), TopicSummary.hashOf("u"));
            for (int i = 0; i < 1_000; i++) {
                stranger.send(new Topics(hashes, List.of()));
                stranger.send(new Topics(List.of(), hashes));
            }
            wires.settle();

            assertThat(stranger.takeReceived())
                    .filteredOn(Neighbor.class::isInstance)
                    .hasSizeLessThan(70);
            assertThat(alice.counter("topics.told-later")).isPositive();
        }

        @Test
        void row_56_that_comes_and_goes_on_ever_other_topics_fills_no_table() {
            for (int i = 0; i < 100; i++) {
                List<Long> hashes =
                        LongStream.range(i * 1_000L, (i + 1) * 1_000L).boxed().toList();
                stranger.send(new Topics(hashes, List.of()));
                stranger.send(new Topics(List.of(), hashes));
            }
            wires.settle();

            assertThat(alice.counter("topics.too-many-to-wait")).isPositive();
        }

        @Test
        void that_subscribes_after_coming_and_going_is_asked_for_a_link() {
            List<Long> hash = List.of(TopicSummary.hashOf("t"));
            for (int i = 0; i < 1_000; i++) {
                stranger.send(new Topics(hash, List.of()));
                stranger.send(new Topics(List.of(), hash));
            }
            wires.settle();
            stranger.takeAll();
            wires.advance(Duration.ofSeconds(5));
            stranger.send(new Topics(hash, List.of()));

            assertThat(answers()).hasAtLeastOneElementOfType(Neighbor.class);
        }

        @Test
        void that_names_a_source_of_an_unknown_topic_is_refused_the_name() {
            stranger.send(new InternSource(1, 5, new NodeId(7, 7), 5, 0));

            assertThat(answers()).containsExactly(new Refuse(FrameType.INTERN_SOURCE, 1, Refusal.BAD_TOPIC));
        }

        @Test
        void that_uses_an_alias_it_never_announced_is_ignored_and_counted() {
            stranger.send(new Neighbor(3, Priority.LOW, 1, descriptor(), List.of()));
            stranger.sendData(3, 1, 1, io.chaski.core.internal.wire.ArrayPayload.owning(new byte[3]));

            assertThat(answers()).isEmpty();
            assertThat(alice.counter("misbehaved.alias")).isEqualTo(2);
        }

        @Test
        void that_asks_for_a_link_of_a_topic_nobody_subscribes_to_here_is_told_so() {
            stranger.send(new InternTopic(1, "other"));
            stranger.send(new Neighbor(1, Priority.LOW, 1, descriptor(), List.of()));

            assertThat(answers()).last().isEqualTo(new NeighborNack(1, 1, false, List.of()));
        }

        @Test
        void that_moves_an_alias_means_the_new_name() {
            stranger.send(new InternTopic(1, "other"));
            stranger.send(new InternTopic(1, "t"));
            stranger.send(new InternSource(1, 1, new NodeId(7, 7), 5, 0));

            assertThat(answers()).isEmpty();
        }

        private Descriptor descriptor() {
            return new Descriptor(new NodeId(7, 7), 5, List.of(), false, false, false, TopicSummary.NONE, 0);
        }
    }
}
