package io.chaski.remote;

import static io.chaski.remote.Remotes.LIMIT;
import static io.chaski.remote.Remotes.get;
import static io.chaski.remote.Remotes.soon;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Flow;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** One call at nine providers. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class BroadcastIT {

    static final class Closed extends Exception {
        private static final long serialVersionUID = 1L;

        Closed(String message) {
            super(message);
        }
    }

    interface Menus {
        String today() throws Closed, InterruptedException;

        String owner();

        String kitchen() throws InterruptedException;

        @OneWay
        void order(String dish);
    }

    interface Other {
        String owner();

        int seats();
    }

    /** What a restaurant was asked for, and when. */
    private record Order(String dish, long atNanos) {}

    private static final int RESTAURANTS = 9;

    private final Remotes remotes = Remotes.inProcess();
    private volatile CountDownLatch release = new CountDownLatch(1);
    private final Queue<Order> orders = new ConcurrentLinkedQueue<>();
    private final AtomicInteger inside = new AtomicInteger();
    private final AtomicInteger mostInside = new AtomicInteger();
    private ChaskiRemote client;
    private Broadcast<Menus> menus;

    /** The first throws, the second hangs, three of the others have fish, four have soup. */
    private final class Restaurant implements Menus {
        private final int number;

        Restaurant(int number) {
            this.number = number;
        }

        @Override
        public String today() throws Closed, InterruptedException {
            if (number == 0) {
                throw new Closed("on Mondays");
            }
            if (number == 1) {
                release.await();
            }
            return number < 5 ? "fish" : "soup";
        }

        @Override
        public String owner() {
            mostInside.accumulateAndGet(inside.incrementAndGet(), Math::max);
            try {
                return "owner " + number;
            } finally {
                inside.decrementAndGet();
            }
        }

        /** Five of nine say the same at once; the others hang, or say something else. */
        @Override
        public String kitchen() throws InterruptedException {
            if (number == 1) {
                release.await();
            }
            return number < 4 ? "cold" : "warm";
        }

        @Override
        public void order(String dish) {
            orders.add(new Order(dish, System.nanoTime()));
        }
    }

    @BeforeAll
    void serve() throws Exception {
        client = remotes.remote("client");
        for (int i = 0; i < RESTAURANTS; i++) {
            ChaskiRemote restaurant = remotes.remote("restaurant" + i);
            restaurant.serve("menus", Menus.class, new Restaurant(i));
            Remotes.connect(client, restaurant);
        }
        client.awaitService("menus", RESTAURANTS, LIMIT);
        menus = client.all("menus", Menus.class).with(CallOptions.within(LIMIT));
    }

    @BeforeEach
    void holdBack() {
        release = new CountDownLatch(1);
    }

    @AfterEach
    void letGo() {
        release.countDown();
    }

    @AfterAll
    void close() {
        remotes.close();
    }

    /** Takes everything, a few at a time. */
    private static final class Taking implements Flow.Subscriber<Outcome<String>> {
        final List<Outcome<String>> taken = new CopyOnWriteArrayList<>();
        final CompletableFuture<List<Outcome<String>>> all = new CompletableFuture<>();
        private Flow.Subscription subscription;

        @Override
        public void onSubscribe(Flow.Subscription begun) {
            subscription = begun;
            begun.request(1);
        }

        @Override
        public void onNext(Outcome<String> outcome) {
            taken.add(outcome);
            subscription.request(1);
        }

        @Override
        public void onError(Throwable failure) {
            all.completeExceptionally(failure);
        }

        @Override
        public void onComplete() {
            all.complete(taken);
        }
    }

    @Test
    @DisplayName("X-21: of 9 providers one throws and one is too slow: 7 values, 1 error, 1 timeout")
    void nine() throws Exception {
        Answers<String> answers =
                menus.with(CallOptions.within(Duration.ofSeconds(5))).call(Menus::today);
        assertThat(answers.providers()).hasSize(RESTAURANTS);
        Taking early = new Taking();
        answers.outcomes().subscribe(early);
        Map<Provider, Outcome<String>> all = get(answers.toMap());

        assertThat(all.keySet()).containsExactlyInAnyOrderElementsOf(answers.providers());
        Map<String, Long> counts = all.values().stream()
                .map(outcome -> outcome instanceof Outcome.Failed<String> failed
                        ? failed.failure().getClass().getSimpleName()
                        : "value")
                .collect(Collectors.groupingBy(kind -> kind, Collectors.counting()));
        assertThat(counts).isEqualTo(Map.of("value", 7L, "Closed", 1L, "CallTimeoutException", 1L));
        assertThat(get(early.all)).containsExactlyElementsOf(all.values());
        Taking late = new Taking();
        answers.outcomes().subscribe(late);
        assertThat(get(late.all)).containsExactlyElementsOf(all.values());
    }

    @Test
    void the_first_value_and_a_quorum_are_there_while_others_are_still_called() throws Exception {
        Answers<String> answers = menus.call(Menus::today);
        assertThat(get(answers.first())).isIn("fish", "soup");
        assertThat(get(answers.quorum(4))).isEqualTo("soup");
        CompletableFuture<String> six = answers.quorum(6);
        assertThatThrownBy(() -> get(six)).cause().hasMessageContaining("6 equal answers were wanted");
        CompletableFuture<String> majority = answers.majority();
        assertThat(majority).isNotDone();
        release.countDown();
        assertThatThrownBy(() -> get(majority))
                .cause()
                .isInstanceOfSatisfying(NoQuorumException.class, failed -> {
                    assertThat(failed.wanted()).isEqualTo(5);
                    assertThat(failed.values()).isEqualTo(8);
                    assertThat(failed.agreed()).isEqualTo(4);
                    assertThat(failed.failures()).isEqualTo(1);
                })
                .hasMessageContaining("9 providers");
    }

    @Test
    void a_majority_that_agrees_is_there_while_others_are_still_called() throws Exception {
        Answers<String> answers = menus.call(Menus::kitchen);
        assertThat(get(answers.majority())).isEqualTo("warm");
        assertThat(answers.toMap()).isNotDone();
        release.countDown();
        assertThat(get(answers.toMap())).hasSize(RESTAURANTS);
        assertThat(get(answers.majority())).isEqualTo("warm");
    }

    @Test
    void cancelling_keeps_the_answers_that_are_there() throws Exception {
        Answers<String> answers = menus.call(Menus::today);
        get(answers.quorum(4));
        Taking taking = new Taking();
        answers.outcomes().subscribe(taking);
        soon(() -> assertThat(taking.taken).hasSize(RESTAURANTS - 1));
        answers.cancel();
        List<Outcome<String>> all = get(taking.all);
        assertThat(all.get(RESTAURANTS - 1))
                .isInstanceOfSatisfying(
                        Outcome.Failed.class,
                        failed -> assertThat(failed.failure()).isInstanceOf(CancellationException.class));
        assertThat(all.stream().filter(Outcome.Value.class::isInstance)).hasSize(7);
    }

    @Test
    void one_after_the_other_if_wanted() throws Exception {
        Map<Provider, Outcome<String>> all =
                get(menus.atOnce(1).call(Menus::owner).toMap());
        assertThat(all.values()).allMatch(Outcome.Value.class::isInstance).hasSize(RESTAURANTS);
        assertThat(mostInside).hasValue(1);
    }

    private List<Order> heard(String dish) {
        return orders.stream().filter(order -> order.dish().equals(dish)).toList();
    }

    private static CallOptions after(Duration delay) {
        return CallOptions.builder().delay(delay).build();
    }

    @Test
    @DisplayName("D21: one-way and delayed variants: nobody is called before the delay is over")
    void oneWay() throws Exception {
        Duration delay = Duration.ofMillis(100);
        long begunNanos = System.nanoTime();
        Answers<?> answers = menus.with(after(delay)).run(m -> m.order("soup"));
        assertThat(get(answers.toMap()).values()).allMatch(Outcome.Value.class::isInstance);
        soon(() -> assertThat(heard("soup"))
                .hasSize(RESTAURANTS)
                .allMatch(order -> order.atNanos() - begunNanos >= delay.toNanos()));
    }

    @Test
    @DisplayName("D19: a call that begins later is executed then, or never if it was cancelled before")
    void delayed() throws Exception {
        Menus any = client.proxy("menus", Menus.class, CallOptions.within(LIMIT));
        Duration delay = Duration.ofMillis(100);
        String dish;
        long leftNanos;
        do { // again with more time if the machine was too busy to cancel before
            delay = delay.multipliedBy(2);
            String ofThisTurn = "fish after " + delay;
            long orderedNanos = System.nanoTime();
            CompletableFuture<Void> cancelled =
                    client.runAsync(ChaskiRemote.with(any, after(delay)), m -> m.order(ofThisTurn));
            Answers<?> cancelledOfAll = menus.with(after(delay)).run(m -> m.order(ofThisTurn));
            boolean isCancelled = cancelled.cancel(false);
            cancelledOfAll.cancel();
            leftNanos = delay.toNanos() - (System.nanoTime() - orderedNanos);
            if (leftNanos > 0) {
                assertThat(isCancelled).isTrue();
                assertThat(get(cancelledOfAll.toMap()).values()).allMatch(Outcome.Failed.class::isInstance);
            }
            dish = ofThisTurn;
        } while (leftNanos <= 0 && delay.compareTo(LIMIT) < 0);
        assertThat(leftNanos).as("time that was left when they were cancelled").isPositive();
        Duration later = delay.multipliedBy(2);
        long begunNanos = System.nanoTime();
        get(client.runAsync(ChaskiRemote.with(any, after(later)), m -> m.order("pie")));
        soon(() -> assertThat(heard("pie"))
                .singleElement()
                .satisfies(order -> assertThat(order.atNanos() - begunNanos).isGreaterThanOrEqualTo(later.toNanos())));
        assertThat(heard(dish))
                .as("what was cancelled, and would have come before")
                .isEmpty();
    }

    @Test
    void a_provider_with_another_interface_is_an_outcome_of_its_own() throws Exception {
        Map<Provider, Outcome<String>> all =
                get(client.all("menus", Other.class).call(Other::owner).toMap());
        List<Throwable> failures = new ArrayList<>();
        all.values().forEach(outcome -> failures.add(((Outcome.Failed<String>) outcome).failure()));
        assertThat(failures).hasSize(RESTAURANTS).allMatch(SignatureMismatchException.class::isInstance);
    }

    @Test
    void nobody_to_call_is_an_empty_map_and_no_value() throws Exception {
        Answers<String> answers = client.all("no such", Menus.class).call(Menus::owner);
        assertThat(get(answers.toMap())).isEmpty();
        assertThatThrownBy(() -> get(answers.first()))
                .isInstanceOf(ExecutionException.class)
                .hasCauseInstanceOf(NoProviderException.class)
                .hasMessageContaining("menus");
        Taking none = new Taking();
        answers.outcomes().subscribe(none);
        assertThat(get(none.all)).isEmpty();
    }
}
