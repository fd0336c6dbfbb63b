package io.chaski.core.internal.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import io.chaski.core.NodeEvent;
import io.chaski.core.NodeId;
import io.chaski.core.OverflowPolicy;
import io.chaski.core.internal.protocol.Names;
import io.chaski.core.internal.protocol.Source;
import io.chaski.core.internal.runtime.DeliveryQueue.Batch;
import io.chaski.core.internal.wire.ArrayPayload;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** N41: a queue that is bounded, and what becomes of what does not fit. */
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class DeliveryQueueTest {

    private static final NodeId ORIGIN = new NodeId(7, 7);

    private final Names names = new Names();
    private final Source source = names.retainSource(names.retainTopic("t"), ORIGIN, 1, Source.MESSAGES);

    private Incoming message(long sequence) {
        return message(sequence, 0);
    }

    private Incoming message(long sequence, int bytes) {
        return new Incoming.Delivery(source, sequence, 1, false, ArrayPayload.owning(new byte[bytes]));
    }

    private static Incoming gap(long from, long to) {
        return new Incoming.Missing(new NodeEvent.Gap(ORIGIN, 1, from, to));
    }

    private static List<Long> sequences(Batch batch) {
        List<Long> sequences = new ArrayList<>();
        for (Incoming item : batch.items()) {
            if (item instanceof Incoming.Delivery delivery) {
                sequences.add(delivery.sequence());
            } else if (item instanceof Incoming.Missing missing) {
                sequences.add(-missing.gap().from());
            }
        }
        return sequences;
    }

    private static void offer(DeliveryQueue queue, Incoming... items) {
        queue.offer(List.of(items));
    }

    private static DeliveryQueue queue(int capacity, OverflowPolicy policy) {
        return new DeliveryQueue(capacity, 1 << 20, policy);
    }

    @Nested
    class When_publishers_wait_for_it {

        /** What a message of 936 bytes counts here. */
        private final int size = message(1, 936).sizeBytes();

        private final DeliveryQueue queue = queue(8, OverflowPolicy.BLOCK);

        private void fill(int count) {
            LongStream.rangeClosed(1, count).forEach(sequence -> offer(queue, message(sequence, 936)));
        }

        @Test
        void its_room_is_that_for_messages_of_the_mean_size() {
            fill(2);
            assertThat(List.of(queue.capacity(), queue.room())).containsExactly(8L * size, 6L * size);
        }

        /** Publishes so many of a size one by one, each of which is taken at once. */
        private void pass(DeliveryQueue wide, int count, int bytes) {
            for (int i = 0; i < count; i++) {
                offer(wide, message(1, bytes));
                wide.take();
            }
        }

        @Test
        void its_room_follows_when_messages_become_larger_or_smaller() {
            DeliveryQueue wide = new DeliveryQueue(100, 64 << 20, OverflowPolicy.BLOCK);
            pass(wide, 10_000, 100);
            int small = message(1, 100).sizeBytes();
            int large = message(1, 100_000).sizeBytes();
            assertThat(wide.capacity()).isBetween(99L * small, 101L * small);
            pass(wide, 64, 100_000);
            assertThat(wide.capacity()).isBetween(95L * large, 100L * large);
            pass(wide, 200, 100);
            assertThat(wide.capacity()).isBetween(100L * small, 110L * small);
        }

        @Test
        void its_room_is_that_for_bytes_if_these_are_fewer() {
            DeliveryQueue narrow = new DeliveryQueue(1_000, 3L * size, OverflowPolicy.BLOCK);
            offer(narrow, message(1, 936));
            assertThat(List.of(narrow.capacity(), narrow.room())).containsExactly(3L * size, 2L * size);
        }

        @Test
        void it_takes_what_was_under_way_and_gives_nothing_up() {
            fill(20);
            assertThat(queue.room()).isZero();
            assertThat(queue.dropped()).isZero();
            assertThat(queue.take().items()).hasSize(20);
        }

        @Test
        void it_tells_once_that_there_is_more_room() {
            assertThat(queue.hasMoreRoom()).isFalse();
            fill(8);
            assertThat(queue.hasMoreRoom()).isFalse();
            queue.take();
            assertThat(List.of(queue.hasMoreRoom(), queue.hasMoreRoom())).containsExactly(true, false);
        }

        @Test
        void others_have_room_for_everything() {
            DeliveryQueue live = queue(8, OverflowPolicy.DROP_OLDEST);
            assertThat(List.of(live.capacity(), live.room())).containsExactly(Long.MAX_VALUE, Long.MAX_VALUE);
            assertThat(live.hasMoreRoom()).isFalse();
        }
    }

    @Nested
    class When_there_is_room {

        private final DeliveryQueue queue = queue(100, OverflowPolicy.DROP_OLDEST);

        @Test
        void many_offers_cost_one_wake_up() {
            offer(queue, message(1), message(2));
            offer(queue, message(3));
            assertThat(queue.wantsTaker()).isTrue();
            offer(queue, message(4));
            assertThat(queue.wantsTaker()).isFalse();
            assertThat(sequences(queue.take())).containsExactly(1L, 2L, 3L, 4L);
            offer(queue, message(5));
            assertThat(queue.wantsTaker()).as("whoever has taken looks again").isFalse();
            assertThat(sequences(queue.take())).containsExactly(5L);
            assertThat(queue.take()).isNull();
            assertThat(queue.wantsTaker()).isFalse();
            offer(queue, message(6));
            assertThat(queue.wantsTaker()).isTrue();
        }

        @ParameterizedTest
        @CsvSource({"1000, 64, 100", "100, 50, 100", "8, 4, 100", "2, 1, 100", "1, 1, 100", "1000, 4, 16384"})
        void so_many_are_worth_a_wake_up_at_once(int capacity, int many, int bytes) {
            DeliveryQueue wide = new DeliveryQueue(capacity, 1 << 20, OverflowPolicy.DROP_OLDEST);
            int size = message(1, bytes).sizeBytes();
            assertThat(wide.isMuch(many - 1, (many - 1L) * size)).isEqualTo(many == 1 && capacity == 1);
            assertThat(wide.isMuch(many, (long) many * size)).isTrue();
        }

        @Test
        void gaps_keep_their_place() {
            offer(queue, message(1));
            offer(queue, gap(2, 4));
            offer(queue, message(5));
            assertThat(sequences(queue.take())).containsExactly(1L, -2L, 5L);
        }

        @Test
        void what_is_taken_at_once_is_bounded() {
            LongStream.rangeClosed(1, 100).forEach(sequence -> offer(queue, message(sequence)));
            assertThat(queue.take().items()).hasSize(64);
            assertThat(queue.take().items()).hasSize(36);
        }

        @Test
        void large_messages_are_taken_in_small_batches() {
            DeliveryQueue wide = new DeliveryQueue(100, 100 << 20, OverflowPolicy.DROP_OLDEST);
            LongStream.rangeClosed(1, 5).forEach(sequence -> offer(wide, message(sequence, 200 << 10)));
            assertThat(sequences(wide.take())).containsExactly(1L, 2L);
        }

        @Test
        void a_taker_that_could_not_go_is_sent_again() {
            offer(queue, message(1));
            assertThat(queue.wantsTaker()).isTrue();
            queue.takerFailed();
            offer(queue, message(2));
            assertThat(queue.wantsTaker()).isTrue();
        }

        @Test
        void nothing_is_left_after_closing() {
            offer(queue, message(1));
            queue.close();
            assertThat(queue.take()).isNull();
            offer(queue, message(2));
            assertThat(queue.wantsTaker()).isFalse();
            assertThat(queue.size()).isZero();
            assertThat(queue.sizeBytes()).isZero();
        }
    }

    @Nested
    class When_it_is_full {

        @Test
        void the_oldest_is_dropped() {
            DeliveryQueue queue = queue(3, OverflowPolicy.DROP_OLDEST);
            LongStream.rangeClosed(1, 5).forEach(sequence -> offer(queue, message(sequence)));
            Batch batch = queue.take();
            assertThat(batch.dropped()).isEqualTo(2);
            assertThat(sequences(batch)).containsExactly(3L, 4L, 5L);
            offer(queue, message(6));
            assertThat(queue.take().dropped()).isZero();
            assertThat(queue.dropped()).isEqualTo(2);
        }

        @Test
        void or_the_newest() {
            DeliveryQueue queue = queue(3, OverflowPolicy.DROP_NEWEST);
            LongStream.rangeClosed(1, 5).forEach(sequence -> offer(queue, message(sequence)));
            Batch batch = queue.take();
            assertThat(batch.dropped()).isEqualTo(2);
            assertThat(sequences(batch)).containsExactly(1L, 2L, 3L);
        }

        @Test
        void or_it_fails_after_what_it_holds() {
            DeliveryQueue queue = queue(100, OverflowPolicy.FAIL);
            LongStream.rangeClosed(1, 103).forEach(sequence -> offer(queue, message(sequence)));
            Batch first = queue.take();
            assertThat(first.overflowed()).isFalse();
            assertThat(first.dropped()).isEqualTo(3);
            offer(queue, message(104));
            Batch last = queue.take();
            assertThat(last.overflowed()).isTrue();
            assertThat(last.dropped()).isEqualTo(1);
            assertThat(sequences(last)).hasSize(36).endsWith(100L);
            assertThat(queue.take()).isNull();
            offer(queue, message(105));
            assertThat(queue.wantsTaker()).isFalse();
            assertThat(queue.dropped()).as("until it ended").isEqualTo(4);
        }

        @Test
        void bytes_count_as_well() {
            DeliveryQueue queue = new DeliveryQueue(100, 1_000, OverflowPolicy.DROP_OLDEST);
            LongStream.rangeClosed(1, 5).forEach(sequence -> offer(queue, message(sequence, 300)));
            assertThat(queue.sizeBytes()).isEqualTo(2 * 364);
            Batch batch = queue.take();
            assertThat(batch.dropped()).isEqualTo(3);
            assertThat(sequences(batch)).containsExactly(4L, 5L);
            assertThat(queue.sizeBytes()).isZero();
        }

        @Test
        void a_message_larger_than_the_queue_still_has_its_turn() {
            DeliveryQueue queue = new DeliveryQueue(100, 1_000, OverflowPolicy.DROP_OLDEST);
            offer(queue, message(1));
            offer(queue, message(2, 5_000));
            assertThat(sequences(queue.take())).containsExactly(2L);
        }

        @Test
        void a_dropped_gap_counts_for_all_it_reported() {
            DeliveryQueue queue = queue(2, OverflowPolicy.DROP_OLDEST);
            offer(queue, gap(1, 10));
            offer(queue, message(11));
            offer(queue, message(12));
            Batch batch = queue.take();
            assertThat(batch.dropped()).isEqualTo(10);
            assertThat(sequences(batch)).containsExactly(11L, 12L);
        }
    }
}
