package io.chaski.streamer.internal.queue;

import static org.assertj.core.api.Assertions.assertThat;

import io.chaski.core.ChaskiNode;
import io.chaski.core.stream.Stream;
import io.chaski.core.stream.StreamCode;
import io.chaski.core.stream.StreamException;
import io.chaski.core.stream.StreamListener;
import io.chaski.core.stream.StreamOptions;
import io.chaski.streamer.ChaskiStreamer;
import io.chaski.streamer.work.JobFailedException;
import io.chaski.streamer.work.JobHandle;
import io.chaski.streamer.work.JobState;
import io.chaski.streamer.work.QueueType;
import io.chaski.streamer.work.WorkQueue;
import io.chaski.testkit.ChaskiNetwork;
import io.chaski.testkit.ChaskiTest;
import io.chaski.testkit.Layout;
import io.chaski.testkit.Node;
import io.chaski.testkit.TimeMode;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** Peers that lie about jobs, over real connections: an honest node goes on, and counts. */
@ChaskiTest(
        nodes = {"honest", "bad", "worse"},
        topology = Layout.MESH,
        time = TimeMode.LOOPBACK)
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class HostileQueueIT {

    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final QueueType<String, String> TYPE = QueueType.json("tasks", String.class, String.class);
    private static final byte[] FORGED = "\"forged\"".getBytes(StandardCharsets.UTF_8);

    private ChaskiNetwork net;
    private ChaskiNode bad;
    private ChaskiNode worse;
    private WorkQueue<String, String> queue;

    @BeforeEach
    void open(
            ChaskiNetwork network,
            @Node("honest") ChaskiNode honest,
            @Node("bad") ChaskiNode second,
            @Node("worse") ChaskiNode third) {
        net = network;
        bad = second;
        worse = third;
        queue = ChaskiStreamer.on(honest).queue(TYPE);
    }

    @AfterEach
    void close() {
        queue.close();
    }

    private void awaitCount(String counter, long least) {
        net.await(counter + " is " + least, () -> queue.snapshot().counters().get(counter) >= least, LIMIT);
    }

    /** Says that it works, and leaves everything else to the test. */
    private static final class FakeWorker implements StreamListener {
        private final CompletableFuture<Stream> stream = new CompletableFuture<>();
        private final BlockingQueue<String> heard = new LinkedBlockingQueue<>();
        private final CompletableFuture<StreamCode> failed = new CompletableFuture<>();

        FakeWorker(ChaskiNode node) {
            node.streams().serve(TYPE.protocol(), opened -> {
                stream.complete(opened);
                return this;
            });
            node.subscribe(QueueTopic.TOPIC, message -> say(node));
            say(node);
        }

        private void say(ChaskiNode node) {
            var unused = node.publishAsync(
                    QueueTopic.TOPIC,
                    Announcement.there(Announcement.Kind.WORKS, TYPE.name(), node.addresses())
                            .encode());
        }

        Stream stream() throws Exception {
            return stream.get(LIMIT.toSeconds(), TimeUnit.SECONDS);
        }

        ToSubmitter mouth() throws Exception {
            Stream to = stream();
            return QueueFrames.toSubmitter(frame -> assertThat(to.offer(frame)).isTrue());
        }

        String next() throws InterruptedException {
            String next = heard.poll(LIMIT.toSeconds(), TimeUnit.SECONDS);
            return next == null ? "nothing" : next;
        }

        @Override
        public void onMessage(Stream from, byte[] message) {
            try {
                QueueFrames.read(message, new ToWorker() {
                    @Override
                    public void onJob(UUID job, int assignment, int attempt, byte[] payload) {
                        heard.add("job " + assignment);
                    }

                    @Override
                    public void onAcknowledged(UUID job, int assignment) {
                        heard.add("forget " + assignment);
                    }

                    @Override
                    public void onCancelled(UUID job, int assignment) {
                        heard.add("stop " + assignment);
                    }
                });
            } catch (QueueFrames.Malformed e) {
                throw new AssertionError(e);
            }
        }

        @Override
        public void onFailed(Stream ended, StreamException cause) {
            failed.complete(cause.code());
        }
    }

    @Nested
    class A_worker {

        @Test
        void that_was_not_given_a_job_does_not_end_it() throws Exception {
            JobHandle<String> job = queue.submit("a");
            FakeWorker assigned = new FakeWorker(bad);
            assigned.mouth().onReady(1, 0);
            assertThat(assigned.next()).isEqualTo("job 1");
            FakeWorker forger = new FakeWorker(worse);
            forger.mouth().onReady(0, 0);

            forger.mouth().onDone(job.id(), 1, FORGED);
            forger.mouth().onFailed(job.id(), 1, AttemptFailure.FINAL, "forged");
            forger.mouth().onBusy(job.id(), 1);
            forger.mouth().onRunning(job.id(), 1);

            awaitCount("frames.not-assigned", 4);
            assertThat(job.state()).isEqualTo(JobState.RUNNING);
            assigned.mouth().onDone(job.id(), 1, "\"true\"".getBytes(StandardCharsets.UTF_8));
            assertThat(job.result().get(LIMIT.toSeconds(), TimeUnit.SECONDS)).isEqualTo("true");
        }

        @Test
        void that_speaks_of_jobs_and_assignments_that_are_not_changes_nothing() throws Exception {
            JobHandle<String> job = queue.submit("a");
            FakeWorker worker = new FakeWorker(bad);
            worker.mouth().onReady(1, 0);
            assertThat(worker.next()).isEqualTo("job 1");

            worker.mouth().onDone(new UUID(1, 2), 1, FORGED);
            worker.mouth().onDone(job.id(), 2, FORGED);

            assertThat(worker.next()).isEqualTo("forget 1");
            assertThat(worker.next()).isEqualTo("forget 2");
            awaitCount("frames.unknown-job", 1);
            awaitCount("frames.not-assigned", 1);
            assertThat(job.state()).isEqualTo(JobState.RUNNING);
        }

        @Test
        void that_sends_more_than_a_result_may_have_makes_a_dead_letter() throws Exception {
            JobHandle<String> job = queue.submit("a");
            FakeWorker worker = new FakeWorker(bad);
            worker.mouth().onReady(1, 0);
            assertThat(worker.next()).isEqualTo("job 1");

            worker.mouth().onDone(job.id(), 1, new byte[1_000_001]);

            assertThat(job.result())
                    .failsWithin(LIMIT)
                    .withThrowableThat()
                    .havingCause()
                    .isInstanceOfSatisfying(
                            JobFailedException.class,
                            e -> assertThat(e.problem()).isEqualTo(JobFailedException.Problem.RESULT_TOO_LARGE));
        }

        @Test
        void that_does_not_keep_to_the_protocol_loses_its_stream() throws Exception {
            queue.submit("a");
            FakeWorker worker = new FakeWorker(bad);

            assertThat(worker.stream().offer(new byte[] {99, 1})).isTrue();

            assertThat(worker.failed.get(LIMIT.toSeconds(), TimeUnit.SECONDS)).isEqualTo(StreamCode.APPLICATION);
            awaitCount("frames.malformed", 1);
        }

        @Test
        void that_has_received_more_than_was_sent_loses_its_stream() throws Exception {
            queue.submit("a");
            FakeWorker worker = new FakeWorker(bad);

            worker.mouth().onReady(1_000_000, 5);

            assertThat(worker.failed.get(LIMIT.toSeconds(), TimeUnit.SECONDS)).isEqualTo(StreamCode.APPLICATION);
            awaitCount("frames.malformed", 1);
        }
    }

    @Nested
    class A_submitter {

        private final BlockingQueue<String> heard = new LinkedBlockingQueue<>();
        private final CompletableFuture<StreamCode> failed = new CompletableFuture<>();

        private Stream open(StreamOptions.Builder options) throws Exception {
            return bad.streams()
                    .open(net.node("honest").id(), TYPE.protocol(), options.build(), new StreamListener() {
                        @Override
                        public void onMessage(Stream from, byte[] message) {
                            try {
                                QueueFrames.read(message, ear());
                            } catch (QueueFrames.Malformed e) {
                                throw new AssertionError(e);
                            }
                        }

                        @Override
                        public void onFailed(Stream ended, StreamException cause) {
                            failed.complete(cause.code());
                        }
                    })
                    .get(LIMIT.toSeconds(), TimeUnit.SECONDS);
        }

        private ToSubmitter ear() {
            return new ToSubmitter() {
                @Override
                public void onReady(int free, long received) {
                    heard.add("ready " + free);
                }

                @Override
                public void onRunning(UUID job, int assignment) {
                    heard.add("running " + assignment);
                }

                @Override
                public void onDone(UUID job, int assignment, byte[] result) {
                    heard.add("done " + assignment);
                }

                @Override
                public void onFailed(UUID job, int assignment, AttemptFailure failure, String detail) {
                    heard.add("failed " + assignment + " " + failure);
                }

                @Override
                public void onBusy(UUID job, int assignment) {
                    heard.add("busy " + assignment);
                }
            };
        }

        private String next(String beginning) throws InterruptedException {
            String next = "";
            while (!next.startsWith(beginning)) {
                next = heard.poll(LIMIT.toSeconds(), TimeUnit.SECONDS);
                assertThat(next).as("waiting for " + beginning).isNotNull();
            }
            return next;
        }

        private StreamOptions.Builder ledger() {
            return StreamOptions.builder()
                    .header("ledger", new UUID(0, 1).toString())
                    .header("codec", TYPE.codec().contentType());
        }

        @Test
        void that_sends_more_jobs_than_there_is_room_for_is_told_so_each_time() throws Exception {
            CountDownLatch mayEnd = new CountDownLatch(1);
            queue.work(job -> {
                mayEnd.await();
                return job.payload();
            });
            Stream stream = open(ledger());
            ToWorker mouth = QueueFrames.toWorker(
                    frame -> assertThat(stream.offer(frame)).isTrue());

            for (int i = 1; i <= 50; i++) {
                mouth.onJob(new UUID(5, i), 1, 1, FORGED);
            }

            for (int i = 2; i <= 50; i++) {
                assertThat(next("busy")).isEqualTo("busy 1");
            }
            mayEnd.countDown();
            assertThat(next("done")).isEqualTo("done 1");
            awaitCount("work.busy", 49);
        }

        @Test
        void that_reads_nothing_and_repeats_its_job_is_not_read_either_until_it_reads() throws Exception {
            queue.work(job -> "x".repeat(600_000));
            BlockingQueue<byte[]> arrived = new LinkedBlockingQueue<>();
            Stream stream = bad.streams()
                    .open(
                            net.node("honest").id(),
                            TYPE.protocol(),
                            ledger().manualCredit(true).build(),
                            (from, message) -> arrived.add(message))
                    .get(LIMIT.toSeconds(), TimeUnit.SECONDS);
            ToWorker mouth = QueueFrames.toWorker(
                    frame -> assertThat(stream.offer(frame)).isTrue());
            mouth.onJob(new UUID(5, 1), 1, 1, FORGED);
            awaitCount("work.done", 1);

            for (int i = 0; i < 20; i++) {
                mouth.onJob(new UUID(5, 1), 1, 1, FORGED);
            }

            awaitCount("work.held-back", 18);
            AtomicInteger results = new AtomicInteger();
            net.await(
                    "everything is answered",
                    () -> {
                        for (byte[] next = arrived.poll(); next != null; next = arrived.poll()) {
                            stream.consumed(next.length);
                            results.addAndGet(next.length > 600_000 ? 1 : 0);
                        }
                        return results.get() == 21;
                    },
                    LIMIT);
        }

        @Test
        void whose_job_is_no_job_gets_that_as_an_answer() throws Exception {
            queue.work(job -> job.payload());
            Stream stream = open(ledger());

            QueueFrames.toWorker(frame -> assertThat(stream.offer(frame)).isTrue())
                    .onJob(new UUID(5, 1), 3, 1, new byte[] {1, 2, 3});

            assertThat(next("failed")).isEqualTo("failed 3 UNREADABLE");
        }

        @Test
        void that_does_not_keep_to_the_protocol_loses_its_stream() throws Exception {
            queue.work(job -> job.payload());
            Stream stream = open(ledger());

            assertThat(stream.offer(new byte[] {1, 2, 3})).isTrue();

            assertThat(failed.get(LIMIT.toSeconds(), TimeUnit.SECONDS)).isEqualTo(StreamCode.APPLICATION);
            awaitCount("frames.malformed", 1);
        }

        @Test
        void that_does_not_say_which_ledger_it_has_is_turned_away() throws Exception {
            queue.work(job -> job.payload());

            open(StreamOptions.builder().header("codec", TYPE.codec().contentType()));

            assertThat(failed.get(LIMIT.toSeconds(), TimeUnit.SECONDS)).isEqualTo(StreamCode.REFUSED);
            awaitCount("work.streams-refused", 1);
        }

        @Test
        void that_opens_streams_without_end_has_sixteen() throws Exception {
            queue.work(job -> job.payload());

            for (int i = 0; i < 17; i++) {
                open(StreamOptions.builder()
                        .header("ledger", new UUID(0, i).toString())
                        .header("codec", TYPE.codec().contentType()));
            }

            assertThat(failed.get(LIMIT.toSeconds(), TimeUnit.SECONDS)).isEqualTo(StreamCode.LIMIT);
        }
    }

    @Test
    void announcements_that_are_none_are_counted() {
        bad.subscribe(QueueTopic.TOPIC, message -> {});

        net.await(
                "they are heard",
                () -> {
                    var unused = bad.publishAsync(QueueTopic.TOPIC, new byte[] {1, 2, 3});
                    return queue.snapshot().counters().get("announcements.ignored") > 0;
                },
                LIMIT);
    }
}
