package io.chaski.remote;

import static io.chaski.remote.Remotes.LIMIT;
import static io.chaski.remote.Remotes.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Flow;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Streams that take all threads there are of a kind, on a JVM whose threads are bounded; on others none of this can happen. */
class StreamThreadsIT {

    /** As many as a node has of each kind. */
    private static final int THREADS = 32;

    /** As many of them as one caller has at most. */
    private static final int OF_ONE_CALLER = THREADS * 3 / 4;

    interface Feed {
        Iterator<Integer> news();

        String ping();
    }

    interface FeedReader {
        Flow.Publisher<Integer> news();

        String ping();
    }

    interface Source {
        Flow.Publisher<Integer> numbers();

        CompletableFuture<Long> count(Flow.Publisher<Integer> numbers);
    }

    interface SourceReader {
        Flow.Publisher<Integer> numbers();

        long count(Iterator<Integer> numbers);
    }

    interface Relay {
        long sum() throws Exception;

        long count() throws Exception;
    }

    interface RelayLater {
        CompletableFuture<Long> sum();

        CompletableFuture<Long> count();
    }

    private static final class Waiting implements Feed {
        final Semaphore waiting = new Semaphore(0);
        final Semaphore interrupted = new Semaphore(0);

        @Override
        public Iterator<Integer> news() {
            return new Iterator<>() {
                @Override
                public boolean hasNext() {
                    waiting.release();
                    try {
                        new CountDownLatch(1).await();
                    } catch (InterruptedException cancelled) {
                        interrupted.release();
                    }
                    return false;
                }

                @Override
                public Integer next() {
                    throw new AssertionError("there is none");
                }
            };
        }

        @Override
        public String ping() {
            return "pong";
        }
    }

    private static final class Given implements Source {
        @Override
        public Flow.Publisher<Integer> numbers() {
            return new Numbers(1_000);
        }

        @Override
        public CompletableFuture<Long> count(Flow.Publisher<Integer> numbers) {
            return Taker.ofAll(numbers).all.thenApply(all -> (long) all.size());
        }

        long countAll(Iterator<Integer> numbers) {
            long count = 0;
            while (numbers.hasNext()) {
                numbers.next();
                count++;
            }
            return count;
        }
    }

    private final Remotes remotes = Remotes.inProcess();
    private ChaskiRemote server;
    private ChaskiRemote client;

    /** One whose peers may be silent: hundred threads that begin at once keep a busy machine from anything else for seconds. */
    private ChaskiRemote remote(String name, RemoteOptions options) {
        return ChaskiRemote.on(remotes.node(name, builder -> builder.deadAfter(LIMIT)), options);
    }

    @BeforeEach
    void start() throws Exception {
        server = remote("server", RemoteOptions.DEFAULTS);
        client = remote("client", RemoteOptions.DEFAULTS);
        Remotes.connect(client, server);
    }

    @AfterEach
    void close() {
        remotes.close();
    }

    @Test
    @DisplayName("cancelling wakes iterators that wait, however many there are")
    void quiet() throws Exception {
        Waiting feed = new Waiting();
        server.serve("feed", Feed.class, feed);
        FeedReader reader = client.at(server.node().id()).proxy("feed", FeedReader.class);
        List<Taker<Integer>> takers = new ArrayList<>();
        for (int i = 0; i < THREADS; i++) {
            takers.add(Taker.ofAll(reader.news()));
        }
        assertThat(feed.waiting.tryAcquire(1, LIMIT.toSeconds(), TimeUnit.SECONDS))
                .isTrue();
        int before = 1 + feed.waiting.drainPermits();
        takers.forEach(Taker::cancel);
        assertThat(feed.interrupted.tryAcquire(before, LIMIT.toSeconds(), TimeUnit.SECONDS))
                .isTrue();
        assertThat(reader.ping()).isEqualTo("pong");
    }

