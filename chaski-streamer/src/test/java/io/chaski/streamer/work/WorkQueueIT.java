package io.chaski.streamer.work;

import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chaski.core.ChaskiNode;
import io.chaski.streamer.ChaskiStreamer;
import io.chaski.streamer.MemoryDisk;
import io.chaski.streamer.StorageException;
import io.chaski.streamer.work.JobFailedException.Problem;
import io.chaski.testkit.ChaskiNetwork;
import io.chaski.testkit.ChaskiTest;
import io.chaski.testkit.Layout;
import io.chaski.testkit.Node;
import io.chaski.testkit.TimeMode;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Queues of nodes on loopback, each connected with the others. */
@ChaskiTest(
        nodes = {"a", "b", "c"},
        topology = Layout.MESH,
        time = TimeMode.LOOPBACK)
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class WorkQueueIT {

    private static final Duration LIMIT = ofSeconds(60);

    record Add(int left, int right) {}

    private static final QueueType<Add, Integer> ADD = QueueType.json("add", Add.class, Integer.class);

    @TempDir(factory = MemoryDisk.class)
    Path folder;

    private ChaskiNetwork net;
    private ChaskiStreamer a;
    private ChaskiStreamer b;
    private ChaskiStreamer c;

    @BeforeEach
    void on(
            ChaskiNetwork network,
            @Node("a") ChaskiNode first,
            @Node("b") ChaskiNode second,
            @Node("c") ChaskiNode third) {
        net = network;
        a = ChaskiStreamer.on(first);
        b = ChaskiStreamer.on(second);
        c = ChaskiStreamer.on(third);
    }

    @AfterEach
    void close() {
        a.close();
        b.close();
        c.close();
    }

    private static WorkQueueOptions.Builder options() {
        return WorkQueueOptions.builder().pauses(ofMillis(10), ofMillis(50)).workerGrace(ofMillis(500));
    }

    private static int sum(Job<Add> job) {
        return job.payload().left() + job.payload().right();
    }

    private static <R> R get(JobHandle<R> job) throws Exception {
        return job.result().get(LIMIT.toSeconds(), TimeUnit.SECONDS);
    }

    private static Problem problemOf(JobHandle<?> job) throws Exception {
        try {
            throw new AssertionError("there is a result: " + get(job));
        } catch (ExecutionException e) {
            assertThat(e).hasCauseInstanceOf(JobFailedException.class);
            return ((JobFailedException) e.getCause()).problem();
        }
    }

    @Nested
    class One_worker {

        @Test
        void u_cel_1_adds_5_and_6() throws Exception {
            WorkQueue<Add, Integer> tasks = a.queue(ADD);
            b.queue(ADD).work(WorkQueueIT::sum);

            JobHandle<Integer> job = tasks.submit(new Add(5, 6));

            assertThat(get(job)).isEqualTo(11);
            assertThat(job.state()).isEqualTo(JobState.DONE);
        }

        @Test
        void x_16_does_each_of_100_jobs_once_and_results_are_there_by_id() throws Exception {
            Map<Object, AtomicInteger> runs = new ConcurrentHashMap<>();
            WorkQueue<Add, Integer> tasks = a.queue(ADD);
            b.queue(ADD).work(job -> {
                runs.computeIfAbsent(job.id(), any -> new AtomicInteger()).incrementAndGet();
                return sum(job);
            });
            List<JobHandle<Integer>> jobs = new ArrayList<>();

            for (int i = 0; i < 100; i++) {
                jobs.add(tasks.submit(new Add(i, 1)));
            }

            for (int i = 0; i < 100; i++) {
                assertThat(get(jobs.get(i))).isEqualTo(i + 1);
                JobHandle<Integer> found = tasks.job(jobs.get(i).id()).orElseThrow();
                assertThat(get(found)).isEqualTo(i + 1);
            }
            assertThat(runs)
                    .hasSize(100)
                    .allSatisfy((id, times) -> assertThat(times).hasValue(1));
        }

        @Test
        void does_the_jobs_of_several_submitters_and_of_its_own_node() throws Exception {
            WorkQueue<Add, Integer> own = c.queue(ADD);
            own.work(WorkQueueIT::sum);
            List<JobHandle<Integer>> jobs = new ArrayList<>();

            for (int i = 0; i < 20; i++) {
                jobs.add(own.submit(new Add(i, 0)));
            }
            WorkQueue<Add, Integer> ofA = a.queue(ADD);
            WorkQueue<Add, Integer> ofB = b.queue(ADD);
            for (int i = 20; i < 40; i++) {
                jobs.add((i % 2 == 0 ? ofA : ofB).submit(new Add(i, 0)));
            }

            for (int i = 0; i < 40; i++) {
                assertThat(get(jobs.get(i))).isEqualTo(i);
            }
        }

        @Test
        void takes_as_many_at_a_time_as_it_says() throws Exception {
            CountDownLatch together = new CountDownLatch(3);
            WorkQueue<Add, Integer> tasks = a.queue(ADD);
            b.queue(ADD)
                    .work(
                            job -> {
                                together.countDown();
                                assertThat(together.await(LIMIT.toSeconds(), TimeUnit.SECONDS))
                                        .isTrue();
                                return sum(job);
                            },
                            WorkerOptions.builder().jobsAtATime(3).build());

            List<JobHandle<Integer>> jobs =
                    List.of(tasks.submit(new Add(1, 1)), tasks.submit(new Add(2, 2)), tasks.submit(new Add(3, 3)));

            for (JobHandle<Integer> job : jobs) {
                assertThat(get(job)).isPositive();
            }
        }

        @Test
        void takes_what_is_urgent_first_and_the_rest_in_order() throws Exception {
            List<Integer> order = new CopyOnWriteArrayList<>();
            WorkQueue<Add, Integer> tasks = a.queue(ADD);
            List<JobHandle<Integer>> jobs = new ArrayList<>();
            for (int priority : new int[] {1, 5, 5, 9, 0}) {
                jobs.add(tasks.submit(
                        new Add(priority, jobs.size()),
                        JobOptions.builder().priority(priority).build()));
            }

            b.queue(ADD).work(job -> {
                order.add(job.payload().right());
                return 0;
            });

            for (JobHandle<Integer> job : jobs) {
                get(job);
            }
            assertThat(order).containsExactly(3, 1, 2, 0, 4);
        }
    }

    @Nested
    class A_job_that_fails {

        @Tag("deep") // as the other deep ones here, it repeats what cheaper tests show
        @Test
        void is_tried_again_with_the_next_number_and_then_done() throws Exception {
            WorkQueue<Add, Integer> tasks = a.queue(ADD, options().build());
            b.queue(ADD).work(job -> {
                if (job.attempt() < 3) {
                    throw new IllegalStateException("not yet");
                }
                return job.attempt();
            });

            assertThat(get(tasks.submit(new Add(1, 1)))).isEqualTo(3);
        }

        @Test
        void is_a_dead_letter_after_its_last_attempt_and_runs_when_it_is_resubmitted() throws Exception {
            CountDownLatch mended = new CountDownLatch(1);
            WorkQueue<Add, Integer> tasks = a.queue(ADD, options().build());
            b.queue(ADD).work(job -> {
                if (mended.getCount() > 0) {
                    throw new IllegalStateException("broken");
                }
                return sum(job);
            });

            JobHandle<Integer> job =
                    tasks.submit(new Add(2, 3), JobOptions.builder().attempts(2).build());

            assertThat(problemOf(job)).isEqualTo(Problem.HANDLER_FAILED);
            assertThat(tasks.deadLetters())
                    .containsExactly(new DeadJob<>(
                            job.id(),
                            new Add(2, 3),
                            2,
                            Problem.HANDLER_FAILED,
                            "java.lang.IllegalStateException: broken"));
            mended.countDown();
            assertThat(tasks.resubmit(job.id())).isTrue();
            assertThat(get(tasks.job(job.id()).orElseThrow())).isEqualTo(5);
            assertThat(tasks.deadLetters()).isEmpty();
            assertThat(tasks.resubmit(job.id())).isFalse();
        }

        @Test
        void tells_an_error_of_its_handler_too() throws Exception {
            WorkQueue<Add, Integer> tasks = a.queue(ADD, options().build());
            b.queue(ADD).work(job -> {
                throw new AssertionError("not equal");
            });

            JobHandle<Integer> job =
                    tasks.submit(new Add(2, 3), JobOptions.builder().attempts(1).build());

            assertThat(problemOf(job)).isEqualTo(Problem.HANDLER_FAILED);
            assertThat(tasks.deadLetters())
                    .extracting(DeadJob::detail)
                    .containsExactly("java.lang.AssertionError: not equal");
        }

        @Test
        void is_a_dead_letter_at_once_if_its_handler_says_so() throws Exception {
            WorkQueue<Add, Integer> tasks = a.queue(ADD, options().build());
            b.queue(ADD).work(job -> {
                throw new DoNotRetryException("never");
            });

            JobHandle<Integer> job = tasks.submit(new Add(2, 3));

            assertThat(problemOf(job)).isEqualTo(Problem.DO_NOT_RETRY);
            assertThat(tasks.deadLetters())
                    .extracting(DeadJob::attempts, DeadJob::detail)
                    .containsExactly(org.assertj.core.groups.Tuple.tuple(1, "never"));
            assertThat(tasks.discard(job.id())).isTrue();
            assertThat(job.state()).isEqualTo(JobState.DEAD);
            assertThat(tasks.job(job.id())).isEmpty();
        }

        @Test
        void is_stopped_when_it_takes_too_long() throws Exception {
            CountDownLatch interrupted = new CountDownLatch(1);
            WorkQueue<Add, Integer> tasks = a.queue(ADD, options().build());
            b.queue(ADD).work(job -> {
                try {
                    new CountDownLatch(1).await();
                    return 0;
                } catch (InterruptedException e) {
                    interrupted.countDown();
                    throw e;
                }
            });

            JobHandle<Integer> job = tasks.submit(
                    new Add(1, 1),
                    JobOptions.builder().timeout(ofMillis(100)).attempts(1).build());

            assertThat(problemOf(job)).isEqualTo(Problem.TIMED_OUT);
            assertThat(interrupted.await(LIMIT.toSeconds(), TimeUnit.SECONDS)).isTrue();
        }

        @Tag("deep")
        @Test
        void whose_type_the_worker_cannot_read_is_a_dead_letter() throws Exception {
            WorkQueue<Add, Integer> tasks = a.queue(ADD, options().build());
            b.queue(QueueType.json("add", Integer.class, Integer.class)).work(Job::payload);

            assertThat(problemOf(tasks.submit(new Add(1, 1)))).isEqualTo(Problem.UNREADABLE_JOB);
        }

        @Test
        void whose_result_is_too_large_is_a_dead_letter() throws Exception {
            QueueType<Integer, String> type = QueueType.json("texts", Integer.class, String.class);
            WorkQueue<Integer, String> tasks = a.queue(type, options().build());
            b.queue(type).work(job -> "x".repeat(job.payload()));

            assertThat(get(tasks.submit(900_000))).hasSize(900_000);
            assertThat(problemOf(tasks.submit(1_000_001))).isEqualTo(Problem.RESULT_TOO_LARGE);
        }
    }

    @Nested
    class Taken_back {

        @Tag("deep")
        @Test
        void a_job_that_waits_is_never_done() throws Exception {
            WorkQueue<Add, Integer> tasks = a.queue(ADD);
            JobHandle<Integer> job = tasks.submit(new Add(1, 1));

            assertThat(job.cancel()).isTrue();

            assertThat(job.state()).isEqualTo(JobState.CANCELLED);
            assertThatThrownBy(() -> get(job)).isInstanceOf(CancellationException.class);
            AtomicInteger runs = new AtomicInteger();
            b.queue(ADD).work(any -> runs.incrementAndGet());
            assertThat(get(tasks.submit(new Add(2, 2)))).isEqualTo(1);
            assertThat(job.cancel()).isFalse();
        }

        @Test
        void a_job_that_runs_is_interrupted() throws Exception {
            CountDownLatch begun = new CountDownLatch(1);
            CountDownLatch interrupted = new CountDownLatch(1);
            WorkQueue<Add, Integer> tasks = a.queue(ADD);
            b.queue(ADD).work(job -> {
                begun.countDown();
                try {
                    new CountDownLatch(1).await();
                } catch (InterruptedException e) {
                    interrupted.countDown();
                }
                return 0;
            });
            JobHandle<Integer> job = tasks.submit(new Add(1, 1));
            assertThat(begun.await(LIMIT.toSeconds(), TimeUnit.SECONDS)).isTrue();

            assertThat(job.cancel()).isTrue();

            assertThat(interrupted.await(LIMIT.toSeconds(), TimeUnit.SECONDS)).isTrue();
            assertThat(job.state()).isEqualTo(JobState.CANCELLED);
        }
    }

    @Nested
    class Whoever_ends {

        @Test
        void a_worker_that_is_closed_in_the_middle_gives_its_job_to_another_one() throws Exception {
            CountDownLatch begun = new CountDownLatch(1);
            WorkQueue<Add, Integer> tasks = a.queue(ADD, options().build());
            Worker first = b.queue(ADD).work(job -> {
                begun.countDown();
                new CountDownLatch(1).await();
                return 0;
            });
            JobHandle<Integer> job = tasks.submit(new Add(3, 4));
            assertThat(begun.await(LIMIT.toSeconds(), TimeUnit.SECONDS)).isTrue();
            c.queue(ADD).work(WorkQueueIT::sum);

            first.close();

            assertThat(get(job)).isEqualTo(7);
        }

        @Test
        void a_worker_that_drains_finishes_what_it_has_and_takes_no_more() throws Exception {
            CountDownLatch begun = new CountDownLatch(1);
            CountDownLatch mayEnd = new CountDownLatch(1);
            WorkQueue<Add, Integer> tasks = a.queue(ADD);
            Worker worker = b.queue(ADD).work(job -> {
                begun.countDown();
                mayEnd.await();
                return sum(job);
            });
            JobHandle<Integer> first = tasks.submit(new Add(1, 1));
            assertThat(begun.await(LIMIT.toSeconds(), TimeUnit.SECONDS)).isTrue();
            JobHandle<Integer> second = tasks.submit(new Add(2, 2));

            assertThat(worker.drain(ofMillis(1))).isFalse();
            assertThat(worker.running()).isEqualTo(1);
            mayEnd.countDown();

            assertThat(worker.drain(LIMIT)).isTrue();
            assertThat(get(first)).isEqualTo(2);
            assertThat(second.state()).isEqualTo(JobState.WAITING);
        }

        @Test
        void a_worker_that_drains_is_found_again_when_its_connection_breaks_and_when_its_submitter_starts_again()
                throws Exception {
            AtomicInteger runs = new AtomicInteger();
            CountDownLatch begun = new CountDownLatch(1);
            CountDownLatch mayEnd = new CountDownLatch(1);
            WorkQueueOptions durable = options()
                    .workerGrace(LIMIT)
                    .directory(folder)
                    .freeSpaceFloor(0)
                    .build();
            WorkQueue<Add, Integer> tasks = a.queue(ADD, durable);
            Worker worker = b.queue(ADD).work(job -> {
                runs.incrementAndGet();
                begun.countDown();
                mayEnd.await();
                return sum(job);
            });
            JobHandle<Integer> job = tasks.submit(new Add(3, 4));
            assertThat(begun.await(LIMIT.toSeconds(), TimeUnit.SECONDS)).isTrue();
            assertThat(worker.drain(ofMillis(1))).isFalse();

            a.node().edge(b.node().id()).orElseThrow().close();
            net.await("it is found again", () -> tasks.snapshot().counters().get("attempts.resumed") > 0, LIMIT);
            tasks.close();
            WorkQueue<Add, Integer> again = a.queue(ADD, durable);
            net.await(
                    "it is found by a submitter that has started again",
                    () -> again.snapshot().counters().get("attempts.resumed") > 0,
                    LIMIT);
            mayEnd.countDown();

            assertThat(get(again.job(job.id()).orElseThrow())).isEqualTo(7);
            assertThat(runs).hasValue(1);
            assertThat(worker.drain(LIMIT)).isTrue();
        }

        @Test
        void a_worker_that_is_closed_makes_place_for_the_next_one() throws Exception {
            WorkQueue<Add, Integer> tasks = a.queue(ADD);
            for (int i = 1; i <= 5; i++) {
                int number = i;
                Worker worker = tasks.work(job -> number);
                assertThat(get(tasks.submit(new Add(1, 1)))).isEqualTo(number);
                worker.close();
            }
        }

        @Test
        void a_connection_that_breaks_in_the_middle_does_not_make_a_job_run_twice() throws Exception {
            AtomicInteger runs = new AtomicInteger();
            CountDownLatch begun = new CountDownLatch(1);
            CountDownLatch mayEnd = new CountDownLatch(1);
            WorkQueue<Add, Integer> tasks =
                    a.queue(ADD, options().workerGrace(LIMIT).build());
            b.queue(ADD).work(job -> {
                runs.incrementAndGet();
                begun.countDown();
                mayEnd.await();
                return sum(job);
            });
            JobHandle<Integer> job = tasks.submit(new Add(3, 4));
            assertThat(begun.await(LIMIT.toSeconds(), TimeUnit.SECONDS)).isTrue();

            a.node().edge(b.node().id()).orElseThrow().close();
            net.await("the stream is gone", () -> tasks.snapshot().workers() == 0, LIMIT);
            mayEnd.countDown();

            assertThat(get(job)).isEqualTo(7);
            assertThat(runs).hasValue(1);
            assertThat(tasks.snapshot().counters()).containsEntry("attempts.started", 1L);
        }

        @Tag("deep")
        @Test
        void a_node_that_goes_loses_no_job() throws Exception {
            CountDownLatch begun = new CountDownLatch(1);
            WorkQueue<Add, Integer> tasks = a.queue(ADD, options().build());
            b.queue(ADD).work(job -> {
                begun.countDown();
                new CountDownLatch(1).await();
                return 0;
            });
            JobHandle<Integer> job = tasks.submit(new Add(3, 4));
            assertThat(begun.await(LIMIT.toSeconds(), TimeUnit.SECONDS)).isTrue();

            b.node().close();
            c.queue(ADD).work(WorkQueueIT::sum);

            assertThat(get(job)).isEqualTo(7);
        }

        @Test
        void a_queue_that_is_closed_says_so_to_everybody() {
            WorkQueue<Add, Integer> tasks = a.queue(ADD);
            JobHandle<Integer> job = tasks.submit(new Add(1, 1));

            tasks.close();
            tasks.close();

            assertThat(job.result())
                    .failsWithin(LIMIT)
                    .withThrowableThat()
                    .withCauseInstanceOf(JobFailedException.class)
                    .withMessageContaining("QUEUE_CLOSED");
            assertThat(tasks.closed()).succeedsWithin(LIMIT);
            assertThatIllegalStateException()
                    .isThrownBy(() -> tasks.submit(new Add(1, 1)))
                    .withMessageContaining("closed");
            assertThatIllegalStateException().isThrownBy(job::state);
        }
    }

    @Nested
    class A_directory {

        private WorkQueueOptions durable() {
            return options()
                    .directory(folder.resolve("tasks"))
                    .freeSpaceFloor(0)
                    .build();
        }

        @Test
        void keeps_jobs_results_and_dead_letters_while_the_queue_is_closed() throws Exception {
            WorkQueue<Add, Integer> tasks = a.queue(ADD, durable());
            Worker worker = b.queue(ADD).work(job -> {
                if (job.payload().left() < 0) {
                    throw new DoNotRetryException("negative");
                }
                return sum(job);
            });
            JobHandle<Integer> done = tasks.submit(new Add(1, 2));
            assertThat(get(done)).isEqualTo(3);
            JobHandle<Integer> dead = tasks.submit(new Add(-1, 2));
            assertThat(problemOf(dead)).isEqualTo(Problem.DO_NOT_RETRY);
            worker.close();
            net.await("the worker is gone", () -> tasks.snapshot().workers() == 0, LIMIT);
            JobHandle<Integer> waiting = tasks.submit(new Add(3, 4));
            tasks.close();

            WorkQueue<Add, Integer> again = a.queue(ADD, durable());

            assertThat(get(again.job(done.id()).orElseThrow())).isEqualTo(3);
            assertThat(problemOf(again.job(dead.id()).orElseThrow())).isEqualTo(Problem.DO_NOT_RETRY);
            assertThat(again.deadLetters()).extracting(DeadJob::id).containsExactly(dead.id());
            c.queue(ADD).work(WorkQueueIT::sum);
            assertThat(get(again.job(waiting.id()).orElseThrow())).isEqualTo(7);
        }

        @Test
        void is_for_one_queue_at_a_time() {
            a.queue(ADD, durable());

            assertThatThrownBy(() -> b.queue(ADD, durable()))
                    .isInstanceOfSatisfying(
                            StorageException.class,
                            e -> assertThat(e.problem()).isEqualTo(StorageException.Problem.IN_USE));
        }

        @Test
        void that_is_nearly_full_takes_no_job() {
            WorkQueue<Add, Integer> tasks = a.queue(
                    ADD,
                    options().directory(folder).freeSpaceFloor(Long.MAX_VALUE).build());

            assertThatThrownBy(() -> tasks.submit(new Add(1, 1)))
                    .isInstanceOfSatisfying(
                            JobRefusedException.class,
                            e -> assertThat(e.problem()).isEqualTo(JobRefusedException.Problem.DISK_FULL));
        }
    }

    @Nested
    class What_is_wrong {

        @Test
        void is_refused_when_there_is_no_room() {
            WorkQueue<Add, Integer> tasks = a.queue(ADD, options().maxJobs(1).build());
            tasks.submit(new Add(1, 1));

            assertThatThrownBy(() -> tasks.submit(new Add(2, 2)))
                    .isInstanceOfSatisfying(
                            JobRefusedException.class,
                            e -> assertThat(e.problem()).isEqualTo(JobRefusedException.Problem.TOO_MANY_JOBS));
            assertThat(tasks.snapshot().counters()).containsEntry("jobs.refused", 1L);
        }

        @Test
        void is_refused_when_it_is_too_large() {
            WorkQueue<String, String> tasks = a.queue(QueueType.json("texts", String.class, String.class));

            assertThatIllegalArgumentException()
                    .isThrownBy(() -> tasks.submit("x".repeat(1_000_001)))
                    .withMessageContaining("1000000");
        }

        @Test
        void is_a_second_worker_of_a_queue() {
            WorkQueue<Add, Integer> tasks = a.queue(ADD);
            tasks.work(WorkQueueIT::sum);

            assertThatIllegalStateException().isThrownBy(() -> tasks.work(WorkQueueIT::sum));
            assertThatIllegalStateException().isThrownBy(() -> a.queue(ADD).work(WorkQueueIT::sum));
        }

        @Test
        void is_a_worker_with_another_codec_which_gets_no_job() {
            WorkQueue<Add, Integer> tasks = a.queue(ADD);
            WorkQueue<Add, Integer> other = b.queue(QueueType.cbor("add", Add.class, Integer.class));
            other.work(WorkQueueIT::sum);
            tasks.submit(new Add(1, 1));

            net.await(
                    "the worker turns the submitter away",
                    () -> other.snapshot().counters().get("work.streams-refused") > 0,
                    LIMIT);
            assertThat(tasks.snapshot().running()).isZero();
        }
    }
}
