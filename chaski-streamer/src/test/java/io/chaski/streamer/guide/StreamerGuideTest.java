package io.chaski.streamer.guide;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.chaski.core.ChaskiNode;
import io.chaski.core.Delivery;
import io.chaski.core.Message;
import io.chaski.core.OverflowPolicy;
import io.chaski.core.PublishOptions;
import io.chaski.core.Receipt;
import io.chaski.core.Topic;
import io.chaski.core.TypeRef;
import io.chaski.streamer.ChaskiStreamer;
import io.chaski.streamer.MessageStream;
import io.chaski.streamer.PublishingSubscriber;
import io.chaski.streamer.QueueOptions;
import io.chaski.streamer.TopicPublisher;
import io.chaski.streamer.TopicStream;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Flow;
import java.util.concurrent.SubmissionPublisher;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;
import org.reactivestreams.FlowAdapters;
import org.reactivestreams.Publisher;
import org.reactivestreams.Subscriber;

/** The code in docs/streamer.md. */
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class StreamerGuideTest {

    private static final Duration LIMIT = Duration.ofSeconds(30);

    record Reading(String sensor, double celsius) {}

    private final Topic<Reading> readings = Topic.of("sensors/temperature", Reading.class);
    private final List<Reading> stored = new CopyOnWriteArrayList<>();
    private ChaskiNode mill;
    private ChaskiNode node;

    @BeforeEach
    void startNodes() {
        node = ChaskiNode.builder().name("archive").start();
        mill = ChaskiNode.builder()
                .name("mill")
                .bootstrap(node.addresses().get(0))
                .start();
        mill.subscribe(readings, message -> {});
    }

    @AfterEach
    void closeNodes() {
        mill.close();
        node.close();
    }

    private void store(Reading reading) {
        stored.add(reading);
    }

    /** Three readings reach the stream, whatever reads it. */
    private void measureThree(TopicStream<?> in) throws InterruptedException {
        in.awaitPaired(LIMIT);
        TopicPublisher<Reading> out = ChaskiStreamer.on(mill).publisher(readings);
        for (double celsius : new double[] {21.5, 22.5, 23.5}) {
            assertThat(out.publish(new Reading("mill-7", celsius)).isRejected()).isFalse();
        }
    }

    private void awaitStored(int count) {
        await().atMost(LIMIT).until(() -> stored.size() == count);
    }

    @Test
    void a_loop_waits() throws InterruptedException {
        Thread reader = new Thread(() -> {
            // #region loop
            ChaskiStreamer streamer = ChaskiStreamer.on(node);
            try (MessageStream<Reading> in = streamer.open(readings)) {
                for (Message<Reading> message : in) {
                    store(message.payload());
                }
            }
            // #endregion
        });
        reader.start();
        await().atMost(LIMIT).until(() -> !node.subscriptions().isEmpty());
        node.subscriptions().get(0).awaitPaired(LIMIT);
        TopicPublisher<Reading> out = ChaskiStreamer.on(mill).publisher(readings);
        out.publish(new Reading("mill-7", 21.5));
        awaitStored(1);
        reader.interrupt();
        reader.join(LIMIT.toMillis());
        assertThat(reader.isAlive()).isFalse();
        assertThat(node.subscriptions()).isEmpty();
    }

    @Test
    void a_poll_waits_for_a_while() throws InterruptedException {
        ChaskiStreamer streamer = ChaskiStreamer.on(node);
        try (MessageStream<Reading> in = streamer.open(readings)) {
            measureThree(in);
            // #region poll
            Optional<Message<Reading>> next = in.poll(Duration.ofSeconds(5));
            // #endregion
            assertThat(next.map(Message::payload)).contains(new Reading("mill-7", 21.5));
        }
    }

    @Test
    void a_loop_is_a_stream_of_the_jdk() throws InterruptedException {
        ChaskiStreamer streamer = ChaskiStreamer.on(node);
        try (MessageStream<Reading> in = streamer.open(readings)) {
            measureThree(in);
            // #region jdk
            List<Double> hot = StreamSupport.stream(in.spliterator(), false)
                    .map(Message::payload)
                    .filter(reading -> reading.celsius() > 22)
                    .map(Reading::celsius)
                    .limit(2)
                    .toList();
            // #endregion
            assertThat(hot).containsExactly(22.5, 23.5);
        }
    }

    @Test
    void a_handler_is_called() throws InterruptedException {
        ChaskiStreamer streamer = ChaskiStreamer.on(node);
        // #region handler
        MessageStream<Reading> in = streamer.open(readings);
        in.onItem(message -> store(message.payload()));
        CompletableFuture<Void> ended = in.closed().thenRun(() -> System.out.println("no more readings"));
        // #endregion
        measureThree(in);
        awaitStored(3);
        in.close();
        assertThat(ended).succeedsWithin(LIMIT);
    }

    @Test
    void a_subscriber_requests() throws InterruptedException {
        ChaskiStreamer streamer = ChaskiStreamer.on(node);
        // #region subscriber
        MessageStream<Reading> in = streamer.open(readings);
        in.subscribe(new Flow.Subscriber<>() {
            private Flow.Subscription subscription;

            @Override
            public void onSubscribe(Flow.Subscription given) {
                subscription = given;
                subscription.request(1);
            }

            @Override
            public void onNext(Message<Reading> message) {
                store(message.payload());
                subscription.request(1);
            }

            @Override
            public void onError(Throwable failure) {
                failure.printStackTrace();
            }

            @Override
            public void onComplete() {
                System.out.println("no more readings");
            }
        });
        // #endregion
        measureThree(in);
        awaitStored(3);
    }

    @Test
    void what_is_mapped_and_filtered_goes_to_another_topic() throws InterruptedException {
        ChaskiStreamer streamer = ChaskiStreamer.on(node);
        MessageStream<Reading> in = streamer.open(readings);
        Topic<Double> hot = Topic.of("hot", Double.class);
        try (MessageStream<Double> heard = ChaskiStreamer.on(mill).open(hot)) {
            // #region processor
            Flow.Publisher<Double> temperatures = new Mapped<>(
                    in, m -> m.payload().celsius() > 22, m -> m.payload().celsius());
            PublishingSubscriber<Double> sink = streamer.publisher(hot).subscriber();
            temperatures.subscribe(sink);
            // #endregion
            measureThree(in);
            assertThat(heard.poll(LIMIT).orElseThrow().payload()).isEqualTo(22.5);
            assertThat(heard.poll(LIMIT).orElseThrow().payload()).isEqualTo(23.5);
            in.close();
            assertThat(sink.done()).succeedsWithin(LIMIT);
        }
    }

    @Test
    void libraries_of_reactive_streams_take_it_through_the_adapter() throws InterruptedException {
        ChaskiStreamer streamer = ChaskiStreamer.on(node);
        MessageStream<Reading> in = streamer.open(readings);
        Topic<Reading> copy = Topic.of("copy", Reading.class);
        TopicPublisher<Reading> out = streamer.publisher(copy);
        try (MessageStream<Reading> heard = ChaskiStreamer.on(mill).open(copy)) {
            // #region adapter
            Publisher<Message<Reading>> source = FlowAdapters.toPublisher(in); // both of org.reactivestreams
            Subscriber<Reading> sink = FlowAdapters.toSubscriber(out.subscriber());
            // #endregion
            new Mapped<>(FlowAdapters.toFlowPublisher(source), m -> true, Message::payload)
                    .subscribe(FlowAdapters.toFlowSubscriber(sink));
            measureThree(in);
            for (double celsius : new double[] {21.5, 22.5, 23.5}) {
                assertThat(heard.poll(LIMIT).orElseThrow().payload().celsius()).isEqualTo(celsius);
            }
        }
    }

    @Test
    void maps_are_payloads() throws InterruptedException {
        ChaskiStreamer streamer = ChaskiStreamer.on(mill);
        // #region map
        Topic<Map<String, Double>> halls = Topic.of("halls", new TypeRef<Map<String, Double>>() {});
        streamer.push(halls, Map.of("north", 21.5, "south", 22.5));
        // #endregion
        try (MessageStream<Map<String, Double>> in = ChaskiStreamer.on(node).open(halls)) {
            assertThat(in.poll(LIMIT).orElseThrow().payload()).containsEntry("north", 21.5);
        }
    }

    @Test
    void one_verb_has_three_styles() throws InterruptedException {
        MessageStream<Reading> in = ChaskiStreamer.on(node).open(readings);
        in.awaitPaired(LIMIT);
        Reading reading = new Reading("mill-7", 21.5);
        // #region publish
        ChaskiStreamer streamer = ChaskiStreamer.on(mill);
        TopicPublisher<Reading> out = streamer.publisher(readings);

        Receipt sent = out.publish(reading); // waits while subscribers take no more
        Receipt tried = out.offer(reading); // answers at once; rejected if somebody would have to be waited for
        CompletableFuture<Receipt> later = out.publishAsync(reading); // completes when it need not wait

        streamer.push(readings, reading); // short for publisher(readings).publish(reading)
        // #endregion
        // #region options
        PublishOptions about =
                PublishOptions.builder().key("mill-7").header("unit", "celsius").build();
        out.with(about).publish(reading);
        // #endregion
        assertThat(sent.isRejected() || tried.isRejected()).isFalse();
        assertThat(later).succeedsWithin(LIMIT).matches(receipt -> !receipt.isRejected());
        for (int i = 0; i < 5; i++) {
            assertThat(in.poll(LIMIT)).isPresent();
        }
    }

    @Test
    void a_subscriber_publishes() throws InterruptedException {
        MessageStream<Reading> in = ChaskiStreamer.on(node).open(readings);
        in.awaitPaired(LIMIT);
        TopicPublisher<Reading> out = ChaskiStreamer.on(mill).publisher(readings);
        // #region publishing
        PublishingSubscriber<Reading> sink = out.subscriber();
        try (SubmissionPublisher<Reading> sensor = new SubmissionPublisher<>()) {
            sensor.subscribe(sink);
            sensor.submit(new Reading("mill-7", 21.5));
        }
        sink.done().join(); // the node has accepted everything; or throws PublishRejectedException
        // #endregion
        assertThat(in.poll(LIMIT)).isPresent();
    }

    @Test
    void deliveries_tell_what_is_missing() throws InterruptedException {
        ChaskiStreamer streamer = ChaskiStreamer.on(node);
        List<String> told = new CopyOnWriteArrayList<>();
        // #region deliveries
        QueueOptions newest = QueueOptions.builder()
                .capacity(100)
                .overflow(OverflowPolicy.DROP_OLDEST)
                .key("mill-7")
                .build();
        TopicStream<Delivery<Reading>> in = streamer.openDeliveries(readings, newest);
        in.onItem(delivery -> {
            if (delivery instanceof Delivery.Received<Reading> received) {
                store(received.message().payload());
            } else if (delivery instanceof Delivery.Missed<Reading> missed) {
                told.add(missed.gap().count() + " messages could not be repaired in time");
            } else if (delivery instanceof Delivery.Dropped<Reading> dropped) {
                told.add(dropped.messages() + " messages did not fit the queue");
            }
        });
        // #endregion
        in.awaitPaired(LIMIT);
        ChaskiStreamer.on(mill)
                .publisher(readings)
                .with(PublishOptions.builder().key("mill-7").build())
                .publish(new Reading("mill-7", 21.5));
        awaitStored(1);
        assertThat(told).isEmpty();
    }
}
