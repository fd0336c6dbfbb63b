package io.chaski.streamer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chaski.core.Delivery;
import io.chaski.core.OverflowPolicy;
import io.chaski.core.PublishOptions;
import io.chaski.core.QueueOverflowException;
import io.chaski.core.Receipt;
import io.chaski.core.Subscription;
import io.chaski.core.Topic;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Nobody reads one stream while everything is published; a stream on another node is read at once. What is published is
 * far more than the queue holds, and in the deep tests as much as the heap of all three nodes together.
 */
@DisplayName("X-15: a stream that nobody reads")
class SleepingStreamIT extends LoopbackStreams {

    private static final Topic<byte[]> T = Topic.bytes("t");
    private static final byte[] PAYLOAD = new byte[16 << 10];
    private static final int SOME = 1 << 10;
    private static final int A_GIBIBYTE = 64 << 10;
    private static final long CAPACITY_BYTES = 1 << 20;

    /** More than the queue, the credit and the publisher's way to its loop hold, so that it has to wait. */
    private static final int MORE_THAN_ON_THE_WAY = 4 << 10;

    /** What a neighbour may have been granted before the queue was full. */
    private static final long GRANTED_BYTES = 1 << 20;

    /** So many at a time fit the queue of a live listener, however slow the machine is. */
    private static final int LIVE_BURST = 64;

    private final AtomicLong atListener = new AtomicLong();

    private ChaskiStreamer publisher;
    private TopicStream<Delivery<byte[]>> sleeping;

    private void start(OverflowPolicy policy) throws Exception {
        publisher = start("publisher");
        sleeping = startNextTo(publisher, "sleeper")
                .openDeliveries(
                        T,
                        QueueOptions.builder()
                                .capacityBytes(CAPACITY_BYTES)
                                .overflow(policy)
                                .build());
        MessageStream<byte[]> listening = startNextTo(publisher, "listener").open(T);
        listening.onItem(message -> atListener.incrementAndGet());
        Subscription atPublisher = publisher.node().subscribe(T, message -> {});
        atPublisher.awaitSubscribers(2, LIMIT);
        sleeping.awaitPaired(LIMIT);
        listening.awaitPaired(LIMIT);
    }

    private void push() {
        assertThat(publisher.push(T, PAYLOAD).isRejected()).isFalse();
    }

    @DisplayName("loses what does not fit, which is accounted for, and costs others nothing")
    @ParameterizedTest(name = "{0}")
    @EnumSource(names = {"DROP_OLDEST", "DROP_NEWEST"})
    void drops(OverflowPolicy policy) throws Exception {
        dropsOf(SOME, policy);
    }

    @DisplayName("loses what does not fit, which is accounted for, and costs others nothing, 1 GiB")
    @Tag("deep")
    @ParameterizedTest(name = "{0}")
    @EnumSource(names = {"DROP_OLDEST", "DROP_NEWEST"})
    void dropsLong(OverflowPolicy policy) throws Exception {
        dropsOf(A_GIBIBYTE, policy);
    }

    private void dropsOf(int messages, OverflowPolicy policy) throws Exception {
        start(policy);
        for (int i = 0; i < messages; i++) {
            push();
            assertThat(sleeping.statistics().queuedBytes()).isLessThanOrEqualTo(CAPACITY_BYTES);
        }
        soon(() -> assertThat(atListener).hasValue(messages));
        long received = 0;
        long lost = 0;
        while (received + lost < messages) {
            Delivery<byte[]> next = sleeping.poll(LIMIT).orElseThrow();
            if (next instanceof Delivery.Dropped<byte[]> dropped) {
                lost += dropped.messages();
            } else if (next instanceof Delivery.Missed<byte[]> missed) {
                lost += missed.gap().count();
            } else {
                received++;
            }
        }
        assertThat(received + lost).isEqualTo(messages);
        assertThat(received).isPositive();
        assertThat(lost).isPositive();
        System.out.println("measured: " + policy + " of " + messages + " messages: " + sleeping.statistics());
    }

    @DisplayName("ends under FAIL with what came first, and costs others nothing")
    @Test
    void fails() throws Exception {
        failsOf(SOME);
    }

    @DisplayName("ends under FAIL with what came first, and costs others nothing, 1 GiB")
    @Tag("deep")
    @Test
    void failsLong() throws Exception {
        failsOf(A_GIBIBYTE);
    }

