package io.chaski.streamer;

import static org.assertj.core.api.Assertions.assertThat;

import io.chaski.core.Delivery;
import io.chaski.core.Message;
import io.chaski.core.PublishOptions;
import io.chaski.core.Receipt;
import io.chaski.core.Topic;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Flow;
import java.util.concurrent.Future;
import java.util.concurrent.SubmissionPublisher;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Streams over real sockets, read and written by several threads. */
@DisplayName("Streams")
class StreamsIT extends LoopbackStreams {

    private static final Topic<byte[]> BYTES = Topic.bytes("bytes");
    private static final byte[] KIBIBYTE = new byte[1 << 10];

    private final ExecutorService threads = Executors.newCachedThreadPool();

    @AfterEach
    void endThreads() {
        threads.shutdownNow();
    }

    private static void awaitWaiting(Thread thread) {
        soon(() -> assertThat(thread.getState()).isEqualTo(Thread.State.TIMED_WAITING));
    }

    @DisplayName("U-STR-1: each message that is received triggers the next push, test0 to test5, in order, once")
    @Test
    void pingPong() throws Exception {
        ChaskiStreamer one = start("one");
        ChaskiStreamer two = startNextTo(one, "two");
        pingPong(one, two);
    }

    @DisplayName("U-STR-1: each message that is received triggers the next push, by the handler that got it")
    @ParameterizedTest(name = "{0}")
    @EnumSource(Answer.class)
    void pingPongOfHandlers(Answer answer) throws Exception {
        ChaskiStreamer one = start("one");
        ChaskiStreamer two = startNextTo(one, "two");
        MessageStream<String> atOne = one.open(TEXT);
        MessageStream<String> atTwo = two.open(TEXT);
        List<String> heard = Collections.synchronizedList(new ArrayList<>());
        atOne.onItem(message -> answer(one, answer, message.payload(), heard));
        atTwo.onItem(message -> answer(two, answer, message.payload(), heard));
        atOne.awaitPaired(LIMIT);
        atTwo.awaitPaired(LIMIT);
        one.push(TEXT, "test0");
        soon(() -> assertThat(heard).hasSizeGreaterThanOrEqualTo(6));
        assertThat(heard).containsExactly("test0", "test1", "test2", "test3", "test4", "test5");
        assertThat(atOne.statistics().failed()).isZero();
        assertThat(atTwo.statistics().failed()).isZero();
    }

    enum Answer {
        PUSH,
        PUBLISH_ASYNC
    }

    private static void answer(ChaskiStreamer here, Answer answer, String text, List<String> heard) {
        heard.add(text);
        int number = Integer.parseInt(text.substring("test".length()));
        if (number == 5) {
            return;
        }
        String next = "test" + (number + 1);
        switch (answer) {
            case PUSH -> assertThat(here.push(TEXT, next).isRejected()).isFalse();
            case PUBLISH_ASYNC -> {
                var unused = here.publisher(TEXT)
                        .publishAsync(next)
                        .thenAccept(receipt -> assertThat(receipt.isRejected()).isFalse())
                        .whenComplete((nothing, failure) -> heard.addAll(failed(failure)));
            }
        }
    }

    private static List<String> failed(Throwable failure) {
        return failure == null ? List.of() : List.of(failure.toString());
    }

    @DisplayName("U-STR-4: over a chain of six each message that is received triggers the next push, in order, once")
    @Test
    void chain() throws Exception {
        List<ChaskiStreamer> chain = new ArrayList<>(List.of(start("n0")));
        for (int i = 1; i < 6; i++) {
            chain.add(startNextTo(chain.get(i - 1), "n" + i));
        }
        List<MessageStream<String>> streams =
                chain.stream().map(streamer -> streamer.open(TEXT)).toList();
        for (int i = 0; i < 6; i++) {
            chain.get(i).node().subscribe(TEXT, message -> {}).awaitSubscribers(i == 0 || i == 5 ? 1 : 2, LIMIT);
        }
        List<String> heard = new ArrayList<>();
        for (int i = 0; i <= 5; i++) {
            chain.get(i % 2 == 0 ? 0 : 5).push(TEXT, "test" + i);
            MessageStream<String> far = streams.get(i % 2 == 0 ? 5 : 0);
            heard.add(far.poll(LIMIT).orElseThrow().payload());
        }
        assertThat(heard).containsExactly("test0", "test1", "test2", "test3", "test4", "test5");
        for (MessageStream<String> between : streams.subList(1, 5)) {
            for (String text : heard) {
                assertThat(between.poll(LIMIT).orElseThrow().payload()).isEqualTo(text);
            }
        }
        assertThat(streams)
                .allSatisfy(stream -> assertThat(stream.poll(Duration.ZERO)).isEmpty());
    }

