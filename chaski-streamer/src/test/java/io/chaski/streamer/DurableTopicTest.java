package io.chaski.streamer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chaski.core.ChaskiNode;
import io.chaski.core.Message;
import io.chaski.core.NodeClosedException;
import io.chaski.core.NodeEvent;
import io.chaski.core.NodeId;
import io.chaski.core.RequestTimeoutException;
import io.chaski.core.Topic;
import io.chaski.core.security.policy.AccessDeniedException;
import io.chaski.core.security.policy.Policy;
import io.chaski.streamer.Acknowledgement.Status;
import io.chaski.streamer.internal.keep.MemoryTopicStore;
import io.chaski.testkit.ChaskiNetwork;
import io.chaski.testkit.Inbox;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** Two nodes that keep, one that publishes and one that reads, in virtual time, with stores in memory. */
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class DurableTopicTest {

    private static final Topic<String> ROOM = Topic.text("room");
    private static final Duration SOON = Duration.ofSeconds(15);
    private static final Path NOWHERE = Path.of("nowhere");

    private final ChaskiNetwork net = ChaskiNetwork.builder()
            .nodes("k1", "k2")
            .node("p", options -> options.codec(new ThrowingCodec()))
            .node("s", options -> options.codec(new ThrowingCodec()))
            .seed(1)
            .start();
    private final Map<String, ChaskiStreamer> streamers = new LinkedHashMap<>();
    private final Map<String, MemoryTopicStore> stores = new LinkedHashMap<>();
    private int retained = 10_000;

    @AfterEach
    void close() {
        net.close();
    }

    private ChaskiStreamer streamer(String node) {
        return streamers.computeIfAbsent(node, name -> ChaskiStreamer.on(net.node(name)));
    }

    private DurableTopic<String> open(String node, DurableOptions.Builder options) {
        MemoryTopicStore store =
                stores.computeIfAbsent(node, name -> new MemoryTopicStore(stores.size() + 1, retained));
        return streamer(node).durable(ROOM, options.build(), store::reopened);
    }

    private DurableTopic<String> keeper(String node) {
        return open(node, DurableOptions.builder().keepIn(NOWHERE));
    }

    private DurableTopic<String> publisher(int replicas) {
        return open("p", DurableOptions.builder().replicas(replicas));
    }

    private DurableTopic<String> reader() {
        return open("s", DurableOptions.builder().directory(NOWHERE));
    }

    private NodeId id(String node) {
        return net.node(node).id();
    }

    private Acknowledgement publish(DurableTopic<String> topic, String text) {
        return net.await(topic.publish(text), SOON);
    }

    private void publishAll(DurableTopic<String> topic, int from, int to) {
        List<CompletableFuture<Acknowledgement>> all = IntStream.rangeClosed(from, to)
                .mapToObj(i -> topic.publish("m" + i))
                .toList();
        all.forEach(each -> assertThat(net.await(each, SOON).isKept()).isTrue());
    }

    private static List<String> texts(int from, int to) {
        return IntStream.rangeClosed(from, to).mapToObj(i -> "m" + i).toList();
    }

    private List<String> history(DurableTopic<String> topic, HistoryFrom from, int limit) {
        return net.await(topic.history(from, limit), SOON).stream()
                .map(Message::payload)
                .toList();
    }

    @Nested
    class A_publisher {

        @Test
        void hears_who_keeps_its_messages() {
            keeper("k1");
            DurableTopic<String> topic = publisher(1);

            Acknowledgement first = publish(topic, "a");
            Acknowledgement second = publish(topic, "b");

            assertThat(first)
                    .isEqualTo(new Acknowledgement(Status.KEPT, net.node("p").epoch(), 1, Set.of(id("k1"))));
            assertThat(second.sequence()).isEqualTo(2);
        }

        @Test
        void waits_for_as_many_as_it_wants() {
            keeper("k1");
            DurableTopic<String> topic = publisher(2);
            CompletableFuture<Acknowledgement> waiting = topic.publish("a");
            net.advance(Duration.ofSeconds(5));
            assertThat(waiting).isNotDone();

            keeper("k2");

            assertThat(net.await(waiting, SOON).keptBy()).containsExactlyInAnyOrder(id("k1"), id("k2"));
        }

        @Test
        void that_finds_no_keeper_has_said_nothing_to_anybody() {
            Inbox<String> live = net.inbox("s", ROOM);
            net.inbox("p", ROOM);
            DurableTopic<String> topic = publisher(1);

            assertThat(publish(topic, "a").status()).isEqualTo(Status.NO_KEEPER);

            assertThat(live).isEmpty();
            keeper("k1");
            assertThat(publish(topic, "b").sequence()).isEqualTo(1);
            net.advance(Duration.ofSeconds(1));
            assertThat(live).containsExactly("b");
        }

        @Test
        void may_keep_its_messages_itself() {
            DurableTopic<String> topic = keeper("k1");

            assertThat(publish(topic, "a").keptBy()).containsExactly(id("k1"));
        }

        @Test
        void hears_that_the_disk_is_full() {
            keeper("k1");
            DurableTopic<String> topic = publisher(1);
            stores.get("k1").problem = TopicStoreException.Problem.DISK_FULL;

            assertThat(publish(topic, "a").status()).isEqualTo(Status.DISK_FULL);

            stores.get("k1").problem = null;
            assertThat(publish(topic, "b").status()).isEqualTo(Status.KEPT);
        }

        @Test
        void does_not_count_a_keeper_whose_disk_has_failed() {
            keeper("k1");
            DurableTopic<String> topic = publisher(1);
            Inbox<String> live = net.inbox("s", ROOM);
            publish(topic, "a");
            stores.get("k1").problem = TopicStoreException.Problem.FAILED;
            net.advance(Duration.ofSeconds(5));

            assertThat(publish(topic, "b").status()).isEqualTo(Status.NO_KEEPER);

            assertThat(live).as("nobody has the second").containsExactly("a");
            assertThat(topic.keepers()).isEmpty();
            assertThat(streamer("k1").durableCounters()).containsEntry("durable.stores.failed", 1L);
        }

        @Test
        void brings_what_the_topic_has_lost() {
            keeper("k1");
            DurableTopic<String> topic = publisher(1);
            publish(topic, "a");
            stores.get("k1").problem = TopicStoreException.Problem.BUSY; // what comes on the topic now is lost
            CompletableFuture<Acknowledgement> lost = topic.publish("b");
            net.advance(Duration.ofSeconds(2));
            assertThat(lost).isNotDone();

            stores.get("k1").problem = null;

            assertThat(net.await(lost, SOON).isKept()).isTrue();
            assertThat(streamer("k1").durableCounters()).containsKeys("durable.unstored", "durable.brought");
        }

        @Test
        void of_a_larger_message_than_can_be_kept_hears_so_at_once() {
            keeper("k1");
            DurableTopic<String> topic = publisher(1);

            assertThat(publish(topic, "x".repeat(3_000_000)).status()).isEqualTo(Status.TOO_LARGE);
        }

        @Test
        void hears_what_is_known_when_it_closes() {
            DurableTopic<String> topic = publisher(1);
            CompletableFuture<Acknowledgement> waiting = topic.publish("a");

            topic.close();

            assertThat(net.await(waiting, SOON).status()).isEqualTo(Status.NO_KEEPER);
            assertThatIllegalStateException().isThrownBy(() -> topic.publish("b"));
        }
    }

    @Nested
    class A_subscriber {
        private final List<String> heard = new ArrayList<>();
        private final List<NodeEvent.Gap> gaps = new ArrayList<>();

        private void hear(DurableMessage<String> message) {
            heard.add(message.payload() + (message.redelivered() ? " again" : ""));
        }

        private void awaitHeard(List<String> expected) {
            net.runUntil(() -> heard.size() >= expected.size(), SOON);
            net.advance(Duration.ofSeconds(2));
            assertThat(heard).containsExactlyElementsOf(expected);
        }

        @Test
        @DisplayName("C09: that was away for 100 messages receives exactly what it missed")
        void that_was_away() {
            keeper("k1");
            DurableTopic<String> topic = publisher(1);
            DurableTopic<String> there = reader();
            DurableSubscription subscription = there.subscribe("alice", this::hear, gaps::add);
            publishAll(topic, 1, 5);
            awaitHeard(texts(1, 5));
            subscription.close();
            publishAll(topic, 6, 105);
            assertThat(heard).hasSize(5);

            there.subscribe("alice", this::hear, gaps::add);
            awaitHeard(texts(1, 105));
            publishAll(topic, 106, 107);

            awaitHeard(texts(1, 107));
            assertThat(gaps).isEmpty();
        }

        @Test
        void whose_process_was_killed_goes_on_and_hears_what_it_may_have_heard() {
            keeper("k1");
            DurableTopic<String> topic = publisher(1);
            reader().subscribe("alice", this::hear, gaps::add);
            publishAll(topic, 1, 3);
            awaitHeard(texts(1, 3));

            stores.get("s").close(); // what the node says at its end is not heard
            net.crash("s");
            publishAll(topic, 4, 5);
            net.restart("s");
            streamers.remove("s");
            reader().subscribe("alice", this::hear, gaps::add);

            awaitHeard(List.of("m1", "m2", "m3", "m4 again", "m5 again"));
        }

        @Test
        void whose_handler_fails_gets_the_message_again() {
            keeper("k1");
            DurableTopic<String> topic = publisher(1);
            reader().subscribe("alice", message -> {
                hear(message);
                if (heard.size() == 2) {
                    throw new IllegalStateException("no paper");
                }
            });
            publishAll(topic, 1, 3);

            awaitHeard(List.of("m1", "m2", "m2 again", "m3"));
            assertThat(streamer("s").durableCounters()).containsEntry("durable.handlers.failed", 1L);
        }

        @Test
        void hears_of_what_is_kept_no_more() {
            retained = 10;
            keeper("k1");
            DurableTopic<String> topic = publisher(1);
            DurableTopic<String> there = reader();
            DurableSubscription subscription = there.subscribe("alice", this::hear, gaps::add);
            publishAll(topic, 1, 2);
            awaitHeard(texts(1, 2));
            subscription.close();
            publishAll(topic, 3, 20);

            there.subscribe("alice", this::hear, gaps::add);

            net.runUntil(() -> heard.size() >= 12, SOON);
            assertThat(heard)
                    .containsExactly("m1", "m2", "m11", "m12", "m13", "m14", "m15", "m16", "m17", "m18", "m19", "m20");
            assertThat(gaps)
                    .containsExactly(new NodeEvent.Gap(id("p"), net.node("p").epoch(), 3, 10));
        }

        @Test
        void goes_on_with_another_keeper() {
            keeper("k1");
            keeper("k2");
            DurableTopic<String> topic = publisher(2);
            reader().subscribe("alice", this::hear, gaps::add);
            publishAll(topic, 1, 3);
            awaitHeard(texts(1, 3));

            net.crash("k1");
            DurableTopic<String> other = streamer("p").durable(Topic.text("other"), DurableOptions.DEFAULTS);
            other.close();
            topic.close();
            publishAll(open("p", DurableOptions.builder().replicas(1)), 4, 6);

            awaitHeard(texts(1, 6));
            assertThat(gaps).isEmpty();
        }

        @Test
        void on_a_keeper_reads_from_its_own_disk() {
            DurableTopic<String> topic = keeper("k1");
            topic.subscribe("alice", this::hear, gaps::add);

            publishAll(topic, 1, 500);

            awaitHeard(texts(1, 500));
        }

        @Test
        void that_ends_within_its_handler_hears_no_more() {
            keeper("k1");
            DurableTopic<String> topic = publisher(1);
            DurableTopic<String> there = reader();
            List<DurableSubscription> self = new ArrayList<>();
            self.add(there.subscribe("alice", message -> {
                hear(message);
                self.get(0).close();
            }));
            publishAll(topic, 1, 3);

            awaitHeard(List.of("m1"));
            net.await(self.get(0).closed(), SOON);
            there.subscribe("alice", this::hear);
            awaitHeard(texts(1, 3));
        }

        @Test
        void whose_cursor_cannot_be_stored_ends() {
            keeper("k1");
            DurableTopic<String> topic = publisher(1);
            DurableSubscription subscription = reader().subscribe("alice", this::hear);
            net.advance(Duration.ofSeconds(5));
            stores.get("s").problem = TopicStoreException.Problem.FAILED;
            publishAll(topic, 1, 2);

            assertThatThrownBy(() -> net.await(subscription.closed(), SOON))
                    .hasCauseInstanceOf(TopicStoreException.class);
        }

        @Test
        void needs_a_place_for_its_cursor_and_a_name_of_its_own() {
            DurableTopic<String> without = publisher(1);
            DurableTopic<String> with = reader();
            with.subscribe("alice", this::hear);

            assertThatIllegalStateException()
                    .isThrownBy(() -> without.subscribe("alice", this::hear))
                    .withMessageContaining("needs a directory");
            assertThatIllegalStateException()
                    .isThrownBy(() -> with.subscribe("alice", this::hear))
                    .withMessageContaining("of this name");
            assertThatIllegalArgumentException().isThrownBy(() -> with.subscribe("x".repeat(254), this::hear));
        }
    }

    @Nested
    class The_history {

        @Test
        void has_one_order_for_everybody() {
            DurableTopic<String> k1 = keeper("k1");
            DurableTopic<String> k2 = keeper("k2");
            DurableTopic<String> far = publisher(1);
            for (int i = 1; i <= 4; i++) { // each of them has heard the one before
                publish(k1, "k1-" + i);
                net.advance(Duration.ofSeconds(1));
                publish(far, "p-" + i);
                net.advance(Duration.ofSeconds(1));
                publish(k2, "k2-" + i);
                net.advance(Duration.ofSeconds(1));
            }
            net.advance(Duration.ofMinutes(1));

            List<String> all = history(k1, HistoryFrom.start(), 100);

            assertThat(all).hasSize(12).startsWith("k1-1", "p-1", "k2-1", "k1-2");
            assertThat(history(k2, HistoryFrom.start(), 100)).isEqualTo(all);
            assertThat(history(far, HistoryFrom.start(), 100)).isEqualTo(all);
        }

        @Test
        void is_read_from_a_time_from_a_message_or_from_the_end() {
            keeper("k1");
            DurableTopic<String> topic = publisher(1);
            publishAll(topic, 1, 3);
            net.advance(Duration.ofMinutes(1));
            publishAll(topic, 4, 6);
            Message<String> fourth =
                    net.await(topic.history(HistoryFrom.start(), 4), SOON).get(3);
            Instant between = fourth.timestamp().instant().minusSeconds(30);

            assertThat(history(topic, HistoryFrom.since(between), 100)).isEqualTo(texts(4, 6));
            assertThat(history(topic, HistoryFrom.after(fourth), 100)).isEqualTo(texts(5, 6));
            assertThat(history(topic, HistoryFrom.last(1), 100)).isEqualTo(texts(6, 6));
            assertThat(history(topic, HistoryFrom.last(4), 100)).isEqualTo(texts(3, 6));
            assertThat(history(topic, HistoryFrom.start(), 2)).isEqualTo(texts(1, 2));
        }

        @Test
        void and_a_subscriber_go_on_behind_what_makes_the_codec_fail() {
            Topic<String> odd = Topic.of(ROOM.name(), String.class).contentType(ThrowingCodec.CONTENT_TYPE);
            keeper("k1");
            DurableTopic<String> publisher = streamer("p").durable(odd, DurableOptions.DEFAULTS);
            publish(publisher, "a");
            publish(publisher, ThrowingCodec.CANNOT_BE_READ);
            publish(publisher, "b");
            MemoryTopicStore store = new MemoryTopicStore(9, retained);
            DurableTopic<String> topic = streamer("s")
                    .durable(odd, DurableOptions.builder().directory(NOWHERE).build(), store::reopened);
            List<Object> heard = new ArrayList<>();
            topic.subscribe("s", message -> heard.add(message.payload()), heard::add);

            net.await("all of it", () -> heard.size() == 3, SOON);
            assertThat(heard)
                    .containsExactly(
                            "a", new NodeEvent.Gap(id("p"), net.node("p").epoch(), 2, 2), "b");
            assertThat(history(topic, HistoryFrom.start(), 3)).containsExactly("a", "b");
        }

        @Test
        void does_not_seem_to_end_where_messages_cannot_be_read() {
            keeper("k1");
            DurableTopic<String> topic = publisher(1);
            DurableTopic<byte[]> other = streamer("s").durable(Topic.bytes(ROOM.name()), DurableOptions.DEFAULTS);
            for (int i = 0; i < 5; i++) {
                assertThat(net.await(other.publish(new byte[] {1}), SOON).isKept())
                        .isTrue();
            }
            net.advance(Duration.ofSeconds(1));
            publish(topic, "a");

            assertThat(history(topic, HistoryFrom.start(), 2)).containsExactly("a");
        }

        @Test
        void is_found_by_somebody_who_does_nothing_else() {
            publish(keeper("k1"), "a");
            net.advance(Duration.ofSeconds(32));
            DurableTopic<String> topic = open("p", DurableOptions.builder().deadline(Duration.ofSeconds(4)));

            assertThat(history(topic, HistoryFrom.start(), 10)).containsExactly("a");
        }

        @Test
        void is_not_there_when_the_node_closes() {
            CompletableFuture<List<Message<String>>> page = publisher(1).history(HistoryFrom.start(), 10);

            net.node("p").close();

            assertThatThrownBy(() -> net.await(page, SOON)).hasCauseInstanceOf(NodeClosedException.class);
        }

        @Test
        void is_not_there_without_a_keeper() {
            DurableTopic<String> topic = publisher(1);

            assertThatThrownBy(() -> history(topic, HistoryFrom.start(), 10))
                    .hasCauseInstanceOf(RequestTimeoutException.class);
        }
    }

    @Nested
    class Keepers {

        @Test
        @DisplayName("C11: that were parted have the same history after the heal, both sides having kept talking")
        void that_were_parted() {
            DurableTopic<String> k1 = keeper("k1");
            DurableTopic<String> k2 = keeper("k2");
            publish(k1, "before");
            net.advance(Duration.ofSeconds(40));
            net.partition("k1,p | k2,s");
            net.advance(Duration.ofMinutes(1));
            for (int i = 1; i <= 20; i++) {
                assertThat(publish(k1, "left " + i).keptBy()).containsExactly(id("k1"));
                assertThat(publish(k2, "right " + i).keptBy()).containsExactly(id("k2"));
            }

            net.heal();
            net.advance(Duration.ofMinutes(2));

            List<String> all = history(k1, HistoryFrom.start(), 100);
            assertThat(all).hasSize(41).startsWith("before").containsSubsequence("left 1", "left 2", "left 20");
            assertThat(all).containsSubsequence("right 1", "right 2", "right 20");
            assertThat(history(k2, HistoryFrom.start(), 100)).isEqualTo(all);
        }

        @Test
        void that_were_parted_for_less_than_a_lease_have_the_same_soon_after_the_heal() {
            DurableTopic<String> k1 = keeper("k1");
            DurableTopic<String> k2 = keeper("k2");
            for (int i = 1; i <= 4; i++) {
                net.advance(Duration.ofSeconds(40 + i));
                net.partition("k1,p | k2,s");
                net.advance(Duration.ofSeconds(20));
                assertThat(publish(k1, "left " + i).keptBy()).containsExactly(id("k1"));
                assertThat(publish(k2, "right " + i).keptBy()).containsExactly(id("k2"));
                net.heal();

                int messages = 2 * i;
                net.await(
                        "both have all",
                        () -> stores.get("k1").messages() == messages
                                && stores.get("k2").messages() == messages,
                        Duration.ofSeconds(15));
            }
        }

        @Test
        void on_the_smaller_side_do_not_do_for_more_than_half() {
            keeper("k2");
            DurableTopic<String> k1 =
                    open("k1", DurableOptions.builder().keepIn(NOWHERE).replicas(2));
            publish(k1, "before");
            net.partition("k1,p | k2,s");
            net.advance(Duration.ofMinutes(1));

            assertThat(publish(k1, "parted").status()).isEqualTo(Status.NO_KEEPER);

            net.heal();
            net.advance(Duration.ofMinutes(1));
            assertThat(publish(k1, "healed").isKept()).isTrue();
            assertThat(history(k1, HistoryFrom.start(), 10)).containsExactly("before", "healed");
        }

        @Test
        void check_their_stores_when_asked() {
            keeper("k1").verify();

            DurableTopic<String> without = publisher(1);
            assertThatThrownBy(without::verify)
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessage("this node has no store of room");
        }

        @Test
        void that_come_later_fetch_what_there_is() {
            keeper("k1");
            DurableTopic<String> topic = publisher(1);
            publishAll(topic, 1, 300);

            DurableTopic<String> k2 = keeper("k2");

            net.await("all is there", () -> stores.get("k2").messages() == 300, Duration.ofMinutes(1));
            assertThat(history(k2, HistoryFrom.start(), 1_000)).isEqualTo(texts(1, 300));
            assertThat(streamer("k2").durableCounters()).containsEntry("durable.pulled", 300L);
        }

        @Test
        void whose_disk_is_busy_when_they_are_brought_a_message_tell_no_gap() {
            List<String> heard = new ArrayList<>();
            List<NodeEvent.Gap> gaps = new ArrayList<>();
            keeper("k1");
            keeper("k2").subscribe("alice", message -> heard.add(message.payload()), gaps::add);
            DurableTopic<String> topic = publisher(2);
            publishAll(topic, 1, 1);
            net.await("it hears", () -> heard.size() == 1, SOON);
            net.advance(Duration.ofSeconds(2));
            stores.get("k2").problem = TopicStoreException.Problem.BUSY;
            net.node("p").publish(ROOM, "m2"); // nobody brings it again
            net.advance(Duration.ofMillis(500));
            stores.get("k2").problem = null;
            publishAll(topic, 3, 3);
            assertThat(stores.get("k1").messages()).isEqualTo(3);

            stores.get("k2").problem = TopicStoreException.Problem.BUSY;
            net.advance(Duration.ofSeconds(100));
            assertThat(stores.get("k2").messages()).isEqualTo(2);
            stores.get("k2").problem = null;
            net.runUntil(() -> heard.size() == 3, Duration.ofMinutes(1));

            assertThat(heard).containsExactlyElementsOf(texts(1, 3));
            assertThat(gaps).isEmpty();
        }

        @Test
        void are_known() {
            keeper("k1");
            DurableTopic<String> k2 = keeper("k2");
            DurableTopic<String> topic = publisher(1);
            net.await("both are heard", () -> topic.keepers().size() == 2, SOON);
            assertThat(topic.keepers()).containsExactlyInAnyOrder(id("k1"), id("k2"));

            k2.close();

            net.await("one is left", () -> topic.keepers().size() == 1, SOON);
            assertThat(topic.keepers()).containsExactly(id("k1"));
        }
    }

    @Nested
    class Policies {

        private void allow(String node, String rules) {
            net.node(node)
                    .access()
                    .update(Policy.parse("{\"version\":2,\"roles\":{\"all\":{\"match\":[\"anonymous:\"],"
                            + "\"publish\":[\"**\"],\"subscribe\":[\"**\"],\"relay\":[\"**\"],\"discover\":[\"**\"]"
                            + rules + "}}}"));
        }

        @Test
        void say_who_keeps_and_who_reads() {
            for (ChaskiNode node : net.nodes()) {
                allow(node.name(), "");
            }

            assertThatThrownBy(() -> keeper("k1"))
                    .isInstanceOf(AccessDeniedException.class)
                    .hasMessageContaining("may not durable.create room");
            DurableTopic<String> there = reader();
            assertThatThrownBy(() -> there.subscribe("alice", message -> {}))
                    .isInstanceOf(AccessDeniedException.class)
                    .hasMessageContaining("may not durable.consume room");
            assertThatThrownBy(() -> there.history(HistoryFrom.start(), 1)).isInstanceOf(AccessDeniedException.class);
        }

        @Test
        void of_the_keeper_refuse_readers() {
            allow("k1", ",\"durable.create\":[\"room\"]");
            keeper("k1");
            DurableTopic<String> topic = publisher(1);
            assertThat(publish(topic, "a").isKept()).isTrue();
            List<String> heard = new ArrayList<>();
            reader().subscribe("alice", message -> heard.add(message.payload()));

            net.advance(Duration.ofSeconds(10));

            assertThat(heard).isEmpty();
            assertThat(streamer("k1").durableCounters().get("durable.denied")).isPositive();
            allow("k1", ",\"durable.create\":[\"room\"],\"durable.consume\":[\"room\"]");
            net.await("it hears", () -> heard.size() == 1, SOON);
        }

        @Test
        void of_the_publisher_say_who_may_keep() {
            allow("p", "");
            keeper("k1");
            DurableTopic<String> topic = publisher(1);

            assertThat(publish(topic, "a").status()).isEqualTo(Status.NO_KEEPER);
            assertThat(streamer("p").durableCounters().get("durable.denied")).isPositive();
        }

        @Test
        void of_a_keeper_itself_are_asked_as_long_as_it_keeps() {
            DurableTopic<String> kept = keeper("k1");
            DurableTopic<String> topic = publisher(1);
            publish(topic, "a");

            allow("k1", "");
            net.advance(Duration.ofSeconds(3));

            assertThat(publish(topic, "b").status()).isEqualTo(Status.NO_KEEPER);
            assertThat(topic.keepers()).isEmpty();
            assertThat(kept.keepers()).isEmpty();
            allow("k1", ",\"durable.create\":[\"room\"]");
            assertThat(publish(topic, "c").isKept()).isTrue();
            assertThat(stores.get("k1").messages()).isEqualTo(2);
        }

        @Test
        void that_let_a_keeper_hear_the_topic_again_are_enough() {
            keeper("k1");
            DurableTopic<String> topic = publisher(1);
            publish(topic, "a");
            net.advance(Duration.ofSeconds(3));
            long brought = streamer("k1").durableCounters().getOrDefault("durable.brought", 0L);
            net.node("k1")
                    .access()
                    .update(Policy.parse(
                            "{\"version\":2,\"roles\":{\"all\":{\"match\":[\"anonymous:\"],\"publish\":[\"**\"],"
                                    + "\"relay\":[\"**\"],\"discover\":[\"**\"],\"durable.create\":[\"room\"]}}}"));
            net.advance(Duration.ofSeconds(3));

            allow("k1", ",\"durable.create\":[\"room\"]");
            net.advance(Duration.ofSeconds(3));

            assertThat(publish(topic, "b").isKept()).isTrue();
            assertThat(streamer("k1").durableCounters().getOrDefault("durable.brought", 0L))
                    .isEqualTo(brought);
        }

        @Test
        void of_a_subscriber_itself_are_asked_as_long_as_it_reads() {
            keeper("k1");
            DurableTopic<String> topic = publisher(1);
            List<String> heard = new ArrayList<>();
            reader().subscribe("alice", message -> heard.add(message.payload()));
            publish(topic, "a");
            net.await("it hears", () -> heard.size() == 1, SOON);

            allow("s", "");
            publish(topic, "b");
            net.advance(Duration.ofSeconds(3));

            assertThat(heard).containsExactly("a");
            allow("s", ",\"durable.create\":[\"room\"],\"durable.consume\":[\"room\"]");
            net.runUntil(() -> heard.size() == 2, SOON);
            assertThat(heard).containsExactly("a", "b");
        }

        @Test
        void that_change_end_what_is_open() {
            keeper("k1");
            DurableTopic<String> topic = publisher(1);
            List<String> heard = new ArrayList<>();
            DurableSubscription subscription = reader().subscribe("alice", message -> heard.add(message.payload()));
            publish(topic, "a");
            net.await("it hears", () -> heard.size() == 1, SOON);

            allow("k1", ",\"durable.create\":[\"room\"]");
            net.advance(Duration.ofSeconds(3));
            publish(topic, "b");
            net.advance(Duration.ofSeconds(3));

            assertThat(heard).containsExactly("a");
            assertThat(subscription.isConnected()).isFalse();
        }
    }

    @Test
    void nobody_waits_longer_for_an_acknowledgement_than_subscribers_wait_for_a_message() {
        DurableOptions.Builder options = DurableOptions.builder().deadline(DurableOptions.MAX_DEADLINE);
        assertThat(options.build().deadline()).isEqualTo(Duration.ofSeconds(30));

        assertThatIllegalArgumentException()
                .isThrownBy(() -> options.deadline(Duration.ofMillis(30_001)).build())
                .withMessageContaining("deadline must be a millisecond to 30 seconds: PT30.001S");
    }

    @Test
    void signed_topics_are_refused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> streamer("p").durable(ROOM.signed(true), DurableOptions.DEFAULTS))
                .withMessageContaining("signed");
    }

    @Test
    void a_topic_is_kept_once_by_a_node() {
        keeper("k1");

        assertThatIllegalStateException().isThrownBy(() -> keeper("k1")).withMessageContaining("already");
    }
}
