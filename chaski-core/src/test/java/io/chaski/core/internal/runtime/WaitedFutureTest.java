package io.chaski.core.internal.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chaski.core.stream.Stream;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class WaitedFutureTest {

    private static final Duration LIMIT = Duration.ofSeconds(50);

    /** Nobody asks it anything. */
    private static final Stream STREAM = (Stream) Proxy.newProxyInstance(
            Stream.class.getClassLoader(), new Class<?>[] {Stream.class}, (proxy, method, arguments) -> {
                throw new AssertionError(method);
            });

    /** Nothing of it runs until the test says so. */
    private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();

    private final Callbacks callbacks = Callbacks.on(tasks::add, System::nanoTime);
    private final WaitedFuture<String> future = new WaitedFuture<>(() -> false);
    private final AtomicReference<Object> outcome = new AtomicReference<>();
    private Thread waiting = new Thread();

    @FunctionalInterface
    private interface Wait {
        Object on(CompletableFuture<String> future) throws Exception;
    }

    @AfterEach
    void nobody_waits_any_more() {
        assertThat(waiting.isAlive()).isFalse();
    }

    private void begin(Wait wait) {
        waiting = new Thread(() -> {
            try {
                outcome.set(wait.on(future));
            } catch (Exception failure) {
                outcome.set(failure);
            }
        });
        waiting.start();
        long beganNanos = System.nanoTime();
        while (waiting.getState() != Thread.State.WAITING && waiting.getState() != Thread.State.TIMED_WAITING) {
            assertThat(System.nanoTime() - beganNanos).isLessThan(LIMIT.toNanos());
            Thread.onSpinWait();
        }
    }

    private void runAll() {
        for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
            task.run();
        }
    }

    private Object outcome() throws InterruptedException {
        waiting.join(LIMIT.toMillis());
        return outcome.get();
    }

    static List<Wait> waits() {
        return List.of(CompletableFuture::get, future -> future.get(50, TimeUnit.SECONDS), CompletableFuture::join);
    }

    @ParameterizedTest
    @MethodSource("waits")
    void a_thread_that_waits_completes_it_itself(Wait wait) throws Exception {
        begin(wait);
        callbacks.complete(future, "value");
        assertThat(outcome()).isEqualTo("value");
        assertThat(tasks).isEmpty();
    }

    @Test
    void or_fails_it() throws Exception {
        begin(CompletableFuture::get);
        callbacks.fail(future, new IllegalStateException("as the test says"));
        assertThat((Throwable) outcome())
                .isInstanceOf(ExecutionException.class)
                .hasRootCauseMessage("as the test says");
        assertThat(tasks).isEmpty();
    }

    /** Which of the two it is that completes it and looks for what depends on it: any future leaves that open. */
    @Test
    void what_depends_on_it_waits_for_a_callback_all_the_same() throws Exception {
        AtomicReference<Thread> ran = new AtomicReference<>();
        var unused = future.thenAccept(value -> ran.set(Thread.currentThread()));
        begin(CompletableFuture::get);
        Thread loop = new Thread(() -> callbacks.complete(future, "value"));
        loop.start();
        loop.join(LIMIT.toMillis());
        while (tasks.isEmpty()) {
            Thread.onSpinWait();
        }
        assertThat(ran).hasNullValue();
        runAll();
        assertThat(outcome()).isEqualTo("value");
        assertThat(ran.get()).isIn(Thread.currentThread(), waiting);
    }

    @Test
    void a_thread_that_waits_for_the_answer_to_a_request_completes_it_itself() throws Exception {
        WaitedFuture<byte[]> result = new WaitedFuture<>(() -> false);
        StreamAnswer answer = new StreamAnswer(result, callbacks, unused -> {});
        begin(unused -> result.get()[0]);
        answer.onMessage(STREAM, new byte[] {42});
        assertThat(outcome()).isEqualTo((byte) 42);
        assertThat(tasks).isEmpty();
    }

    @Test
    void what_is_to_be_done_when_it_is_cancelled_is_done_once_and_nothing_depends_on_it() {
        List<String> done = new ArrayList<>();
        WaitedFuture.onCancel(future, () -> done.add("before"));
        assertThat(future.getNumberOfDependents()).isZero();
        future.cancel(false);
        future.cancel(false);
        WaitedFuture.onCancel(future, () -> done.add("after"));
        assertThat(done).containsExactly("before", "after");
    }

    @Test
    void nothing_is_done_when_it_ends_in_another_way() {
        List<String> done = new ArrayList<>();
        WaitedFuture.onCancel(future, () -> done.add("cancelled"));
        future.completeExceptionally(new IllegalStateException("as the test says"));
        assertThat(done).isEmpty();
    }

    @Test
    void an_event_loop_that_waits_although_it_should_not_completes_nothing() throws Exception {
        WaitedFuture<String> ofALoop = new WaitedFuture<>(() -> Thread.currentThread() == waiting);
        begin(unused -> ofALoop.get());
        callbacks.complete(ofALoop, "value");
        assertThat(tasks).hasSize(1);
        runAll();
        assertThat(outcome()).isEqualTo("value");
    }

    @Test
    void without_a_thread_that_waits_a_callback_completes_it() {
        callbacks.complete(future, "value");
        assertThat(future).isNotDone();
        runAll();
        assertThat(future).isCompletedWithValue("value");
    }

    @Test
    void a_thread_that_has_ceased_to_wait_has_nothing_to_do() throws Exception {
        begin(CompletableFuture::get);
        waiting.interrupt();
        assertThat(outcome()).isInstanceOf(InterruptedException.class);
        assertThatThrownBy(() -> future.get(1, TimeUnit.NANOSECONDS)).isInstanceOf(TimeoutException.class);
        callbacks.complete(future, "value");
        runAll();
        assertThat(future).isCompletedWithValue("value");
    }

    @Test
    void join_goes_on_when_the_thread_is_interrupted_and_says_so_afterwards() throws Exception {
        begin(same -> same.join() + Thread.currentThread().isInterrupted());
        waiting.interrupt();
        while (waiting.isInterrupted()) {
            Thread.onSpinWait();
        }
        callbacks.complete(future, "value ");
        runAll(); // if it did not wait in between
        assertThat(outcome()).isEqualTo("value true");
    }

    static List<Consumer<CompletableFuture<String>>> ends() {
        return List.of(
                future -> future.complete("x"),
                future -> future.completeExceptionally(new IllegalStateException("x")),
                future -> future.cancel(false),
                future -> future.obtrudeValue("x"),
                future -> future.obtrudeException(new IllegalStateException("x")),
                future -> future.completeAsync(() -> "x", Runnable::run),
                future -> future.completeAsync(
                        () -> {
                            throw new IllegalStateException("x");
                        },
                        Runnable::run),
                future -> future.completeOnTimeout("x", 1, TimeUnit.NANOSECONDS),
                future -> future.orTimeout(1, TimeUnit.NANOSECONDS));
    }

    @ParameterizedTest
    @MethodSource("ends")
    void whoever_else_completes_it_wakes_the_thread(Consumer<CompletableFuture<String>> end) throws Exception {
        begin(CompletableFuture::join);
        end.accept(future);
        Object ended = outcome();
        assertThat(future).isDone();
        if (ended instanceof Exception) {
            assertThat(ended).isInstanceOfAny(CompletionException.class, CancellationException.class);
        } else {
            assertThat(ended).isEqualTo("x");
        }
    }

    @Test
    void a_second_thread_waits_as_for_any_future() throws Exception {
        begin(CompletableFuture::get);
        Thread first = waiting;
        begin(CompletableFuture::get);
        future.complete("value");
        assertThat(outcome()).isEqualTo("value");
        first.join(LIMIT.toMillis());
        assertThat(first.isAlive()).isFalse();
    }

    @Test
    void a_thread_of_a_fork_join_pool_leaves_it_to_callbacks() throws Exception {
        ForkJoinPool pool = new ForkJoinPool(1);
        try {
            var result = pool.submit(() -> future.get());
            while (future.getNumberOfDependents() == 0) {
                Thread.onSpinWait();
            }
            callbacks.complete(future, "value");
            assertThat(tasks).hasSize(1);
            runAll();
            assertThat(result.get(50, TimeUnit.SECONDS)).isEqualTo("value");
        } finally {
            pool.shutdownNow();
        }
    }

    @Test
    void nothing_is_lost_when_an_interrupt_races_with_the_result() throws Exception {
        for (int round = 0; round < 2_000; round++) {
            WaitedFuture<Integer> raced = new WaitedFuture<>(() -> false);
            Thread thread = new Thread(() -> {
                try {
                    raced.get();
                } catch (InterruptedException expected) {
                    // it may come before the result
                } catch (ExecutionException failure) {
                    throw new AssertionError(failure);
                }
            });
            thread.start();
            Thread interrupting = new Thread(thread::interrupt);
            interrupting.start();
            callbacks.complete(raced, round);
            thread.join(LIMIT.toMillis());
            interrupting.join(LIMIT.toMillis());
            runAll();
            assertThat(raced).isCompletedWithValue(round);
        }
    }
}