    @DisplayName("X-14: a close from another thread ends a loop that waits")
    @Test
    void closeFromAnotherThread() throws Exception {
        MessageStream<String> in = start("one").open(TEXT);
        CompletableFuture<Thread> waiting = new CompletableFuture<>();
        Future<Integer> loop = threads.submit(() -> {
            waiting.complete(Thread.currentThread());
            int seen = 0;
            for (Message<String> message : in) {
                seen += message.hops();
            }
            return seen;
        });
        awaitWaiting(get(waiting));
        long before = System.nanoTime();
        in.close();
        assertThat(get(loop)).isZero();
        System.out.println("measured: a reader ended " + (System.nanoTime() - before) / 1_000 + " us after the close");
    }

    @DisplayName("an interrupt ends a wait, and the next one takes what has come")
    @Test
    void interrupt() throws Exception {
        ChaskiStreamer one = start("one");
        ChaskiStreamer two = startNextTo(one, "two");
        MessageStream<String> in = two.open(TEXT);
        pair(one, in);
        CompletableFuture<Thread> waiting = new CompletableFuture<>();
        Future<String> reader = threads.submit(() -> {
            waiting.complete(Thread.currentThread());
            try {
                return in.poll(LIMIT).orElseThrow().payload();
            } catch (InterruptedException interrupted) {
                return "interrupted";
            }
        });
        Thread thread = get(waiting);
        awaitWaiting(thread);
        thread.interrupt();
        assertThat(get(reader)).isEqualTo("interrupted");
        one.push(TEXT, "one");
        assertThat(in.poll(LIMIT).orElseThrow().payload()).isEqualTo("one");
    }

    @DisplayName("S14, S15: eight threads push and eight threads poll one stream; each message is taken once")
    @Test
    void eightThreads() throws Exception {
        int perThread = 500;
        ChaskiStreamer one = start("one");
        ChaskiStreamer two = startNextTo(one, "two");
        MessageStream<String> in = two.open(TEXT);
        pair(one, in);
        List<Future<?>> pushers = new ArrayList<>();
        List<Future<List<Long>>> pollers = new ArrayList<>();
        AtomicInteger left = new AtomicInteger(8 * perThread);
        for (int i = 0; i < 8; i++) {
            pushers.add(threads.submit(() -> {
                for (int n = 0; n < perThread; n++) {
                    assertThat(one.push(TEXT, "m").isRejected()).isFalse();
                }
            }));
            pollers.add(threads.submit(() -> {
                List<Long> taken = new ArrayList<>();
                for (Message<String> message : in) {
                    taken.add(message.sequence());
                    if (left.decrementAndGet() == 0) {
                        in.close();
                    }
                }
                return taken;
            }));
        }
        for (Future<?> pusher : pushers) {
            get(pusher);
        }
        List<Long> all = new ArrayList<>();
        for (Future<List<Long>> poller : pollers) {
            List<Long> taken = get(poller);
            assertThat(taken).as("what one thread took").isSorted();
            all.addAll(taken);
        }
        Collections.sort(all);
        assertThat(all)
                .isEqualTo(LongStream.rangeClosed(1, 8L * perThread).boxed().toList());
    }

    @DisplayName("a slow stream slows its publisher, nothing is lost, and streams of other topics do not notice")
    @Test
    void slowStream() throws Exception {
        int messages = 20_000; // more than the queue, the credit and the way to the loop hold
        ChaskiStreamer one = start("one");
        ChaskiStreamer two = startNextTo(one, "two");
        TopicStream<Delivery<byte[]>> slow =
                two.openDeliveries(BYTES, QueueOptions.builder().capacity(64).build());
        MessageStream<String> other = two.open(TEXT);
        pair(one, slow);
        pair(one, other);

        AtomicInteger published = new AtomicInteger();
        Future<?> publishing = threads.submit(() -> {
            while (published.get() < messages) {
                assertThat(one.push(BYTES, KIBIBYTE).isRejected()).isFalse();
                published.incrementAndGet();
            }
        });
        AtomicInteger offered = new AtomicInteger();
        soon(() -> {
            Receipt receipt = one.publisher(BYTES).offer(KIBIBYTE);
            offered.addAndGet(receipt.isRejected() ? 0 : 1);
            assertThat(receipt.status()).isEqualTo(Receipt.Status.NO_CREDIT);
        });
        for (int i = 0; i < 100; i++) {
            assertThat(one.push(TEXT, "m" + i).isRejected()).isFalse();
            assertThat(other.poll(LIMIT).orElseThrow().payload()).isEqualTo("m" + i);
        }
        assertThat(publishing).isNotDone();
        for (long sequence = 1; sequence <= messages + offered.get(); sequence++) {
            assertThat(nextSequence(slow)).isEqualTo(sequence);
        }
        get(publishing);
    }

