package io.chaski.streamer.internal.queue;

import static org.assertj.core.api.Assertions.assertThat;

import io.chaski.core.ChaskiNode;
import io.chaski.core.NodeId;
import io.chaski.core.internal.module.ModuleNode;
import io.chaski.core.stream.StreamCode;
import io.chaski.streamer.internal.fake.FakeStream;
import io.chaski.streamer.internal.queue.Incident.Counts;
import io.chaski.streamer.work.JobOptions;
import io.chaski.streamer.work.QueueType;
import io.chaski.streamer.work.WorkQueueOptions;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class WorkerLinkTest {

    private static final NodeId MILL = new NodeId(2, 1);
    private static final QueueType<String, String> TYPE = QueueType.json("tasks", String.class, String.class);

    private final ChaskiNode node = ChaskiNode.builder().listenNowhere().start();
    private final QueueThread thread = new QueueThread("work queue test", new QueueThread.Turn() {
        @Override
        public long onInputs() {
            return 60_000;
        }

        @Override
        public void onEnd(@Nullable Throwable failure) {}
    });
    private final QueueParts<String, String> parts =
            new QueueParts<>(node, ModuleNode.of(node), TYPE, thread, new Counts(), () -> 0);
    private final Submitting<String, String> submitting =
            new Submitting<>(parts, JobStore.inMemory(), WorkQueueOptions.DEFAULTS);
    private final FakeStream stream = new FakeStream(MILL);
    private final WorkerLink link = submitting.newLink(MILL);

    @AfterEach
    void end() {
        thread.end();
        thread.awaitEnd();
        node.close();
    }

    /** The loop hears the worker while the thread of the queue has not yet heard that the stream is open. */
    @Test
    void hears_a_worker_that_speaks_before_its_stream_is_known_to_be_open() {
        thread.start();
        worker().onReady(1, 0);
        thread.tell(() -> link.onOpened(stream));

        submit(1, 1);
        thread.ask(() -> true);

        assertThat(stream.sent)
                .singleElement()
                .satisfies(frame -> assertThat(frame).startsWith(1));
    }

    private ToSubmitter worker() {
        return QueueFrames.toSubmitter(frame -> link.onMessage(stream, frame));
    }

    private void submit(int number, int bytes) {
        thread.ask(() -> submitting.submit(
                new NewJob(new UUID(0, number), new byte[bytes], JobOptions.DEFAULTS, WorkQueueOptions.DEFAULTS)));
    }

    @Test
    void ends_the_stream_of_a_worker_that_repeats_itself_and_reads_no_answer() {
        thread.start();
        stream.room = 0;
        int repeated = WorkerLink.STUCK_BYTES / Outlet.MESSAGE_COST;

        for (int i = 0; i < repeated; i++) {
            worker().onDone(new UUID(0, 1), 1, new byte[0]);
        }
        thread.ask(() -> true);

        assertThat(stream.resets).containsExactly(StreamCode.LIMIT);
        assertThat(parts.counts().of(Incident.WORKERS_STUCK)).isEqualTo(1);
    }

    @Test
    void keeps_jobs_back_while_a_worker_reads_none_however_much_room_it_says_it_has() {
        thread.start();
        stream.room = 0;
        worker().onReady(1_000, 0);

        for (int i = 1; i <= 4; i++) {
            submit(i, 500_000);
        }

        assertThat(parts.counts().of(Incident.ATTEMPTS_STARTED)).isEqualTo(3);
        assertThat(submitting.ledger().waiting()).isEqualTo(1);
        stream.room = 9;
        link.onWritable(stream);
        thread.ask(() -> {
            submitting.onTime(0);
            return true;
        });
        assertThat(stream.sent.size()).isEqualTo(4);
    }

    @Test
    void gives_no_job_before_those_are_sent_that_are_decided_together() {
        worker().onReady(1_000, 0);
        for (int i = 1; i <= 4; i++) {
            UUID id = new UUID(0, i);
            thread.tell(() -> submitting.submit(
                    new NewJob(id, new byte[500_000], JobOptions.DEFAULTS, WorkQueueOptions.DEFAULTS)));
        }
        stream.room = 0;
        thread.start();

        thread.ask(() -> true);

        assertThat(parts.counts().of(Incident.ATTEMPTS_STARTED)).isEqualTo(3);
    }
}
