package io.chaski.streamer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chaski.core.Delivery;
import io.chaski.core.Message;
import io.chaski.core.NodeClosedException;
import io.chaski.core.OverflowPolicy;
import io.chaski.core.QueueOverflowException;
import io.chaski.core.Topic;
import io.chaski.core.TypeRef;
import io.chaski.core.codec.CodecException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class BlockingStreamTest extends StreamFixture {

    @Nested
    class A_loop {

        @Test
        void gives_messages_in_order_until_somebody_closes() throws InterruptedException {
            List<String> heard = new ArrayList<>();
            try (MessageStream<String> in = b.open(TEXT)) {
                pair(in);
                push("one", "two", "three");
                for (Message<String> message : in) {
                    heard.add(message.payload());
                    if (heard.size() == 3) {
                        in.close();
                    }
                }
            }
            assertThat(heard).containsExactly("one", "two", "three");
            assertThat(b.node().subscriptions()).isEmpty();
        }

        @Test
        void ends_when_its_thread_is_interrupted_and_the_stream_does_not() throws InterruptedException {
            MessageStream<String> in = b.open(TEXT);
            pair(in);
            push("one");
            Thread.currentThread().interrupt();
            assertThat(in.iterator().hasNext()).isFalse();
            assertThat(Thread.interrupted()).isTrue();
            assertThat(take(in)).containsExactly("one");
        }

        @Test
        void has_no_next_one_after_its_end() {
            MessageStream<String> in = b.open(TEXT);
            in.close();
            Iterator<Message<String>> none = in.iterator();
            assertThatThrownBy(none::next).isInstanceOf(NoSuchElementException.class);
        }

        @Test
        void ends_with_the_node() {
            MessageStream<String> in = b.open(TEXT);
            b.node().close();
            assertThat(in.iterator()).isExhausted();
            assertThat(in.isClosed()).isTrue();
            assertThatThrownBy(() -> b.open(TEXT)).isInstanceOf(NodeClosedException.class);
        }
    }

    @Nested
    class A_poll {

        @Test
        void waits_as_long_as_it_is_told() throws InterruptedException {
            MessageStream<String> in = b.open(TEXT);
            Duration before = net.now();
            assertThat(in.poll(Duration.ofSeconds(3))).isEmpty();
            assertThat(net.now().minus(before)).isEqualTo(Duration.ofSeconds(3));
            assertThat(in.isClosed()).isFalse();
        }

        @Test
        void waits_no_longer_for_what_is_left_out_meanwhile() throws InterruptedException {
            MessageStream<String> in =
                    b.open(TEXT, QueueOptions.builder().key("wanted").build());
            pair(in);
            push("unwanted", "unwanted too"); // on their way when the wait begins
            Duration before = net.now();
            assertThat(in.poll(Duration.ofSeconds(3))).isEmpty();
            assertThat(net.now().minus(before)).isEqualTo(Duration.ofSeconds(3));
            assertThat(in.statistics().delivered()).isEqualTo(2);
        }

        @Test
        void of_zero_does_not_wait() throws InterruptedException {
            MessageStream<String> in = b.open(TEXT);
            Duration before = net.now();
            assertThat(in.poll(Duration.ZERO)).isEmpty();
            assertThat(net.now()).isEqualTo(before);
        }

        @Test
        void shows_the_whole_message() throws InterruptedException {
            MessageStream<String> in = b.open(TEXT);
            pair(in);
            a.publisher(TEXT)
                    .with(message().key("k").header("unit", "bar").build())
                    .publish("one");
            assertThat(in.poll(SOON)).hasValueSatisfying(message -> {
                assertThat(message.origin()).isEqualTo(a.node().id());
                assertThat(message.originName()).isEqualTo("a");
                assertThat(message.sequence()).isEqualTo(1);
                assertThat(message.key()).contains("k");
                assertThat(message.headers()).containsEntry("unit", "bar");
                assertThat(message.hops()).isEqualTo(1);
            });
        }

        @Test
        void fails_after_an_overflow_under_fail_when_the_rest_is_read() throws InterruptedException {
            MessageStream<String> in = b.open(
                    TEXT,
                    QueueOptions.builder()
                            .capacity(2)
                            .overflow(OverflowPolicy.FAIL)
                            .build());
            pair(in);
            push("one", "two", "three");
            net.advance(SOON);
            assertThat(in.poll(SOON).orElseThrow().payload()).isEqualTo("one");
            assertThat(in.poll(SOON).orElseThrow().payload()).isEqualTo("two");
            assertThatThrownBy(() -> in.poll(SOON)).isInstanceOf(QueueOverflowException.class);
            assertThatThrownBy(() -> in.iterator().hasNext()).isInstanceOf(QueueOverflowException.class);
            net.runUntil(() -> in.closed().isDone(), SOON);
            assertThat(in.closed()).isCompletedExceptionally();
        }
    }

    @Nested
    class Streams_on_one_topic {

        @Test
        void each_get_everything_and_end_alone() throws InterruptedException {
            MessageStream<String> one = b.open(TEXT);
            MessageStream<String> other = b.open(TEXT);
            pair(one);
            push("one");
            assertThat(take(one)).containsExactly("one");
            one.close();
            push("two");
            assertThat(take(other)).containsExactly("one", "two");
        }

        @Test
        void can_be_opened_again() throws InterruptedException {
            MessageStream<String> first = b.open(TEXT);
            pair(first);
            push("one");
            assertThat(take(first)).containsExactly("one");
            first.close();
            MessageStream<String> second = b.open(TEXT);
            second.awaitPaired(SOON);
            push("two");
            assertThat(take(second)).endsWith("two");
        }

        @Test
        void close_with_their_streamer_which_opens_no_more() {
            MessageStream<String> in = b.open(TEXT);
            b.close();
            assertThat(in.isClosed()).isTrue();
            assertThatThrownBy(() -> b.open(TEXT)).isInstanceOf(IllegalStateException.class);
            assertThat(b.node().subscriptions()).isEmpty();
        }
    }

    @Nested
    class Filters {

        @Test
        void let_a_key_through() throws InterruptedException {
            MessageStream<String> in =
                    b.open(TEXT, QueueOptions.builder().key("mill-7").build());
            pair(in);
            TopicPublisher<String> out = a.publisher(TEXT);
            out.publish("no key");
            out.with(message().key("mill-8").build()).publish("another key");
            out.with(message().key("mill-7").build()).publish("the key");
            assertThat(take(in)).containsExactly("the key");
        }

        @Test
        void let_all_their_headers_through_together() throws InterruptedException {
            MessageStream<String> in = b.open(
                    TEXT,
                    QueueOptions.builder()
                            .header("unit", "bar")
                            .header("site", "north")
                            .build());
            pair(in);
            TopicPublisher<String> out = a.publisher(TEXT);
            out.with(message().header("unit", "bar").build()).publish("one header");
            out.with(message().header("unit", "psi").header("site", "north").build())
                    .publish("another value");
            out.with(message()
                            .header("more", "1")
                            .header("site", "north")
                            .header("unit", "bar")
                            .build())
                    .publish("both");
            assertThat(take(in)).containsExactly("both");
        }

        @Test
        void let_word_of_missing_messages_pass() throws InterruptedException {
            TopicStream<Delivery<String>> in = b.openDeliveries(
                    TEXT,
                    QueueOptions.builder()
                            .key("none")
                            .capacity(1)
                            .overflow(OverflowPolicy.DROP_OLDEST)
                            .build());
            pair(in);
            push("one", "two", "three");
            net.advance(SOON);
            assertThat(takeDeliveries(in)).containsExactly("dropped 2");
        }
    }

    @Nested
    class Payloads {

        record Reading(String sensor, double celsius) {}

        record Note(@Nullable String text, @Nullable Integer count, Optional<String> unit) {}

        /** The same with a count that is always there. */
        record Counted(@Nullable String text, int count) {}

        @Test
        void are_records_and_whatever_else_has_a_codec() throws InterruptedException {
            Topic<Reading> readings = Topic.of("readings", Reading.class);
            MessageStream<Reading> in = b.open(readings);
            pair(in);
            a.push(readings, new Reading("mill-7", 21.5));
            assertThat(in.poll(SOON).map(Message::payload)).contains(new Reading("mill-7", 21.5));
        }

        @Test
        void are_maps_whose_values_may_be_null() throws InterruptedException {
            Topic<Map<String, @Nullable Double>> readings = Topic.of("readings", new TypeRef<>() {});
            MessageStream<Map<String, @Nullable Double>> in = b.open(readings);
            pair(in);
            Map<String, @Nullable Double> sent = new LinkedHashMap<>();
            sent.put("mill-8", null);
            sent.put("mill-7", 21.5);
            a.push(readings, sent);
            Map<String, @Nullable Double> heard = in.poll(SOON).orElseThrow().payload();
            assertThat(heard).isEqualTo(sent);
            assertThat(heard.keySet()).containsExactly("mill-8", "mill-7");
        }

        @Test
        void are_maps_of_lists_and_records() throws InterruptedException {
            Topic<Map<String, List<Reading>>> readings = Topic.of("readings", new TypeRef<>() {});
            MessageStream<Map<String, List<Reading>>> in = b.open(readings);
            pair(in);
            Map<String, List<Reading>> sent = Map.of("hall", List.of(new Reading("mill-7", 21.5)), "yard", List.of());
            a.push(readings, sent);
            assertThat(in.poll(SOON).map(Message::payload)).contains(sent);
        }

        @Test
        void have_no_null_for_a_key() throws InterruptedException {
            Topic<Map<@Nullable String, Double>> readings = Topic.of("readings", new TypeRef<>() {});
            MessageStream<Map<@Nullable String, Double>> in = b.open(readings);
            pair(in);
            Map<@Nullable String, Double> sent = new HashMap<>();
            sent.put(null, 21.5);
            assertThatThrownBy(() -> a.push(readings, sent)).isInstanceOf(CodecException.class);
            assertThat(in.poll(SOON)).isEmpty();
        }

        @Test
        void may_be_null_themselves_and_are_messages_all_the_same() throws InterruptedException {
            Topic<@Nullable Reading> readings = Topic.of("readings", new TypeRef<@Nullable Reading>() {});
            MessageStream<@Nullable Reading> in = b.open(readings);
            pair(in);
            a.push(readings, null);
            a.push(readings, new Reading("mill-7", 21.5));
            Message<@Nullable Reading> none = in.poll(SOON).orElseThrow();
            assertThat(none.payload()).isNull();
            assertThat(none.sequence()).isEqualTo(1);
            assertThat(in.poll(SOON).orElseThrow().payload()).isEqualTo(new Reading("mill-7", 21.5));
            assertThat(in.statistics().undecodable()).isZero();
        }

        @Test
        void have_fields_that_are_null_unless_they_are_primitive() throws InterruptedException {
            Topic<Note> notes = Topic.of("notes", Note.class);
            MessageStream<Note> in = b.open(notes);
            MessageStream<Counted> counted = b.open(Topic.of("notes", Counted.class));
            pair(in);
            Note sent = new Note(null, null, Optional.empty());
            a.push(notes, sent);
            assertThat(in.poll(SOON).map(Message::payload)).contains(sent);
            assertThat(counted.poll(SOON)).isEmpty();
            assertThat(counted.statistics().undecodable()).isEqualTo(1);
        }

        @Test
        void of_bytes_and_text_are_never_null() throws InterruptedException {
            MessageStream<String> in = b.open(TEXT);
            pair(in);
            assertThatThrownBy(() -> a.push(TEXT, null)).isInstanceOf(CodecException.class);
            assertThatThrownBy(() -> a.push(Topic.bytes("bytes"), null)).isInstanceOf(CodecException.class);
            push("one");
            assertThat(take(in)).containsExactly("one");
        }

        @Test
        void of_another_type_are_left_out_and_counted() throws InterruptedException {
            MessageStream<Integer> in = b.open(Topic.of("t", Integer.class));
            pair(in);
            push("not a number");
            assertThat(in.poll(SOON)).isEmpty();
            assertThat(in.statistics().undecodable()).isEqualTo(1);
        }
    }

    @Test
    void a_stream_is_read_in_one_way_only() throws InterruptedException {
        MessageStream<String> in = b.open(TEXT);
        in.poll(Duration.ZERO);
        assertThatThrownBy(() -> in.onItem(message -> {})).isInstanceOf(IllegalStateException.class);
        MessageStream<String> other = b.open(TEXT);
        other.onItem(message -> {});
        assertThatThrownBy(() -> other.poll(SOON)).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(other::iterator).isInstanceOf(IllegalStateException.class);
    }
}
