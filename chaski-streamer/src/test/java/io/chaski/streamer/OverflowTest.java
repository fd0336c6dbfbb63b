package io.chaski.streamer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chaski.core.Delivery;
import io.chaski.core.OverflowPolicy;
import io.chaski.core.Receipt;
import io.chaski.core.Subscription;
import io.chaski.core.Topic;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.stream.LongStream;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class OverflowTest extends StreamFixture {

    private static final Topic<byte[]> BYTES = Topic.bytes("bytes");
    private static final byte[] KIBIBYTE = new byte[1 << 10];

    /** More than the queue and what is granted beyond it hold. */
    private static final int MANY = 4_000;

    private static QueueOptions.Builder queue(OverflowPolicy policy) {
        return QueueOptions.builder().overflow(policy);
    }

    private List<String> readAfterFive(QueueOptions options) throws InterruptedException {
        TopicStream<Delivery<String>> in = b.openDeliveries(TEXT, options);
        pair(in);
        push("1", "2", "3", "4", "5");
        net.advance(SOON);
        return takeDeliveries(in);
    }

    @Nested
    class What_does_not_fit {

        @Test
        void pushes_the_oldest_out() throws InterruptedException {
            assertThat(readAfterFive(
                            queue(OverflowPolicy.DROP_OLDEST).capacity(2).build()))
                    .containsExactly("dropped 3", "4", "5");
        }

        @Test
        void is_given_up_itself() throws InterruptedException {
            assertThat(readAfterFive(
                            queue(OverflowPolicy.DROP_NEWEST).capacity(2).build()))
                    .containsExactly("dropped 3", "1", "2");
        }

        @Test
        void is_measured_in_bytes_too() throws InterruptedException {
            TopicStream<Delivery<byte[]>> in = b.openDeliveries(
                    BYTES,
                    queue(OverflowPolicy.DROP_OLDEST).capacityBytes(3 << 10).build());
            pair(in);
            for (int i = 0; i < 5; i++) {
                a.push(BYTES, KIBIBYTE);
            }
            net.advance(SOON);
            assertThat(in.statistics().queuedBytes()).isBetween(2L << 10, 3L << 10);
            assertThat(in.statistics().queued()).isEqualTo(2);
            assertThat(in.poll(SOON)).contains(new Delivery.Dropped<>(3));
        }
    }

    @Nested
    class A_gap {

        @Test
        void stands_where_its_messages_would() throws InterruptedException {
            TopicStream<Delivery<String>> in = b.openDeliveries(TEXT, QueueOptions.DEFAULTS);
            pair(in);
            push("1");
            assertThat(in.poll(SOON)).isPresent();
            net.partition("a | b");
            push("2", "3");
            net.advance(Duration.ofMinutes(2)); // longer than messages are kept
            net.heal();
            net.advance(Duration.ofMinutes(1));
            push("4");
            net.advance(Duration.ofMinutes(1));
            assertThat(takeDeliveries(in)).containsExactly("missed 2 to 3", "4");
            Subscription.Statistics counts = in.statistics();
            assertThat(List.of(counts.delivered(), counts.missing(), counts.dropped()))
                    .containsExactly(2L, 2L, 0L);
        }
    }

    @Nested
    class A_reader_that_takes_nothing {

        private int published;

        private MessageStream<byte[]> openAndFill() throws InterruptedException {
            MessageStream<byte[]> in =
                    b.open(BYTES, queue(OverflowPolicy.BLOCK).capacity(64).build());
            pair(in);
            TopicPublisher<byte[]> out = a.publisher(BYTES);
            while (!out.offer(KIBIBYTE).isRejected()) {
                assertThat(++published).isLessThan(MANY);
                net.advance(Duration.ofMillis(1));
            }
            return in;
        }

        private List<Long> takeUntil(MessageStream<byte[]> in, long sequence) throws InterruptedException {
            List<Long> taken = new ArrayList<>();
            while (taken.isEmpty() || taken.get(taken.size() - 1) < sequence) {
                Optional<Long> next = in.poll(SOON).map(message -> message.sequence());
                assertThat(next).as("after %s", taken.size()).isPresent();
                taken.add(next.get());
            }
            return taken;
        }

        private List<Long> numbers(long last) {
            return LongStream.rangeClosed(1, last).boxed().toList();
        }

        @Test
        void makes_offer_say_no_and_loses_nothing() throws InterruptedException {
            MessageStream<byte[]> in = openAndFill();
            assertThat(a.publisher(BYTES).offer(KIBIBYTE).status()).isEqualTo(Receipt.Status.NO_CREDIT);
            assertThat(takeUntil(in, published)).isEqualTo(numbers(published));
            assertThat(a.publisher(BYTES).offer(KIBIBYTE).isRejected()).isFalse();
            assertThat(takeUntil(in, published + 1)).containsExactly(published + 1L);
        }

        @Test
        void lets_the_receipt_of_publish_async_wait() throws InterruptedException {
            MessageStream<byte[]> in = openAndFill();
            CompletableFuture<Receipt> receipt = a.publisher(BYTES).publishAsync(KIBIBYTE);
            net.advance(Duration.ofSeconds(1));
            assertThat(receipt).isNotDone();
            assertThat(takeUntil(in, published + 1)).isEqualTo(numbers(published + 1));
            assertThat(receipt)
                    .isCompletedWithValueMatching(
                            done -> done.status() == Receipt.Status.ACCEPTED && done.sequence() == published + 1);
        }

        @Test
        void makes_publish_give_up_when_its_patience_ends() throws InterruptedException {
            MessageStream<byte[]> in = openAndFill();
            TopicPublisher<byte[]> impatient = a.publisher(BYTES)
                    .with(message().patience(Duration.ofSeconds(2)).build());
            Duration before = net.now();
            assertThat(impatient.publish(KIBIBYTE).status()).isEqualTo(Receipt.Status.NO_CREDIT);
            assertThat(net.now().minus(before)).isEqualTo(Duration.ofSeconds(2));
            assertThat(takeUntil(in, published)).isEqualTo(numbers(published));
        }

        @Test
        void is_left_behind_by_whoever_publishes_live() throws InterruptedException {
            MessageStream<byte[]> in = openAndFill();
            TopicPublisher<byte[]> live =
                    a.publisher(BYTES).with(message().live().build());
            assertThat(live.publish(KIBIBYTE).isRejected()).isFalse();
            assertThat(live.offer(KIBIBYTE).isRejected()).isFalse();
            assertThat(takeUntil(in, published)).isEqualTo(numbers(published));
        }
    }

    @Nested
    class Topics_whose_readers_take_nothing {

        private static final Topic<byte[]> BUSY = Topic.bytes("busy");

        private MessageStream<byte[]> open(Topic<byte[]> topic) throws InterruptedException {
            MessageStream<byte[]> in =
                    b.open(topic, queue(OverflowPolicy.BLOCK).capacity(64).build());
            pair(in);
            return in;
        }

        /** Publishes as fast as the node takes it, until it has learnt that nobody reads; returns how many that were. */
        private long fill(Topic<byte[]> topic) throws InterruptedException {
            TopicPublisher<byte[]> out = a.publisher(topic);
            long accepted = 0;
            int turns = 0;
            Receipt receipt = out.offer(KIBIBYTE);
            while (receipt.status() != Receipt.Status.NO_CREDIT) {
                if (receipt.isRejected()) {
                    assertThat(++turns)
                            .as("milliseconds of waiting for the loop")
                            .isLessThan(100);
                    net.advance(Duration.ofMillis(1)); // so that it takes what is on the way
                } else {
                    accepted++;
                }
                receipt = out.offer(KIBIBYTE);
            }
            return accepted;
        }

        @Test
        void make_no_publisher_of_another_topic_wait() throws InterruptedException {
            MessageStream<byte[]> in = open(BUSY);
            for (int i = 0; i < 16; i++) {
                Topic<byte[]> slow = Topic.bytes("slow " + i);
                open(slow);
                assertThat(fill(slow)).as("topic %d", i).isPositive();
            }
            TopicPublisher<byte[]> out = a.publisher(BUSY);
            Duration before = net.now();
            assertThat(out.publish(KIBIBYTE).isRejected()).isFalse();
            assertThat(out.offer(KIBIBYTE).isRejected()).isFalse();
            CompletableFuture<Receipt> later = out.publishAsync(KIBIBYTE);
            assertThat(net.now()).isEqualTo(before);
            for (long sequence = 1; sequence <= 3; sequence++) {
                assertThat(in.poll(SOON).orElseThrow().sequence()).isEqualTo(sequence);
            }
            assertThat(later).isCompletedWithValueMatching(receipt -> receipt.status() == Receipt.Status.ACCEPTED);
        }

        @Test
        void get_all_of_it_in_order_when_they_go_on() throws InterruptedException {
            MessageStream<byte[]> in = open(BUSY);
            long accepted = fill(BUSY);
            for (long sequence = 1; sequence <= accepted; sequence++) {
                assertThat(in.poll(SOON).orElseThrow().sequence()).isEqualTo(sequence);
            }
            assertThat(a.publisher(BUSY).offer(KIBIBYTE).isRejected()).isFalse();
        }

        @Test
        void are_held_in_the_node_up_to_a_bound() throws InterruptedException {
            open(BUSY);
            long first = fill(BUSY);
            long rest = 0;
            for (int i = 0; i < 16; i++) {
                Topic<byte[]> slow = Topic.bytes("slow " + i);
                open(slow);
                rest += fill(slow);
            }
            assertThat(first).isEqualTo(8_192);
            assertThat(rest).isLessThan(8_192 + 16 * 1_024); // each has been granted some, which is not held
        }
    }

    @Test
    void bounds_are_checked_when_they_are_given() {
        assertThatThrownBy(() -> QueueOptions.builder().capacity(0).build())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("capacity");
        assertThatThrownBy(() -> QueueOptions.builder().capacityBytes(0).build())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("capacityBytes");
        assertThatThrownBy(() -> QueueOptions.builder().header("h", "1").header("h", "2"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("h");
    }
}
