package io.chaski.streamer.guide;

import static org.assertj.core.api.Assertions.assertThat;

import io.chaski.core.ChaskiNode;
import io.chaski.core.Topic;
import io.chaski.streamer.ChaskiStreamer;
import io.chaski.streamer.DurableOptions;
import io.chaski.streamer.DurableTopic;
import io.chaski.streamer.MemoryDisk;
import io.chaski.streamer.work.DeadJob;
import io.chaski.streamer.work.DoNotRetryException;
import io.chaski.streamer.work.JobCopies;
import io.chaski.streamer.work.JobFailedException;
import io.chaski.streamer.work.JobHandle;
import io.chaski.streamer.work.JobHandler;
import io.chaski.streamer.work.JobOptions;
import io.chaski.streamer.work.QueueType;
import io.chaski.streamer.work.WorkQueue;
import io.chaski.streamer.work.WorkQueueOptions;
import io.chaski.streamer.work.Worker;
import io.chaski.streamer.work.WorkerOptions;
import io.chaski.testkit.ChaskiTest;
import io.chaski.testkit.Layout;
import io.chaski.testkit.Node;
import io.chaski.testkit.TimeMode;
import java.nio.file.Path;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The code of docs/work-queues.md. */
@ChaskiTest(
        nodes = {"office", "mill"},
        topology = Layout.LINE,
        time = TimeMode.LOOPBACK)
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class WorkQueueGuideTest {

    // #region type
    record Add(int left, int right) {}

    static final QueueType<Add, Integer> ADD = QueueType.json("sums", Add.class, Integer.class);
    // #endregion

    static final Topic<byte[]> COPIES = Topic.bytes("copies-of-sums");

    // #region callable
    record Square(int number) implements Callable<Integer> {
        @Override
        public Integer call() {
            return number * number;
        }
    }
    // #endregion

    @TempDir(factory = MemoryDisk.class)
    Path folder;

    private ChaskiStreamer office;
    private ChaskiStreamer mill;

    @BeforeEach
    void on(@Node("office") ChaskiNode first, @Node("mill") ChaskiNode second) {
        office = ChaskiStreamer.on(first);
        mill = ChaskiStreamer.on(second);
    }

    @AfterEach
    void close() {
        office.close();
        mill.close();
    }

    @Test
    void one_submits_and_another_one_works() throws Exception {
        // #region work
        Worker worker =
                mill.queue(ADD).work(job -> job.payload().left() + job.payload().right());
        // #endregion
        // #region submit
        WorkQueue<Add, Integer> sums = office.queue(ADD);
        JobHandle<Integer> job = sums.submit(new Add(5, 6));
        int sum = job.result().get(10, TimeUnit.SECONDS); // 11
        // #endregion
        assertThat(sum).isEqualTo(11);
        // #region drain
        worker.drain(Duration.ofMinutes(1)); // finishes what it has, and takes no more
        worker.close();
        // #endregion
    }

    @Test
    void copies_of_jobs_are_with_keepers() throws Exception {
        // #region keep
        mill.durable(
                COPIES,
                DurableOptions.builder()
                        .keepIn(folder.resolve("kept"))
                        .retainFor(Duration.ofDays(30))
                        .retainBytes(2L << 30) // whichever limit is reached first
                        .build());
        // #endregion
        WorkQueue<Add, Integer> sums = office.queue(ADD);
        JobHandle<Integer> job = sums.submit(new Add(5, 6));
        DurableTopic<byte[]> topic = office.durable(COPIES, DurableOptions.DEFAULTS);
        // #region copies
        JobCopies copies = sums.copyTo(topic);
        boolean isCopied = copies.of(job.id()).get(30, TimeUnit.SECONDS);
        // #endregion
        assertThat(isCopied).isTrue();
        sums.close();

        WorkQueue<Add, Integer> empty = office.queue(ADD);
        // #region restore
        int restored = empty.copyTo(topic).restore().get(30, TimeUnit.SECONDS);
        // #endregion
        assertThat(restored).isEqualTo(1);
        assertThat(empty.job(job.id())).isPresent();
    }

    @Test
    void jobs_have_options_and_end_as_dead_letters() throws Exception {
        // #region handler
        JobHandler<Add, Integer> careful = job -> {
            if (job.payload().left() < 0) {
                throw new DoNotRetryException("no negative numbers"); // any other exception: again after a pause
            }
            return job.payload().left() + job.payload().right();
        };
        mill.queue(ADD).work(careful, WorkerOptions.builder().jobsAtATime(4).build());
        // #endregion
        WorkQueue<Add, Integer> sums = office.queue(ADD);
        // #region options
        JobOptions nightly = JobOptions.builder()
                .priority(9) // 0 to 9, higher ones first
                .delay(Duration.ofMillis(10))
                .timeout(Duration.ofMinutes(5)) // of one attempt
                .attempts(3)
                .build();
        JobHandle<Integer> job = sums.submit(new Add(-1, 2), nightly);
        // #endregion
        try {
            throw new AssertionError(job.result().get(30, TimeUnit.SECONDS));
        } catch (ExecutionException e) {
            assertThat(e).hasCauseInstanceOf(JobFailedException.class);
        }
        // #region dead
        for (DeadJob<Add> dead : sums.deadLetters()) {
            System.out.println(
                    dead.payload() + ": " + dead.problem() + " after " + dead.attempts() + ", " + dead.detail());
            sums.resubmit(dead.id()); // or discard
        }
        // #endregion
        assertThat(sums.job(job.id())).isPresent();
    }

    @Test
    void a_queue_with_a_directory_goes_on_after_a_restart() throws Exception {
        mill.queue(ADD).work(job -> job.payload().left() + job.payload().right());
        Path directory = folder.resolve("sums");
        UUID id;
        // #region durable
        WorkQueueOptions onDisk =
                WorkQueueOptions.builder().directory(directory).build();
        try (WorkQueue<Add, Integer> sums = office.queue(ADD, onDisk)) {
            id = sums.submit(new Add(5, 6)).id(); // on disk when this returns
        }

        try (WorkQueue<Add, Integer> sums = office.queue(ADD, onDisk)) { // after a restart, for example
            JobHandle<Integer> job = sums.job(id).orElseThrow();
            int sum = job.result().get(30, TimeUnit.SECONDS); // 11
            assertThat(sum).isEqualTo(11);
        }
        // #endregion
    }

    @Test
    void a_queue_is_an_executor() throws Exception {
        QueueType<Square, Integer> squaresType = QueueType.json("squares", Square.class, Integer.class);
        mill.queue(squaresType).work(JobHandler.calling());
        WorkQueue<Square, Integer> squares = office.queue(squaresType);
        // #region executor
        ExecutorService executor = squares.executor();
        Future<Integer> square = executor.submit(new Square(12));
        int result = square.get(10, TimeUnit.SECONDS); // 144, computed where the worker is
        // #endregion
        assertThat(result).isEqualTo(144);
    }
}
