package io.chaski.core.internal.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chaski.core.Dispatch;
import io.chaski.core.Message;
import io.chaski.core.NodeEvent;
import io.chaski.core.NodeSnapshot.QueueSnapshot;
import io.chaski.core.OverflowPolicy;
import io.chaski.core.QueueOverflowException;
import io.chaski.core.SubscribeOptions;
import io.chaski.core.Subscription;
import io.chaski.core.Topic;
import io.chaski.core.codec.CodecRegistry;
import io.chaski.core.codec.PayloadCodec;
import io.chaski.core.internal.wire.ArrayPayload;
import io.chaski.core.internal.wire.MessageBody;
import java.lang.reflect.Type;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class ActiveSubscriptionTest extends SubscriptionFixture {

    @Nested
    class Messages {

        @Test
        void arrive_whole() {
            List<Message<String>> messages = new ArrayList<>();
            subscribe(TEXT, options(), messages::add);
            deliver(5, "hello");
            executor.runAll();
            assertThat(messages)
                    .singleElement()
                    .usingRecursiveComparison()
                    .isEqualTo(new Message<>(
                            "t",
                            ORIGIN,
                            "mill",
                            9,
                            5,
                            new io.chaski.core.HybridTimestamp(WALL_MILLIS, 0),
                            java.util.Optional.of("key"),
                            Map.of("h", "1"),
                            "text/plain",
                            2,
                            true,
                            "hello"));
            assertThat(messages.get(0).toString()).doesNotContain("hello").doesNotContain("key");
        }

        @Test
        void of_several_publishers_carry_the_label_of_each() {
            List<String> labels = new ArrayList<>();
            subscribe(TEXT, options(), message -> labels.add(message.originName()));
            for (String label : List.of("mill", "mill", "mil", "mill", "", "mill")) {
                loop.inLoop((protocol, nowNanos) -> topics.deliver(source, labels.size() + 1, 2, true, body(label)));
                executor.runAll();
            }
            assertThat(labels).containsExactly("mill", "mill", "mil", "mill", "", "mill");
        }

        private ArrayPayload body(String label) {
            return new MessageBody(
                            MessageBody.TEXT, clock.next(), label, null, Map.of(), ArrayPayload.owning(new byte[] {'x'
                            }))
                    .encode();
        }

        @Test
        void that_come_in_one_turn_cost_one_callback_at_its_end() {
            subscribe(options());
            loop.holdTurn(() -> {
                deliver(1, "a");
                deliver(2, "b");
                assertThat(executor.waiting()).isZero();
            });
            assertThat(executor.waiting()).isOne();
            executor.runAll();
            assertThat(heard).containsExactly("a", "b");

            loop.holdTurn(() -> deliver(3, "c"));
            executor.runAll();
            assertThat(heard).containsExactly("a", "b", "c");
        }

        @Test
        void that_fill_half_a_queue_are_handed_out_at_once() {
            subscribe(options().capacity(4));
            loop.holdTurn(() -> {
                deliver(1, "a");
                deliver(2, "b");
                assertThat(executor.waiting()).isOne();
                executor.runAll();
                assertThat(heard).containsExactly("a", "b");
            });
            assertThat(executor.waiting()).isZero();
        }

        @Test
        void never_run_on_the_loop() {
            subscribe(options());
            deliver(1, "a");
            assertThat(heard).isEmpty();
            executor.runAll();
            assertThat(heard).containsExactly("a");
        }

        @Test
        void of_a_burst_cost_one_wake_up() {
            subscribe(options());
            for (int i = 1; i <= 50; i++) {
                deliver(i, "m" + i);
            }
            assertThat(executor.waiting()).isEqualTo(1);
            executor.runAll();
            assertThat(heard).hasSize(50).startsWith("m1").endsWith("m50");
        }

        @Test
        void of_a_long_burst_let_others_have_the_thread() {
            subscribe(options().capacity(5_000));
            for (int i = 1; i <= 2_000; i++) {
                deliver(i, "m");
            }
            assertThat(executor.runOne()).isTrue();
            assertThat(heard).hasSize(16 * 64);
            executor.runAll();
            assertThat(heard).hasSize(2_000);
        }

        @Test
        void go_to_every_subscription() {
            List<String> second = new ArrayList<>();
            subscribe(options());
            subscribe(TEXT, options(), message -> second.add(message.payload()));
            deliver(1, "a");
            executor.runAll();
            assertThat(heard).containsExactly("a");
            assertThat(second).containsExactly("a");
        }

        @Test
        void wait_for_the_executor_to_take_callbacks_again() {
            Subscription subscription = subscribe(options());
            executor.isRefusing = true;
            deliver(1, "a");
            executor.isRefusing = false;
            deliver(2, "b");
            executor.runAll();
            assertThat(heard).containsExactly("a", "b");
            assertThat(callbacks.refusals()).isEqualTo(1);
            assertThat(subscription.statistics().dropped()).isZero();
        }

        @Test
        void are_handled_though_nothing_more_comes_when_the_executor_takes_callbacks_again() {
            subscribe(options());
            executor.isRefusing = true;
            deliver(1, "a");
            loop.advance(Duration.ofSeconds(1));
            assertThat(heard).isEmpty();
            executor.isRefusing = false;
            loop.advance(Duration.ofMillis(100));
            executor.runAll();
            assertThat(heard).containsExactly("a");
        }

        @Test
        void are_handled_to_the_last_by_the_thread_that_is_at_it_when_the_executor_takes_no_more() {
            subscribe(options().capacity(5_000));
            for (int i = 1; i <= 3_000; i++) {
                deliver(i, "m" + i);
            }
            executor.isRefusing = true;
            executor.runAll();
            assertThat(heard).hasSize(3_000);
        }

        @Test
        void wait_also_when_the_executor_fails_in_another_way() {
            subscribe(options());
            executor.failure = new OutOfMemoryError("unable to create native thread");
            deliver(1, "a");
            executor.failure = null;
            deliver(2, "b");
            executor.runAll();
            assertThat(heard).containsExactly("a", "b");
        }

        @Test
        void are_handled_by_a_subscription_that_waits_though_the_loop_is_stuck_when_it_has_room_again() {
            subscribe(options().overflow(OverflowPolicy.BLOCK).capacity(8));
            loop.stick();
            for (int i = 1; i <= 16; i += 8) {
                for (int next = i; next < i + 8; next++) {
                    deliver(next, "m" + next);
                }
                executor.runAll();
            }
            assertThat(heard).hasSize(16).endsWith("m16");
        }

        @Test
        void that_make_room_tell_the_loop_once_until_it_has_looked() {
            subscribe(options().overflow(OverflowPolicy.BLOCK).capacity(8));
            for (int i = 1; i <= 64; i += 8) {
                for (int next = i; next < i + 8; next++) {
                    deliver(next, "m" + next);
                }
                executor.runAll();
            }
            assertThat(heard).hasSize(64);
            assertThat(loop.waiting()).isEqualTo(1);
        }

        @Test
        void inline_are_handled_at_once() {
            subscribe(options().dispatch(Dispatch.INLINE));
            deliver(1, "a");
            assertThat(heard).containsExactly("a");
        }
    }

    @Nested
    class A_handler_that_throws {

        @Test
        void misses_nothing_and_is_counted() {
            ActiveSubscription<String> subscription = subscribe(TEXT, options(), message -> {
                heard.add(message.payload());
                throw new AssertionError("the application's own");
            });
            deliver(1, "a");
            deliver(2, "b");
            executor.runAll();
            assertThat(heard).containsExactly("a", "b");
            assertThat(subscription.statistics()).isEqualTo(new Subscription.Statistics(2, 0, 0, 0, 2, 0, 0, 1_024));
        }
    }

    @Nested
    class Payloads_that_cannot_be_read {

        record Reading(double celsius) {}

        @Test
        void are_skipped_with_an_event() {
            List<Reading> readings = new ArrayList<>();
            ActiveSubscription<Reading> subscription =
                    subscribe(Topic.of("t", Reading.class), options(), message -> readings.add(message.payload()));
            deliver(1, "text");
            deliver(2, MessageBody.CBOR, PayloadCodec.cbor().encode(new Reading(1), Reading.class));
            deliver(3, "application/x-unknown", new byte[] {1});
            executor.runAll();
            assertThat(readings).containsExactly(new Reading(1));
            assertThat(subscription.statistics().undecodable()).isEqualTo(2);
            assertThat(events)
                    .containsExactly(
                            new NodeEvent.DecodeFailed(
                                    "t", ORIGIN, "expected " + Reading.class.getTypeName() + ", got text"),
                            new NodeEvent.DecodeFailed("t", ORIGIN, "no codec for the content type of this message"));
        }

        @Test
        void in_a_broken_envelope_are_skipped_too() {
            subscribe(options());
            loop.inLoop((protocol, nowNanos) ->
                    topics.deliver(source, 1, 1, true, ArrayPayload.owning(new byte[] {(byte) 0xff})));
            deliver(2, "b");
            executor.runAll();
            assertThat(heard).containsExactly("b");
            assertThat(events).hasSize(1).first().isInstanceOf(NodeEvent.DecodeFailed.class);
        }

        @Test
        void by_a_codec_that_breaks_its_contract_are_skipped_too() {
            subscribeWith(failingWith(new IllegalStateException("with text of a peer")), Dispatch.CALLBACK);
            deliver(1, "bad");
            executor.runAll();
            deliver(2, "good");
            executor.runAll();
            assertThat(heard).containsExactly("good");
            assertThat(events)
                    .containsExactly(new NodeEvent.DecodeFailed(
                            "t", ORIGIN, "the codec failed: java.lang.IllegalStateException"));
        }

        @ParameterizedTest
        @EnumSource
        void by_an_error_in_a_codec_or_in_a_payload_type_are_skipped_and_the_next_one_is_read(Dispatch dispatch) {
            subscribeWith(failingWith(new StackOverflowError("with text of a peer")), dispatch);
            deliver(1, "bad");
            executor.runAll();
            deliver(2, "good");
            executor.runAll();
            assertThat(heard).containsExactly("good");
            assertThat(events)
                    .containsExactly(
                            new NodeEvent.DecodeFailed("t", ORIGIN, "the codec failed: java.lang.StackOverflowError"));
        }

        private void subscribeWith(PayloadCodec codec, Dispatch dispatch) {
            SubscriptionContext own = new SubscriptionContext(
                    "fake",
                    loop,
                    callbacks,
                    bus,
                    CodecRegistry.with(List.of(codec)),
                    clock,
                    new Pace(1, 0),
                    new SubscriptionContext.Counts());
            topics.register(
                    "t",
                    home -> new PushedSubscription<>(
                            TEXT,
                            message -> heard.add(message.payload()),
                            options().dispatch(dispatch).build(),
                            home,
                            own));
        }

        /** Reads text, but for the word "bad". */
        private static PayloadCodec failingWith(Throwable failure) {
            return new PayloadCodec() {
                @Override
                public String contentType() {
                    return MessageBody.TEXT;
                }

                @Override
                public byte[] encode(@Nullable Object value, Type type) {
                    return new byte[0];
                }

                @Override
                public Object decode(byte[] bytes, Type type) {
                    String text = new String(bytes, StandardCharsets.UTF_8);
                    if (!text.equals("bad")) {
                        return text;
                    }
                    if (failure instanceof Error error) {
                        throw error;
                    }
                    throw (RuntimeException) failure;
                }
            };
        }

        @Test
        void from_a_clock_that_is_far_ahead_are_delivered_and_reported() {
            subscribe(options());
            long ahead = Duration.ofHours(1).toMillis();
            MessageBody body = new MessageBody(
                    MessageBody.TEXT,
                    new io.chaski.core.HybridTimestamp(WALL_MILLIS + ahead, 0).packed(),
                    "mill",
                    null,
                    Map.of(),
                    ArrayPayload.owning(new byte[] {'a'}));
            loop.inLoop((protocol, nowNanos) -> topics.deliver(source, 1, 1, true, body.encode()));
            executor.runAll();
            assertThat(heard).containsExactly("a");
            assertThat(events).containsExactly(new NodeEvent.ClockSkew(ORIGIN, ahead));
        }
    }

    /** N41: each policy, and what it counts. */
    @Nested
    class A_full_queue {

        private final List<String> order = new ArrayList<>();

        private SubscribeOptions.Builder small(OverflowPolicy policy) {
            return options()
                    .capacity(2)
                    .overflow(policy)
                    .onDrop(count -> heard.add("dropped " + count))
                    .onGap(gap -> heard.add("gap " + gap.from() + "-" + gap.to()));
        }

        private void burst() {
            for (int i = 1; i <= 5; i++) {
                deliver(i, "m" + i);
            }
        }

        @Test
        void drops_the_oldest_and_says_so_first() {
            ActiveSubscription<String> subscription = subscribe(small(OverflowPolicy.DROP_OLDEST));
            burst();
            executor.runAll();
            assertThat(heard).containsExactly("dropped 3", "m4", "m5");
            assertThat(subscription.statistics().dropped()).isEqualTo(3);
        }

        @Test
        void shows_its_depth_its_bounds_and_what_it_gave_up() {
            subscribe(small(OverflowPolicy.DROP_OLDEST).capacityBytes(10_000));
            subscribe(Topic.text("a"), options(), message -> {});
            deliver(1, "m1");
            long bytes = topics.queues().get(1).bytes();
            burst();

            assertThat(bytes).as("bytes of one message with its envelope").isPositive();
            assertThat(topics.queues())
                    .as("by topic")
                    .containsExactly(
                            new QueueSnapshot(
                                    "a",
                                    0,
                                    0,
                                    SubscribeOptions.DEFAULT_CAPACITY,
                                    SubscribeOptions.DEFAULT_CAPACITY_BYTES,
                                    0),
                            new QueueSnapshot("t", 2, 2 * bytes, 2, 10_000, 4));
            executor.runAll();
            assertThat(topics.queues().get(1)).isEqualTo(new QueueSnapshot("t", 0, 0, 2, 10_000, 4));
        }

        @Test
        void drops_the_newest() {
            subscribe(small(OverflowPolicy.DROP_NEWEST));
            burst();
            executor.runAll();
            assertThat(heard).containsExactly("dropped 3", "m1", "m2");
        }

        @Test
        void ends_the_subscription_under_fail() {
            ActiveSubscription<String> subscription = subscribe(small(OverflowPolicy.FAIL));
            CompletableFuture<Void> closed = subscription.closed();
            burst();
            executor.runAll();
            assertThat(heard).containsExactly("dropped 3", "m1", "m2");
            assertThatThrownBy(closed::join)
                    .isInstanceOf(CompletionException.class)
                    .hasCauseInstanceOf(QueueOverflowException.class);
            deliver(6, "m6");
            executor.runAll();
            assertThat(heard).hasSize(3);
            assertThat(local().isSubscribed()).isFalse();
        }

        @Test
        void is_an_event_once_a_second() {
            subscribe(small(OverflowPolicy.DROP_OLDEST));
            burst();
            executor.runAll();
            burst();
            executor.runAll();
            assertThat(events).containsExactly(new NodeEvent.Dropped("t", 1));
            loop.advance(Duration.ofSeconds(1));
            executor.runAll();
            assertThat(events).containsExactly(new NodeEvent.Dropped("t", 1), new NodeEvent.Dropped("t", 5));
            loop.advance(Duration.ofSeconds(10));
            executor.runAll();
            assertThat(events).hasSize(2);
        }

        @Test
        void hands_gaps_over_in_their_place() {
            order.clear();
            ActiveSubscription<String> subscription =
                    subscribe(small(OverflowPolicy.DROP_OLDEST).capacity(10));
            deliver(1, "m1");
            gap(2, 4);
            deliver(5, "m5");
            executor.runAll();
            assertThat(heard).containsExactly("m1", "gap 2-4", "m5");
            assertThat(subscription.statistics().missing()).isEqualTo(3);
        }

        @Test
        void counts_the_messages_of_a_gap_that_it_gave_up_as_dropped_and_not_as_missing_too() {
            ActiveSubscription<String> subscription = subscribe(small(OverflowPolicy.DROP_OLDEST));
            gap(1, 10);
            deliver(11, "m11");
            deliver(12, "m12");
            executor.runAll();
            assertThat(heard).containsExactly("dropped 10", "m11", "m12");
            assertThat(subscription.statistics()).isEqualTo(new Subscription.Statistics(2, 10, 0, 0, 0, 0, 0, 2));
        }
    }
}
