package io.chaski.core.internal.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import io.chaski.core.Message;
import io.chaski.core.NodeEvent;
import io.chaski.core.NodeId;
import io.chaski.core.Presence;
import io.chaski.core.SubscribeOptions;
import io.chaski.core.Topic;
import io.chaski.core.codec.CodecRegistry;
import io.chaski.core.internal.protocol.Names;
import io.chaski.core.internal.protocol.Source;
import io.chaski.core.internal.wire.ArrayPayload;
import io.chaski.core.internal.wire.MessageBody;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;

/** Subscriptions of the topic {@code t} on a loop and an executor that the test drives. */
abstract class SubscriptionFixture {

    static final NodeId ORIGIN = new NodeId(7, 7);
    static final Topic<String> TEXT = Topic.text("t");
    static final long WALL_MILLIS = 1_000_000_000L;

    final FakeNodeLoop loop = new FakeNodeLoop();
    final ManualExecutor executor = new ManualExecutor();
    final Callbacks callbacks = Callbacks.on(executor, loop::nanoTime);
    final EventBus bus = new EventBus(callbacks);
    final HybridClock clock = new HybridClock(() -> WALL_MILLIS);
    final List<NodeEvent> events = new ArrayList<>();
    final SubscriptionContext context = new SubscriptionContext(
            "fake",
            loop,
            callbacks,
            bus,
            CodecRegistry.BUILT_IN,
            clock,
            new Pace(1, 0),
            new SubscriptionContext.Counts());
    /** Hears the announcements of this node. */
    Runnable announced = () -> {};

    final LocalTopics topics = new LocalTopics(name -> new LocalTopic(
            name,
            loop,
            new PresenceView(
                    name,
                    new Presence.Member(new NodeId(0, 1), "fake"),
                    loop,
                    callbacks,
                    bus,
                    clock,
                    new Random(1),
                    (protocol, topic, body, nowNanos) -> announced.run())));
    final Names names = new Names();
    final Source source = names.retainSource(names.retainTopic("t"), ORIGIN, 9, Source.MESSAGES);
    final List<String> heard = new ArrayList<>();

    @BeforeEach
    void listenToEvents() {
        bus.listen(events::add);
        executor.runAll();
    }

    ActiveSubscription<String> subscribe(SubscribeOptions.Builder options) {
        return subscribe(TEXT, options, message -> heard.add(message.payload()));
    }

    <T> ActiveSubscription<T> subscribe(
            Topic<T> topic, SubscribeOptions.Builder options, java.util.function.Consumer<? super Message<T>> handler) {
        ActiveSubscription<T> subscription = topics.register(
                topic.name(), home -> new PushedSubscription<>(topic, handler, options.build(), home, context));
        assertThat(subscription.join()).isTrue();
        loop.run();
        return subscription;
    }

    WaitingSubscription<String> pull(SubscribeOptions.Builder options) {
        WaitingSubscription<String> subscription = topics.register(
                "t",
                home -> new WaitingSubscription<>(TEXT, Decoding.of(TEXT, context), options.build(), home, context));
        assertThat(subscription.join()).isTrue();
        loop.run();
        return subscription;
    }

    static SubscribeOptions.Builder options() {
        return SubscribeOptions.builder();
    }

    void deliver(long sequence, String text) {
        deliver(sequence, MessageBody.TEXT, text.getBytes(java.nio.charset.StandardCharsets.UTF_8));
    }

    void deliver(long sequence, String contentType, byte[] payload) {
        MessageBody body = new MessageBody(
                contentType, clock.next(), "mill", "key", Map.of("h", "1"), ArrayPayload.owning(payload));
        loop.inLoop((protocol, nowNanos) -> topics.deliver(source, sequence, 2, true, body.encode()));
    }

    void gap(long from, long to) {
        loop.inLoop((protocol, nowNanos) -> topics.deliverGap(source, from, to));
    }

    void neighbours(int count) {
        loop.inLoop((protocol, nowNanos) -> local().onNeighbours(count));
    }

    LocalTopic local() {
        LocalTopic local = topics.find("t");
        assertThat(local).isNotNull();
        return local;
    }
}
