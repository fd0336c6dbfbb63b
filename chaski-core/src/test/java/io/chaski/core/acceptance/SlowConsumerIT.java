package io.chaski.core.acceptance;

import static io.chaski.core.acceptance.TestNodes.connect;
import static io.chaski.core.acceptance.TestNodes.soon;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chaski.core.ChaskiNode;
import io.chaski.core.Message;
import io.chaski.core.NodeEvent;
import io.chaski.core.NodeSnapshot.QueueSnapshot;
import io.chaski.core.NodeSnapshot.TopicSnapshot;
import io.chaski.core.OverflowPolicy;
import io.chaski.core.QueueOverflowException;
import io.chaski.core.SubscribeOptions;
import io.chaski.core.Subscription;
import io.chaski.core.Topic;
import io.chaski.core.Topology;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A publisher, a node whose handler sleeps while everything is published, and behind it a node that listens: every
 * message for the third passes through the second.
 */
@DisplayName("N41, X-15: a consumer that sleeps")
class SlowConsumerIT {

    private static final Topic<byte[]> T = Topic.bytes("t");
    private static final int PAYLOAD_BYTES = 16 << 10;

    /** Below what the others' queues and the payload caches hold, so that only the sleeper can lose anything. */
    private static final int AHEAD = 256;

    /** Far below what is published. */
    private static final int CAPACITY_BYTES = 1 << 20;

    private final TestNodes nodes = new TestNodes();
    private final CountDownLatch isAsleep = new CountDownLatch(1);
    private final CountDownLatch wakeUp = new CountDownLatch(1);
    private final Queue<Long> atSleeper = new ConcurrentLinkedQueue<>();
    private final AtomicLong droppedByCallback = new AtomicLong();
    private final AtomicLong missedByCallback = new AtomicLong();
    private final AtomicLong droppedByEvents = new AtomicLong();
    private final Queue<Long> atListener = new ConcurrentLinkedQueue<>();
    private final Semaphore window = new Semaphore(AHEAD);

    private ChaskiNode publisher;
    private ChaskiNode sleeper;
    private Subscription sleeping;
    private long published;

    @AfterEach
    void closeAll() {
        wakeUp.countDown();
        nodes.close();
    }

