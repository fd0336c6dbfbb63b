package io.chaski.core.internal.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chaski.core.Delivery;
import io.chaski.core.NodeEvent;
import io.chaski.core.OverflowPolicy;
import io.chaski.core.QueueOverflowException;
import io.chaski.core.SubscribeOptions;
import io.chaski.core.Subscription;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class WaitingSubscriptionTest extends SubscriptionFixture {

    private static final Duration SECOND = Duration.ofSeconds(1);

    /** What a poll gives, in a few words. */
    private static String word(Optional<Delivery<String>> delivery) {
        return delivery.map(some -> {
                    if (some instanceof Delivery.Received<String> received) {
                        return received.message().payload();
                    }
                    if (some instanceof Delivery.Missed<String> missed) {
                        return "missed " + missed.gap().from() + " to "
                                + missed.gap().to();
                    }
                    return "dropped " + ((Delivery.Dropped<String>) some).messages();
                })
                .orElse("nothing");
    }

    private static List<String> takeAll(WaitingSubscription<String> subscription) {
        List<String> words = new ArrayList<>();
        for (String word = word(subscription.poll()); !word.equals("nothing"); word = word(subscription.poll())) {
            words.add(word);
        }
        return words;
    }

    @Nested
    class Messages {

        @Test
        void wait_until_they_are_taken() {
            WaitingSubscription<String> subscription = pull(options());
            deliver(1, "a");
            deliver(2, "b");
            assertThat(subscription.statistics().queued()).isEqualTo(2);
            assertThat(takeAll(subscription)).containsExactly("a", "b");
            deliver(3, "c");
            assertThat(takeAll(subscription)).containsExactly("c");
            assertThat(subscription.statistics().delivered()).isEqualTo(3);
        }

        @Test
        void stand_in_order_with_gaps() {
            WaitingSubscription<String> subscription = pull(options());
            deliver(1, "a");
            gap(2, 4);
            deliver(5, "b");
            assertThat(takeAll(subscription)).containsExactly("a", "missed 2 to 4", "b");
            assertThat(subscription.statistics().missing()).isEqualTo(3);
        }

        @Test
        void stand_behind_word_of_those_that_were_dropped() {
            WaitingSubscription<String> subscription = pull(options().capacity(2));
            for (int i = 1; i <= 5; i++) {
                deliver(i, "m" + i);
            }
            assertThat(takeAll(subscription)).containsExactly("dropped 3", "m4", "m5");
        }

        @Test
        void of_a_gap_that_was_dropped_count_as_dropped_only() {
            WaitingSubscription<String> subscription =
                    pull(options().capacity(1).overflow(OverflowPolicy.DROP_NEWEST));
            deliver(1, "a");
            gap(2, 4);
            assertThat(takeAll(subscription)).containsExactly("dropped 3", "a");
            Subscription.Statistics counts = subscription.statistics();
            assertThat(List.of(counts.delivered(), counts.dropped(), counts.missing()))
                    .containsExactly(1L, 3L, 0L);
        }

        @Test
        void that_cannot_be_read_are_left_out() {
            WaitingSubscription<String> subscription = pull(options());
            deliver(1, "application/unheard-of", new byte[1]);
            deliver(2, "b");
            assertThat(takeAll(subscription)).containsExactly("b");
            assertThat(subscription.statistics().undecodable()).isEqualTo(1);
            executor.runAll();
            assertThat(events).hasAtLeastOneElementOfType(NodeEvent.DecodeFailed.class);
        }

        @Test
        void go_to_every_subscription() {
            WaitingSubscription<String> one = pull(options());
            WaitingSubscription<String> other = pull(options());
            deliver(1, "a");
            assertThat(takeAll(one)).containsExactly("a");
            assertThat(takeAll(other)).containsExactly("a");
        }

        @Test
        void that_wait_are_lost_with_a_close() {
            WaitingSubscription<String> subscription = pull(options());
            deliver(1, "a");
            deliver(2, "b");
            assertThat(word(subscription.poll())).isEqualTo("a");
            subscription.close();
            assertThat(subscription.isClosed()).isTrue();
            assertThat(subscription.poll()).isEmpty();
        }
    }

    @Nested
    class Overflow_under_fail {

        @Test
        void is_told_after_what_came_before_and_from_then_on() {
            WaitingSubscription<String> subscription =
                    pull(options().capacity(2).overflow(OverflowPolicy.FAIL));
            for (int i = 1; i <= 4; i++) {
                deliver(i, "m" + i);
            }
            assertThat(word(subscription.poll())).isEqualTo("dropped 2");
            assertThat(word(subscription.poll())).isEqualTo("m1");
            assertThat(word(subscription.poll())).isEqualTo("m2");
            assertThatThrownBy(subscription::poll).isInstanceOf(QueueOverflowException.class);
            assertThatThrownBy(() -> subscription.poll(SECOND)).isInstanceOf(QueueOverflowException.class);
            executor.runAll();
            assertThat(subscription.closed()).isCompletedExceptionally();
        }
    }

    @Nested
    class Whoever_waits {

        @Test
        void gets_what_comes_meanwhile() throws InterruptedException {
            WaitingSubscription<String> subscription = pull(options());
            loop.schedule((protocol, nowNanos) -> deliver(1, "a"), SECOND.toNanos() / 2);
            assertThat(word(subscription.poll(SECOND))).isEqualTo("a");
        }

        @Test
        void gets_nothing_when_the_time_is_over() throws InterruptedException {
            WaitingSubscription<String> subscription = pull(options());
            long startNanos = loop.nanoTime();
            assertThat(subscription.poll(SECOND)).isEmpty();
            assertThat(loop.nanoTime() - startNanos).isEqualTo(SECOND.toNanos());
        }

        @Test
        void may_look_without_waiting_even_on_the_loop() {
            WaitingSubscription<String> subscription = pull(options());
            loop.inLoop((protocol, nowNanos) -> {
                assertThat(subscription.poll()).isEmpty();
                assertThatThrownBy(() -> subscription.poll(SECOND)).isInstanceOf(IllegalStateException.class);
            });
        }

        @Test
        void is_woken_by_a_close() throws InterruptedException {
            WaitingSubscription<String> subscription = pull(options());
            loop.schedule((protocol, nowNanos) -> subscription.close(), SECOND.toNanos() / 2);
            // A waiter that is not woken waits for ever, since the time of the test moves on by waiting only.
            assertThat(subscription.poll(Duration.ofDays(1))).isEmpty();
            assertThat(subscription.isClosed()).isTrue();
        }

        @Test
        void is_interrupted_although_something_is_there_and_takes_nothing() {
            WaitingSubscription<String> subscription = pull(options());
            deliver(1, "a");
            Thread.currentThread().interrupt();
            assertThatThrownBy(() -> subscription.poll(SECOND)).isInstanceOf(InterruptedException.class);
            assertThat(Thread.currentThread().isInterrupted()).isFalse();
            assertThat(takeAll(subscription)).containsExactly("a");
        }
    }

    @Nested
    class The_hook {

        private int runs;

        private void count() {
            runs++;
        }

        @Test
        void runs_when_it_is_given_and_when_it_is_given_again() {
            WaitingSubscription<String> subscription = pull(options());
            Runnable hook = this::count;
            subscription.onAvailable(hook);
            assertThat(runs).as("runs on the thread of the caller").isZero();
            executor.runAll();
            assertThat(runs).isEqualTo(1);
            subscription.onAvailable(hook);
            executor.runAll();
            assertThat(runs).isEqualTo(2);
        }

        @Test
        void runs_once_for_what_comes_until_somebody_has_taken_all() {
            WaitingSubscription<String> subscription = pull(options());
            subscription.onAvailable(this::count);
            executor.runAll();
            deliver(1, "a");
            deliver(2, "b");
            executor.runAll();
            deliver(3, "c");
            executor.runAll();
            assertThat(runs).isEqualTo(2);
            takeAll(subscription);
            deliver(4, "d");
            executor.runAll();
            assertThat(runs).isEqualTo(3);
        }

        @Test
        void runs_again_after_others_when_it_is_asked_for_while_it_runs() {
            WaitingSubscription<String> subscription = pull(options());
            List<String> order = new ArrayList<>();
            Runnable[] hook = new Runnable[1];
            hook[0] = () -> {
                order.add("hook");
                if (order.size() == 1) {
                    executor.execute(() -> order.add("other"));
                    subscription.onAvailable(hook[0]);
                    assertThat(order).as("hooks inside the hook").containsExactly("hook");
                }
            };
            subscription.onAvailable(hook[0]);
            executor.runAll();
            assertThat(order).containsExactly("hook", "other", "hook");
        }

        @Test
        void runs_once_more_however_often_it_is_asked_for_while_it_runs() {
            WaitingSubscription<String> subscription = pull(options());
            Runnable[] hook = new Runnable[1];
            hook[0] = () -> {
                if (++runs == 1) {
                    for (int i = 0; i < 1_000; i++) {
                        subscription.onAvailable(hook[0]);
                    }
                    executor.runAll();
                    assertThat(runs).as("runs beside the one that is under way").isEqualTo(1);
                }
            };
            subscription.onAvailable(hook[0]);
            executor.runAll();
            assertThat(List.of((long) runs, callbacks.failures())).containsExactly(2L, 0L);
        }

        @Test
        void runs_when_the_subscription_closes() {
            WaitingSubscription<String> subscription = pull(options());
            subscription.onAvailable(() -> heard.add(subscription.isClosed() ? "closed" : "open"));
            executor.runAll();
            subscription.close();
            executor.runAll();
            assertThat(heard).containsExactly("open", "closed");
        }

        @Test
        void that_fails_is_counted_and_runs_the_next_time() {
            WaitingSubscription<String> subscription = pull(options());
            subscription.onAvailable(() -> {
                runs++;
                throw new IllegalStateException("a bug");
            });
            executor.runAll();
            deliver(1, "a");
            executor.runAll();
            assertThat(List.of((long) runs, callbacks.failures())).containsExactly(2L, 2L);
            assertThat(takeAll(subscription)).containsExactly("a");
        }

        @Test
        void waits_for_an_executor_that_is_full() {
            WaitingSubscription<String> subscription = pull(options());
            callbacks.retryOn(loop);
            executor.isRefusing = true;
            subscription.onAvailable(this::count);
            loop.run();
            executor.isRefusing = false;
            loop.advance(SECOND);
            executor.runAll();
            assertThat(runs).isEqualTo(1);
        }
    }

    @Test
    void publishers_hear_of_room_when_a_batch_is_taken() {
        WaitingSubscription<String> subscription =
                pull(SubscribeOptions.builder().overflow(OverflowPolicy.BLOCK).capacity(8));
        for (int i = 1; i <= 8; i++) {
            deliver(i, "m" + i);
        }
        loop.run();
        assertThat(subscription.room()).isZero();
        assertThat(loop.waiting()).isZero();
        subscription.poll();
        assertThat(subscription.room()).isPositive();
        assertThat(loop.waiting()).as("commands to grant credit").isEqualTo(1);
    }
}
