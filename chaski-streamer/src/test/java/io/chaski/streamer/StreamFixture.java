package io.chaski.streamer;

import io.chaski.core.Delivery;
import io.chaski.core.PublishOptions;
import io.chaski.core.Topic;
import io.chaski.testkit.ChaskiNetwork;
import io.chaski.testkit.Layout;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;

/** Two nodes side by side in virtual time: {@code a} publishes, {@code b} reads. The test is the only thread. */
abstract class StreamFixture {

    static final Topic<String> TEXT = Topic.text("t");
    static final Duration SOON = Duration.ofSeconds(5);

    final ChaskiNetwork net =
            ChaskiNetwork.builder().nodes("a", "b").topology(Layout.LINE).start();
    final ChaskiStreamer a = ChaskiStreamer.on(net.node("a"));
    final ChaskiStreamer b = ChaskiStreamer.on(net.node("b"));

    @AfterEach
    void closeNetwork() {
        net.close();
    }

    /** Until what {@code a} publishes goes to {@code b} at once. */
    void pair(TopicStream<?> stream) throws InterruptedException {
        a.node().subscribe(Topic.text(stream.topic()), message -> {}).awaitPaired(SOON);
        stream.awaitPaired(SOON);
    }

    void push(String... texts) {
        for (String text : texts) {
            a.push(TEXT, text);
        }
    }

    static PublishOptions.Builder message() {
        return PublishOptions.builder();
    }

    /** What a stream gives now, in a few words. */
    static List<String> take(MessageStream<String> stream) throws InterruptedException {
        List<String> taken = new ArrayList<>();
        for (var next = stream.poll(SOON); next.isPresent(); next = stream.poll(SOON)) {
            taken.add(next.get().payload());
        }
        return taken;
    }

    static List<String> takeDeliveries(TopicStream<Delivery<String>> stream) throws InterruptedException {
        List<String> taken = new ArrayList<>();
        for (Optional<Delivery<String>> next = stream.poll(SOON); next.isPresent(); next = stream.poll(SOON)) {
            taken.add(word(next.get()));
        }
        return taken;
    }

    private static String word(Delivery<String> delivery) {
        if (delivery instanceof Delivery.Received<String> received) {
            return received.message().payload();
        }
        if (delivery instanceof Delivery.Missed<String> missed) {
            return "missed " + missed.gap().from() + " to " + missed.gap().to();
        }
        return "dropped " + ((Delivery.Dropped<String>) delivery).messages();
    }
}