    /** All implementations of the middle wait at a time, each for a stream that it has asked for. */
    private RelayLater relay() throws Exception {
        server.serve("source", Source.class, new Given());
        ChaskiRemote middle = remote("middle", RemoteOptions.DEFAULTS);
        Remotes.connect(middle, server);
        SourceReader behind = middle.at(server.node().id()).proxy("source", SourceReader.class);
        CyclicBarrier all = new CyclicBarrier(OF_ONE_CALLER);
        middle.serve("relay", Relay.class, new Relay() {
            @Override
            public long sum() throws Exception {
                await(all);
                return get(Taker.ofAll(behind.numbers()).all).stream()
                        .mapToLong(n -> n)
                        .sum();
            }

            @Override
            public long count() throws Exception {
                await(all);
                return behind.count(IntStream.range(0, 1_000).iterator());
            }
        });
        Remotes.connect(client, middle);
        return ChaskiRemote.with(
                client.at(middle.node().id()).proxy("relay", RelayLater.class), CallOptions.within(LIMIT));
    }

    private static void await(CyclicBarrier all) throws Exception {
        try {
            all.await(LIMIT.toSeconds(), TimeUnit.SECONDS);
        } catch (BrokenBarrierException | TimeoutException slow) {
            throw new AssertionError("the others have not come", slow);
        }
    }

    private static void allGet(List<CompletableFuture<Long>> sums, long expected) throws Exception {
        for (CompletableFuture<Long> sum : sums) {
            assertThat(get(sum)).isEqualTo(expected);
        }
    }

    @Test
    @DisplayName("implementations that wait for what they have subscribed to do not keep it from coming")
    void subscribed() throws Exception {
        RelayLater relay = relay();
        allGet(IntStream.range(0, OF_ONE_CALLER).mapToObj(n -> relay.sum()).toList(), 499_500);
    }

    @Test
    @DisplayName("implementations that wait for a call do not keep the items that they pass from being taken")
    void passed() throws Exception {
        RelayLater relay = relay();
        allGet(IntStream.range(0, OF_ONE_CALLER).mapToObj(n -> relay.count()).toList(), 1_000);
    }

    interface Lists {
        Iterator<Integer> list();
    }

    /** They hold a quarter of the threads that ask producers. */
    @Test
    @DisplayName("iterators of one caller that wait do not keep those of others from being read")
    void others() throws Exception {
        Waiting feed = new Waiting();
        server.serve("feed", Feed.class, feed);
        server.serve("lists", Lists.class, () -> List.of(1, 2, 3).iterator());
        FeedReader reader = client.at(server.node().id()).proxy("feed", FeedReader.class);
        List<Taker<Integer>> takers = new ArrayList<>();
        for (int i = 0; i < 2 * THREADS; i++) {
            takers.add(Taker.ofAll(reader.news()));
        }
        assertThat(feed.waiting.tryAcquire(THREADS / 4, LIMIT.toSeconds(), TimeUnit.SECONDS))
                .isTrue();
        ChaskiRemote other = remote("other", RemoteOptions.DEFAULTS);
        Remotes.connect(other, server);
        Iterator<Integer> list =
                other.at(server.node().id()).proxy("lists", Lists.class).list();
        assertThat(list).toIterable().containsExactly(1, 2, 3);
        takers.forEach(Taker::cancel);
    }

    interface Counter {
        long count(Iterator<Integer> numbers);
    }

    interface CounterLater {
        CompletableFuture<Long> count(Flow.Publisher<Integer> numbers);
    }

    @Test
    @DisplayName("an implementation that waits for items that do not come is ended, and the caller hears why")
    void silent() throws Exception {
        ChaskiRemote hurried = remote(
                "hurried",
                RemoteOptions.builder().itemIdle(Duration.ofMillis(200)).build());
        hurried.serve("counter", Counter.class, new Given()::countAll);
        Remotes.connect(client, hurried);
        CounterLater counter = client.at(hurried.node().id()).proxy("counter", CounterLater.class);
        CompletableFuture<Long> silent = counter.count(subscriber -> subscriber.onSubscribe(new Numbers.Nothing()));
        assertThatThrownBy(() -> get(silent)).hasCauseInstanceOf(ItemsIdleException.class);
        assertThat(get(counter.count(new Numbers(5)))).isEqualTo(5);
    }
}
