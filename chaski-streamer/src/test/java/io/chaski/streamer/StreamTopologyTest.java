package io.chaski.streamer;

import static org.assertj.core.api.Assertions.assertThat;

import io.chaski.core.Delivery;
import io.chaski.core.Receipt;
import io.chaski.core.Topic;
import io.chaski.testkit.ChaskiNetwork;
import io.chaski.testkit.Layout;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Streams over several edges, in virtual time. */
@DisplayName("S05: messages reach all subscribers over any number of hops")
class StreamTopologyTest {

    private static final Topic<String> TEXT = Topic.text("t");
    private static final Duration SOON = Duration.ofSeconds(5);
    private static final List<String> SIX =
            IntStream.range(0, 6).mapToObj(i -> "test" + i).toList();

    private ChaskiNetwork net;
    private List<MessageStream<String>> streams;

    @AfterEach
    void closeNetwork() {
        net.close();
    }

    private List<ChaskiStreamer> start(Layout layout, int nodes) {
        net = ChaskiNetwork.builder()
                .nodes(IntStream.range(0, nodes).mapToObj(i -> "n" + i).toArray(String[]::new))
                .topology(layout)
                .start();
        return net.nodes().stream().map(ChaskiStreamer::on).toList();
    }

    private void openAll(List<ChaskiStreamer> streamers) {
        streams = streamers.stream().map(streamer -> streamer.open(TEXT)).toList();
        net.advance(SOON);
    }

    private static List<String> take(MessageStream<String> stream) throws InterruptedException {
        List<String> taken = new ArrayList<>();
        for (var next = stream.poll(SOON); next.isPresent(); next = stream.poll(SOON)) {
            taken.add(next.get().payload());
        }
        return taken;
    }

    @DisplayName("U-STR-1, U-STR-4: in a line each one received triggers the next push, in order, once")
    @ParameterizedTest(name = "{0}")
    @EnumSource(Direction.class)
    void line(Direction direction) throws InterruptedException {
        List<ChaskiStreamer> streamers = start(Layout.LINE, 6);
        openAll(streamers);
        int from = direction == Direction.FORTH ? 0 : 5;
        MessageStream<String> far = streams.get(5 - from);
        List<String> heard = new ArrayList<>();
        for (String text : SIX) {
            streamers.get(from).push(TEXT, text);
            heard.add(far.poll(SOON).orElseThrow().payload());
        }
        assertThat(heard).isEqualTo(SIX);
        assertThat(far.poll(SOON)).isEmpty();
        for (int between = 1; between < 5; between++) {
            assertThat(take(streams.get(between))).as("node %s", between).isEqualTo(SIX);
        }
        assertThat(take(streams.get(from))).as("its own messages").isEmpty();
    }

    enum Direction {
        FORTH,
        BACK
    }

    @DisplayName("in a ring and in a mesh each message comes once and in order")
    @ParameterizedTest(name = "{0}")
    @EnumSource(names = {"RING", "MESH"})
    void once(Layout layout) throws InterruptedException {
        List<ChaskiStreamer> streamers = start(layout, 5);
        openAll(streamers);
        List<String> sent = IntStream.range(0, 100).mapToObj(i -> "m" + i).toList();
        for (String text : sent) {
            streamers.get(0).push(TEXT, text);
            net.advance(Duration.ofMillis(1));
        }
        for (int node = 1; node < 5; node++) {
            assertThat(take(streams.get(node))).as("node %s", node).isEqualTo(sent);
        }
    }

    @DisplayName("through a root that relays and does not subscribe, between two that cannot reach each other")
    @Test
    void relay() throws InterruptedException {
        net = ChaskiNetwork.builder()
                .node("root", options -> options.relay())
                .nodes("a", "b")
                .topology(Layout.AUTOMATIC)
                .start();
        net.partition("a | b");
        ChaskiStreamer a = ChaskiStreamer.on(net.node("a"));
        ChaskiStreamer b = ChaskiStreamer.on(net.node("b"));
        openAll(List.of(a, b));
        net.advance(Duration.ofMinutes(1));
        for (String text : SIX) {
            a.push(TEXT, text);
        }
        assertThat(take(streams.get(1))).isEqualTo(SIX);
        for (String text : SIX) {
            b.push(TEXT, text);
        }
        assertThat(take(streams.get(0))).isEqualTo(SIX);
        assertThat(net.node("root").subscriptions()).isEmpty();
    }

    @DisplayName("a stream that takes nothing at the end of a line makes the publisher wait, and nothing is lost")
    @Test
    void backPressureOverHops() throws InterruptedException {
        List<ChaskiStreamer> streamers = start(Layout.LINE, 4);
        for (ChaskiStreamer between : streamers.subList(1, 3)) {
            between.open(TEXT).onItem(message -> {});
        }
        streamers.get(0).node().subscribe(TEXT, message -> {});
        TopicStream<Delivery<String>> slow = streamers
                .get(3)
                .openDeliveries(TEXT, QueueOptions.builder().capacity(64).build());
        net.advance(SOON);
        TopicPublisher<String> out = streamers.get(0).publisher(TEXT);
        String text = "x".repeat(1 << 10);
        int published = 0;
        while (!out.offer(text).isRejected()) {
            assertThat(++published).isLessThan(10_000);
            net.advance(Duration.ofMillis(1));
        }
        for (long sequence = 1; sequence <= published; sequence++) {
            Optional<Delivery<String>> next = slow.poll(SOON);
            assertThat(next).get().isInstanceOf(Delivery.Received.class);
            assertThat(((Delivery.Received<String>) next.orElseThrow())
                            .message()
                            .sequence())
                    .isEqualTo(sequence);
        }
        assertThat(out.offer(text).isRejected()).isFalse();
    }

    @DisplayName("X-13: a message for nobody is kept, its receipt says for how long, and whoever comes in time gets it")
    @Test
    void nobodyThere() throws InterruptedException {
        List<ChaskiStreamer> streamers = start(Layout.LINE, 2);
        Receipt receipt = streamers.get(0).push(TEXT, "early");
        assertThat(receipt.status()).isEqualTo(Receipt.Status.KEPT);
        assertThat(receipt.neighbours()).isZero();
        assertThat(receipt.keptFor()).isPositive();
        MessageStream<String> late = streamers.get(1).open(TEXT);
        assertThat(late.poll(receipt.keptFor()).orElseThrow().payload()).isEqualTo("early");
    }
}