    @DisplayName("loses what its policy says, counts it exactly and costs nobody else anything, 48 MiB")
    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "BLOCK")
    void sleeps(OverflowPolicy policy) throws Exception {
        sleepsWhile(3 << 10, policy);
    }

    /** As much as the heap of this process and all its nodes together: whoever keeps it fails. */
    @Tag("deep")
    @DisplayName("loses what its policy says, counts it exactly and costs nobody else anything, 1 GiB")
    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "BLOCK")
    void sleepsLong(OverflowPolicy policy) throws Exception {
        sleepsWhile(64 << 10, policy);
    }

    private void sleepsWhile(int messages, OverflowPolicy policy) throws Exception {
        start(policy);
        publish(1);
        assertThat(isAsleep.await(TestNodes.LIMIT.toSeconds(), TimeUnit.SECONDS))
                .as("the handler has begun")
                .isTrue();
        publish(messages - 1);

        soon(() -> assertThat(atListener).hasSize(messages));
        assertThat(atListener).containsExactlyElementsOf(numbers(1, messages));
        assertThat(sleeping.statistics().delivered()).as("handed over by now").isEqualTo(1);
        assertThat(topicAtSleeper().delivered()).as("arrived by now").isEqualTo(messages);
        assertThat(queue().bytes())
                .as("bytes that wait in a full queue")
                .isGreaterThan(CAPACITY_BYTES - 2 * PAYLOAD_BYTES);

        wakeUp.countDown();
        soon(() -> {
            Subscription.Statistics counts = sleeping.statistics();
            assertThat(counts.delivered() + counts.dropped() + counts.missing())
                    .as("sum of %s", counts)
                    .isEqualTo(messages);
        });
        Subscription.Statistics counts = sleeping.statistics();
        System.out.println("measured: " + policy + " of " + messages + " messages: " + counts);
        soon(() -> assertThat(atSleeper).hasSize((int) counts.delivered()));
        assertThat(atSleeper).containsExactlyElementsOf(expected(policy, counts.delivered(), messages));
        assertThat(droppedByCallback).hasValue(counts.dropped()).hasPositiveValue();
        assertThat(missedByCallback).hasValue(counts.missing());
        soon(() -> assertThat(droppedByEvents).hasValue(counts.dropped()));
        assertThat(sleeper.snapshot().counters()).containsEntry("deliveries.dropped", counts.dropped());
        if (policy == OverflowPolicy.FAIL) {
            assertThatThrownBy(() -> sleeping.closed().get(TestNodes.LIMIT.toSeconds(), TimeUnit.SECONDS))
                    .isInstanceOf(ExecutionException.class)
                    .hasCauseInstanceOf(QueueOverflowException.class);
            soon(() -> assertThat(sleeper.subscriptions()).isEmpty());
        } else {
            publish(1);
            soon(() -> assertThat(atSleeper).endsWith(messages + 1L));
        }
    }

    private void start(OverflowPolicy policy) throws Exception {
        publisher = nodes.manual("publisher", "t");
        sleeper = nodes.add(nodes.builder("sleeper")
                .topology(Topology.MANUAL)
                .onEvent(this::onEvent)
                .start());
        sleeping = sleeper.subscribe(
                T,
                this::sleep,
                SubscribeOptions.builder()
                        .capacityBytes(CAPACITY_BYTES)
                        .overflow(policy)
                        .onDrop(droppedByCallback::addAndGet)
                        .onGap(gap -> missedByCallback.addAndGet(gap.count()))
                        .build());
        ChaskiNode listener = nodes.manual("listener");
        Subscription listening = listener.subscribe(T, message -> {
            atListener.add(message.sequence());
            window.release();
        });
        connect(publisher, sleeper);
        connect(sleeper, listener);
        sleeping.awaitSubscribers(2, TestNodes.LIMIT);
        listening.awaitPaired(TestNodes.LIMIT);
        soon(() -> assertThat(publisher.isPaired(T)).isTrue());
    }

    private void onEvent(NodeEvent event) {
        if (event instanceof NodeEvent.Dropped dropped) {
            droppedByEvents.addAndGet(dropped.messages());
        }
    }

    private void sleep(Message<byte[]> message) {
        atSleeper.add(message.sequence());
        isAsleep.countDown();
        try {
            wakeUp.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException("woken too early", e);
        }
    }

    /** Never further ahead of the listener than the window, and looks again and again at the queue of the sleeper. */
    private void publish(int messages) throws InterruptedException {
        byte[] payload = new byte[PAYLOAD_BYTES];
        for (int i = 0; i < messages; i++) {
            assertThat(window.tryAcquire(TestNodes.LIMIT.toSeconds(), TimeUnit.SECONDS))
                    .as("message %d has reached the listener", published + 1 - AHEAD)
                    .isTrue();
            assertThat(publisher.publish(T, payload).isRejected()).isFalse();
            published++;
            if (published % AHEAD == 0) {
                QueueSnapshot queue = queue();
                assertThat(queue.bytes()).isLessThanOrEqualTo(CAPACITY_BYTES);
                assertThat(queue.messages()).isLessThanOrEqualTo(SubscribeOptions.DEFAULT_CAPACITY);
            }
        }
    }

    /** What the handler had fallen asleep over, and what the queue kept. */
    private static List<Long> expected(OverflowPolicy policy, long delivered, long messages) {
        if (policy != OverflowPolicy.DROP_OLDEST) {
            return numbers(1, delivered);
        }
        List<Long> expected = new ArrayList<>(List.of(1L));
        expected.addAll(numbers(messages - delivered + 2, messages));
        return expected;
    }

    private static List<Long> numbers(long first, long last) {
        return LongStream.rangeClosed(first, last).boxed().toList();
    }

    private QueueSnapshot queue() {
        return sleeper.snapshot().queues().get(0);
    }

    private TopicSnapshot topicAtSleeper() {
        return sleeper.snapshot().topics().stream()
                .filter(topic -> topic.name().equals("t"))
                .findFirst()
                .orElseThrow();
    }
}
