package io.chaski.remote;

import static io.chaski.remote.Remotes.LIMIT;
import static io.chaski.remote.Remotes.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Calls that are named by a lambda: made as futures here. */
class CapturedCallIT {

    interface Counter {
        int add(int a, int b);

        String header();

        void hang() throws InterruptedException;

        CompletableFuture<Integer> later();

        @OneWay
        void note(String word);

        default int twice(int a) {
            return add(a, a);
        }

        default int addThree(int a, int b, int c) {
            return add(add(a, b), c);
        }
    }

    private final Remotes remotes = Remotes.inProcess();
    private final CountDownLatch begun = new CountDownLatch(1);
    private final CountDownLatch interrupted = new CountDownLatch(1);
    private final CountDownLatch noted = new CountDownLatch(1);
    private ChaskiRemote server;
    private ChaskiRemote client;
    private Counter counter;

    private final class RealCounter implements Counter {
        @Override
        public int add(int a, int b) {
            return a + b;
        }

        @Override
        public String header() {
            return RemoteContext.current().headers().get("tenant");
        }

        @Override
        public void hang() throws InterruptedException {
            begun.countDown();
            try {
                new CountDownLatch(1).await();
            } catch (InterruptedException given) {
                interrupted.countDown();
                throw given;
            }
        }

        @Override
        public CompletableFuture<Integer> later() {
            return CompletableFuture.completedFuture(1);
        }

        @Override
        public void note(String word) {
            noted.countDown();
        }
    }

    @BeforeEach
    void serve() throws Exception {
        server = remotes.remote("server");
        client = remotes.remote("client");
        Remotes.connect(client, server);
        server.serve("counter", Counter.class, new RealCounter());
        counter = client.at(server.node().id()).proxy("counter", Counter.class, CallOptions.within(LIMIT));
    }

    @AfterEach
    void close() {
        remotes.close();
    }

    private static void awaitLatch(CountDownLatch latch) throws InterruptedException {
        assertThat(latch.await(LIMIT.toSeconds(), TimeUnit.SECONDS)).isTrue();
    }

    @Test
    @DisplayName("D19, D41: a method with a plain result is called without waiting, options included")
    void later() throws Exception {
        CallOptions blue = CallOptions.builder().header("tenant", "blue").build();
        CompletableFuture<Integer> sum = client.async(counter, c -> c.add(1, 2));
        CompletableFuture<Integer> twice = client.async(counter, c -> c.twice(4));
        CompletableFuture<String> outside = client.async(ChaskiRemote.with(counter, blue), Counter::header);
        CompletableFuture<String> inside =
                client.async(counter, c -> ChaskiRemote.with(c, blue).header());
        assertThat(sum.get(LIMIT.toSeconds(), TimeUnit.SECONDS)).isEqualTo(3);
        assertThat(twice.get(LIMIT.toSeconds(), TimeUnit.SECONDS)).isEqualTo(8);
        assertThat(outside.get(LIMIT.toSeconds(), TimeUnit.SECONDS)).isEqualTo("blue");
        assertThat(inside.get(LIMIT.toSeconds(), TimeUnit.SECONDS)).isEqualTo("blue");
        get(client.runAsync(counter, c -> c.note("word")));
        awaitLatch(noted);
    }

    @Test
    void cancelling_the_future_cancels_the_call() throws Exception {
        CompletableFuture<Void> hanging = client.runAsync(counter, Counter::hang);
        awaitLatch(begun);
        hanging.cancel(true);
        awaitLatch(interrupted);
        assertThat(hanging).isCancelled();
    }

    @Test
    void anything_but_one_call_of_a_method_with_a_plain_result_is_refused_and_nothing_is_called() {
        AtomicReference<Counter> kept = new AtomicReference<>();
        Map<String, RemoteAction<Counter>> wrong = Map.of(
                "there was none", kept::set,
                "threw", c -> c.addThree(1, 2, 3),
                "returns a future",
                        c -> {
                            var unused = c.later();
                        });
        wrong.forEach((message, call) -> assertThatThrownBy(() -> client.runAsync(counter, call))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(message));
        assertThatThrownBy(() -> kept.get().add(1, 2)).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> client.async("no proxy", String::length))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("not a proxy");
        assertThatThrownBy(() -> server.async(counter, c -> c.add(1, 2)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("another remote");
        assertThatThrownBy(() -> client.async(counter, c -> c.addThree(1, 2, 3)))
                .rootCause()
                .hasMessageContaining("a second call, of counter.add");
    }
}
