package io.chaski.core.acceptance;

import static io.chaski.core.acceptance.TestNodes.connect;
import static io.chaski.core.acceptance.TestNodes.soon;
import static io.chaski.core.acceptance.TestNodes.until;
import static org.assertj.core.api.Assertions.assertThat;

import io.chaski.core.ChaskiNode;
import io.chaski.core.NodeEvent;
import io.chaski.core.OverflowPolicy;
import io.chaski.core.PublishOptions;
import io.chaski.core.Receipt;
import io.chaski.core.SubscribeOptions;
import io.chaski.core.Topic;
import io.chaski.core.Topology;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Semaphore;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("Flow control")
class FlowControlIT {

    private static final Topic<byte[]> T = Topic.bytes("flow");
    private static final byte[] KIBIBYTE = new byte[1 << 10];

    /** More than all queues on the way hold. */
    private static final int MANY = 8_000;

    private static final PublishOptions AT_ONCE =
            PublishOptions.builder().patience(Duration.ZERO).build();

    private final TestNodes nodes = new TestNodes();
    private final Queue<Long> taken = new ConcurrentLinkedQueue<>();
    private final Queue<NodeEvent.Gap> gaps = new ConcurrentLinkedQueue<>();
    private final Queue<NodeEvent> events = new ConcurrentLinkedQueue<>();

    /** The consumer takes as many messages as there are permits. */
    private final Semaphore appetite = new Semaphore(0);

    private ChaskiNode publisher;
    private ChaskiNode subscriber;

    @BeforeEach
    void pair() throws Exception {
        publisher = start("publisher", Duration.ofSeconds(30));
        subscriber = start("subscriber", Duration.ofSeconds(30));
        subscribe();
        connect(publisher, subscriber);
    }

    private ChaskiNode start(String name, Duration slowConsumerTimeout) {
        return nodes.add(nodes.builder(name)
                .topology(Topology.MANUAL)
                .slowConsumerTimeout(slowConsumerTimeout)
                .onEvent(events::add)
                .start());
    }

    private void subscribe() {
        SubscribeOptions waiting = SubscribeOptions.builder()
                .overflow(OverflowPolicy.BLOCK)
                .capacity(64)
                .onGap(gaps::add)
                .build();
        subscriber.subscribe(
                T,
                message -> {
                    appetite.acquireUninterruptibly();
                    taken.add(message.sequence());
                },
                waiting);
    }

    @AfterEach
    void closeAll() {
        appetite.release(1 << 20);
        nodes.close();
    }

    /** Publishes until subscribers take no more; returns how many that were. */
    private int fill() {
        int published = 0;
        while (publisher.publish(T, KIBIBYTE, AT_ONCE).status() != Receipt.Status.NO_CREDIT) {
            assertThat(++published).isLessThan(MANY);
        }
        return published;
    }

    /** Everything that was published arrives, each message once and in order. */
    private void expectAll(Queue<Long> arrived, int atLeast) {
        until(() -> assertThat(arrived).hasSizeGreaterThanOrEqualTo(atLeast));
        List<Long> numbers = new ArrayList<>(arrived);
        long first = numbers.get(0);
        assertThat(numbers)
                .isEqualTo(
                        LongStream.range(first, first + numbers.size()).boxed().toList());
        assertThat(gaps).isEmpty();
    }

    /** Publishes more than all queues hold; waits as long as it takes. */
    private void publishMany() {
        for (int i = 0; i < MANY; i++) {
            assertThat(publisher.publish(T, KIBIBYTE).isRejected()).isFalse();
        }
    }

    @DisplayName("a subscriber that takes nothing makes publish wait, and nothing is lost when it goes on")
    @Test
    void waits() {
        soon(() -> assertThat(publisher.publish(T, KIBIBYTE).status()).isEqualTo(Receipt.Status.ACCEPTED));
        int published = fill();
        CompletableFuture<Receipt> waiting = CompletableFuture.supplyAsync(() -> publisher.publish(T, KIBIBYTE));
        assertThat(waiting).isNotDone();
        appetite.release(1 << 20);
        assertThat(waiting).succeedsWithin(TestNodes.LIMIT).matches(receipt -> !receipt.isRejected());
        publishMany();
        expectAll(taken, published + MANY + 1);
    }

    @DisplayName("publishAsync completes when there is credit")
    @Test
    void completesLater() {
        soon(() -> assertThat(publisher.publish(T, KIBIBYTE).status()).isEqualTo(Receipt.Status.ACCEPTED));
        fill();
        CompletableFuture<Receipt> receipt = publisher.publishAsync(T, KIBIBYTE);
        assertThat(receipt).isNotDone();
        appetite.release(1 << 20);
        assertThat(receipt)
                .succeedsWithin(TestNodes.LIMIT)
                .extracting(Receipt::status)
                .isEqualTo(Receipt.Status.ACCEPTED);
    }

    @DisplayName("a live subscription on the same topic goes on beside one that waits")
    @Test
    void besideLive() throws Exception {
        Queue<Long> live = new ConcurrentLinkedQueue<>();
        ChaskiNode other = nodes.manual("live");
        other.subscribe(T, message -> live.add(message.sequence()));
        connect(publisher, other);
        soon(() -> assertThat(publisher.publish(T, KIBIBYTE).neighbours()).isEqualTo(2));
        int published = fill();
        appetite.release(1 << 20);
        publishMany();
        expectAll(taken, published + MANY);
        assertThat(live).hasSizeGreaterThan(published);
    }

    @DisplayName("who takes nothing for too long is cut off, both are told, and the publisher goes on")
    @Test
    void cutsOff() throws Exception {
        ChaskiNode impatient = start("impatient", Duration.ofSeconds(2));
        connect(impatient, subscriber);
        soon(() -> assertThat(impatient.publish(T, KIBIBYTE).status()).isEqualTo(Receipt.Status.ACCEPTED));
        int published = 0;
        while (impatient.publish(T, KIBIBYTE, AT_ONCE).status() != Receipt.Status.NO_CREDIT) {
            assertThat(++published).isLessThan(MANY);
        }
        soon(() -> assertThat(events)
                .contains(
                        new NodeEvent.SlowConsumer(T.name(), subscriber.id()),
                        new NodeEvent.CutOff(T.name(), impatient.id())));
        soon(() ->
                assertThat(impatient.publish(T, KIBIBYTE, AT_ONCE).isRejected()).isFalse());
    }
}