    private void failsOf(int messages) throws Exception {
        start(OverflowPolicy.FAIL);
        for (int i = 0; i < messages; i++) {
            push();
        }
        soon(() -> assertThat(atListener).hasValue(messages));
        soon(() -> assertThat(sleeping.statistics().dropped()).isPositive());
        assertThat(sleeping.poll(LIMIT)).containsInstanceOf(Delivery.Dropped.class);
        int queued = sleeping.statistics().queued();
        assertThat(queued).isPositive();
        assertThatThrownBy(() -> {
                    for (long sequence = 1; ; sequence++) {
                        assertThat(nextSequence(sleeping)).isEqualTo(sequence);
                    }
                })
                .isInstanceOf(QueueOverflowException.class);
        assertThat(sleeping.isClosed()).isTrue();
        push();
        soon(() -> assertThat(atListener).hasValue(messages + 1));
    }

    @DisplayName("makes its publisher wait under BLOCK, and misses nothing when it is read")
    @Test
    void blocks() throws Exception {
        blocksOf(MORE_THAN_ON_THE_WAY);
    }

    @DisplayName("makes its publisher wait under BLOCK, and misses nothing when it is read, 1 GiB")
    @Tag("deep")
    @Test
    void blocksLong() throws Exception {
        blocksOf(A_GIBIBYTE);
    }

    private void blocksOf(int messages) throws Exception {
        start(OverflowPolicy.BLOCK);
        AtomicLong published = new AtomicLong();
        CompletableFuture<Void> publishing = CompletableFuture.runAsync(() -> {
            while (published.get() < messages) {
                push();
                published.incrementAndGet();
            }
        });
        AtomicLong offered = new AtomicLong();
        soon(() -> {
            Receipt receipt = publisher.publisher(T).offer(PAYLOAD);
            offered.addAndGet(receipt.isRejected() ? 0 : 1);
            assertThat(receipt.status()).isEqualTo(Receipt.Status.NO_CREDIT);
        });
        assertThat(publishing).isNotDone();
        System.out.println("measured: " + published + " of " + messages + " messages published before any was read");
        for (long sequence = 1; sequence <= messages + offered.get(); sequence++) {
            assertThat(sleeping.statistics().queuedBytes()).isLessThanOrEqualTo(CAPACITY_BYTES + GRANTED_BYTES);
            assertThat(nextSequence(sleeping)).isEqualTo(sequence);
        }
        get(publishing);
        soon(() -> assertThat(atListener).hasValue(messages + offered.get()));
    }

    @DisplayName("under BLOCK does not keep from a live listener what has been published")
    @Test
    void blocksAndALiveOneListens() throws Exception {
        start(OverflowPolicy.BLOCK);
        AtomicLong atLive = listenLive();
        AtomicLong published = new AtomicLong();
        for (int i = 0; i < SOME / 2; i++) { // all of it fits the publisher's way to its loop
            var unused = publisher.publisher(T).publishAsync(PAYLOAD).thenAccept(receipt -> {
                assertThat(receipt.isRejected()).isFalse();
                published.incrementAndGet();
            });
        }
        soon(() -> {
            assertThat(sleeping.statistics().queuedBytes()).isGreaterThanOrEqualTo(CAPACITY_BYTES - PAYLOAD.length);
            assertThat(atLive).hasPositiveValue().hasValue(published.get());
        });
        assertThat(published).hasValueLessThan(SOME / 2);
        assertThat(sleeping.statistics().delivered()).isZero();
    }

    @DisplayName("under BLOCK keeps nobody from publishing live, nor a live listener from hearing it")
    @Test
    void blocksAndIsLeftBehind() throws Exception {
        start(OverflowPolicy.BLOCK);
        AtomicLong atLive = listenLive();
        TopicPublisher<byte[]> live =
                publisher.publisher(T).with(PublishOptions.builder().live().build());
        for (int i = 1; i <= SOME; i++) {
            assertThat(live.publish(PAYLOAD).isRejected()).isFalse();
            long published = i;
            if (i % LIVE_BURST == 0) {
                soon(() -> assertThat(atLive).hasValue(published));
            }
        }
        assertThat(sleeping.statistics().delivered()).isZero();
        assertThat(sleeping.statistics().queuedBytes()).isLessThanOrEqualTo(CAPACITY_BYTES + GRANTED_BYTES);
    }

    /** Counts what a live subscription on a node of its own has got. */
    private AtomicLong listenLive() throws Exception {
        AtomicLong heard = new AtomicLong();
        startNextTo(publisher, "live")
                .node()
                .subscribe(T, message -> heard.incrementAndGet())
                .awaitPaired(LIMIT);
        publisher.node().subscribe(T, message -> {}).awaitSubscribers(3, LIMIT);
        return heard;
    }
}
