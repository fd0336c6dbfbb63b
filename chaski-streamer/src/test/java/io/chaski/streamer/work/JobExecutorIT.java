package io.chaski.streamer.work;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chaski.core.ChaskiNode;
import io.chaski.core.TypeRef;
import io.chaski.streamer.ChaskiStreamer;
import io.chaski.streamer.ThrowingCodec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;

/** The contract of an executor, with a queue whose worker is on the same node. */
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class JobExecutorIT {

    private static final long LIMIT = 60;

    record Square(int number) implements Callable<Integer> {
        @Override
        public Integer call() {
            if (number < 0) {
                throw new DoNotRetryException("negative");
            }
            return number * number;
        }
    }

    /** May be called and run: executors take both. */
    record Both(String text) implements Callable<String>, Runnable {
        @Override
        public String call() {
            return text;
        }

        @Override
        public void run() {
            throw new AssertionError("workers call");
        }
    }

    private static final QueueType<Square, Integer> SQUARES = QueueType.json("squares", Square.class, Integer.class);

    private static ChaskiNode node;

    private WorkQueue<Square, Integer> queue;
    private ExecutorService executor;

    @BeforeAll
    static void start() {
        node = ChaskiNode.builder().listenNowhere().start();
    }

    @AfterAll
    static void stop() {
        node.close();
    }

    @BeforeEach
    void open() {
        queue = ChaskiStreamer.on(node).queue(SQUARES);
        executor = queue.executor();
    }

    @AfterEach
    void close() {
        queue.close();
    }

    private void work() {
        queue.work(JobHandler.calling());
    }

    @Test
    void calls_what_is_submitted() throws Exception {
        work();

        Future<Integer> square = executor.submit(new Square(5));

        assertThat(square.get(LIMIT, TimeUnit.SECONDS)).isEqualTo(25);
        assertThat(square.isDone()).isTrue();
    }

    @Test
    void says_why_a_job_has_failed() {
        work();

        Future<Integer> square = executor.submit(new Square(-1));

        assertThatExceptionOfType(ExecutionException.class)
                .isThrownBy(() -> square.get(LIMIT, TimeUnit.SECONDS))
                .withCauseInstanceOf(JobFailedException.class);
    }

    @Test
    void rejects_code_which_does_not_travel() {
        assertThatExceptionOfType(RejectedExecutionException.class)
                .isThrownBy(() -> executor.submit(() -> 5))
                .withMessageContaining("code does not travel")
                .withMessageContaining(Square.class.getName());
        assertThatExceptionOfType(RejectedExecutionException.class).isThrownBy(() -> executor.execute(() -> {}));
        assertThatExceptionOfType(RejectedExecutionException.class).isThrownBy(() -> executor.submit(() -> {}, "done"));
    }

    @Test
    void is_there_for_jobs_that_can_be_called_only() {
        try (WorkQueue<String, String> texts =
                ChaskiStreamer.on(node).queue(QueueType.json("texts", String.class, String.class))) {
            assertThatIllegalStateException().isThrownBy(texts::executor).withMessageContaining("Callable");
        }
    }

    @Test
    void runs_what_can_be_called_as_well() throws Exception {
        QueueType<Both, String> type = QueueType.json("both", Both.class, String.class);
        try (WorkQueue<Both, String> both = ChaskiStreamer.on(node).queue(type)) {
            Semaphore calls = new Semaphore(0);
            both.work(job -> {
                calls.release();
                return job.payload().call();
            });

            both.executor().execute(new Both("a"));
            assertThat(calls.tryAcquire(LIMIT, TimeUnit.SECONDS)).isTrue();
            assertThat(both.executor().submit((Runnable) new Both("b"), "fixed").get(LIMIT, TimeUnit.SECONDS))
                    .isEqualTo("fixed");
        }
    }

    @Test
    void invokes_all() throws Exception {
        work();
        Collection<Square> squares = List.of(new Square(1), new Square(2), new Square(-3));

        List<Future<Integer>> results = executor.invokeAll(squares);

        assertThat(results).hasSize(3).allMatch(Future::isDone);
        assertThat(results.get(1).get()).isEqualTo(4);
        assertThatThrownBy(() -> results.get(2).get()).isInstanceOf(ExecutionException.class);
    }

    @Test
    void invokes_all_as_far_as_there_is_time_and_takes_the_rest_back() throws Exception {
        List<Future<Integer>> results =
                executor.invokeAll(List.of(new Square(1), new Square(2)), 10, TimeUnit.MILLISECONDS);

        assertThat(results).hasSize(2).allMatch(Future::isCancelled);
        assertThat(queue.snapshot().waiting()).isZero();
    }

    @Test
    void invokes_any() throws Exception {
        work();

        assertThat(executor.invokeAny(List.of(new Square(-1), new Square(3)))).isEqualTo(9);
        assertThatExceptionOfType(ExecutionException.class)
                .isThrownBy(() -> executor.invokeAny(List.of(new Square(-1), new Square(-2))));
        assertThatIllegalArgumentException().isThrownBy(() -> executor.invokeAny(List.<Square>of()));
    }

    @Test
    void invokes_any_as_long_as_there_is_time() {
        assertThatExceptionOfType(TimeoutException.class)
                .isThrownBy(() -> executor.invokeAny(List.of(new Square(1)), 10, TimeUnit.MILLISECONDS));
        assertThat(queue.snapshot().waiting()).isZero();
    }

    @Test
    void takes_a_job_back_when_its_future_is_cancelled() {
        Future<Integer> square = executor.submit(new Square(1));

        assertThat(square.cancel(true)).isTrue();

        assertThat(square.isCancelled()).isTrue();
        assertThatThrownBy(square::get).isInstanceOf(CancellationException.class);
        assertThat(queue.snapshot().waiting()).isZero();
        assertThat(square.cancel(true)).isFalse();
    }

    @Test
    void takes_no_more_when_it_is_shut_down_and_is_terminated_when_the_last_one_is_done() throws Exception {
        Future<Integer> square = executor.submit(new Square(7));
        executor.shutdown();

        assertThat(executor.isShutdown()).isTrue();
        assertThat(executor.isTerminated()).isFalse();
        assertThat(executor.awaitTermination(1, TimeUnit.MILLISECONDS)).isFalse();
        assertThatExceptionOfType(RejectedExecutionException.class).isThrownBy(() -> executor.submit(new Square(8)));
        work();

        assertThat(executor.awaitTermination(LIMIT, TimeUnit.SECONDS)).isTrue();
        assertThat(executor.isTerminated()).isTrue();
        assertThat(square.get()).isEqualTo(49);
        assertThat(queue.executor().submit(new Square(2)).get(LIMIT, TimeUnit.SECONDS))
                .as("the queue goes on")
                .isEqualTo(4);
    }

    @Test
    void gives_up_everything_when_it_is_shut_down_now_and_says_what_never_began() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        queue.work(job -> {
            begun.countDown();
            new CountDownLatch(1).await();
            return 0;
        });
        List<Future<Integer>> futures = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            futures.add(executor.submit(new Square(i)));
        }
        assertThat(begun.await(LIMIT, TimeUnit.SECONDS)).isTrue();

        List<Runnable> neverBegun = executor.shutdownNow();

        assertThat(neverBegun).hasSize(2);
        assertThat(futures).allMatch(Future::isCancelled);
        assertThat(executor.awaitTermination(LIMIT, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void takes_what_an_interrupted_caller_submits_and_takes_it_back() {
        Thread.currentThread().interrupt();

        Future<Integer> square = executor.submit(new Square(1));
        boolean isInterrupted = Thread.interrupted();

        assertThat(isInterrupted).isTrue();
        assertThat(queue.snapshot().waiting()).isEqualTo(1);
        Thread.currentThread().interrupt();
        assertThat(square.cancel(true)).isTrue();
        isInterrupted = Thread.interrupted();
        assertThat(isInterrupted).isTrue();
        assertThat(queue.snapshot().waiting()).isZero();
    }

    @Test
    void forgets_what_could_not_be_encoded_whatever_was_thrown() throws Exception {
        QueueType<Square, Integer> broken =
                QueueType.of("broken", new ThrowingCodec(), new TypeRef<Square>() {}, new TypeRef<Integer>() {});
        try (WorkQueue<Square, Integer> squares = ChaskiStreamer.on(node).queue(broken)) {
            ExecutorService own = squares.executor();

            assertThatExceptionOfType(UnsupportedOperationException.class).isThrownBy(() -> own.submit(new Square(1)));

            own.shutdown();
            assertThat(own.awaitTermination(LIMIT, TimeUnit.SECONDS)).isTrue();
        }
    }

    @Test
    void takes_no_job_on_the_thread_that_it_would_wait_for() {
        ChaskiNode inPlace = ChaskiNode.builder()
                .listenNowhere()
                .callbackExecutor(Runnable::run)
                .start();
        try (inPlace;
                WorkQueue<Square, Integer> squares = ChaskiStreamer.on(inPlace).queue(SQUARES)) {
            squares.work(JobHandler.calling());
            JobHandle<Integer> slow = squares.submit(
                    new Square(2),
                    JobOptions.builder().delay(Duration.ofMillis(200)).build());

            CompletableFuture<JobHandle<Integer>> next =
                    slow.result().thenApply(four -> squares.submit(new Square(four)));

            assertThat(next)
                    .failsWithin(LIMIT, TimeUnit.SECONDS)
                    .withThrowableThat()
                    .withCauseInstanceOf(IllegalStateException.class)
                    .withMessageContaining("must not wait for itself");
            assertThat(squares.submit(new Square(3)).result()).succeedsWithin(LIMIT, TimeUnit.SECONDS);
        }
    }

    @Test
    void rejects_what_the_queue_refuses() {
        queue.close();

        assertThatExceptionOfType(RejectedExecutionException.class).isThrownBy(() -> executor.submit(new Square(1)));
    }
}
