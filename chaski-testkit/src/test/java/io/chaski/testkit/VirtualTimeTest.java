package io.chaski.testkit;

import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chaski.core.ChaskiNode;
import io.chaski.core.Dispatch;
import io.chaski.core.Pairing;
import io.chaski.core.Receipt;
import io.chaski.core.SubscribeOptions;
import io.chaski.core.Subscription;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class VirtualTimeTest extends OrdersOnALine {

    @Nested
    class Time {
        private final ChaskiNetwork net = line(42);
        private final ChaskiNode a = net.node("a");

        @AfterEach
        void close() {
            net.close();
        }

        @Test
        void stands_still_between_calls() {
            Duration before = net.now();
            a.subscribe(ORDERS, message -> {});
            a.publish(ORDERS, new Order(1));
            a.snapshot();

            assertThat(net.now()).isEqualTo(before);
        }

        @Test
        void moves_on_for_a_call_that_waits() throws InterruptedException {
            net.inbox("b", ORDERS);
            Subscription subscription = a.subscribe(ORDERS, message -> {});
            Duration before = net.now();
            subscription.awaitPaired(ofSeconds(5));

            assertThat(subscription.isPaired()).isTrue();
            assertThat(net.now()).isBetween(before.plusMillis(10), before.plusSeconds(1));
        }

        @Test
        void moves_on_for_whoever_joins_a_future_of_a_node_or_a_stage_of_it() {
            Duration before = net.now();
            CompletableFuture<Pairing> ready =
                    a.subscribe(ORDERS, message -> {}).ready();

            assertThat(ready.thenApply(Pairing::name).join()).isEqualTo("ALONE");
            assertThat(net.now()).isEqualTo(before.plus(Subscription.READY_AFTER));
        }

        @Test
        void is_what_the_limit_of_a_get_counts() {
            CompletableFuture<Pairing> ready =
                    a.subscribe(ORDERS, message -> {}).ready();
            Duration before = net.now();

            assertThatThrownBy(() -> ready.get(1, TimeUnit.SECONDS)).isInstanceOf(TimeoutException.class);
            assertThat(net.now()).isEqualTo(before.plusSeconds(1));
        }

        @Test
        void does_not_move_on_within_an_event_loop() {
            List<Throwable> refusals = new ArrayList<>();
            net.node("b")
                    .subscribe(
                            ORDERS,
                            message -> {
                                try {
                                    net.advance(ofSeconds(1));
                                } catch (IllegalStateException refused) {
                                    refusals.add(refused);
                                }
                            },
                            SubscribeOptions.builder().dispatch(Dispatch.INLINE).build());
            a.subscribe(ORDERS, message -> {}).ready().join();
            a.publish(ORDERS, new Order(1));
            net.advance(ofSeconds(1));

            assertThat(refusals).singleElement().asString().contains("use a callback");
        }

        @Test
        void moves_on_within_a_callback() {
            List<Duration> moments = new ArrayList<>();
            net.node("b").subscribe(ORDERS, message -> {
                moments.add(net.now());
                net.advance(ofSeconds(3));
                moments.add(net.now());
            });
            a.subscribe(ORDERS, message -> {}).ready().join();
            a.publish(ORDERS, new Order(1));
            net.advance(ofSeconds(1));

            assertThat(moments).hasSize(2);
            assertThat(moments.get(1)).isEqualTo(moments.get(0).plusSeconds(3));
        }

        @Test
        void runs_callbacks_on_the_thread_of_the_test() {
            List<Thread> threads = new ArrayList<>();
            net.node("b").subscribe(ORDERS, message -> threads.add(Thread.currentThread()));
            a.subscribe(ORDERS, message -> {}).ready().join();
            a.publish(ORDERS, new Order(1));
            net.advance(ofSeconds(1));

            assertThat(threads).containsExactly(Thread.currentThread());
        }

        @Test
        void refuses_other_threads() {
            CompletableFuture<Receipt> elsewhere = CompletableFuture.supplyAsync(() -> a.publish(ORDERS, new Order(1)));

            assertThatThrownBy(elsewhere::join)
                    .isInstanceOf(CompletionException.class)
                    .hasMessageContaining("belongs to the thread of its test")
                    .hasMessageContaining("LOOPBACK");
        }

        @Test
        void does_not_wait_for_ever() {
            assertThatThrownBy(a::awaitClosed)
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("an hour of virtual time");
        }

        @Test
        void fails_an_await_with_what_was_waited_for_and_the_seed() {
            assertThatThrownBy(() -> net.await("snow in July", () -> false, ofSeconds(3)))
                    .isInstanceOf(AssertionError.class)
                    .hasMessage("snow in July: not so within PT3S (seed 42)");
        }
    }

    @Nested
    class The_same_seed {
        @Test
        void gives_the_same_run() {
            assertThat(run(7)).isEqualTo(run(7));
        }

        @Test
        void and_another_seed_gives_another() {
            assertThat(run(7)).isNotEqualTo(run(8));
        }

        private record Run(List<Duration> arrivals, List<String> events, Duration end, long traceHash) {}

        private Run run(long seed) {
            try (ChaskiNetwork net = ChaskiNetwork.builder()
                    .nodes("a", "b", "c", "d", "e")
                    .seed(seed)
                    .start()) {
                net.link("a", "b").loss(0.1).jitter(ofMillis(20));
                List<Inbox<Order>> inboxes = new ArrayList<>();
                net.nodes().forEach(node -> inboxes.add(net.inbox(node, ORDERS)));
                net.advance(ofSeconds(3));
                for (int i = 0; i < 10; i++) {
                    net.nodes().get(i % 5).publish(ORDERS, new Order(i));
                    net.advance(ofMillis(200));
                }
                net.partition("a,b | c,d,e");
                net.node("d").publish(ORDERS, new Order(100));
                net.advance(ofSeconds(10));
                net.heal();
                net.crash("e");
                net.advance(ofSeconds(20));
                List<Duration> arrivals = new ArrayList<>();
                inboxes.forEach(inbox -> arrivals.addAll(arrivalTimes(inbox)));
                return new Run(arrivals, net.events(), net.now(), net.traceHash());
            }
        }
    }
}
