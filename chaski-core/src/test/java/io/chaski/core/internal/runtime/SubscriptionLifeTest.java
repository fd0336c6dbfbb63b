package io.chaski.core.internal.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chaski.core.NodeClosedException;
import io.chaski.core.Pairing;
import io.chaski.core.RequestTimeoutException;
import io.chaski.core.Subscription;
import io.chaski.core.Topic;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class SubscriptionLifeTest extends SubscriptionFixture {

    @Nested
    class Company {

        @Test
        void that_is_there_makes_it_ready() {
            ActiveSubscription<String> subscription = subscribe(options());
            CompletableFuture<Pairing> ready = subscription.ready();
            assertThat(subscription.isPaired()).isFalse();
            neighbours(1);
            executor.runAll();
            assertThat(ready).isCompletedWithValue(Pairing.PAIRED);
            assertThat(subscription.isPaired()).isTrue();
        }

        @Test
        void that_was_there_before_counts() {
            subscribe(options());
            neighbours(2);
            ActiveSubscription<String> second = subscribe(options());
            executor.runAll();
            assertThat(second.ready()).isCompletedWithValue(Pairing.PAIRED);
            assertThat(second.neighbours()).isEqualTo(2);
        }

        @Test
        void that_does_not_come_is_never_called_paired() {
            ActiveSubscription<String> subscription = subscribe(options());
            CompletableFuture<Pairing> ready = subscription.ready();
            loop.advance(Duration.ofMillis(1_999));
            executor.runAll();
            assertThat(ready).isNotDone();
            loop.advance(Duration.ofMillis(1));
            executor.runAll();
            assertThat(ready).isCompletedWithValue(Pairing.ALONE);
            assertThat(subscription.isPaired()).isFalse();
            neighbours(1);
            assertThat(subscription.isPaired()).isTrue();
        }

        @Test
        void is_given_up_even_if_joining_failed() {
            announced = () -> {
                throw new IllegalStateException("a bug");
            };
            Topic<String> announcing = TEXT.presence(true);
            ActiveSubscription<String> subscription = topics.register(
                    "t",
                    home -> new PushedSubscription<>(
                            announcing, message -> {}, options().build(), home, context));
            assertThat(subscription.join()).isTrue();
            assertThatThrownBy(loop::run).hasMessage("a bug");
            announced = () -> {};
            loop.advance(Subscription.READY_AFTER);
            executor.runAll();
            assertThat(subscription.ready()).isCompletedWithValue(Pairing.ALONE);
        }

        @Test
        void is_waited_for() throws InterruptedException {
            ActiveSubscription<String> subscription = subscribe(options());
            loop.schedule(
                    (protocol, nowNanos) -> local().onNeighbours(2),
                    Duration.ofSeconds(3).toNanos());
            subscription.awaitSubscribers(2, Duration.ofSeconds(5));
            subscription.awaitPaired(Duration.ofSeconds(1));
        }

        @Test
        void that_is_waited_for_in_vain_leaves_nothing_behind() {
            ActiveSubscription<String> subscription = subscribe(options());
            for (int i = 0; i < 3; i++) {
                assertThatThrownBy(() -> subscription.awaitSubscribers(2, Duration.ofSeconds(5)))
                        .isInstanceOf(RequestTimeoutException.class);
            }
            assertThat(subscription.waitingForTheEnd()).isZero();
        }

        @Test
        void is_waited_for_no_longer_than_said() {
            ActiveSubscription<String> subscription = subscribe(options());
            neighbours(1);
            assertThatThrownBy(() -> subscription.awaitSubscribers(2, Duration.ofSeconds(5)))
                    .isInstanceOf(RequestTimeoutException.class)
                    .hasMessage("waited PT5S in vain: 2 neighbours in topic t");
        }

        @Test
        void may_be_waited_for_as_long_as_it_takes() throws InterruptedException {
            ActiveSubscription<String> subscription = subscribe(options());
            neighbours(1);
            subscription.awaitPaired(ChronoUnit.FOREVER.getDuration());
            assertThat(subscription.isPaired()).isTrue();
        }

        @Test
        void is_not_waited_for_on_the_loop() {
            ActiveSubscription<String> subscription = subscribe(options());
            loop.inLoop(
                    (protocol, nowNanos) -> assertThatThrownBy(() -> subscription.awaitPaired(Duration.ofSeconds(1)))
                            .isInstanceOf(IllegalStateException.class));
        }

        @Test
        void of_more_than_the_neighbours_is_a_question_for_presence() {
            ActiveSubscription<String> subscription = subscribe(options());
            for (int count : List.of(0, 6)) {
                assertThatThrownBy(() -> subscription.awaitSubscribers(count, Duration.ofSeconds(1)))
                        .isInstanceOf(IllegalArgumentException.class);
            }
        }
    }

    @Nested
    class Closing {

        @Test
        void is_no_business_of_a_loop_that_is_stuck() {
            ActiveSubscription<String> subscription = subscribe(options());
            loop.stick();
            subscription.close();
            executor.runAll();
            assertThat(subscription.closed()).isCompleted();
        }

        @Test
        void ends_callbacks_at_once() {
            ActiveSubscription<String> subscription = subscribe(options());
            deliver(1, "a");
            subscription.close();
            subscription.close();
            executor.runAll();
            assertThat(heard).isEmpty();
            assertThat(subscription.closed()).isCompleted();
            assertThat(subscription.statistics().queued()).isZero();
        }

        @Test
        void from_a_callback_ends_the_batch() {
            List<Subscription> self = new ArrayList<>();
            self.add(subscribe(TEXT, options(), message -> {
                heard.add(message.payload());
                self.get(0).close();
            }));
            deliver(1, "a");
            deliver(2, "b");
            executor.runAll();
            assertThat(heard).containsExactly("a");
        }

        @Test
        void leaves_the_other_subscriptions_of_the_topic_alone() {
            List<String> second = new ArrayList<>();
            ActiveSubscription<String> first = subscribe(options());
            subscribe(TEXT, options(), message -> second.add(message.payload()));
            first.close();
            deliver(1, "a");
            executor.runAll();
            assertThat(heard).isEmpty();
            assertThat(second).containsExactly("a");
        }

        @Test
        void wakes_those_who_wait_for_company() {
            ActiveSubscription<String> subscription = subscribe(options());
            subscription.close();
            executor.runAll();
            assertThatThrownBy(() -> subscription.awaitPaired(Duration.ofSeconds(1)))
                    .isInstanceOf(NodeClosedException.class);
            assertThat(subscription.ready()).isCompletedWithValue(Pairing.ALONE);
        }
    }
}
