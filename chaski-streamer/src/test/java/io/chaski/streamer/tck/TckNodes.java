package io.chaski.streamer.tck;

import io.chaski.core.ChaskiNode;
import io.chaski.core.Topic;
import io.chaski.core.Topology;
import io.chaski.streamer.ChaskiStreamer;
import io.chaski.streamer.MessageStream;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.reactivestreams.tck.TestEnvironment;

/** Two connected nodes, and a topic of their own for each test of the suite. */
final class TckNodes implements AutoCloseable {

    /** Only failures take so long: the machine is shared. */
    private static final Duration LIMIT = Duration.ofSeconds(20);

    /** How long the suite waits for a signal; where it expects an error it always waits so long. */
    private static final long SIGNAL_MILLIS = 4_000;

    /** How long the suite listens where nothing may come. */
    private static final long SILENCE_MILLIS = 50;

    /** How long the suite waits before it looks what is still referred to. */
    static final long COLLECTION_MILLIS = 2_000;

    private final String cluster = "tck-" + UUID.randomUUID();
    private final AtomicInteger topics = new AtomicInteger();
    private final ChaskiNode publishing = start("publishing");
    private final ChaskiNode reading = start("reading");

    TckNodes() {
        try {
            var edge = publishing.connect(reading.addresses().get(0)).get(LIMIT.toSeconds(), TimeUnit.SECONDS);
            assert edge.peer().equals(reading.id());
        } catch (InterruptedException | ExecutionException | TimeoutException failure) {
            close();
            throw new IllegalStateException("the nodes are not connected", failure);
        }
    }

    private ChaskiNode start(String name) {
        return ChaskiNode.builder()
                .name(name)
                .cluster(cluster)
                .topology(Topology.MANUAL)
                .start();
    }

    static TestEnvironment environment() {
        return new TestEnvironment(SIGNAL_MILLIS, SILENCE_MILLIS);
    }

    ChaskiStreamer publishing() {
        return ChaskiStreamer.on(publishing);
    }

    ChaskiStreamer reading() {
        return ChaskiStreamer.on(reading);
    }

    /** A topic that no test had before. */
    Topic<Long> topic() {
        return Topic.of("tck-" + topics.incrementAndGet(), Long.class);
    }

    /** Waits until what is published reaches the stream; the publisher subscribes, too, so that it knows. */
    void awaitPairing(MessageStream<Long> stream, Topic<Long> topic) {
        try {
            publishing.subscribe(topic, message -> {}).awaitPaired(LIMIT);
            stream.awaitPaired(LIMIT);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while " + stream + " paired", interrupted);
        }
    }

    @Override
    public void close() {
        publishing.close();
        reading.close();
    }
}
