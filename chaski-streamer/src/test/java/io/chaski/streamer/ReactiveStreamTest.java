package io.chaski.streamer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chaski.core.Message;
import io.chaski.core.OverflowPolicy;
import io.chaski.core.QueueOverflowException;
import io.chaski.core.Receipt;
import io.chaski.core.Topic;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** What is not in the suite of Reactive Streams. */
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class ReactiveStreamTest extends StreamFixture {

    /** Writes down its signals. */
    private static final class Recording<E> implements Flow.Subscriber<E> {

        final List<String> signals = new ArrayList<>();
        Flow.Subscription subscription;

        @Override
        public void onSubscribe(Flow.Subscription given) {
            subscription = given;
            signals.add("subscribed");
        }

        @Override
        public void onNext(E item) {
            signals.add(String.valueOf(item instanceof Message<?> message ? message.payload() : item));
        }

        @Override
        public void onError(Throwable failure) {
            signals.add(failure.getClass().getSimpleName());
        }

        @Override
        public void onComplete() {
            signals.add("complete");
        }
    }

    @Nested
    class A_subscriber {

        private final Recording<Message<String>> subscriber = new Recording<>();

        @Test
        void gets_what_it_requests_and_no_more() throws InterruptedException {
            MessageStream<String> in = b.open(TEXT);
            pair(in);
            in.subscribe(subscriber);
            push("one", "two", "three");
            net.advance(SOON);
            assertThat(subscriber.signals).containsExactly("subscribed");
            subscriber.subscription.request(2);
            net.advance(SOON);
            assertThat(subscriber.signals).containsExactly("subscribed", "one", "two");
            assertThat(in.statistics().queued() + in.statistics().delivered()).isLessThanOrEqualTo(3);
        }

        @Test
        void is_completed_when_the_stream_is_closed() throws InterruptedException {
            MessageStream<String> in = b.open(TEXT);
            in.subscribe(subscriber);
            in.close();
            net.advance(SOON);
            assertThat(subscriber.signals).containsExactly("subscribed", "complete");
        }

        @Test
        void is_completed_when_the_node_closes() {
            b.open(TEXT).subscribe(subscriber);
            b.node().close();
            assertThat(subscriber.signals).containsExactly("subscribed", "complete");
        }

        @Test
        void closes_the_stream_when_it_cancels() {
            MessageStream<String> in = b.open(TEXT);
            in.subscribe(subscriber);
            subscriber.subscription.cancel();
            assertThat(in.isClosed()).isTrue();
            net.advance(SOON);
            assertThat(subscriber.signals).containsExactly("subscribed");
        }

        @Test
        void hears_of_an_overflow_after_what_came_before() throws InterruptedException {
            MessageStream<String> in = b.open(
                    TEXT,
                    QueueOptions.builder()
                            .capacity(1)
                            .overflow(OverflowPolicy.FAIL)
                            .build());
            pair(in);
            in.subscribe(subscriber);
            push("one", "two");
            net.advance(SOON);
            subscriber.subscription.request(10);
            net.advance(SOON);
            assertThat(subscriber.signals)
                    .containsExactly("subscribed", "one", QueueOverflowException.class.getSimpleName());
        }

        @Test
        void gets_its_items_though_filters_leave_out_many_more() throws InterruptedException {
            MessageStream<String> in =
                    b.open(TEXT, QueueOptions.builder().key("wanted").build());
            pair(in);
            in.subscribe(subscriber);
            for (int i = 0; i < 600; i++) {
                push("unwanted");
                net.advance(Duration.ofMillis(1));
            }
            a.publisher(TEXT).with(message().key("wanted").build()).publish("one");
            net.advance(SOON);
            subscriber.subscription.request(1);
            net.advance(SOON);
            assertThat(subscriber.signals).containsExactly("subscribed", "one");
        }

        @Test
        void that_throws_is_cancelled() throws InterruptedException {
            MessageStream<String> in = b.open(TEXT);
            pair(in);
            in.subscribe(new Flow.Subscriber<>() {
                @Override
                public void onSubscribe(Flow.Subscription subscription) {
                    subscription.request(10);
                }

                @Override
                public void onNext(Message<String> message) {
                    throw new IllegalStateException("a bug of the subscriber");
                }

                @Override
                public void onError(Throwable failure) {}

                @Override
                public void onComplete() {}
            });
            push("one");
            net.advance(SOON);
            assertThat(in.isClosed()).isTrue();
        }

        @Test
        void that_comes_second_gets_an_error() {
            MessageStream<String> in = b.open(TEXT);
            in.subscribe(new Recording<>());
            in.subscribe(subscriber);
            assertThat(subscriber.signals).containsExactly("subscribed", "IllegalStateException");
            assertThat(in.isClosed()).isFalse();
        }
    }

    @Nested
    class A_handler {

        @Test
        void is_called_with_each_item() throws InterruptedException {
            List<String> heard = new ArrayList<>();
            MessageStream<String> in = b.open(TEXT);
            pair(in);
            in.onItem(message -> heard.add(message.payload()));
            push("one", "two");
            net.advance(SOON);
            assertThat(heard).containsExactly("one", "two");
            in.close();
            push("three");
            net.advance(SOON);
            assertThat(heard).containsExactly("one", "two");
        }

        @Test
        void that_throws_is_counted_and_called_again() throws InterruptedException {
            List<String> heard = new ArrayList<>();
            MessageStream<String> in = b.open(TEXT);
            pair(in);
            in.onItem(message -> {
                heard.add(message.payload());
                throw new IllegalStateException("a bug of the handler");
            });
            push("one", "two");
            net.advance(SOON);
            assertThat(heard).containsExactly("one", "two");
            assertThat(in.statistics().failed()).isEqualTo(2);
            assertThat(in.isClosed()).isFalse();
        }
    }

    @Nested
    class A_subscriber_that_publishes {

        private final Topic<Integer> numbers = Topic.of("numbers", Integer.class);

        /** Gives as many numbers as are requested, and ends by itself. */
        private static final class Numbers implements Flow.Publisher<Integer>, Flow.Subscription {

            private final int count;
            private Flow.Subscriber<? super Integer> subscriber;
            private int next;
            private long requested;
            private boolean isCancelled;
            private boolean isGiving;

            Numbers(int count) {
                this.count = count;
            }

            @Override
            public void subscribe(Flow.Subscriber<? super Integer> other) {
                subscriber = other;
                other.onSubscribe(this);
            }

            @Override
            public void request(long n) {
                requested += n;
                if (isGiving) {
                    return;
                }
                isGiving = true;
                while (requested > 0 && next < count && !isCancelled) {
                    requested--;
                    subscriber.onNext(next++);
                }
                isGiving = false;
                if (next == count && !isCancelled) {
                    isCancelled = true;
                    subscriber.onComplete();
                }
            }

            @Override
            public void cancel() {
                isCancelled = true;
            }
        }

        @Test
        void is_done_when_everything_has_left_and_was_read_in_order() throws InterruptedException {
            MessageStream<Integer> in = b.open(numbers);
            pair(in);
            PublishingSubscriber<Integer> out = a.publisher(numbers).subscriber();
            new Numbers(100).subscribe(out);
            List<Integer> heard = new ArrayList<>();
            for (var next = in.poll(SOON); next.isPresent(); next = in.poll(SOON)) {
                heard.add(next.get().payload());
            }
            assertThat(heard).hasSize(100).isSorted();
            assertThat(out.done()).isCompleted();
        }

        @Test
        void requests_no_more_than_subscribers_take() throws InterruptedException {
            MessageStream<Integer> in =
                    b.open(numbers, QueueOptions.builder().capacity(16).build());
            pair(in);
            PublishingSubscriber<Integer> out = a.publisher(numbers).subscriber();
            Numbers upstream = new Numbers(100_000);
            upstream.subscribe(out);
            net.advance(SOON);
            int givenAtOnce = upstream.next;
            assertThat(givenAtOnce).isLessThan(50_000);
            net.advance(SOON);
            assertThat(upstream.next).as("while nobody reads").isEqualTo(givenAtOnce);
            for (int i = 0; i < givenAtOnce; i++) {
                assertThat(in.poll(SOON).orElseThrow().payload()).isEqualTo(i);
            }
            assertThat(upstream.next).isGreaterThan(givenAtOnce);
            assertThat(out.done()).isNotDone();
        }

        /** Somebody else leaves no room in the node; returns whether there was some. */
        private boolean crowd(Topic<byte[]> topic) {
            boolean hadRoom = false;
            while (!a.publisher(topic).offer(new byte[1]).isRejected()) {
                hadRoom = true;
            }
            return hadRoom;
        }

        @Test
        void keeps_what_finds_no_room_because_others_publish_as_much_as_they_can() throws InterruptedException {
            MessageStream<Integer> in = b.open(numbers);
            pair(in);
            PublishingSubscriber<Integer> out = a.publisher(numbers).subscriber();
            Topic<byte[]> busy = Topic.bytes("busy");
            assertThat(crowd(busy)).isTrue();
            Numbers upstream = new Numbers(1_000);
            upstream.subscribe(out);
            assertThat(upstream.next).isEqualTo(PublishingSubscriber.WINDOW);
            for (int i = 0; i < 1_000 && !out.done().isDone(); i++) {
                net.advance(Duration.ofMillis(1));
                crowd(busy);
            }
            assertThat(out.done()).isCompleted();
            List<Integer> heard = new ArrayList<>();
            for (var next = in.poll(SOON); next.isPresent(); next = in.poll(SOON)) {
                heard.add(next.get().payload());
            }
            assertThat(heard).hasSize(1_000).isSorted();
        }

        @Test
        void keeps_what_finds_no_room_because_others_wait_for_the_same_readers() throws InterruptedException {
            MessageStream<Integer> in =
                    b.open(numbers, QueueOptions.builder().capacity(16).build());
            pair(in);
            for (int i = 0; i < 8_000; i++) {
                var unused = a.publisher(numbers).publishAsync(-1);
            }
            net.advance(Duration.ofMillis(10));
            assertThat(a.publisher(numbers).offer(-1).status()).isEqualTo(Receipt.Status.NO_CREDIT);
            PublishingSubscriber<Integer> out = a.publisher(numbers).subscriber();
            new Numbers(100).subscribe(out);
            List<Integer> heard = new ArrayList<>();
            for (var next = in.poll(SOON); next.isPresent(); next = in.poll(SOON)) {
                if (next.get().payload() >= 0) {
                    heard.add(next.get().payload());
                }
            }
            assertThat(heard).hasSize(100).isSorted();
            assertThat(out.done()).isCompleted();
        }

        @Test
        void gives_up_when_readers_take_nothing_for_its_patience() throws InterruptedException {
            pair(b.open(numbers, QueueOptions.builder().capacity(16).build()));
            PublishingSubscriber<Integer> out = a.publisher(numbers)
                    .with(message().patience(Duration.ofSeconds(10)).build())
                    .subscriber();
            Numbers upstream = new Numbers(1_000_000);
            upstream.subscribe(out);
            net.advance(Duration.ofSeconds(9));
            assertThat(out.done()).isNotDone();
            net.advance(Duration.ofSeconds(2));
            assertThatThrownBy(() -> out.done().getNow(null))
                    .hasCauseInstanceOf(PublishRejectedException.class)
                    .cause()
                    .extracting("status")
                    .isEqualTo(Receipt.Status.NO_CREDIT);
            assertThat(upstream.isCancelled).isTrue();
        }

        @Test
        void fails_and_cancels_when_a_message_is_given_up() {
            PublishingSubscriber<byte[]> out = a.publisher(Topic.bytes("bytes")).subscriber();
            boolean[] isCancelled = new boolean[1];
            out.onSubscribe(new Flow.Subscription() {
                @Override
                public void request(long n) {}

                @Override
                public void cancel() {
                    isCancelled[0] = true;
                }
            });
            out.onNext(new byte[2 << 20]);
            net.advance(SOON);
            assertThat(isCancelled[0]).isTrue();
            assertThatThrownBy(() -> out.done().getNow(null))
                    .hasCauseInstanceOf(PublishRejectedException.class)
                    .cause()
                    .extracting("status")
                    .isEqualTo(Receipt.Status.TOO_LARGE);
        }

        @Test
        void fails_with_its_upstream() {
            PublishingSubscriber<Integer> out = a.publisher(numbers).subscriber();
            CompletableFuture<Void> done = out.done();
            out.onError(new IllegalStateException("no more"));
            assertThat(done).isCompletedExceptionally();
        }

        @Test
        void takes_a_stream_of_another_topic() throws InterruptedException {
            // The whole way: a publishes on one topic, b publishes what it reads there on another, a reads that.
            Topic<Integer> back = Topic.of("back", Integer.class);
            MessageStream<Integer> there = b.open(numbers);
            pair(there);
            MessageStream<Integer> here = a.open(back);
            b.node().subscribe(back, message -> {}).awaitPaired(SOON);
            PublishingSubscriber<Integer> out = b.publisher(back).subscriber();
            there.subscribe(new Flow.Subscriber<>() {
                @Override
                public void onSubscribe(Flow.Subscription subscription) {
                    out.onSubscribe(subscription);
                }

                @Override
                public void onNext(Message<Integer> message) {
                    out.onNext(message.payload());
                }

                @Override
                public void onError(Throwable failure) {
                    out.onError(failure);
                }

                @Override
                public void onComplete() {
                    out.onComplete();
                }
            });
            for (int i = 0; i < 100; i++) {
                a.push(numbers, i);
                net.advance(Duration.ofMillis(1));
            }
            List<Integer> heard = new ArrayList<>();
            for (var next = here.poll(SOON); next.isPresent(); next = here.poll(SOON)) {
                heard.add(next.get().payload());
            }
            assertThat(heard).hasSize(100).isSorted();
        }
    }
}
