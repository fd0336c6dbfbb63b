package io.chaski.core.internal.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import io.chaski.core.internal.module.CallbackPool;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class CallbacksTest {

    private static final Duration RETRY = Duration.ofNanos(PatientExecutor.RETRY_NANOS);

    private final FakeNodeLoop loop = new FakeNodeLoop();
    private final ManualExecutor executor = new ManualExecutor();
    private final Callbacks callbacks = Callbacks.on(executor, loop::nanoTime);
    private final CompletableFuture<String> future = new CompletableFuture<>();
    private final List<String> heard = new ArrayList<>();

    @BeforeEach
    void listen() {
        callbacks.retryOn(loop);
        var unused = future.whenComplete((value, failure) ->
                heard.add((failure == null ? value : failure.getMessage()) + (loop.inLoop() ? " on the loop" : "")));
    }

    @Nested
    class When_the_executor_is_full {

        @BeforeEach
        void fill() {
            executor.isRefusing = true;
        }

        @Test
        void a_future_waits_for_it_and_its_dependents_keep_off_the_loop() {
            loop.inLoop((protocol, nowNanos) -> callbacks.complete(future, "done"));
            loop.advance(RETRY.multipliedBy(3));
            assertThat(future).isNotDone();

            executor.isRefusing = false;
            loop.advance(RETRY);
            executor.runAll();
            assertThat(heard).containsExactly("done");
        }

        @Test
        void a_failure_waits_as_well() {
            loop.inLoop((protocol, nowNanos) -> callbacks.fail(future, new IllegalStateException("failed")));
            assertThat(future).isNotDone();

            executor.isRefusing = false;
            loop.advance(RETRY);
            executor.runAll();
            assertThat(heard).containsExactly("failed");
        }

        @Test
        void one_timer_does_for_all_futures() {
            loop.inLoop((protocol, nowNanos) -> {
                for (int i = 0; i < 100; i++) {
                    callbacks.complete(new CompletableFuture<>(), i);
                }
            });
            assertThat(loop.timers()).isEqualTo(1);

            executor.isRefusing = false;
            loop.advance(RETRY);
            assertThat(executor.waiting()).isEqualTo(100);
            assertThat(loop.timers()).isZero();
        }

        @Test
        void a_node_that_closes_completes_them_on_the_calling_thread() {
            callbacks.complete(future, "waiting");
            loop.isClosed = true;
            CompletableFuture<String> late = new CompletableFuture<>();
            callbacks.complete(late, "late");
            assertThat(late).isCompletedWithValue("late");
            assertThat(future).isNotDone();

            callbacks.finish();
            assertThat(heard).containsExactly("waiting");
        }
    }

    @Nested
    class When_an_executor_of_ours_ends_while_its_threads_do_not {
        private final CountDownLatch busy = new CountDownLatch(1);
        private final CountDownLatch never = new CountDownLatch(1);
        private final Callbacks owning =
                Callbacks.owning(new CallbackPool(1, TimeUnit.HOURS.toNanos(1), Thread::new), loop::nanoTime);

        @BeforeEach
        void occupy() throws InterruptedException {
            owning.execute(() -> {
                busy.countDown();
                awaitUninterruptibly(never);
            });
            busy.await();
        }

        @AfterEach
        void end() {
            never.countDown();
        }

        @Test
        void a_future_is_completed_all_the_same_by_whoever_keeps_promises() throws InterruptedException {
            owning.complete(future, "done");
            assertThat(owning.shutdown(0)).isFalse();
            assertThat(heard).isEmpty();
            assertThat(owning.owesPromised()).isTrue();

            owning.runPromised();
            assertThat(heard).containsExactly("done");
            assertThat(owning.owesPromised()).isFalse();
        }

        @Test
        void handlers_are_not_called_any_more() throws InterruptedException {
            owning.execute(() -> heard.add("handled"));
            assertThat(owning.shutdown(0)).isFalse();
            owning.runPromised();
            assertThat(heard).isEmpty();
        }

        private static void awaitUninterruptibly(CountDownLatch latch) {
            boolean isOver = false;
            while (!isOver) {
                try {
                    latch.await();
                    isOver = true;
                } catch (InterruptedException endOfTheExecutor) {
                    // a handler that takes no notice of it
                }
            }
        }
    }
}
