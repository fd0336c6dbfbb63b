package io.chaski.streamer;

import static org.assertj.core.api.Assertions.assertThat;

import io.chaski.core.NodeBuilder;
import io.chaski.core.NodeEvent;
import io.chaski.core.Topic;
import io.chaski.core.Topology;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Messages that travel in parts, over real sockets. */
@DisplayName("Large messages")
class LargeMessagesIT extends LoopbackStreams {

    private static final int LARGE = 400_000;
    private static final int SMALL = 100;
    private static final int LARGEST_FRAME = 16 << 20;

    /** Less than the payload by the envelope. */
    private static final int LARGEST = LARGEST_FRAME - (16 << 10);

    private static final long A_PART_OF_THE_WAY = 1 << 20;

    /** What the operating system holds of it when nobody reads is less, and the message is longer. */
    private static final long MOST_OF_THE_WAY = 12 << 20;

    private ChaskiStreamer one;
    private ChaskiStreamer two;

    private void start(NodeBuilder first, NodeBuilder second) throws Exception {
        one = start(first.topology(Topology.MANUAL));
        two = start(second.topology(Topology.MANUAL));
        get(two.node().connect(one.node().addresses().get(0)));
    }

    private MessageStream<byte[]> open(Topic<byte[]> topic) throws InterruptedException {
        MessageStream<byte[]> stream = two.open(topic);
        pair(one, stream);
        return stream;
    }

    /** The bytes of a message follow from its topic and number. */
    private static byte[] payload(Topic<byte[]> topic, int number, int bytes) {
        byte[] payload = new byte[bytes];
        new Random(31L * topic.name().hashCode() + number).nextBytes(payload);
        return payload;
    }

    private CompletableFuture<Void> publishAll(Topic<byte[]> topic, int messages, int bytes) {
        return CompletableFuture.runAsync(() -> {
            for (int i = 0; i < messages; i++) {
                assertThat(one.push(topic, payload(topic, i, bytes)).isRejected())
                        .isFalse();
            }
        });
    }

    private static void assertAllRead(MessageStream<byte[]> stream, Topic<byte[]> topic, int messages, int bytes)
            throws InterruptedException {
        for (int i = 0; i < messages; i++) {
            Optional<byte[]> next = stream.poll(LIMIT).map(message -> message.payload());
            assertThat(next).as("message %s of %s", i, topic).isPresent();
            assertThat(Arrays.equals(next.get(), payload(topic, i, bytes)))
                    .as("message %s of %s is whole", i, topic)
                    .isTrue();
        }
        assertThat(stream.statistics().missing()).isZero();
    }

    @DisplayName("of several topics and small ones of others all arrive, whole and in order")
    @Test
    void several() throws Exception {
        start(builder("one"), builder("two"));
        List<Topic<byte[]>> large = List.of(Topic.bytes("large-1"), Topic.bytes("large-2"), Topic.bytes("large-3"));
        List<Topic<byte[]>> small = List.of(Topic.bytes("small-1"), Topic.bytes("small-2"));
        List<MessageStream<byte[]>> atTwo = new ArrayList<>();
        for (Topic<byte[]> topic : large) {
            atTwo.add(open(topic));
        }
        for (Topic<byte[]> topic : small) {
            atTwo.add(open(topic));
        }
        List<CompletableFuture<Void>> publishing = new ArrayList<>();
        large.forEach(topic -> publishing.add(publishAll(topic, 6, LARGE)));
        small.forEach(topic -> publishing.add(publishAll(topic, 1_000, SMALL)));
        for (int i = 0; i < large.size(); i++) {
            assertAllRead(atTwo.get(i), large.get(i), 6, LARGE);
        }
        for (int i = 0; i < small.size(); i++) {
            assertAllRead(atTwo.get(large.size() + i), small.get(i), 1_000, SMALL);
        }
        get(CompletableFuture.allOf(publishing.toArray(CompletableFuture<?>[]::new)));
    }

    @DisplayName("two of the largest size there may be do not close the edge")
    @Test
    void largest() throws Exception {
        List<NodeEvent> events = new CopyOnWriteArrayList<>();
        start(
                builder("one").maxFrame(LARGEST_FRAME).onEvent(events::add),
                builder("two").maxFrame(LARGEST_FRAME).onEvent(events::add));
        List<Topic<byte[]>> topics = List.of(Topic.bytes("one"), Topic.bytes("other"));
        List<MessageStream<byte[]>> atTwo = List.of(open(topics.get(0)), open(topics.get(1)));
        List<CompletableFuture<Void>> publishing =
                topics.stream().map(topic -> publishAll(topic, 1, LARGEST)).toList();
        for (int i = 0; i < 2; i++) {
            assertAllRead(atTwo.get(i), topics.get(i), 1, LARGEST);
            get(publishing.get(i));
        }
        assertThat(events).doesNotHaveAnyElementsOfTypes(NodeEvent.EdgeDown.class);
    }

    @DisplayName("let control frames and other topics through between their parts, while one is held up in its middle")
    @Test
    void betweenParts() throws Exception {
        // Longer than the path is held on a machine that is busy.
        one = start(
                builder("one").maxFrame(LARGEST_FRAME).topology(Topology.MANUAL).deadAfter(LIMIT));
        two = start(
                builder("two").maxFrame(LARGEST_FRAME).topology(Topology.MANUAL).deadAfter(LIMIT));
        Topic<byte[]> large = Topic.bytes("large");
        Topic<byte[]> small = Topic.bytes("small");
        try (HeldPath path = new HeldPath(one.node().addresses().get(0), Long.MAX_VALUE)) {
            get(two.node().connect(path.address()));
            MessageStream<byte[]> ofLarge = open(large);
            MessageStream<byte[]> ofSmall = open(small);
            path.allow(A_PART_OF_THE_WAY);
            CompletableFuture<Void> publishing = publishAll(large, 1, LARGEST);
            soon(() -> assertThat(path.carriedBytes()).isEqualTo(A_PART_OF_THE_WAY));

            CompletableFuture<Duration> ping = one.node().edges().get(0).ping();
            // Completes when it has been handed to the connection, as the ping before it has.
            get(one.publisher(small).publishAsync(payload(small, 0, SMALL)));
            path.allow(MOST_OF_THE_WAY);
            get(ping);
            assertAllRead(ofSmall, small, 1, SMALL);
            assertThat(path.carriedBytes()).isLessThanOrEqualTo(MOST_OF_THE_WAY);
            assertThat(ofLarge.poll(Duration.ZERO)).isEmpty();

            path.allow(Long.MAX_VALUE);
            assertAllRead(ofLarge, large, 1, LARGEST);
            get(publishing);
        }
    }
}
