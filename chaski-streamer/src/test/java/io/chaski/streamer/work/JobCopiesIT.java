package io.chaski.streamer.work;

import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chaski.core.ChaskiNode;
import io.chaski.core.Topic;
import io.chaski.streamer.ChaskiStreamer;
import io.chaski.streamer.DurableOptions;
import io.chaski.streamer.DurableTopic;
import io.chaski.streamer.MemoryDisk;
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
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A submitter without a disk, a worker and a keeper on loopback. */
@ChaskiTest(
        nodes = {"submitter", "worker", "keeper"},
        topology = Layout.MESH,
        time = TimeMode.LOOPBACK)
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class JobCopiesIT {

    private static final Duration LIMIT = ofSeconds(60);

    private static final QueueType<Integer, Integer> SQUARES = QueueType.json("squares", Integer.class, Integer.class);

    private static final Topic<byte[]> COPIES = Topic.bytes("squares-copies");

    @TempDir(factory = MemoryDisk.class)
    Path folder;

    private ChaskiNetwork net;
    private ChaskiStreamer submitter;
    private ChaskiStreamer worker;
    private ChaskiStreamer keeper;
    private DurableTopic<byte[]> topic;
    private final Map<Integer, Integer> runs = new ConcurrentHashMap<>();

    @BeforeEach
    void on(
            ChaskiNetwork network,
            @Node("submitter") ChaskiNode first,
            @Node("worker") ChaskiNode second,
            @Node("keeper") ChaskiNode third) {
        net = network;
        submitter = ChaskiStreamer.on(first);
        worker = ChaskiStreamer.on(second);
        keeper = ChaskiStreamer.on(third);
        topic = submitter.durable(COPIES, DurableOptions.DEFAULTS);
    }

    @AfterEach
    void close() {
        submitter.close();
        worker.close();
        keeper.close();
    }

    private void keep() {
        keeper.durable(COPIES, DurableOptions.builder().keepIn(folder).build());
    }

    private WorkQueue<Integer, Integer> open(int maxJobs) {
        WorkQueueOptions inMemory = WorkQueueOptions.builder()
                .maxJobs(maxJobs)
                .pauses(ofMillis(10), ofMillis(50))
                .build();
        return submitter.queue(SQUARES, inMemory);
    }

    private Worker work() {
        return worker.queue(SQUARES).work(job -> {
            runs.merge(job.payload(), 1, Integer::sum);
            if (job.payload() < 0) {
                throw new DoNotRetryException("negative");
            }
            return job.payload() * job.payload();
        });
    }

    private static <V> V get(CompletableFuture<V> future) throws Exception {
        return future.get(LIMIT.toSeconds(), TimeUnit.SECONDS);
    }

    @Test
    void jobs_come_back_from_keepers_when_their_submitter_has_lost_them() throws Exception {
        keep();
        WorkQueue<Integer, Integer> tasks = open(100);
        JobCopies copies = tasks.copyTo(topic);
        Worker first = work();
        JobHandle<Integer> done = tasks.submit(2);
        assertThat(get(done.result())).isEqualTo(4);
        JobHandle<Integer> dead = tasks.submit(-1);
        assertThatThrownBy(() -> get(dead.result())).hasCauseInstanceOf(JobFailedException.class);
        first.close();
        net.await("the worker is gone", () -> tasks.snapshot().workers() == 0, LIMIT);
        List<JobHandle<Integer>> waiting = new ArrayList<>();
        for (int i = 10; i < 30; i++) {
            waiting.add(tasks.submit(i));
        }
        for (JobHandle<Integer> job : waiting) {
            assertThat(get(copies.of(job.id()))).isTrue();
        }
        assertThat(get(copies.of(dead.id()))).isTrue();
        assertThat(get(copies.of(done.id()))).isFalse();
        // the jobs, their ends, and those that have begun to be something else meanwhile
        net.await(
                "keepers know what has ended", () -> tasks.snapshot().counters().get("copies.kept") >= 23, LIMIT);
        tasks.close();

        WorkQueue<Integer, Integer> again = open(100);
        assertThat(again.job(waiting.get(0).id())).isEmpty();
        JobCopies known = again.copyTo(topic);

        Thread.currentThread().interrupt();
        CompletableFuture<Integer> restored = known.restore();
        assertThat(Thread.interrupted()).as("whoever asks is interrupted still").isTrue();
        assertThat(get(restored)).isEqualTo(21);
        assertThat(get(known.restore())).isZero();
        assertThat(again.deadLetters()).extracting(DeadJob::payload).containsExactly(-1);
        assertThat(again.job(done.id())).isEmpty();
        work();
        for (JobHandle<Integer> job : waiting) {
            get(again.job(job.id()).orElseThrow().result());
        }
        assertThat(runs).hasSize(22).values().containsOnly(1);
        assertThat(again.snapshot().counters()).containsEntry("jobs.restored", 21L);
    }

    @Test
    void dead_letters_come_back_in_the_order_in_which_they_died_and_to_their_own_queue() throws Exception {
        keep();
        WorkQueue<Integer, Integer> tasks = open(100);
        JobCopies copies = tasks.copyTo(topic);
        JobHandle<Integer> later = tasks.submit(-1);
        JobHandle<Integer> sooner =
                tasks.submit(-2, JobOptions.builder().priority(9).build());
        work();
        for (JobHandle<Integer> job : List.of(later, sooner)) {
            assertThatThrownBy(() -> get(job.result())).hasCauseInstanceOf(JobFailedException.class);
            assertThat(get(copies.of(job.id()))).isTrue();
        }
        List<Integer> dead = payloads(tasks);
        tasks.close();

        WorkQueue<Integer, Integer> others = submitter.queue(QueueType.json("cubes", Integer.class, Integer.class));
        assertThat(get(others.copyTo(topic).restore())).isZero();
        WorkQueue<Integer, Integer> again = open(100);
        assertThat(get(again.copyTo(topic).restore())).isEqualTo(2);
        assertThat(payloads(again)).isEqualTo(dead).containsExactly(-2, -1);
    }

    private static List<Integer> payloads(WorkQueue<Integer, Integer> queue) {
        return queue.deadLetters().stream().map(DeadJob::payload).toList();
    }

    @Test
    void a_job_waits_for_its_copies_until_there_is_a_keeper() throws Exception {
        WorkQueue<Integer, Integer> tasks = open(100);
        JobHandle<Integer> before = tasks.submit(1);
        JobCopies copies = tasks.copyTo(topic);
        CompletableFuture<Boolean> copied = copies.of(before.id());
        assertThat(copied).isNotDone();

        keep();

        assertThat(get(copied)).isTrue();
        DurableTopic<byte[]> elsewhere = worker.durable(COPIES, DurableOptions.DEFAULTS);
        assertThatIllegalArgumentException().isThrownBy(() -> tasks.copyTo(elsewhere));
    }

    @Test
    void who_gives_up_waiting_for_copies_does_so_alone() throws Exception {
        WorkQueue<Integer, Integer> tasks = open(100);
        JobCopies copies = tasks.copyTo(topic);
        JobHandle<Integer> job = tasks.submit(1);
        copies.of(job.id()).cancel(false);
        CompletableFuture<Boolean> patient = copies.of(job.id());
        assertThat(patient).isNotDone();

        keep();

        assertThat(get(patient)).isTrue();
    }

    @Test
    void what_has_no_room_stays_with_keepers() throws Exception {
        keep();
        WorkQueue<Integer, Integer> tasks = open(100);
        JobCopies copies = tasks.copyTo(topic);
        for (int i = 1; i <= 3; i++) {
            assertThat(get(copies.of(tasks.submit(i).id()))).isTrue();
        }
        tasks.close();

        WorkQueue<Integer, Integer> small = submitter.queue(
                SQUARES, WorkQueueOptions.builder().maxJobs(2).maxDeadLetters(1).build());
        JobCopies of = small.copyTo(topic);

        assertThatThrownBy(() -> get(of.restore())).hasCauseInstanceOf(JobRefusedException.class);
        assertThat(small.snapshot().waiting()).isEqualTo(2);
        work();
        net.await("there is room", () -> small.snapshot().waiting() == 0, LIMIT);
        net.await("it was brought back", () -> isRestored(of), LIMIT);
        net.await("it is done", () -> runs.size() == 3, LIMIT);
    }

    private static boolean isRestored(JobCopies copies) {
        try {
            return copies.restore().get(LIMIT.toSeconds(), TimeUnit.SECONDS) == 1;
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void copies_are_made_once_and_end_with_the_queue() throws Exception {
        WorkQueue<Integer, Integer> tasks = open(100);
        JobCopies first = tasks.copyTo(topic);
        CompletableFuture<Boolean> waiting = first.of(tasks.submit(1).id());
        assertThatIllegalStateException().isThrownBy(() -> tasks.copyTo(topic)).withMessageContaining("already");

        first.close();

        assertThat(get(waiting)).isFalse();
        assertThatIllegalStateException().isThrownBy(first::restore);
        JobCopies second = tasks.copyTo(topic);
        CompletableFuture<Boolean> still = second.of(tasks.submit(2).id());
        CompletableFuture<Integer> restored = second.restore();
        tasks.close();
        assertThat(get(still)).isFalse();
        assertThatThrownBy(() -> get(restored)).hasCauseInstanceOf(IllegalStateException.class);
    }
}
