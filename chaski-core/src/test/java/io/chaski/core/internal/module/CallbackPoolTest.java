package io.chaski.core.internal.module;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class CallbackPoolTest {

    private static final long LIMIT_SECONDS = 50;
    private static final long LONG_NANOS = TimeUnit.HOURS.toNanos(1);

    /** A thread that the pool has started begins when the test says so. */
    private static final class HeldThread extends Thread {
        private final Runnable begin = super::start;
        private final List<HeldThread> held;

        HeldThread(Runnable task, List<HeldThread> held) {
            super(task);
            this.held = held;
        }

        @Override
        public synchronized void start() {
            held.add(this);
        }

        void begin() {
            begin.run();
        }
    }

    private final List<CallbackPool> pools = new ArrayList<>();

    private CallbackPool pool(int most) {
        CallbackPool pool = new CallbackPool(most, LONG_NANOS, Thread::new);
        pools.add(pool);
        return pool;
    }

    @AfterEach
    void stop() throws InterruptedException {
        for (CallbackPool pool : pools) {
            pool.shutdown();
            assertThat(pool.awaitTermination(LIMIT_SECONDS, TimeUnit.SECONDS)).isTrue();
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(LIMIT_SECONDS, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException stopped) {
            throw new IllegalStateException(stopped);
        }
    }

    @Test
    void many_tasks_at_once_need_one_thread_and_each_that_comes_calls_the_next() throws Exception {
        List<HeldThread> started = new ArrayList<>();
        CallbackPool pool = new CallbackPool(8, LONG_NANOS, task -> new HeldThread(task, started));
        pools.add(pool);
        CountDownLatch all = new CountDownLatch(100);
        for (int i = 0; i < 100; i++) {
            pool.execute(all::countDown);
        }
        assertThat(started).hasSize(1);

        started.get(0).begin();

        await(all);
        assertThat(started)
                .as("one has come, and called one more, which has not")
                .hasSize(2);
        started.get(1).begin();
        pool.shutdown();
        started.get(1).join(TimeUnit.SECONDS.toMillis(LIMIT_SECONDS));
        assertThat(started).as("there was nothing left to call for").hasSize(2);
    }

    @Test
    void a_task_waits_only_while_all_threads_are_at_work() throws Exception {
        CallbackPool pool = pool(3);
        CountDownLatch inside = new CountDownLatch(3);
        CountDownLatch doors = new CountDownLatch(1);
        CompletableFuture<Void> fourth = new CompletableFuture<>();
        for (int i = 0; i < 3; i++) {
            pool.execute(() -> {
                inside.countDown();
                await(doors);
            });
        }
        pool.execute(() -> fourth.complete(null));

        await(inside);
        assertThat(fourth).isNotDone();
        doors.countDown();
        fourth.get(LIMIT_SECONDS, TimeUnit.SECONDS);
    }

    /** Each task waits for another one that is submitted after it: a wake-up that is lost would leave it for ever. */
    @Test
    void nothing_is_left_lying_however_tasks_come_and_wait() throws Exception {
        int pairs = 3_000;
        int producers = 8;
        CallbackPool pool = pool(producers);
        AtomicInteger done = new AtomicInteger();
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < producers / 2; i++) {
            Thread producer = new Thread(() -> {
                for (int j = 0; j < pairs; j++) {
                    CountDownLatch second = new CountDownLatch(1);
                    CountDownLatch first = new CountDownLatch(1);
                    pool.execute(() -> {
                        await(second);
                        done.incrementAndGet();
                        first.countDown();
                    });
                    pool.execute(() -> {
                        done.incrementAndGet();
                        second.countDown();
                    });
                    await(first);
                }
            });
            threads.add(producer);
            producer.start();
        }
        for (Thread producer : threads) {
            producer.join(TimeUnit.SECONDS.toMillis(LIMIT_SECONDS));
        }
        assertThat(done).hasValue(producers * pairs);
    }

    @Test
    void what_a_task_throws_goes_to_the_handler_and_the_thread_goes_on() throws Exception {
        BlockingQueue<Throwable> uncaught = new LinkedBlockingQueue<>();
        CallbackPool pool = new CallbackPool(1, LONG_NANOS, task -> {
            Thread thread = new Thread(task);
            thread.setUncaughtExceptionHandler((same, failure) -> uncaught.add(failure));
            return thread;
        });
        pools.add(pool);
        CompletableFuture<Thread> first = new CompletableFuture<>();
        pool.execute(() -> {
            first.complete(Thread.currentThread());
            throw new IllegalStateException("as the test says");
        });

        assertThat(pool.submit(Thread::currentThread).get(LIMIT_SECONDS, TimeUnit.SECONDS))
                .isSameAs(first.get());
        assertThat(uncaught.poll(LIMIT_SECONDS, TimeUnit.SECONDS)).hasMessage("as the test says");
    }

    @Test
    void a_handler_that_fails_itself_costs_no_thread() throws Exception {
        CallbackPool pool = new CallbackPool(1, LONG_NANOS, task -> {
            Thread thread = new Thread(task);
            thread.setUncaughtExceptionHandler((same, failure) -> {
                throw new IllegalStateException("the handler as well");
            });
            return thread;
        });
        pools.add(pool);
        pool.execute(() -> {
            throw new IllegalStateException("as the test says");
        });

        assertThat(pool.submit(() -> "done").get(LIMIT_SECONDS, TimeUnit.SECONDS))
                .isEqualTo("done");
    }

    @Test
    void a_factory_that_fails_once_leaves_the_pool_alive() throws Exception {
        AtomicBoolean isBroken = new AtomicBoolean(true);
        CallbackPool pool = new CallbackPool(1, LONG_NANOS, task -> {
            if (isBroken.getAndSet(false)) {
                throw new IllegalStateException("no thread now");
            }
            return new Thread(task);
        });
        pools.add(pool);
        assertThatThrownBy(() -> pool.execute(() -> {})).hasMessage("no thread now");

        assertThat(pool.submit(() -> "done").get(LIMIT_SECONDS, TimeUnit.SECONDS))
                .isEqualTo("done");
    }

    @Test
    void an_interrupt_of_one_task_does_not_reach_the_next() throws Exception {
        CallbackPool pool = pool(1);
        pool.execute(() -> Thread.currentThread().interrupt());

        assertThat(pool.submit(() -> Thread.currentThread().isInterrupted()).get(LIMIT_SECONDS, TimeUnit.SECONDS))
                .isFalse();
    }

    @Test
    void threads_without_a_task_end() throws Exception {
        CallbackPool pool = new CallbackPool(2, 1, Thread::new);
        pools.add(pool);
        Thread first = pool.submit(Thread::currentThread).get(LIMIT_SECONDS, TimeUnit.SECONDS);
        first.join(TimeUnit.SECONDS.toMillis(LIMIT_SECONDS));
        assertThat(first.isAlive()).isFalse();

        assertThat(pool.submit(Thread::currentThread).get(LIMIT_SECONDS, TimeUnit.SECONDS))
                .isNotSameAs(first);
    }

    @Test
    void a_pool_that_is_shut_down_takes_nothing_and_runs_what_waits() throws Exception {
        CallbackPool pool = pool(1);
        CountDownLatch doors = new CountDownLatch(1);
        CompletableFuture<Void> waited = new CompletableFuture<>();
        pool.execute(() -> await(doors));
        pool.execute(() -> waited.complete(null));

        pool.shutdown();

        assertThat(pool.isShutdown()).isTrue();
        assertThatThrownBy(() -> pool.execute(() -> {})).isInstanceOf(RejectedExecutionException.class);
        assertThat(pool.isTerminated()).isFalse();
        doors.countDown();
        waited.get(LIMIT_SECONDS, TimeUnit.SECONDS);
        assertThat(pool.awaitTermination(LIMIT_SECONDS, TimeUnit.SECONDS)).isTrue();
        assertThat(pool.isTerminated()).isTrue();
    }

    @Test
    void a_pool_that_is_stopped_interrupts_what_runs_and_gives_back_what_waits() throws Exception {
        CallbackPool pool = pool(1);
        CountDownLatch inside = new CountDownLatch(1);
        CompletableFuture<Boolean> interrupted = new CompletableFuture<>();
        Runnable waits = () -> {};
        pool.execute(() -> {
            inside.countDown();
            try {
                new CountDownLatch(1).await();
            } catch (InterruptedException stopped) {
                interrupted.complete(true);
            }
        });
        await(inside);
        pool.execute(waits);

        assertThat(pool.shutdownNow()).containsExactly(waits);
        assertThat(interrupted.get(LIMIT_SECONDS, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void who_cannot_be_served_because_there_is_no_thread_waits_for_one() throws Exception {
        CallbackPool pool = poolWithoutThreads(2);

        assertThat(pool.submit(() -> 5).get(LIMIT_SECONDS, TimeUnit.SECONDS)).isEqualTo(5);
    }

    @Test
    void a_pool_is_not_over_while_something_waits_for_a_thread() throws Exception {
        CallbackPool pool = poolWithoutThreads(2);
        Future<Integer> waits = pool.submit(() -> 5);
        pool.shutdown();

        assertThat(pool.awaitTermination(LIMIT_SECONDS, TimeUnit.SECONDS)).isTrue();
        assertThat(waits.get(0, TimeUnit.SECONDS)).isEqualTo(5);
    }

    /** The system has no thread for it the first times. */
    private CallbackPool poolWithoutThreads(int failuresBefore) {
        AtomicInteger failures = new AtomicInteger(failuresBefore);
        CallbackPool pool = new CallbackPool(1, LONG_NANOS, task -> new Thread(task) {
            @Override
            public synchronized void start() {
                if (failures.getAndDecrement() > 0) {
                    throw new OutOfMemoryError("as the test says");
                }
                super.start();
            }
        });
        pools.add(pool);
        return pool;
    }
}
