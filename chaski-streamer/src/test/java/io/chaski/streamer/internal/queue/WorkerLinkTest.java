package io.chaski.streamer.internal.queue;

import static org.assertj.core.api.Assertions.assertThat;

import io.chaski.core.ChaskiNode;
import io.chaski.core.NodeId;
import io.chaski.core.internal.module.ModuleNode;
import io.chaski.core.stream.Stream;
import io.chaski.core.stream.StreamCode;
import io.chaski.streamer.internal.queue.Incident.Counts;
import io.chaski.streamer.work.JobOptions;
import io.chaski.streamer.work.QueueType;
import io.chaski.streamer.work.WorkQueueOptions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
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
    private final FakeStream stream = new FakeStream();
    private final WorkerLink link = new WorkerLink(submitting, parts, MILL);

    @AfterEach
    void end() {
        thread.end();
        thread.awaitEnd();
        node.close();
    }

    private static final class FakeStream implements Stream {
        private final List<byte[]> sent = new CopyOnWriteArrayList<>();

        @Override
        public NodeId peer() {
            return MILL;
        }

        @Override
        public String protocol() {
            return TYPE.protocol();
        }

        @Override
        public Map<String, String> headers() {
            return Map.of();
        }

        @Override
        public Optional<Duration> remaining() {
            return Optional.empty();
        }

        @Override
        public void send(byte[] message) {
            sent.add(message);
        }

        @Override
        public boolean offer(byte[] message) {
            return sent.add(message);
        }

        @Override
        public void consumed(int bytes) {}

        @Override
        public void end() {}

        @Override
        public void reset(StreamCode code, String reason) {}

        @Override
        public CompletableFuture<Void> closed() {
            return new CompletableFuture<>();
        }
    }

    /** The loop hears the worker while the thread of the queue has not yet heard that the stream is open. */
    @Test
    void hears_a_worker_that_speaks_before_its_stream_is_known_to_be_open() {
        thread.start();
        QueueFrames.toSubmitter(frame -> link.onMessage(stream, frame)).onReady(1, 0);
        thread.tell(() -> link.onOpened(stream));

        thread.ask(() -> submitting.submit(
                new NewJob(new UUID(0, 1), new byte[] {1}, JobOptions.DEFAULTS, WorkQueueOptions.DEFAULTS)));
        thread.ask(() -> true);

        assertThat(stream.sent)
                .singleElement()
                .satisfies(frame -> assertThat(frame).startsWith(1));
    }
}
