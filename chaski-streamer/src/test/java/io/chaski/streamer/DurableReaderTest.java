package io.chaski.streamer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chaski.core.ChaskiNode;
import io.chaski.core.Message;
import io.chaski.core.Topic;
import io.chaski.core.internal.module.ModuleNode;
import io.chaski.streamer.TopicStoreException.Problem;
import io.chaski.streamer.internal.keep.MemoryTopicStore;
import io.chaski.testkit.ChaskiNetwork;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** What a subscriber with a name remembers, in virtual time: one node keeps, which publishes as well as another one. */
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class DurableReaderTest {

    private static final Topic<String> ROOM = Topic.text("room");
    private static final Duration SOON = Duration.ofSeconds(15);
    private static final Path NOWHERE = Path.of("nowhere");

    private final ChaskiNetwork net =
            ChaskiNetwork.builder().nodes("k", "p", "s").seed(1).start();
    private final MemoryTopicStore kept = new MemoryTopicStore(1, 100_000);
    private final MemoryTopicStore cursors = new MemoryTopicStore(2, 100_000);
    private final List<String> heard = new ArrayList<>();
    private final Map<ChaskiNode, ChaskiStreamer> streamers = new HashMap<>();
    private final DurableTopic<String> keeper =
            open("k", DurableOptions.builder().keepIn(NOWHERE), kept);
    private final DurableTopic<String> publisher = open("p", DurableOptions.builder(), kept);

    @AfterEach
    void close() {
        net.close();
    }

    private DurableTopic<String> open(String name, DurableOptions.Builder options, MemoryTopicStore store) {
        return streamer(name).durable(ROOM, options.build(), store::reopened);
    }

    private ChaskiStreamer streamer(String name) {
        return streamers.computeIfAbsent(net.node(name), ChaskiStreamer::on);
    }

    private DurableTopic<String> reader() {
        return open("s", DurableOptions.builder().directory(NOWHERE), cursors);
    }

    private void hear(DurableMessage<String> message) {
        heard.add(message.payload() + (message.redelivered() ? " again" : ""));
    }

    private DurableSubscription subscribe(DurableTopic<String> topic) {
        return subscribe(topic, this::hear);
    }

    private DurableSubscription subscribe(DurableTopic<String> topic, Consumer<DurableMessage<String>> handler) {
        return topic.subscribe("alice", handler, gap -> heard.add("gap " + gap.from() + "-" + gap.to()));
    }

    private void publish(DurableTopic<String> topic, int from, int to) {
        IntStream.rangeClosed(from, to)
                .mapToObj(i -> topic.publish("m" + i))
                .toList()
                .forEach(each -> assertThat(net.await(each, SOON).isKept()).isTrue());
    }

    private static List<String> texts(int from, int to, String end) {
        return IntStream.rangeClosed(from, to).mapToObj(i -> "m" + i + end).toList();
    }

    private static List<String> texts(int from, int to) {
        return texts(from, to, "");
    }

    /** Exactly these since the last call. */
    private void awaitHeard(List<String> expected) {
        net.runUntil(() -> heard.size() >= expected.size(), SOON);
        net.advance(Duration.ofSeconds(2));
        assertThat(heard).containsExactlyElementsOf(expected);
        heard.clear();
    }

    /** Its store takes nothing from then on, whatever the node says at its end. */
    private void crash() {
        cursors.close();
        net.crash("s");
        net.restart("s");
    }

    @Nested
    class After_a_kill {

        @Test
        void and_a_start_that_reaches_no_keeper_it_is_still_known_what_may_have_come() {
            subscribe(reader());
            publish(publisher, 1, 3);
            awaitHeard(texts(1, 3));
            crash();
            net.partition("k,p | s");
            publish(publisher, 4, 5);

            DurableTopic<String> unreached = reader();
            subscribe(unreached);
            net.advance(Duration.ofSeconds(5));
            unreached.close();
            net.heal();
            subscribe(reader());

            awaitHeard(texts(4, 5, " again"));
        }

        @Test
        void what_may_have_come_ends_after_65_messages_also_over_several_lives() {
            subscribe(reader());
            publish(publisher, 1, 3);
            awaitHeard(texts(1, 3));
            crash();
            DurableTopic<String> second = reader();
            subscribe(second);
            publish(publisher, 4, 40);
            awaitHeard(texts(4, 40, " again"));
            second.close();

            DurableTopic<String> third = reader();
            subscribe(third);
            publish(publisher, 41, 70);
            List<String> expected = new ArrayList<>(texts(41, 68, " again"));
            expected.addAll(texts(69, 70));
            awaitHeard(expected);
            third.close();

            subscribe(reader());
            publish(publisher, 71, 72);
            awaitHeard(texts(71, 72));
        }

        @Test
        void a_publisher_that_was_not_heard_before_has_nothing_that_may_have_come() {
            subscribe(reader());
            publish(publisher, 1, 3);
            awaitHeard(texts(1, 3));
            crash();

            subscribe(reader());
            publish(keeper, 1, 2);

            awaitHeard(texts(1, 2));
        }

        @Test
        void in_the_handler_of_a_first_message_it_may_have_come() {
            subscribe(reader(), message -> {
                hear(message);
                cursors.cursorProblem = Problem.BUSY; // what follows is not remembered
            });
            publish(publisher, 1, 1);
            awaitHeard(texts(1, 1));
            crash();
            cursors.cursorProblem = null;

            subscribe(reader());

            awaitHeard(texts(1, 1, " again"));
        }
    }

    @Nested
    class A_handler_that_fails {

        @Test
        void and_is_closed_then_gets_the_same_with_a_word() {
            DurableTopic<String> topic = reader();
            subscribe(topic, message -> {
                hear(message);
                throw new IllegalStateException("no paper");
            });
            publish(publisher, 1, 1);
            net.await("it has failed", () -> !heard.isEmpty(), SOON);
            topic.close();
            heard.clear();

            subscribe(reader());

            awaitHeard(texts(1, 1, " again"));
        }

        @Test
        void with_an_error_gets_the_same_a_second_later() {
            List<Duration> times = new ArrayList<>();
            subscribe(reader(), message -> {
                hear(message);
                times.add(net.now());
                if (heard.size() == 2) {
                    throw new AssertionError("no paper");
                }
            });

            publish(publisher, 1, 3);

            awaitHeard(List.of("m1", "m2", "m2 again", "m3"));
            assertThat(times.get(2).minus(times.get(1))).isBetween(Duration.ofSeconds(1), Duration.ofMillis(1_100));
            assertThat(streamer("s").durableCounters()).containsEntry("durable.handlers.failed", 1L);
        }

        @Test
        void of_a_gap_gets_the_same_a_second_later() {
            MemoryTopicStore small = new MemoryTopicStore(3, 5);
            keeper.close();
            open("k", DurableOptions.builder().keepIn(NOWHERE), small);
            DurableTopic<String> topic = reader();
            subscribe(topic);
            publish(publisher, 1, 2);
            awaitHeard(texts(1, 2));
            topic.close();
            publish(publisher, 3, 9);

            List<String> gaps = new ArrayList<>();
            reader().subscribe("alice", DurableReaderTest.this::hear, gap -> {
                gaps.add(gap.from() + "-" + gap.to());
                if (gaps.size() == 1) {
                    throw new AssertionError("no paper");
                }
            });

            awaitHeard(texts(5, 9));
            assertThat(gaps).containsExactly("3-4", "3-4");
        }
    }

    @Nested
    class A_store_that_is_busy {

        @Test
        void holds_messages_back_so_that_65_come_again_at_most() {
            subscribe(reader());
            publish(publisher, 1, 3);
            awaitHeard(texts(1, 3));

            cursors.cursorProblem = Problem.BUSY;
            publish(publisher, 4, 200);
            awaitHeard(texts(4, 68));
            assertThat(streamer("s").durableCounters()).containsKey("durable.cursors.late");
            crash();
            cursors.cursorProblem = null;
            subscribe(reader());

            List<String> expected = new ArrayList<>(texts(4, 68, " again"));
            expected.addAll(texts(69, 200));
            awaitHeard(expected);
        }

        @Test
        void holds_messages_back_until_it_is_not() {
            cursors.cursorProblem = Problem.BUSY;
            DurableSubscription subscription = subscribe(reader());
            publish(publisher, 1, 100);
            net.advance(Duration.ofSeconds(10));
            assertThat(heard).isEmpty();
            assertThat(subscription.closed()).isNotDone();

            cursors.cursorProblem = null;

            awaitHeard(texts(1, 100));
        }

        @Test
        void is_waited_for_at_the_end() {
            DurableTopic<String> topic = reader();
            DurableSubscription subscription = subscribe(topic);
            publish(publisher, 1, 3);
            awaitHeard(texts(1, 3));
            cursors.cursorProblem = Problem.BUSY;
            publish(publisher, 4, 5);
            awaitHeard(texts(4, 5));
            ModuleNode.of(net.node("s")).after(Duration.ofSeconds(3), () -> cursors.cursorProblem = null);

            subscription.close();

            assertThat(subscription.closed()).isCompleted();
            publish(publisher, 6, 6);
            subscribe(topic);
            awaitHeard(texts(6, 6));
        }

        @Test
        void is_not_waited_for_without_end_and_what_failed_is_said() {
            DurableTopic<String> topic = reader();
            DurableSubscription subscription = subscribe(topic);
            publish(publisher, 1, 1);
            awaitHeard(texts(1, 1));
            cursors.cursorProblem = Problem.BUSY;
            publish(publisher, 2, 2);
            awaitHeard(texts(2, 2));

            subscription.close();

            assertThatThrownBy(() -> net.await(subscription.closed(), SOON))
                    .rootCause()
                    .isInstanceOf(TopicStoreException.class);
            assertThatThrownBy(() -> subscription.closed().join())
                    .hasMessageContaining("the cursor of alice was not stored within 5 s");
            cursors.cursorProblem = null;
            subscribe(topic);
            awaitHeard(texts(2, 2, " again"));
        }
    }

    @Test
    void that_is_forgotten_comes_for_the_first_time_again() {
        DurableTopic<String> topic = reader();
        DurableSubscription first = subscribe(topic);
        publish(publisher, 1, 2);
        awaitHeard(texts(1, 2));
        assertThatThrownBy(() -> topic.forget("alice"))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("this subscriber is open: alice");
        first.close();

        assertThat(net.await(topic.forget("alice"), SOON)).isTrue();
        assertThat(net.await(topic.forget("alice"), SOON)).isFalse();
        subscribe(topic);

        awaitHeard(texts(1, 2));
    }

    @Nested
    class Where_it_begins {

        private void subscribeFrom(HistoryFrom from) {
            reader().subscribe("alice", from, DurableReaderTest.this::hear, gap -> heard.add("gap " + gap.from()));
        }

        private void publishOnTwo() {
            publish(publisher, 1, 3);
            net.advance(Duration.ofMinutes(1));
            publish(keeper, 4, 6);
            net.advance(Duration.ofMinutes(1));
        }

        @Test
        void is_the_last_value() {
            publishOnTwo();

            subscribeFrom(HistoryFrom.last(1));
            awaitHeard(texts(6, 6));
            publish(publisher, 7, 8);

            awaitHeard(texts(7, 8));
        }

        @Test
        void is_one_of_the_last() {
            publishOnTwo();

            subscribeFrom(HistoryFrom.last(4));

            net.runUntil(() -> heard.size() == 4, SOON);
            assertThat(heard).containsExactlyInAnyOrderElementsOf(texts(3, 6));
        }

        @Test
        void is_a_time() {
            publish(publisher, 1, 3);
            net.advance(Duration.ofMinutes(1));
            HistoryFrom now = HistoryFrom.since(
                    Instant.ofEpochMilli(ModuleNode.of(net.node("s")).currentTimeMillis()));
            publish(publisher, 4, 6);

            subscribeFrom(now);

            awaitHeard(texts(4, 6));
        }

        @Test
        void is_behind_a_message() {
            publishOnTwo();
            Message<String> second =
                    net.await(keeper.history(HistoryFrom.start(), 2), SOON).get(1);

            subscribeFrom(HistoryFrom.after(second));

            net.runUntil(() -> heard.size() == 4, SOON);
            net.advance(Duration.ofSeconds(2));
            assertThat(heard).containsExactlyInAnyOrderElementsOf(texts(3, 6));
        }

        @Test
        void is_remembered_and_counts_once() {
            publishOnTwo();
            subscribeFrom(HistoryFrom.last(1));
            awaitHeard(texts(6, 6));

            crash();
            subscribeFrom(HistoryFrom.start());
            publish(publisher, 7, 7);

            awaitHeard(texts(7, 7, " again"));
        }

        @Test
        void is_not_known_of_one_that_was_closed_before_it_knew() {
            DurableTopic<String> topic = reader();
            net.partition("k,p | s");
            DurableSubscription first = topic.subscribe("alice", HistoryFrom.last(1), this::fail, gap -> {});
            net.advance(Duration.ofSeconds(1));
            net.heal();
            first.close();
            net.advance(Duration.ofSeconds(30));
            publish(publisher, 1, 5);

            topic.subscribe("alice", HistoryFrom.last(1), DurableReaderTest.this::hear, gap -> heard.add("gap"));

            awaitHeard(texts(5, 5));
        }

        private void fail(DurableMessage<String> message) {
            heard.add(message.payload() + " of the first one");
        }

        @Test
        void waits_for_a_keeper_to_know_the_last() {
            publishOnTwo();
            net.partition("k,p | s");
            subscribeFrom(HistoryFrom.last(1));
            net.advance(Duration.ofSeconds(30));
            assertThat(heard).isEmpty();

            net.heal();

            net.await("it is found", () -> !heard.isEmpty(), Duration.ofMinutes(1));
            awaitHeard(texts(6, 6));
        }
    }

    @Nested
    class An_application_with_a_cursor_of_its_own {

        /** What is stored in one step. */
        private record State(List<String> effects, Map<List<Object>, DurablePosition> done) {
            State with(Message<String> message) {
                List<String> more = new ArrayList<>(effects);
                more.add(message.payload());
                DurablePosition position = DurablePosition.of(message);
                Map<List<Object>, DurablePosition> further = new HashMap<>(done);
                further.put(List.of(position.origin(), position.epoch()), position);
                return new State(List.copyOf(more), Map.copyOf(further));
            }

            boolean isDone(Message<String> message) {
                DurablePosition known = done.get(List.of(message.origin(), message.epoch()));
                return known != null && known.sequence() >= message.sequence();
            }
        }

        private State state = new State(List.of(), Map.of());
        private int life;

        private void live(Random random) {
            int mine = ++life;
            DurableTopic<String> topic = streamer("s").durable(ROOM, DurableOptions.DEFAULTS);
            topic.subscribe(
                    state.done().values(),
                    message -> {
                        if (random.nextInt(20) == 0) {
                            throw new IllegalStateException("before");
                        }
                        if (life == mine && !state.isDone(message.message())) {
                            state = state.with(message.message());
                        }
                        if (random.nextInt(20) == 0) {
                            throw new IllegalStateException("behind");
                        }
                    },
                    gap -> {
                        throw new AssertionError("a gap: " + gap);
                    });
        }

        @Test
        void that_is_stopped_at_any_instant_has_each_effect_once_and_in_sequence() {
            for (long seed = 1; seed <= 5; seed++) {
                Random random = new Random(seed);
                int before = state.effects().size();
                live(random);
                for (int i = 0; i < 40; i++) {
                    publish(publisher, before + i + 1, before + i + 1);
                    net.advance(Duration.ofMillis(random.nextInt(400)));
                    if (random.nextInt(5) == 0) {
                        net.crash("s");
                        net.restart("s");
                        live(random);
                    }
                }
                net.await("all is had", () -> state.effects().size() == before + 40, Duration.ofMinutes(2));
            }

            assertThat(state.effects()).isEqualTo(texts(1, 200));
        }
    }

    @Nested
    class In_the_order_of_the_history {
        private final List<String> ordered = new ArrayList<>();

        private void order(Duration delay) {
            DurableTopic<String> topic = streamer("s").durable(ROOM, DurableOptions.DEFAULTS);
            DurableSubscription subscription = topic.ordered(
                    delay,
                    each -> ordered.add(each.payload() + (each.late() ? " late" : "")),
                    gap -> ordered.add("gap"));
            net.await("it follows", subscription::isConnected, SOON);
            net.advance(Duration.ofSeconds(1));
        }

        /** The message of the far publisher is older, and a second longer on its way. */
        private void publishOnTwo() {
            publish(keeper, 1, 1); // the ways are there
            publish(publisher, 1, 1);
            net.advance(Duration.ofSeconds(10));
            ordered.clear();
            net.link("p", "k").latency(Duration.ofSeconds(1));
            CompletableFuture<Acknowledgement> old = publisher.publish("old");
            net.advance(Duration.ofMillis(300));
            assertThat(net.await(keeper.publish("new"), SOON).isKept()).isTrue();
            assertThat(net.await(old, SOON).isKept()).isTrue();
            net.advance(Duration.ofSeconds(10));
        }

        @Test
        void stragglers_are_sorted_in() {
            order(Duration.ofSeconds(3));

            publishOnTwo();

            assertThat(ordered).containsExactly("old", "new");
        }

        @Test
        void what_comes_later_than_the_delay_comes_at_once_and_is_late() {
            order(Duration.ofMillis(100));

            publishOnTwo();

            assertThat(ordered).containsExactly("new", "old late");
        }

        @Test
        void nothing_comes_that_was_published_before() {
            publish(publisher, 1, 3);
            net.advance(Duration.ofSeconds(10));

            order(Duration.ofSeconds(1));
            publish(publisher, 4, 4);
            net.advance(Duration.ofSeconds(10));

            assertThat(ordered).containsExactly("m4");
        }

        @Test
        void a_delay_has_a_range() {
            DurableTopic<String> topic = reader();

            assertThatIllegalArgumentException().isThrownBy(() -> topic.ordered(Duration.ZERO, each -> {}, gap -> {}));
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> topic.ordered(Duration.ofMinutes(11), each -> {}, gap -> {}));
        }
    }

    @Nested
    class The_end {

        @Test
        void of_a_node_is_no_kill() {
            subscribe(reader());
            publish(publisher, 1, 3);
            awaitHeard(texts(1, 3));

            net.node("s").close();
            net.restart("s");
            subscribe(reader());
            publish(publisher, 4, 4);

            awaitHeard(texts(4, 4));
        }

        @Test
        void of_a_topic_within_a_handler_is_no_kill() {
            DurableTopic<String> topic = reader();
            subscribe(topic, message -> {
                hear(message);
                topic.close();
            });
            publish(publisher, 1, 2);
            awaitHeard(texts(1, 1));

            subscribe(reader());

            awaitHeard(texts(2, 2));
        }

        @Test
        void of_one_topic_after_the_other_leaves_nothing_behind() {
            for (int i = 0; i < 10; i++) {
                reader().close();
            }

            assertThat(streamer("s").durableTopics()).isEmpty();
        }
    }

    @Test
    void a_store_that_takes_long_to_open_keeps_nobody_waiting() {
        ChaskiStreamer streamer = streamer("s");
        DurableTopic<String> topic = streamer.durable(
                ROOM, DurableOptions.builder().directory(NOWHERE).build(), () -> {
                    CompletableFuture.supplyAsync(streamer::durableCounters)
                            .orTimeout(1, TimeUnit.MINUTES)
                            .join();
                    return cursors.reopened();
                });

        assertThat(streamer.durableTopics()).containsExactly(topic);
    }
}