    /** Publishes two answers to each message for as long as it is told to, in a handler. */
    private static MessageStream<byte[]> answer(
            ChaskiStreamer streamer, AtomicBoolean isAnswering, Queue<Receipt.Status> refusals) {
        TopicPublisher<byte[]> out = streamer.publisher(BYTES)
                .with(PublishOptions.builder().patience(Duration.ofSeconds(1)).build());
        MessageStream<byte[]> in =
                streamer.open(BYTES, QueueOptions.builder().capacity(16).build());
        in.onItem(message -> {
            for (int i = 0; i < 2 && isAnswering.get(); i++) {
                Receipt receipt = out.publish(KIBIBYTE);
                if (receipt.isRejected()) {
                    refusals.add(receipt.status());
                }
            }
        });
        return in;
    }

    @DisplayName(
            "handlers that answer each other wait until their patience ends when both queues are full, and go on then")
    @Test
    void handlersThatPublish() throws Exception {
        ChaskiStreamer one = start("one");
        ChaskiStreamer two = startNextTo(one, "two");
        AtomicBoolean isAnswering = new AtomicBoolean(true);
        Queue<Receipt.Status> refusals = new ConcurrentLinkedQueue<>();
        MessageStream<byte[]> atOne = answer(one, isAnswering, refusals);
        MessageStream<byte[]> atTwo = answer(two, isAnswering, refusals);
        atOne.awaitPaired(LIMIT);
        atTwo.awaitPaired(LIMIT);
        one.push(BYTES, KIBIBYTE);
        soon(() -> assertThat(refusals).hasSizeGreaterThanOrEqualTo(4).containsOnly(Receipt.Status.NO_CREDIT));
        for (ChaskiStreamer streamer : List.of(one, two)) {
            assertThat(streamer.node().snapshot().counters().get("callbacks.waited-for-credit"))
                    .isPositive();
        }
        isAnswering.set(false);
        for (ChaskiStreamer streamer : List.of(one, two)) {
            long before = (streamer == one ? atTwo : atOne).statistics().delivered();
            soon(() -> {
                assertThat(streamer.push(BYTES, KIBIBYTE).isRejected()).isFalse();
                assertThat((streamer == one ? atTwo : atOne).statistics())
                        .matches(counts -> counts.delivered() > before && counts.queued() == 0);
            });
        }
    }

    @DisplayName("a publisher of the JDK, published by a subscriber, read by a subscriber: all there, in order")
    @Test
    void flowToFlow() throws Exception {
        int items = 5_000;
        Topic<Integer> numbers = Topic.of("numbers", Integer.class);
        ChaskiStreamer one = start("one");
        ChaskiStreamer two = startNextTo(one, "two");
        MessageStream<Integer> in =
                two.open(numbers, QueueOptions.builder().capacity(32).build());
        pair(one, in);
        ConcurrentLinkedQueue<Integer> heard = new ConcurrentLinkedQueue<>();
        CountDownLatch all = new CountDownLatch(items);
        in.subscribe(new Flow.Subscriber<>() {
            private Flow.Subscription subscription;

            @Override
            public void onSubscribe(Flow.Subscription given) {
                subscription = given;
                given.request(3);
            }

            @Override
            public void onNext(Message<Integer> message) {
                heard.add(message.payload());
                all.countDown();
                subscription.request(1);
            }

            @Override
            public void onError(Throwable failure) {}

            @Override
            public void onComplete() {}
        });
        PublishingSubscriber<Integer> out = one.publisher(numbers).subscriber();
        try (SubmissionPublisher<Integer> source = new SubmissionPublisher<>()) {
            source.subscribe(out);
            for (int i = 0; i < items; i++) {
                source.submit(i);
            }
        }
        assertThat(out.done()).succeedsWithin(LIMIT);
        assertThat(all.await(LIMIT.toSeconds(), TimeUnit.SECONDS)).isTrue();
        assertThat(heard)
                .containsExactlyElementsOf(IntStream.range(0, items).boxed().toList());
    }
}
