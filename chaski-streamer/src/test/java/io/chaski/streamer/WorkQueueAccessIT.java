package io.chaski.streamer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chaski.core.security.policy.AccessDeniedException;
import io.chaski.core.security.policy.Policy;
import io.chaski.streamer.work.JobHandle;
import io.chaski.streamer.work.JobState;
import io.chaski.streamer.work.QueueType;
import io.chaski.streamer.work.WorkQueue;
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
