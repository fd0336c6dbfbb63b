package io.chaski.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Nodes, topics and looking at them, through the public door. */
@Timeout(60)
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class ChaskiNodeTest extends LoopbackNodes {

    record Reading(String sensor, double celsius) {}

    private static final Topic<Reading> READINGS = Topic.of("sensors/temperature", Reading.class);

    @Nested
    class Two_nodes_that_share_a_topic {

        @Test
        void find_each_other_and_talk() throws Exception {
            ChaskiNode ana = start("ana");
            ChaskiNode ben = startNextTo(ana, "ben");
            List<Message<Reading>> heard = new CopyOnWriteArrayList<>();
            List<String> threads = new CopyOnWriteArrayList<>();
            Subscription atAna = ana.subscribe(READINGS, message -> {
                threads.add(Thread.currentThread().getName());
                heard.add(message);
            });
            Subscription atBen = ben.subscribe(READINGS, message -> {});
            atAna.awaitPaired(LIMIT);
            atBen.awaitPaired(LIMIT);
            assertThat(get(atAna.ready())).isEqualTo(Pairing.PAIRED);

            Receipt receipt = get(ben.publishAsync(
                    READINGS,
                    new Reading("mill-7", 21.5),
                    PublishOptions.builder().key("mill-7").header("unit", "C").build()));
            assertThat(receipt.status()).isEqualTo(Receipt.Status.ACCEPTED);
            assertThat(receipt.neighbours()).isEqualTo(1);
            assertThat(ben.publish(READINGS, new Reading("mill-7", 22)).neighbours())
                    .isEqualTo(1);

            await().atMost(LIMIT).until(() -> heard.size() == 2);
            Message<Reading> first = heard.get(0);
            assertThat(first.payload()).isEqualTo(new Reading("mill-7", 21.5));
            assertThat(first.origin()).isEqualTo(ben.id());
            assertThat(first.originName()).isEqualTo("ben");
            assertThat(first.epoch()).isEqualTo(ben.epoch());
            assertThat(first.sequence()).isEqualTo(receipt.sequence());
            assertThat(first.hops()).isEqualTo(1);
            assertThat(first.key()).contains("mill-7");
            assertThat(first.headers()).isEqualTo(Map.of("unit", "C"));
            assertThat(heard.get(1).timestamp()).isGreaterThan(first.timestamp());
            assertThat(threads).noneMatch(name -> name.contains("-io"));
        }

        @Test
        void may_have_the_same_name() throws Exception {
            ChaskiNode one = start("twin");
            ChaskiNode two = startNextTo(one, "twin");
            assertThat(one.id()).isNotEqualTo(two.id());
            Subscription subscription = one.subscribe(TEXT, message -> {});
            two.subscribe(TEXT, message -> {});
            subscription.awaitPaired(LIMIT);
        }

        @Test
        void keep_the_order_of_a_publisher() throws Exception {
            ChaskiNode ana = start("ana");
            ChaskiNode ben = startNextTo(ana, "ben");
            List<Integer> heard = new CopyOnWriteArrayList<>();
            SubscribeOptions wide = SubscribeOptions.builder().capacity(10_000).build();
            Subscription subscription =
                    ana.subscribe(TEXT, message -> heard.add(Integer.parseInt(message.payload())), wide);
            Subscription publisher = ben.subscribe(TEXT, message -> {});
            subscription.awaitPaired(LIMIT);
            publisher.awaitPaired(LIMIT);
            for (int i = 0; i < 2_000; i++) {
                assertThat(ben.publish(TEXT, String.valueOf(i)).isRejected()).isFalse();
            }
            await().atMost(LIMIT).until(() -> heard.size() == 2_000);
            assertThat(heard).isSorted();
        }

        @Test
        void see_each_other_in_presence() throws Exception {
            Topic<String> room = TEXT.presence(true);
            ChaskiNode ana = start("ana");
            ChaskiNode ben = startNextTo(ana, "ben");
            ana.subscribe(room, message -> {});
            await().atMost(LIMIT)
                    .untilAsserted(() -> assertThat(ana.presence(room).members())
                            .containsExactly(new Presence.Member(ana.id(), "ana")));
            List<String> notices = new CopyOnWriteArrayList<>();
            ana.presence(room).onJoined(member -> notices.add(member.name() + " joined"));
            ana.presence(room).onLeft(member -> notices.add(member.name() + " left"));

            ben.subscribe(room, message -> {});
            await().atMost(LIMIT).until(() -> ben.presence(room).count() == 2);
            await().atMost(LIMIT).until(() -> ana.presence(room).isPresent(ben.id()));
            ben.close();
            await().atMost(LIMIT).until(() -> ana.presence(room).count() == 1);
            await().atMost(LIMIT).until(() -> notices.size() == 2);
            assertThat(notices).containsExactly("ben joined", "ben left");
        }

        @Test
        void do_not_hear_what_they_no_longer_subscribe_to() throws Exception {
            ChaskiNode ana = start("ana");
            ChaskiNode ben = startNextTo(ana, "ben");
            List<String> heard = new CopyOnWriteArrayList<>();
            Topic<String> other = Topic.text("other");
            Subscription subscription = ana.subscribe(TEXT, message -> heard.add("t " + message.payload()));
            Subscription staying = ana.subscribe(other, message -> heard.add("other " + message.payload()));
            ben.subscribe(TEXT, message -> {});
            ben.subscribe(other, message -> {});
            subscription.awaitPaired(LIMIT);
            staying.awaitPaired(LIMIT);
            subscription.close();
            await().atMost(LIMIT).until(() -> !ben.isPaired(TEXT));
            ben.publish(TEXT, "a");
            ben.publish(other, "b");
            await().atMost(LIMIT).until(() -> !heard.isEmpty());
            assertThat(heard).containsExactly("other b");
            assertThat(ana.subscriptions()).containsExactly(staying);
        }
    }

    @Nested
    class A_node_alone {

        @Test
        void says_so_and_keeps_what_it_publishes() throws Exception {
            ChaskiNode ana = start("ana");
            Subscription subscription = ana.subscribe(TEXT, message -> {});
            assertThat(get(subscription.ready())).isEqualTo(Pairing.ALONE);
            assertThat(ana.isPaired(TEXT)).isFalse();
            assertThat(ana.publish(TEXT, "a").status()).isEqualTo(Receipt.Status.KEPT);
            assertThatThrownBy(() -> subscription.awaitPaired(Duration.ofMillis(50)))
                    .isInstanceOf(RequestTimeoutException.class);
            assertThat(ana.diagnose(TEXT).paired()).isFalse();
            assertThat(ana.diagnose(TEXT).findings()).isNotEmpty();
        }

        @Test
        void never_hears_itself() throws Exception {
            ChaskiNode ana = start("ana");
            List<String> heard = new CopyOnWriteArrayList<>();
            ana.subscribe(TEXT, message -> heard.add(message.payload()));
            get(ana.publishAsync(TEXT, "a"));
            assertThat(heard).isEmpty();
        }

        @Test
        void rejects_what_no_frame_can_hold() throws Exception {
            ChaskiNode ana = start("ana");
            Topic<byte[]> bytes = Topic.bytes("b");
            assertThat(ana.publish(bytes, new byte[(1 << 20) - (16 << 10)]).isRejected())
                    .isFalse();
            assertThat(ana.publish(bytes, new byte[1 << 20]).status()).isEqualTo(Receipt.Status.TOO_LARGE);
            assertThat(get(ana.publishAsync(bytes, new byte[1 << 20])).status()).isEqualTo(Receipt.Status.TOO_LARGE);
        }

        @Test
        void has_presence_only_where_it_asked_for_it() {
            ChaskiNode ana = start("ana");
            ana.subscribe(TEXT, message -> {});
            assertThatThrownBy(() -> ana.presence(TEXT))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("presence(true)");
        }
    }

    @Nested
    class Looking_from_outside {

        @Test
        void a_probe_tells_what_is_there() throws Exception {
            ChaskiNode root = start(builder("root").root());
            ChaskiNode ana = start("ana");
            ProbeResult result = get(ana.probe(root.addresses().get(0), LIMIT));
            assertThat(result.id()).isEqualTo(root.id());
            assertThat(result.name()).isEqualTo("root");
            assertThat(result.root()).isTrue();
            assertThat(ana.edges()).isEmpty();
        }

        @Test
        void a_probe_of_nothing_ends_in_time() {
            ChaskiNode ana = start("ana");
            assertThatThrownBy(() -> get(ana.probe(Address.tcp("127.0.0.1", 9), Duration.ofMillis(500))))
                    .hasCauseInstanceOf(RequestTimeoutException.class);
        }

        @Test
        void a_snapshot_tells_what_is_here() throws Exception {
            ChaskiNode ana = start("ana");
            ChaskiNode ben = startNextTo(ana, "ben");
            Subscription subscription = ana.subscribe(TEXT, message -> {});
            ben.subscribe(TEXT, message -> {});
            subscription.awaitPaired(LIMIT);
            NodeSnapshot snapshot = ana.snapshot();
            assertThat(snapshot.state()).isEqualTo(NodeSnapshot.State.RUNNING);
            assertThat(snapshot.id()).isEqualTo(ana.id());
            assertThat(snapshot.addresses()).isEqualTo(ana.addresses());
            assertThat(snapshot.edges())
                    .extracting(NodeSnapshot.EdgeSnapshot::peer)
                    .containsExactly(ben.id());
            assertThat(snapshot.topics())
                    .extracting(NodeSnapshot.TopicSnapshot::name)
                    .contains("t");
            assertThat(snapshot.counters()).containsKeys("deliveries.dropped", "events.dropped");
            assertThat(snapshot.queues())
                    .containsExactly(new NodeSnapshot.QueueSnapshot(
                            "t", 0, 0, SubscribeOptions.DEFAULT_CAPACITY, SubscribeOptions.DEFAULT_CAPACITY_BYTES, 0));

            ana.close();
            assertThat(ana.snapshot().queues()).as("of a node that has closed").isEmpty();
        }

        @Test
        void events_tell_what_happens_from_start_to_end() throws Exception {
            List<NodeEvent> events = new CopyOnWriteArrayList<>();
            ChaskiNode ana = start(builder("ana").onEvent(events::add));
            ChaskiNode ben = startNextTo(ana, "ben");
            Subscription subscription = ana.subscribe(TEXT, message -> {});
            ben.subscribe(TEXT, message -> {});
            subscription.awaitPaired(LIMIT);
            ana.close();
            await().atMost(LIMIT).until(() -> events.contains(new NodeEvent.Closed()));
            assertThat(events)
                    .startsWith(new NodeEvent.Started())
                    .contains(
                            new NodeEvent.EdgeUp(ben.id(), "ben"),
                            new NodeEvent.Paired("t"),
                            new NodeEvent.NeighboursChanged("t", 1))
                    .endsWith(new NodeEvent.Closed());
        }
    }
}
