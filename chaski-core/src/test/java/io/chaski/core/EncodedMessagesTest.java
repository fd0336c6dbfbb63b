package io.chaski.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chaski.core.codec.CodecException;
import io.chaski.core.internal.module.ModuleMessages;
import io.chaski.core.internal.module.ModuleMessages.Encoded;
import io.chaski.core.internal.module.ModuleMessages.Published;
import io.chaski.core.internal.module.ModuleNode;
import io.chaski.core.security.policy.AccessDeniedException;
import io.chaski.core.security.policy.Policy;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;

/** What modules that keep messages have of a node. */
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class EncodedMessagesTest extends LoopbackNodes {

    private static final PublishOptions KEYED =
            PublishOptions.builder().key("k").header("trace", "7").build();

    private final ChaskiNode publisher = start("publisher");
    private final ModuleMessages out = ModuleNode.of(publisher).messages();

    private static Message<byte[]> next(PulledSubscription<byte[]> subscription) throws InterruptedException {
        Delivery<byte[]> delivery = subscription.poll(LIMIT).orElseThrow();
        return ((Delivery.Received<byte[]>) delivery).message();
    }

    @Test
    void are_taken_as_they_travel_and_read_later() throws Exception {
        ChaskiNode keeper = startNextTo(publisher, "keeper");
        ModuleMessages in = ModuleNode.of(keeper).messages();
        PulledSubscription<byte[]> kept = in.pull(TEXT, SubscribeOptions.DEFAULTS);
        BlockingQueue<Message<String>> heard = new LinkedBlockingQueue<>();
        keeper.subscribe(TEXT, heard::add);
        publisher.subscribe(TEXT, message -> {}).awaitSubscribers(1, LIMIT);

        publisher.publish(TEXT, "hello", KEYED);

        Message<byte[]> body = next(kept);
        Message<String> live = heard.poll(LIMIT.toSeconds(), TimeUnit.SECONDS);
        Message<String> read = in.read(TEXT, body.origin(), body.epoch(), body.sequence(), body.payload());
        assertThat(read)
                .usingRecursiveComparison()
                .ignoringFields("hops", "originVerified")
                .isEqualTo(live);
        assertThat(read.hops()).isZero();
        assertThat(read.originVerified()).isFalse();
    }

    @Test
    void are_published_under_a_number_that_the_publisher_knows() throws Exception {
        ChaskiNode subscriber = startNextTo(publisher, "subscriber");
        BlockingQueue<Message<String>> heard = new LinkedBlockingQueue<>();
        subscriber.subscribe(TEXT, heard::add);
        publisher.subscribe(TEXT, message -> {}).awaitSubscribers(1, LIMIT);
        Encoded message = out.encode(TEXT, "hello", KEYED).orElseThrow();

        Published published = out.publish(TEXT, message, KEYED).get(LIMIT.toSeconds(), TimeUnit.SECONDS);

        Message<String> live = heard.poll(LIMIT.toSeconds(), TimeUnit.SECONDS);
        assertThat(live.payload()).isEqualTo("hello");
        assertThat(live.epoch()).isEqualTo(published.epoch());
        assertThat(live.sequence()).isEqualTo(published.receipt().sequence());
        assertThat(live.timestamp()).isEqualTo(message.timestamp());
        assertThat(out.timestamp(message.body())).isEqualTo(message.timestamp());
        assertThat(live.key()).isEqualTo(Optional.of("k"));
    }

    @Test
    void that_are_too_large_are_not_made() {
        assertThat(out.encode(Topic.bytes("t"), new byte[2 << 20], PublishOptions.NONE))
                .isEmpty();
    }

    @Test
    void need_what_others_need() {
        ChaskiNode nobody = start(builder("nobody").policy(Policy.parse("{\"version\":1,\"roles\":{}}")));
        ModuleMessages denied = ModuleNode.of(nobody).messages();

        assertThatThrownBy(() -> denied.pull(TEXT, SubscribeOptions.DEFAULTS))
                .isInstanceOf(AccessDeniedException.class);
        assertThatThrownBy(() -> denied.encode(TEXT, "x", PublishOptions.NONE))
                .isInstanceOf(AccessDeniedException.class);
        assertThatThrownBy(() -> out.pull(Topic.text("s").signed(true), SubscribeOptions.DEFAULTS))
                .isInstanceOf(ConfigurationException.class);
    }

    @Test
    void may_be_published_if_that_is_allowed_when_it_is_done() {
        Encoded message = out.encode(TEXT, "x", PublishOptions.NONE).orElseThrow();
        publisher.access().update(Policy.parse("{\"version\":1,\"roles\":{}}"));

        assertThatThrownBy(() -> out.publish(TEXT, message, PublishOptions.NONE))
                .isInstanceOf(AccessDeniedException.class);
    }

    @Test
    void that_are_none_are_not_read() {
        byte[] garbage = {(byte) 0xff};
        byte[] notText = out.encode(Topic.bytes("t"), new byte[1], PublishOptions.NONE)
                .orElseThrow()
                .body();

        assertThatThrownBy(() -> out.read(TEXT, publisher.id(), 1, 1, garbage)).isInstanceOf(CodecException.class);
        assertThatThrownBy(() -> out.timestamp(garbage)).isInstanceOf(CodecException.class);
        assertThatThrownBy(() -> out.read(Topic.of("t", Integer.class), publisher.id(), 1, 1, notText))
                .isInstanceOf(CodecException.class);
    }

    @Test
    void move_the_clock_when_they_come_another_way() {
        HybridTimestamp now = out.now();
        HybridTimestamp later =
                HybridTimestamp.ofPacked(now.packed() + (Duration.ofMinutes(1).toMillis() << 16));
        HybridTimestamp nonsense =
                HybridTimestamp.ofPacked(now.packed() + (Duration.ofHours(1).toMillis() << 16));

        assertThat(out.observe(later)).isTrue();
        assertThat(out.observe(nonsense)).isFalse();
        assertThat(out.now()).isGreaterThan(later).isLessThan(nonsense);
    }
}
