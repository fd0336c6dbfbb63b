package io.chaski.streamer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chaski.core.security.policy.AccessDeniedException;
import io.chaski.core.security.policy.Policy;
import io.chaski.streamer.work.DoNotRetryException;
import io.chaski.streamer.work.JobHandle;
import io.chaski.streamer.work.JobState;
import io.chaski.streamer.work.QueueType;
import io.chaski.streamer.work.WorkQueue;
import io.chaski.streamer.work.WorkQueueOptions;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** The rights of a queue are those to call and to serve its protocol; what finds workers comes along. */
@DisplayName("Under an access policy, a work queue")
class WorkQueueAccessIT extends LoopbackStreams {

    private static final String SERVE = "\"rpc.serve\":[\"work-queue/tasks\"]";
    private static final String CALL = "\"rpc.call\":[\"work-queue/tasks\"]";
    private static final String FIND = "\"discover\":[\"none\"]";
    private static final QueueType<String, String> TYPE = QueueType.json("tasks", String.class, String.class);

    private static Policy policy(String... rights) {
        return Policy.parse(
                "{\"version\":1,\"roles\":{\"all\":{\"match\":[\"anonymous:\"]," + String.join(",", rights) + "}}}");
    }

    @DisplayName("is for those who may call to submit, and for those who may serve to work")
    @Test
    void may() throws Exception {
        ChaskiStreamer submitter = start(builder("submitter").policy(policy(SERVE, CALL, FIND)));
        ChaskiStreamer worker = start(builder("worker")
                .policy(policy(SERVE, CALL, FIND))
                .bootstrap(submitter.node().addresses().get(0)));
        worker.queue(TYPE).work(job -> job.payload() + "!");

        assertThat(get(submitter.queue(TYPE).submit("done").result())).isEqualTo("done!");
    }

    @DisplayName("takes no job of those who may not call")
    @Test
    void mayNotSubmit() {
        WorkQueue<String, String> queue =
                start(builder("submitter").policy(policy(SERVE))).queue(TYPE);

        assertThatThrownBy(() -> queue.submit("x"))
                .isInstanceOf(AccessDeniedException.class)
                .hasMessageContaining("may not rpc.call work-queue/tasks");
    }

    @DisplayName("has no worker who may not serve")
    @Test
    void mayNotWork() {
        WorkQueue<String, String> queue =
                start(builder("worker").policy(policy(CALL))).queue(TYPE);

        assertThatThrownBy(() -> queue.work(job -> "x"))
                .isInstanceOf(AccessDeniedException.class)
                .hasMessageContaining("may not rpc.serve work-queue/tasks");
    }

    @DisplayName("gives no more jobs to a worker whose right to serve is taken away, and takes no word of it")
    @Test
    void mayNotBeGivenJobsAnyMore() throws Exception {
        ChaskiStreamer submitter = start(builder("submitter").policy(policy(SERVE, CALL, FIND)));
        ChaskiStreamer worker = start(builder("worker")
                .policy(policy(SERVE, CALL, FIND))
                .bootstrap(submitter.node().addresses().get(0)));
        CountDownLatch mayEnd = new CountDownLatch(1);
        worker.queue(TYPE).work(job -> {
            if (job.payload().equals("long")) {
                mayEnd.await();
            }
            return "stolen";
        });
        WorkQueue<String, String> queue = submitter.queue(
                TYPE,
                WorkQueueOptions.builder().workerGrace(Duration.ofMinutes(5)).build());
        JobHandle<String> running = queue.submit("long");
        soon(() -> assertThat(running.state()).isEqualTo(JobState.RUNNING));

        submitter.node().access().update(policy(CALL, FIND));
        JobHandle<String> waiting = queue.submit("secret");
        mayEnd.countDown();

        soon(() ->
                assertThat(queue.snapshot().counters().get("workers.refused")).isPositive());
        assertThat(queue.snapshot().workers()).isZero();
        assertThat(waiting.state()).isEqualTo(JobState.WAITING);
        submitter.node().access().update(policy(SERVE, CALL, FIND));
        assertThat(get(waiting.result())).isEqualTo("stolen");
        assertThat(get(running.result())).isEqualTo("stolen");
        assertThat(queue.snapshot().counters()).containsEntry("attempts.started", 2L);
    }

    @DisplayName("does not give out what waits while its submitter may not call, also to itself, and resubmits nothing")
    @Test
    void mayNotSubmitAnyMore() throws Exception {
        ChaskiStreamer alone = start(builder("alone").policy(policy(SERVE, CALL, FIND)));
        WorkQueue<String, String> queue = alone.queue(TYPE);
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch mayEnd = new CountDownLatch(1);
        queue.work(job -> {
            begun.countDown();
            mayEnd.await();
            throw new DoNotRetryException(job.payload());
        });
        JobHandle<String> first = queue.submit("first");
        JobHandle<String> second = queue.submit("second");
        assertThat(begun.await(LIMIT.toSeconds(), TimeUnit.SECONDS)).isTrue();

        alone.node().access().update(policy(SERVE, FIND));
        mayEnd.countDown();

        soon(() -> assertThat(first.state()).isEqualTo(JobState.DEAD));
        assertThatThrownBy(() -> queue.resubmit(first.id())).isInstanceOf(AccessDeniedException.class);
        assertThat(second.state()).isEqualTo(JobState.WAITING);
        alone.node().access().update(policy(SERVE, CALL, FIND));
        soon(() -> assertThat(second.state()).isEqualTo(JobState.DEAD));
        assertThat(queue.resubmit(first.id())).isTrue();
    }

    @DisplayName("has no worker any more on a node whose right to serve is taken away")
    @Test
    void mayNotWorkAnyMore() throws Exception {
        ChaskiStreamer submitter = start(builder("submitter").policy(policy(SERVE, CALL, FIND)));
        ChaskiStreamer worker = start(builder("worker")
                .policy(policy(SERVE, CALL, FIND))
                .bootstrap(submitter.node().addresses().get(0)));
        WorkQueue<String, String> here = worker.queue(TYPE);
        here.work(job -> "done");
        WorkQueue<String, String> queue = submitter.queue(TYPE);
        assertThat(get(queue.submit("first").result())).isEqualTo("done");

        worker.node().access().update(policy(CALL, FIND));
        JobHandle<String> second = queue.submit("second");

        soon(() -> assertThat(here.snapshot().counters().get("work.streams-refused"))
                .isPositive());
        assertThat(here.snapshot().counters()).containsEntry("work.done", 1L);
        worker.node().access().update(policy(SERVE, CALL, FIND));
        assertThat(get(second.result())).isEqualTo("done");
    }

    @DisplayName("gives no job to a worker who may not serve and says that it works all the same")
    @Test
    void mayNotBeGivenJobs() {
        ChaskiStreamer submitter = start(builder("submitter").policy(policy(CALL, FIND)));
        ChaskiStreamer worker = start(builder("worker")
                .policy(policy(SERVE, CALL, FIND))
                .bootstrap(submitter.node().addresses().get(0)));
        worker.queue(TYPE).work(job -> "stolen");
        WorkQueue<String, String> queue = submitter.queue(TYPE);

        JobHandle<String> job = queue.submit("secret");

        soon(() ->
                assertThat(queue.snapshot().counters().get("workers.refused")).isPositive());
        assertThat(job.state()).isEqualTo(JobState.WAITING);
    }
}
