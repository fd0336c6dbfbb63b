package io.chaski.core.internal.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.chaski.core.internal.protocol.PublishOutcome;
import io.chaski.core.internal.wire.ArrayPayload;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class InboxTest {

    private static final long PATIENCE_NANOS = Duration.ofSeconds(20).toNanos();
    private static final ArrayPayload EMPTY = ArrayPayload.owning(new byte[0]);

    private final AtomicInteger wakeUps = new AtomicInteger();
    private final Semaphore calls = new Semaphore(0);
    private final Inbox inbox = new Inbox(() -> {
        wakeUps.incrementAndGet();
        calls.release();
    });
    private final Drained drained = new Drained();

    private Inbox.Offer publish(String topic, ArrayPayload body) {
        return inbox.offer(topic, 0, 128, false, body, null);
    }

    @Test
    void entries_come_out_in_order_whatever_they_are() {
        publish("a", EMPTY);
        inbox.offer((protocol, nowNanos) -> {});
        publish("b", EMPTY);

        inbox.drain(drained);

        assertThat(drained.heard).containsExactly("a", "task", "b");
    }

    @Test
    void a_command_never_waits_and_keeps_its_place() {
        List<Integer> run = new ArrayList<>();
        int many = Inbox.SLOTS + 5_000;
        for (int i = 0; i < many; i++) {
            int number = i;
            assertThat(inbox.offer((protocol, nowNanos) -> run.add(number))).isEqualTo(Inbox.Offer.QUEUED);
        }
        assertThat(inbox.size()).isEqualTo(many);
        inbox.close();
        assertThat(inbox.offer((protocol, nowNanos) -> {})).isEqualTo(Inbox.Offer.CLOSED);
        int turns = 0;
        while (!inbox.isExhausted() && turns++ < many) {
            inbox.drain(new Running());
        }
        assertThat(run).isEqualTo(IntStream.range(0, many).boxed().toList());
    }

    @Test
    void a_message_does_not_overtake_a_command_that_found_no_slot() {
        publish("first", EMPTY); // so that batches do not end where the late command belongs
        inbox.drain(drained);
        for (int i = 0; i <= Inbox.SLOTS; i++) {
            assertThat(inbox.offer((protocol, nowNanos) -> {})).isEqualTo(Inbox.Offer.QUEUED);
        }
        while (publish("last", EMPTY) == Inbox.Offer.FULL) {
            inbox.drain(drained);
        }
        while (inbox.size() > 0) {
            inbox.drain(drained);
        }
        assertThat(drained.heard).hasSize(Inbox.SLOTS + 3).startsWith("first").endsWith("task", "last");
    }

    @Test
    void commands_for_a_loop_that_is_stuck_are_bounded() {
        int many = Inbox.SLOTS + Inbox.MAX_LATE;
        for (int i = 0; i < many; i++) {
            assertThat(inbox.offer((protocol, nowNanos) -> {})).isEqualTo(Inbox.Offer.QUEUED);
        }
        assertThat(inbox.offer((protocol, nowNanos) -> {})).isEqualTo(Inbox.Offer.FULL);
        assertThat(inbox.offerAlways((protocol, nowNanos) -> {})).isEqualTo(Inbox.Offer.QUEUED);
        assertThat(inbox.size()).isEqualTo(many + 1);
        inbox.drain(drained);
        inbox.drain(drained);
        for (int i = 0; i < Inbox.SLOTS; i++) {
            inbox.drain(drained);
        }
        assertThat(inbox.size()).isZero();
        assertThat(inbox.offer((protocol, nowNanos) -> {})).isEqualTo(Inbox.Offer.QUEUED);
    }

    @Test
    void many_entries_wake_the_loop_once() {
        for (int i = 0; i < 100; i++) {
            publish("a", EMPTY);
        }
        assertThat(wakeUps).hasValue(1);

        inbox.drain(drained);
        publish("a", EMPTY);

        assertThat(wakeUps).hasValue(2);
    }

    @Test
    void what_comes_while_the_loop_looks_is_taken_as_well_and_wakes_it_no_more() {
        inbox.offer((protocol, nowNanos) -> {});
        Inbox.Drainer busy = new Drained() {
            @Override
            public void onTask(NodeLoop.Task task) {
                super.onTask(task);
                if (heard.size() < 3) {
                    inbox.offer(task);
                }
            }
        };

        inbox.drain(busy);

        assertThat(inbox.size()).isZero();
        assertThat(wakeUps).hasValue(1);
        publish("late", EMPTY);
        assertThat(wakeUps).hasValue(2);
    }

    @Test
    void more_than_a_batch_wakes_the_loop_again() {
        for (int i = 0; i < Inbox.BATCH + 1; i++) {
            publish("a", EMPTY);
        }

        inbox.drain(drained);
        assertThat(drained.heard).hasSize(Inbox.BATCH);
        assertThat(wakeUps).hasValue(2);
        inbox.drain(drained);

        assertThat(drained.heard).hasSize(Inbox.BATCH + 1);
    }

    @Test
    void large_messages_end_a_batch_early() {
        ArrayPayload large = ArrayPayload.owning(new byte[Inbox.BATCH_BYTES / 2]);
        publish("a", large);
        publish("b", large);
        publish("c", large);

        inbox.drain(drained);
        assertThat(drained.heard).containsExactly("a", "b");
        assertThat(wakeUps).hasValue(2);
        inbox.drain(drained);

        assertThat(drained.heard).containsExactly("a", "b", "c");
    }

    @Test
    void a_batch_does_not_fill_a_connection_that_has_just_become_writable() {
        TransportLimits limits = TransportLimits.DEFAULTS;
        assertThat(limits.lowWaterMark() + Inbox.BATCH_BYTES).isLessThanOrEqualTo(limits.highWaterMark());
    }

    @Nested
    class When_it_is_full_of_messages {

        @Test
        void another_one_is_refused_and_commands_still_pass() {
            fill();

            assertThat(publish("a", EMPTY)).isEqualTo(Inbox.Offer.FULL);
            assertThat(inbox.offer((protocol, nowNanos) -> {})).isEqualTo(Inbox.Offer.QUEUED);
        }

        @Test
        void a_waiting_publisher_goes_on_when_there_is_room() throws Exception {
            fill();
            CompletableFuture<Inbox.Offer> outcome = waitForRoom(PATIENCE_NANOS);

            inbox.drain(drained);

            assertThat(outcome.get(20, TimeUnit.SECONDS)).isEqualTo(Inbox.Offer.QUEUED);
        }

        @Test
        void a_waiting_publisher_gives_up_after_its_time() throws Exception {
            fill();

            assertThat(inbox.await(() -> publish("late", EMPTY), 1_000_000)).isEqualTo(Inbox.Offer.FULL);
        }

        @Test
        void a_waiting_publisher_hears_of_the_end() throws Exception {
            fill();
            CompletableFuture<Inbox.Offer> outcome = waitForRoom(PATIENCE_NANOS);

            inbox.close();

            assertThat(outcome.get(20, TimeUnit.SECONDS)).isEqualTo(Inbox.Offer.CLOSED);
        }

        @Test
        void a_waiting_publisher_can_be_interrupted() {
            fill();
            Thread.currentThread().interrupt();

            assertThatThrownBy(() -> inbox.await(() -> publish("late", EMPTY), PATIENCE_NANOS))
                    .isInstanceOf(InterruptedException.class);
        }

        private void fill() {
            while (publish("a", EMPTY) == Inbox.Offer.QUEUED) {
                assertThat(inbox.size()).isLessThanOrEqualTo(Inbox.MAX_PUBLISHES);
            }
            assertThat(inbox.size()).isEqualTo(Inbox.MAX_PUBLISHES);
        }

        private CompletableFuture<Inbox.Offer> waitForRoom(long timeoutNanos) {
            CompletableFuture<Inbox.Offer> outcome = new CompletableFuture<>();
            Thread publisher = new Thread(() -> {
                try {
                    outcome.complete(inbox.await(() -> publish("late", EMPTY), timeoutNanos));
                } catch (InterruptedException interrupted) {
                    outcome.completeExceptionally(interrupted);
                }
            });
            publisher.start();
            await().until(() -> publisher.getState() == Thread.State.TIMED_WAITING);
            return outcome;
        }
    }

    @Nested
    class When_bodies_are_large {

        private final ArrayPayload half = ArrayPayload.owning(new byte[(int) Inbox.MAX_BYTES / 2]);

        @Test
        void their_bytes_are_bounded() {
            assertThat(publish("a", half)).isEqualTo(Inbox.Offer.QUEUED);
            assertThat(publish("a", half)).isEqualTo(Inbox.Offer.QUEUED);
            assertThat(publish("a", ArrayPayload.owning(new byte[1]))).isEqualTo(Inbox.Offer.FULL);

            inbox.drain(drained);

            assertThat(publish("a", half)).isEqualTo(Inbox.Offer.QUEUED);
        }

        /** The publisher hears of it, and others publish when there is memory again. */
        @Test
        void one_for_whose_slot_there_is_no_memory_leaves_no_bytes_behind() {
            AtomicBoolean isMemoryFull = new AtomicBoolean(true);
            Inbox tight = new Inbox(wakeUps::incrementAndGet, new InboxSlots() {
                @Override
                void prepare(long position) {
                    if (isMemoryFull.get()) {
                        throw new OutOfMemoryError("for this test");
                    }
                    super.prepare(position);
                }
            });
            for (int i = 0; i < 2; i++) {
                assertThatThrownBy(() -> tight.offer("a", 0, 128, false, half, null))
                        .isInstanceOf(OutOfMemoryError.class);
            }

            isMemoryFull.set(false);

            assertThat(tight.offer("a", 0, 128, false, half, null)).isEqualTo(Inbox.Offer.QUEUED);
        }

        @Test
        void one_that_is_larger_than_the_bound_passes_alone() {
            ArrayPayload huge = ArrayPayload.owning(new byte[(int) Inbox.MAX_BYTES + 1]);

            assertThat(publish("a", huge)).isEqualTo(Inbox.Offer.QUEUED);
            assertThat(publish("a", huge)).isEqualTo(Inbox.Offer.FULL);
        }
    }

    @Nested
    class When_less_may_wait {

        @Test
        void fewer_messages_fit() {
            inbox.limit(64, Inbox.MAX_BYTES);
            for (int i = 0; i < 64; i++) {
                assertThat(publish("a", EMPTY)).isEqualTo(Inbox.Offer.QUEUED);
            }
            assertThat(publish("a", EMPTY)).isEqualTo(Inbox.Offer.FULL);
            inbox.limit(65, Inbox.MAX_BYTES);
            assertThat(publish("a", EMPTY)).isEqualTo(Inbox.Offer.QUEUED);
        }

        @Test
        void a_large_message_still_passes_though_others_wait() {
            inbox.limit(64, 1_000);
            assertThat(publish("a", ArrayPayload.owning(new byte[999]))).isEqualTo(Inbox.Offer.QUEUED);
            assertThat(publish("a", ArrayPayload.owning(new byte[1 << 20]))).isEqualTo(Inbox.Offer.QUEUED);
            assertThat(publish("a", ArrayPayload.owning(new byte[1]))).isEqualTo(Inbox.Offer.FULL);
        }

        @Test
        void what_waits_already_is_kept() {
            for (int i = 0; i < 100; i++) {
                publish("a", EMPTY);
            }
            inbox.limit(64, Inbox.MAX_BYTES);
            assertThat(publish("a", EMPTY)).isEqualTo(Inbox.Offer.FULL);
            inbox.drain(drained);
            assertThat(drained.heard).hasSize(100);
        }
    }

    @Nested
    class When_it_is_closed {

        @Test
        void what_was_queued_comes_out_and_nothing_else_gets_in() {
            publish("a", EMPTY);
            inbox.close();

            assertThat(publish("b", EMPTY)).isEqualTo(Inbox.Offer.CLOSED);
            assertThat(inbox.offer((protocol, nowNanos) -> {})).isEqualTo(Inbox.Offer.CLOSED);
            assertThat(inbox.isExhausted()).isFalse();
            inbox.drain(drained);

            assertThat(inbox.isExhausted()).isTrue();
            assertThat(drained.heard).containsExactly("a");
        }

        @Test
        void it_stays_closed() {
            publish("a", EMPTY);
            inbox.close();
            inbox.drain(drained);

            inbox.drain(drained); // a wake-up that was on its way
            assertThat(publish("b", EMPTY)).isEqualTo(Inbox.Offer.CLOSED);
            assertThat(inbox.offerAlways((protocol, nowNanos) -> {})).isEqualTo(Inbox.Offer.CLOSED);
            assertThat(inbox.size()).isZero();
            assertThat(drained.heard).containsExactly("a");
        }
    }

    /** The loop looks only when it is called: a call that is lost leaves it asleep. */
    @Test
    void nothing_is_lost_or_reordered_between_threads() throws Exception {
        int producers = 4;
        int each = 50_000;
        List<Thread> threads = new ArrayList<>();
        for (int p = 0; p < producers; p++) {
            String topic = "producer " + p;
            Thread thread = new Thread(() -> {
                for (int i = 0; i < each; i++) {
                    ArrayPayload body = ArrayPayload.owning(
                            ByteBuffer.allocate(Integer.BYTES).putInt(i).array());
                    try {
                        assertThat(inbox.await(() -> publish(topic, body), PATIENCE_NANOS))
                                .isEqualTo(Inbox.Offer.QUEUED);
                    } catch (InterruptedException interrupted) {
                        throw new IllegalStateException(interrupted);
                    }
                }
            });
            threads.add(thread);
            thread.start();
        }

        int[] next = new int[producers];
        while (total(next) < producers * each && calls.tryAcquire(PATIENCE_NANOS, TimeUnit.NANOSECONDS)) {
            inbox.drain(new Inbox.Drainer() {
                @Override
                public void onTask(NodeLoop.Task task) {
                    throw new AssertionError("no task was queued");
                }

                @Override
                public void onPublish(
                        String topic,
                        int channel,
                        int hopLimit,
                        boolean live,
                        ArrayPayload body,
                        @Nullable Consumer<PublishOutcome> done) {
                    int producer = topic.charAt(topic.length() - 1) - '0';
                    assertThat(ByteBuffer.wrap(body.toByteArray()).getInt()).isEqualTo(next[producer]++);
                }
            });
        }

        assertThat(next).containsOnly(each);
        for (Thread thread : threads) {
            thread.join();
        }
    }

    private static int total(int[] counts) {
        int sum = 0;
        for (int count : counts) {
            sum += count;
        }
        return sum;
    }

    /** Runs commands, which here have no use for a protocol. */
    private static final class Running implements Inbox.Drainer {
        private final FakeNodeLoop loop = new FakeNodeLoop();

        @Override
        public void onTask(NodeLoop.Task task) {
            loop.inLoop(task);
        }

        @Override
        public void onPublish(
                String topic,
                int channel,
                int hopLimit,
                boolean live,
                ArrayPayload body,
                @Nullable Consumer<PublishOutcome> done) {
            throw new AssertionError("nothing was published");
        }
    }

    private static class Drained implements Inbox.Drainer {
        final List<String> heard = new ArrayList<>();

        @Override
        public void onTask(NodeLoop.Task task) {
            heard.add("task");
        }

        @Override
        public void onPublish(
                String topic,
                int channel,
                int hopLimit,
                boolean live,
                ArrayPayload body,
                @Nullable Consumer<PublishOutcome> done) {
            heard.add(topic);
        }
    }
}
