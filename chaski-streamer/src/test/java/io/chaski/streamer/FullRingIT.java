package io.chaski.streamer;

import static org.assertj.core.api.Assertions.assertThat;

import io.chaski.core.Message;
import io.chaski.core.NodeEvent;
import io.chaski.core.NodeId;
import io.chaski.core.Receipt;
import io.chaski.core.Subscription;
import io.chaski.core.Topic;
import io.chaski.core.Topology;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.LongStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Four nodes of which each has an edge to the next, the last to the first; all publish and all read one topic. */
@DisplayName("A ring of full buffers")
class FullRingIT extends LoopbackStreams {

    private static final Topic<byte[]> T = Topic.bytes("t");
    private static final byte[] PAYLOAD = new byte[16 << 10];
    private static final int NODES = 4;
    private static final int CAPACITY = 16;
    private static final int PUBLISHED_WHILE_FULL = 100;

    /** Nobody is given up while the buffers fill, however slow the machine is. */
    private static final Duration PATIENCE = LIMIT.multipliedBy(4);

    private final List<ChaskiStreamer> ring = new ArrayList<>();
    private final List<MessageStream<byte[]>> streams = new ArrayList<>();
    private final Map<ChaskiStreamer, Integer> accepted = new HashMap<>();
    private final Queue<NodeEvent> losses = new ConcurrentLinkedQueue<>();

    private void startRing() throws Exception {
        for (int i = 0; i < NODES; i++) {
            ring.add(start(builder("n" + i)
                    .topology(Topology.MANUAL)
                    .slowConsumerTimeout(PATIENCE)
                    .onEvent(this::onEvent)));
        }
        for (int i = 0; i < NODES; i++) {
            get(ring.get(i)
                    .node()
                    .connect(ring.get((i + 1) % NODES).node().addresses().get(0)));
        }
        for (ChaskiStreamer streamer : ring) {
            streams.add(
                    streamer.open(T, QueueOptions.builder().capacity(CAPACITY).build()));
        }
        for (int i = 0; i < NODES; i++) {
            Subscription neighbours = ring.get(i).node().subscribe(Topic.bytes(T.name()), message -> {});
            neighbours.awaitSubscribers(2, LIMIT);
            neighbours.close();
        }
    }

    private void onEvent(NodeEvent event) {
        if (event instanceof NodeEvent.SlowConsumer
                || event instanceof NodeEvent.CutOff
                || event instanceof NodeEvent.EdgeDown) {
            losses.add(event);
        }
    }

    /** Until no queue has room and every publisher is told to wait. */
    private void fill() {
        soon(() -> {
            for (ChaskiStreamer streamer : ring) {
                offerAll(streamer);
            }
            assertThat(streams)
                    .allSatisfy(
                            stream -> assertThat(stream.statistics().queued()).isGreaterThanOrEqualTo(CAPACITY));
            for (ChaskiStreamer streamer : ring) {
                assertThat(offer(streamer)).isEqualTo(Receipt.Status.NO_CREDIT);
            }
        });
    }

    private void offerAll(ChaskiStreamer streamer) {
        Receipt.Status status = offer(streamer);
        while (status == Receipt.Status.ACCEPTED) {
            status = offer(streamer);
        }
    }

    private Receipt.Status offer(ChaskiStreamer streamer) {
        Receipt receipt = streamer.publisher(T).offer(PAYLOAD);
        accepted.merge(streamer, receipt.isRejected() ? 0 : 1, Integer::sum);
        return receipt.status();
    }

    @DisplayName("comes through by itself when its members read: each gets everything of each other, in order")
    @Test
    void resolves() throws Exception {
        startRing();
        fill();
        List<CompletableFuture<Void>> publishing = ring.stream()
                .map(streamer -> CompletableFuture.runAsync(() -> {
                    for (int i = 0; i < PUBLISHED_WHILE_FULL; i++) {
                        assertThat(streamer.push(T, PAYLOAD).isRejected()).isFalse();
                    }
                }))
                .toList();

        List<Map<NodeId, List<Long>>> heard = new ArrayList<>();
        for (MessageStream<byte[]> stream : streams) {
            assertThat(stream.statistics().delivered()).as("read before").isZero();
            Map<NodeId, List<Long>> byOrigin = new ConcurrentHashMap<>();
            heard.add(byOrigin);
            stream.onItem(message -> note(message, byOrigin));
        }

        for (CompletableFuture<Void> publisher : publishing) {
            get(publisher);
        }
        for (int i = 0; i < NODES; i++) {
            Map<NodeId, List<Long>> expected = new HashMap<>();
            for (ChaskiStreamer other : ring) {
                if (other != ring.get(i)) {
                    expected.put(other.node().id(), numbersTo(accepted.get(other) + PUBLISHED_WHILE_FULL));
                }
            }
            Map<NodeId, List<Long>> atThis = heard.get(i);
            soon(() -> assertThat(atThis.values().stream().mapToInt(List::size).sum())
                    .isEqualTo(expected.values().stream().mapToInt(List::size).sum()));
            assertThat(atThis).isEqualTo(expected);
            assertThat(streams.get(i).statistics().missing()).isZero();
        }
        assertThat(losses).isEmpty();
        System.out.println("measured: a full ring held " + accepted.values() + " messages of 16 KiB of its publishers");
    }

    private static void note(Message<byte[]> message, Map<NodeId, List<Long>> byOrigin) {
        byOrigin.computeIfAbsent(message.origin(), origin -> new ArrayList<>()).add(message.sequence());
    }

    private static List<Long> numbersTo(long last) {
        return LongStream.rangeClosed(1, last).boxed().toList();
    }
}
