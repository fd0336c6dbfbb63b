package io.chaski.streamer.internal.queue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import io.chaski.core.NodeId;
import io.chaski.streamer.work.QueueType;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class TasksTest {

    private static final TaskKey KEY =
            new TaskKey(new SubmitterKey(new NodeId(0, 1), new UUID(0, 2)), new UUID(0, 3), 1);

    /** As the machine says that it has no more threads. */
    private static final class Unstartable extends Thread {
        @Override
        public synchronized void start() {
            throw new OutOfMemoryError("unable to create native thread");
        }
    }

    @Test
    void a_task_that_no_thread_can_be_started_for_begins_when_there_is_one_and_harms_nobody() {
        CompletableFuture<TaskKey> finished = new CompletableFuture<>();
        AtomicInteger asked = new AtomicInteger();
        QueueType<String, String> type = QueueType.json("q", String.class, String.class);
        try (Tasks<String, String> tasks = new Tasks<>(
                type,
                1,
                job -> "done",
                (key, outcome) -> finished.complete(key),
                task -> asked.getAndIncrement() == 0 ? new Unstartable() : new Thread(task))) {
            assertThatCode(() -> tasks.start(KEY, 1, type.codec().encode("job", String.class)))
                    .doesNotThrowAnyException();

            assertThat(finished).succeedsWithin(Duration.ofSeconds(30)).isEqualTo(KEY);
        }
        assertThat(asked).hasValue(2);
    }
}
