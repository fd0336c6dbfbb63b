package io.chaski.benchmarks.loopback;

import static org.assertj.core.api.Assertions.assertThat;

import io.chaski.benchmarks.calls.Caller;
import io.chaski.benchmarks.calls.Invoice;
import io.chaski.benchmarks.calls.Order;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class OutstandingLoadTest {

    static final int OUTSTANDING = 4;
    static final Duration MOMENT = Duration.ofMillis(20);

    /** Where an answer comes from. */
    enum AnswerThread {
        CALLING,
        ANOTHER,
        BLOCKED
    }

    /** Calls a function. */
    private record TestCaller(AnswerThread thread, Function<Order, Invoice> shop) implements Caller {

        @Override
        public Invoice buy(Order order) {
            return shop.apply(order);
        }

        @Override
        public CompletableFuture<Invoice> buyLater(Order order) {
            if (thread == AnswerThread.ANOTHER) {
                return CompletableFuture.supplyAsync(() -> shop.apply(order), ForkJoinPool.commonPool());
            }
            try {
                return CompletableFuture.completedFuture(shop.apply(order));
            } catch (IllegalStateException failed) {
                return CompletableFuture.failedFuture(failed);
            }
        }

        @Override
        public boolean isBlocking() {
            return thread == AnswerThread.BLOCKED;
        }

        @Override
        public void close() {}
    }

    /** One round of calls. */
    private static Phase run(AnswerThread thread, Function<Order, Invoice> shop) throws Exception {
        return run(thread, shop, Duration.ZERO);
    }

    private static Phase run(AnswerThread thread, Function<Order, Invoice> shop, Duration duration) throws Exception {
        try (Caller caller = new TestCaller(thread, shop)) {
            return new OutstandingLoad(caller, OUTSTANDING).run(duration);
        }
    }

    @ParameterizedTest
    @EnumSource
    void every_call_has_a_number_of_its_own_and_is_counted(AnswerThread thread) throws Exception {
        Set<Long> numbers = ConcurrentHashMap.newKeySet();
        Phase phase = run(
                thread,
                order -> {
                    numbers.add(order.number());
                    return order.invoice();
                },
                MOMENT);

        assertThat(phase.operations()).isGreaterThanOrEqualTo(OUTSTANDING).isEqualTo(numbers.size());
        assertThat(phase.missing()).isZero();
        assertThat(phase.broken()).isZero();
    }

    @ParameterizedTest
    @EnumSource
    void an_answer_to_another_call_is_broken(AnswerThread thread) throws Exception {
        Phase phase =
                run(thread, order -> Order.numbered(Math.max(order.number(), 2)).invoice());

        assertThat(phase.broken()).isEqualTo(2);
        assertThat(phase.operations()).isEqualTo(OUTSTANDING - 2);
    }

    @ParameterizedTest
    @EnumSource
    void a_call_that_fails_is_missing(AnswerThread thread) throws Exception {
        Phase phase = run(thread, order -> {
            if (order.number() < 2) {
                throw new IllegalStateException("no answer");
            }
            return order.invoice();
        });

        assertThat(phase.missing()).isEqualTo(2);
        assertThat(phase.operations()).isEqualTo(OUTSTANDING - 2);
    }

    @Test
    void who_blocks_has_a_thread_for_each_call_under_way() throws Exception {
        CountDownLatch together = new CountDownLatch(OUTSTANDING);
        Phase phase = run(AnswerThread.BLOCKED, order -> {
            together.countDown();
            await(together);
            return order.invoice();
        });

        assertThat(phase.operations()).isEqualTo(OUTSTANDING);
    }

    private static void await(CountDownLatch latch) {
        try {
            if (!latch.await(30, TimeUnit.SECONDS)) {
                throw new IllegalStateException("the others have not come");
            }
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
