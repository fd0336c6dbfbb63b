package io.chaski.core.acceptance;

import static io.chaski.core.acceptance.TestNodes.connect;
import static io.chaski.core.acceptance.TestNodes.soon;
import static io.chaski.core.acceptance.TestNodes.until;
import static org.assertj.core.api.Assertions.assertThat;

import io.chaski.core.ChaskiNode;
import io.chaski.core.NodeClosedException;
import io.chaski.core.NodeEvent;
import io.chaski.core.NodeSnapshot;
import io.chaski.core.OverflowPolicy;
import io.chaski.core.PublishOptions;
import io.chaski.core.Receipt;
import io.chaski.core.SubscribeOptions;
import io.chaski.core.Subscription;
import io.chaski.core.Topic;
import io.chaski.core.Topology;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
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
    private Subscription slow;

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
        slow = subscriber.subscribe(
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

    /** Publishes until subscribers take no more, for good; returns how many messages that were. */
    private int fill() {
        return fill(publisher);
    }

    private int fill(ChaskiNode node) {
        AtomicInteger published = new AtomicInteger();
        // For a second nothing more is taken: reports of what has arrived come after 250 ms and make room as well.
        until(() -> {
            int before = published.get();
            while (node.publish(T, KIBIBYTE, AT_ONCE).status() != Receipt.Status.NO_CREDIT) {
                assertThat(published.incrementAndGet()).isLessThan(MANY);
                if (published.get() % 64 == 0) {
                    node.snapshot(); // taken on the loop, so what was published before is no longer on its way
                }
            }
            assertThat(published).hasValue(before);
        });
        return published.get();
    }

    /** Everything that was published arrives, each message once and in order. */
    private void expectAll(Queue<Long> arrived, int atLeast) {
        expectAll(arrived, atLeast, 1);
    }

    /** The same, but that what is older than a message may be missing. */
    private void expectAll(Queue<Long> arrived, int atLeast, long since) {
        until(() -> assertThat(arrived).hasSizeGreaterThanOrEqualTo(atLeast));
        List<Long> numbers = new ArrayList<>(arrived);
        long first = numbers.get(0);
        assertThat(numbers)
                .isEqualTo(
                        LongStream.range(first, first + numbers.size()).boxed().toList());
        assertThat(gaps).allMatch(gap -> gap.to() < since);
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

    @DisplayName(
            "a live subscription does not wait beside one that does and gets everything, and is told of what it misses")
    @Test
    void besideLive() throws Exception {
        Queue<Long> live = new ConcurrentLinkedQueue<>();
        AtomicLong missed = new AtomicLong();
        ChaskiNode other = nodes.manual("live");
        SubscribeOptions options = SubscribeOptions.builder()
                .onGap(gap -> missed.addAndGet(gap.count()))
                .onDrop(missed::addAndGet)
                .build();
        other.subscribe(T, message -> live.add(message.sequence()), options);
        connect(publisher, other);
        soon(() -> assertThat(publisher.publish(T, KIBIBYTE).neighbours()).isEqualTo(2));
        int published = fill();
        soon(() -> assertThat(live).hasSizeGreaterThan(100));
        assertThat(taken).isEmpty();
        appetite.release(1 << 20);
        publishMany();
        expectAll(taken, published + MANY);
        long last = Collections.max(taken);
        until(() -> assertThat(live.size() + missed.get()).isEqualTo(last - live.element() + 1));
    }

    @DisplayName("of two subscriptions of one node the slower one counts, until it is closed")
    @Test
    void twoOfOneNode() {
        Queue<Long> fast = new ConcurrentLinkedQueue<>();
        SubscribeOptions waiting =
                SubscribeOptions.builder().overflow(OverflowPolicy.BLOCK).build();
        subscriber.subscribe(T, message -> fast.add(message.sequence()), waiting);
        soon(() -> assertThat(publisher.publish(T, KIBIBYTE).status()).isEqualTo(Receipt.Status.ACCEPTED));
        fill();
        CompletableFuture<Receipt> receipt = CompletableFuture.supplyAsync(() -> publisher.publish(T, KIBIBYTE));
        slow.close();
        assertThat(receipt).succeedsWithin(TestNodes.LIMIT).matches(given -> !given.isRejected());
        publishMany();
        expectAll(fast, MANY);
    }

    @DisplayName("a live message does not overtake those of the same publisher that wait")
    @Test
    void keepsTheOrder() {
        soon(() -> assertThat(publisher.publish(T, KIBIBYTE).status()).isEqualTo(Receipt.Status.ACCEPTED));
        fill();
        CompletableFuture<Receipt> waits = publisher.publishAsync(T, KIBIBYTE);
        PublishOptions live = PublishOptions.builder().live().build();
        CompletableFuture<Receipt> follows = publisher.publishAsync(T, KIBIBYTE, live);
        assertThat(waits).succeedsWithin(TestNodes.LIMIT);
        assertThat(follows).succeedsWithin(TestNodes.LIMIT);
        assertThat(follows.join().sequence()).isGreaterThan(waits.join().sequence());
    }

    @DisplayName("a node that closes waits until subscribers have taken what it was told is accepted")
    @Test
    void settles() {
        settles(publisher::close);
    }

    @DisplayName("it waits for them on a thread that is interrupted as well, which then still is")
    @Test
    void settlesOnAnInterruptedThread() {
        AtomicBoolean isInterrupted = new AtomicBoolean();
        settles(() -> {
            Thread.currentThread().interrupt();
            publisher.close();
            isInterrupted.set(Thread.interrupted());
        });
        assertThat(isInterrupted).isTrue();
    }

    private void settles(Runnable close) {
        soon(() -> assertThat(publisher.publish(T, KIBIBYTE).status()).isEqualTo(Receipt.Status.ACCEPTED));
        fill();
        CompletableFuture<Receipt> last = publisher.publishAsync(T, KIBIBYTE);
        CompletableFuture<Void> closing = CompletableFuture.runAsync(close);
        until(() -> assertThat(publisher.state()).isEqualTo(NodeSnapshot.State.CLOSING));
        appetite.release(1 << 20);
        assertThat(closing).succeedsWithin(TestNodes.LIMIT);
        assertThat(last).succeedsWithin(TestNodes.LIMIT).matches(receipt -> !receipt.isRejected());
        expectAll(taken, (int) last.join().sequence() - 1);
        until(() -> assertThat(taken).contains(last.join().sequence()));
    }

    @DisplayName("a node that closes at once leaves nobody without its messages, even where the tree is young")
    @Test
    void settlesInAStar() throws Exception {
        appetite.release(1 << 20);
        List<Queue<Long>> all = new ArrayList<>(List.of(taken));
        SubscribeOptions waiting =
                SubscribeOptions.builder().overflow(OverflowPolicy.BLOCK).build();
        for (int i = 0; i < 4; i++) {
            Queue<Long> its = new ConcurrentLinkedQueue<>();
            all.add(its);
            ChaskiNode leaf = nodes.manual("leaf" + i);
            leaf.subscribe(T, message -> its.add(message.sequence()), waiting);
            connect(publisher, leaf);
        }
        AtomicLong firstForAll =
                new AtomicLong(); // what was published while only some were there is asked for, and may be too late
        soon(() -> {
            Receipt receipt = publisher.publish(T, KIBIBYTE);
            assertThat(receipt.neighbours()).isEqualTo(5);
            firstForAll.set(receipt.sequence());
        });
        long last = 0;
        for (int i = 0; i < 50; i++) {
            last = publisher.publishAsync(T, KIBIBYTE).join().sequence();
        }
        publisher.close();
        for (Queue<Long> its : all) {
            long end = last;
            until(() -> assertThat(its).contains(end));
            expectAll(its, 50, firstForAll.get());
        }
    }

    @DisplayName("closing a node ends the wait of its publishers")
    @Test
    void closes() {
        soon(() -> assertThat(publisher.publish(T, KIBIBYTE).status()).isEqualTo(Receipt.Status.ACCEPTED));
        fill();
        PublishOptions patient =
                PublishOptions.builder().patience(Duration.ofHours(1)).build();
        CompletableFuture<Receipt> waiting =
                CompletableFuture.supplyAsync(() -> publisher.publish(T, KIBIBYTE, patient));
        CompletableFuture<Receipt> held = publisher.publishAsync(T, KIBIBYTE);
        publisher.close();
        assertThat(held)
                .succeedsWithin(TestNodes.LIMIT)
                .extracting(Receipt::status)
                .isEqualTo(Receipt.Status.NO_CREDIT);
        assertThat(waiting)
                .failsWithin(TestNodes.LIMIT)
                .withThrowableThat()
                .havingCause()
                .isInstanceOf(NodeClosedException.class);
    }

    @DisplayName("who takes nothing for too long is cut off, both are told, and the publisher goes on")
    @Test
    void cutsOff() throws Exception {
        ChaskiNode impatient = start("impatient", Duration.ofSeconds(2));
        connect(impatient, subscriber);
        soon(() -> assertThat(impatient.publish(T, KIBIBYTE).status()).isEqualTo(Receipt.Status.ACCEPTED));
        fill(impatient);
        soon(() -> assertThat(events)
                .contains(
                        new NodeEvent.SlowConsumer(T.name(), subscriber.id()),
                        new NodeEvent.CutOff(T.name(), impatient.id())));
        soon(() ->
                assertThat(impatient.publish(T, KIBIBYTE, AT_ONCE).isRejected()).isFalse());
    }
}
