package io.chaski.remote.internal.flow;

import static org.assertj.core.api.Assertions.assertThat;

import io.chaski.remote.internal.model.StreamShape;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class PulledItemsTest {

    /** What runs when a test says so. */
    private final Queue<Runnable> tasks = new ArrayDeque<>();

    private final List<String> heard = new ArrayList<>();
    private Flow.Subscription subscription;

    private void subscribe(Object given, StreamShape shape, Executor threads) {
        @SuppressWarnings("unchecked") // whatever it publishes is an object
        Flow.Publisher<Object> publisher = (Flow.Publisher<Object>) ItemShapes.toPublisher(given, shape, threads);
        publisher.subscribe(new Flow.Subscriber<>() {
            @Override
            public void onSubscribe(Flow.Subscription made) {
                subscription = made;
            }

            @Override
            public void onNext(Object item) {
                heard.add(item.toString());
            }

            @Override
            public void onError(Throwable failure) {
                heard.add(failure.getMessage());
            }

            @Override
            public void onComplete() {
                heard.add("complete");
            }
        });
    }

    private void run() {
        for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
            task.run();
        }
    }

    @Test
    void a_stream_is_read_as_it_is_requested_and_closed_at_its_end() {
        subscribe(Stream.of(1, 2).onClose(() -> heard.add("closed")), StreamShape.STREAM, tasks::add);
        assertThat(tasks).isEmpty();
        subscription.request(1);
        run();
        assertThat(heard).containsExactly("1");
        subscription.request(2);
        run();
        assertThat(heard).containsExactly("1", "2", "closed", "complete");
    }

    @Test
    void a_stream_that_is_cancelled_is_closed_once() {
        subscribe(Stream.of(1, 2).onClose(() -> heard.add("closed")), StreamShape.STREAM, tasks::add);
        subscription.cancel();
        subscription.cancel();
        run();
        assertThat(heard).first().isEqualTo("closed");
        assertThat(heard).doesNotContain("1");
    }

    @Test
    void what_an_iterator_throws_fails_the_stream() {
        Iterator<Integer> broken = Stream.of(1, 0).map(n -> 1 / n).iterator();
        subscribe(broken, StreamShape.ITERATOR, tasks::add);
        subscription.request(5);
        run();
        assertThat(heard).containsExactly("1", "/ by zero");
    }

    @Test
    void null_is_no_item() {
        subscribe(Stream.of(1, null).iterator(), StreamShape.ITERATOR, tasks::add);
        subscription.request(2);
        run();
        assertThat(heard).containsExactly("1", "an item is null");
    }

    @Test
    void cancelling_interrupts_an_iterator_that_waits() throws Exception {
        CountDownLatch asked = new CountDownLatch(1);
        CompletableFuture<String> woken = new CompletableFuture<>();
        Iterator<Integer> waiting = new Iterator<>() {
            @Override
            public boolean hasNext() {
                asked.countDown();
                try {
                    new CountDownLatch(1).await();
                } catch (InterruptedException interrupted) {
                    woken.complete("interrupted");
                }
                return false;
            }

            @Override
            public Integer next() {
                throw new AssertionError("there is none");
            }
        };
        subscribe(waiting, StreamShape.ITERATOR, task -> new Thread(task).start());
        subscription.request(1);
        assertThat(asked.await(50, TimeUnit.SECONDS)).isTrue();
        subscription.cancel();
        assertThat(woken.get(50, TimeUnit.SECONDS)).isEqualTo("interrupted");
    }

    private static final class Closing implements Iterator<Integer>, AutoCloseable {
        private int closed;

        @Override
        public boolean hasNext() {
            return true;
        }

        @Override
        public Integer next() {
            return 1;
        }

        @Override
        public void close() {
            closed++;
        }
    }

    @Test
    void an_iterator_that_can_be_closed_is() {
        Closing closing = new Closing();
        subscribe(closing, StreamShape.ITERATOR, tasks::add);
        subscription.request(2);
        run();
        assertThat(closing.closed).isZero();
        subscription.cancel();
        run();
        assertThat(heard).containsExactly("1", "1", "complete");
        assertThat(closing.closed).isEqualTo(1);
    }

    @Test
    void a_subscriber_that_throws_has_the_source_closed() {
        AtomicInteger closed = new AtomicInteger();
        Stream<Integer> given = Stream.of(1, 2).onClose(closed::incrementAndGet);
        List<String> failures = new ArrayList<>();
        @SuppressWarnings("unchecked") // whatever it publishes is an object
        Flow.Publisher<Object> publisher =
                (Flow.Publisher<Object>) ItemShapes.toPublisher(given, StreamShape.STREAM, Runnable::run);
        publisher.subscribe(new Flow.Subscriber<>() {
            @Override
            public void onSubscribe(Flow.Subscription made) {
                made.request(2);
            }

            @Override
            public void onNext(Object item) {
                throw new AssertionError("no more");
            }

            @Override
            public void onError(Throwable failure) {
                failures.add(failure.getMessage());
            }

            @Override
            public void onComplete() {
                failures.add("complete");
            }
        });
        assertThat(failures).containsExactly("no more");
        assertThat(closed).hasValue(1);
    }

    @Test
    void others_get_the_thread_after_a_while() {
        subscribe(Stream.iterate(0, n -> n + 1).iterator(), StreamShape.ITERATOR, tasks::add);
        subscription.request(1_000);
        tasks.remove().run();
        assertThat(heard).hasSize(256);
        run();
        assertThat(heard).hasSize(1_000);
    }
}
