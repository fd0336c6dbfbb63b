package io.chaski.remote.internal.flow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chaski.remote.internal.fake.FakeStream;
import io.chaski.remote.internal.model.StreamShape;
import io.chaski.remote.internal.wire.Body;
import io.chaski.remote.internal.wire.BodyWriter;
import io.chaski.remote.internal.wire.Budget;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class OutgoingItemsTest {

    private static final int BUDGET = 1_000;

    /** Does what a test says, and counts what is asked of it. */
    private static final class Publisher implements Flow.Publisher<Object>, Flow.Subscription {
        private Flow.Subscriber<? super Object> subscriber;
        private int subscribed;
        private long requested;
        private boolean isCancelled;

        @Override
        public void subscribe(Flow.Subscriber<? super Object> given) {
            subscriber = given;
            subscribed++;
            given.onSubscribe(this);
        }

        @Override
        public void request(long count) {
            requested += count;
        }

        @Override
        public void cancel() {
            isCancelled = true;
        }
    }

    private final Publisher publisher = new Publisher();
    private final Budget budget = new Budget(BUDGET);
    private final FakeStream stream = new FakeStream();
    private final BodyWriter writer = new BodyWriter(stream);
    private final OutgoingItems items =
            new OutgoingItems(publisher, Integer.class, 100, budget, Runnable::run, Runnable::run);

    @Test
    void one_item_is_requested_when_the_one_before_has_been_sent() {
        items.begin(writer);
        assertThat(publisher.requested).isEqualTo(1);
        publisher.subscriber.onNext(7);
        assertThat(publisher.requested).isEqualTo(2);
        assertThat(stream.sent.get(0)).containsExactly(5, 0, 0, 0, 1, 7);
        assertThat(budget.left()).isEqualTo(BUDGET);
    }

    @Test
    void without_room_nothing_is_requested() {
        stream.room = 1;
        items.begin(writer);
        publisher.subscriber.onNext(1);
        publisher.subscriber.onNext(2);
        assertThat(publisher.requested).isEqualTo(2);
        assertThat(budget.left()).isEqualTo(BUDGET - 1);
        stream.room = 1;
        writer.pump();
        assertThat(publisher.requested).isEqualTo(3);
        assertThat(stream.sent).hasSize(2);
        assertThat(budget.left()).isEqualTo(BUDGET);
    }

    @Test
    void the_end_comes_with_the_last_item() {
        stream.room = 1;
        items.begin(writer);
        publisher.subscriber.onNext(1);
        publisher.subscriber.onNext(2);
        publisher.subscriber.onComplete();
        assertThat(items.done()).isCompleted();
        assertThat(stream.sent).hasSize(1);
        assertThat(stream.isEnded).isFalse();

        writer.end();

        assertThat(stream.sent).hasSize(2);
        assertThat(stream.isEndedByMessage).isTrue();
    }

    @Test
    void a_publisher_that_gives_more_than_was_requested_is_cancelled() {
        stream.room = 0;
        items.begin(writer);
        publisher.subscriber.onNext(1);
        publisher.subscriber.onNext(2);
        assertThat(publisher.isCancelled).isTrue();
        assertThatThrownBy(() -> items.done().join()).hasMessageContaining("more items than were requested");
        items.release();
        assertThat(budget.left()).isEqualTo(BUDGET);
    }

    @Test
    void an_item_of_another_type_or_too_large_ends_the_stream() {
        items.begin(writer);
        publisher.subscriber.onNext("one");
        assertThat(publisher.isCancelled).isTrue();
        assertThatThrownBy(() -> items.done().join()).hasCauseInstanceOf(UnsendableItemException.class);
        Publisher texts = new Publisher();
        OutgoingItems small = new OutgoingItems(texts, String.class, 3, budget, Runnable::run, Runnable::run);
        small.begin(writer);
        texts.subscriber.onNext("long");
        assertThatThrownBy(() -> small.done().join()).hasMessageContaining("too large");
        assertThat(stream.sent).isEmpty();
        assertThat(budget.left()).isEqualTo(BUDGET);
    }

    @Test
    void cancelling_it_cancels_the_publisher_and_what_still_comes_is_dropped() {
        items.begin(writer);
        items.cancel();
        assertThat(publisher.isCancelled).isTrue();
        publisher.subscriber.onNext(1);
        publisher.subscriber.onComplete();
        publisher.subscriber.onError(new IllegalStateException());
        assertThat(stream.sent).isEmpty();
        assertThat(items.done()).isCancelled();
    }

    @Test
    void another_attempt_goes_on_with_the_same_subscription() {
        items.begin(new BodyWriter(new FakeStream()));
        assertThat(items.detach()).isTrue();
        items.begin(writer);
        assertThat(publisher.subscribed).isEqualTo(1);
        assertThat(publisher.requested).isEqualTo(1);
        publisher.subscriber.onNext(1);
        assertThat(stream.sent).hasSize(1);
        assertThat(items.detach()).as("an item was taken").isFalse();
    }

    @Test
    void an_item_that_comes_between_two_attempts_waits_for_the_second() {
        items.begin(new BodyWriter(new FakeStream()));
        assertThat(items.detach()).isTrue();
        publisher.subscriber.onNext(1);
        assertThat(publisher.requested).isEqualTo(1);
        items.begin(writer);
        assertThat(stream.sent).hasSize(1);
        assertThat(publisher.requested).isEqualTo(2);
    }

    @Test
    void a_publisher_that_gives_items_at_once_is_not_called_from_within_itself() {
        Flow.Publisher<Integer> naive = subscriber -> subscriber.onSubscribe(new Flow.Subscription() {
            private int next;

            @Override
            public void request(long count) {
                next++;
                if (next > 100_000) {
                    subscriber.onComplete();
                } else {
                    subscriber.onNext(next);
                }
            }

            @Override
            public void cancel() {
                throw new AssertionError("nobody cancels");
            }
        });
        OutgoingItems many = new OutgoingItems(naive, Integer.class, 100, budget, Runnable::run, Runnable::run);
        many.begin(writer);
        assertThat(many.done()).isCompleted();
        assertThat(stream.sent).hasSize(100_000);
    }

    @Test
    void a_publisher_that_throws_has_failed() {
        OutgoingItems broken = new OutgoingItems(
                subscriber -> {
                    throw new IllegalStateException("broken");
                },
                Integer.class,
                100,
                budget,
                Runnable::run,
                Runnable::run);
        broken.begin(writer);
        assertThatThrownBy(() -> broken.done().join()).hasMessageContaining("broken");
    }

    @Test
    void two_subscriptions_are_one_too_many() {
        items.begin(writer);
        Publisher second = new Publisher();
        items.onSubscribe(second);
        assertThat(second.isCancelled).isTrue();
        assertThat(publisher.isCancelled).isFalse();
        assertThatThrownBy(() -> items.onNext(null)).isInstanceOf(NullPointerException.class);
    }

    /** A record whose code fails as no exception does. */
    record Broken(int depth) {
        @Override
        public int depth() {
            throw new AssertionError("an accessor");
        }
    }

    @Test
    void an_error_while_an_item_is_encoded_ends_the_stream() {
        OutgoingItems broken = new OutgoingItems(publisher, Broken.class, 100, budget, Runnable::run, Runnable::run);
        broken.begin(writer);
        publisher.subscriber.onNext(new Broken(1));
        assertThat(publisher.isCancelled).isTrue();
        assertThatThrownBy(() -> broken.done().join())
                .hasCauseInstanceOf(UnsendableItemException.class)
                .hasMessageNotContaining("accessor");
    }

    @Test
    void a_subscription_that_throws_has_failed() {
        Flow.Publisher<Integer> broken = subscriber -> subscriber.onSubscribe(new Flow.Subscription() {
            @Override
            public void request(long count) {
                throw new IllegalStateException("broken");
            }

            @Override
            public void cancel() {
                throw new IllegalStateException("broken as well");
            }
        });
        OutgoingItems none = new OutgoingItems(broken, Integer.class, 100, budget, Runnable::run, Runnable::run);
        none.begin(writer);
        assertThatThrownBy(() -> none.done().join()).hasRootCauseMessage("broken");
    }

    @Test
    void a_publisher_is_not_cancelled_while_it_is_asked_but_right_after() {
        AtomicReference<OutgoingItems> asking = new AtomicReference<>();
        List<String> heard = new ArrayList<>();
        Flow.Publisher<Integer> naive = subscriber -> subscriber.onSubscribe(new Flow.Subscription() {
            @Override
            public void request(long count) {
                heard.add("request");
                asking.get().cancel();
                heard.add("requested");
            }

            @Override
            public void cancel() {
                heard.add("cancel");
            }
        });
        asking.set(new OutgoingItems(naive, Integer.class, 100, budget, Runnable::run, Runnable::run));
        asking.get().begin(writer);
        assertThat(heard).containsExactly("request", "requested", "cancel");
    }

    @Test
    void a_publisher_that_had_nothing_to_give_does_not_keep_the_call_from_being_repeated() {
        items.begin(new BodyWriter(new FakeStream()));
        publisher.subscriber.onComplete();
        assertThat(items.detach()).isTrue();
        items.begin(writer);
        assertThat(publisher.subscribed).isEqualTo(1);
        assertThat(items.done()).isCompleted();
        items.cancel();
        assertThat(items.detach()).as("nobody has cancelled it before").isTrue();
    }

    /** The only thread there is waits for an item. */
    @Test
    void cancelling_wakes_an_iterator_that_holds_the_last_thread() throws Exception {
        ExecutorService one = Executors.newFixedThreadPool(1);
        try {
            CountDownLatch waiting = new CountDownLatch(1);
            CompletableFuture<String> woken = new CompletableFuture<>();
            Stream<Integer> quiet = Stream.generate(() -> {
                waiting.countDown();
                try {
                    new CountDownLatch(1).await();
                } catch (InterruptedException cancelled) {
                    woken.complete("interrupted");
                }
                return 1;
            });
            CompletableFuture<String> closed = new CompletableFuture<>();
            quiet = quiet.onClose(() -> closed.complete("closed"));
            OutgoingItems pulled = new OutgoingItems(
                    ItemShapes.toPublisher(quiet, StreamShape.STREAM, one),
                    Integer.class,
                    100,
                    budget,
                    one,
                    Runnable::run);
            pulled.begin(writer);
            assertThat(waiting.await(50, TimeUnit.SECONDS)).isTrue();
            pulled.cancel();
            assertThat(woken.get(50, TimeUnit.SECONDS)).isEqualTo("interrupted");
            assertThat(closed.get(50, TimeUnit.SECONDS)).isEqualTo("closed");
        } finally {
            one.shutdownNow();
        }
    }

    @Test
    void a_stream_that_is_never_asked_is_closed_once() {
        AtomicInteger closed = new AtomicInteger();
        Stream<Integer> unread = Stream.of(1).onClose(closed::incrementAndGet);
        OutgoingItems never = new OutgoingItems(
                ItemShapes.toPublisher(unread, StreamShape.STREAM, Runnable::run),
                Integer.class,
                100,
                budget,
                Runnable::run,
                Runnable::run);
        never.cancel();
        assertThat(closed).hasValue(1);
        never.begin(writer);
        assertThat(closed).hasValue(1);
        assertThat(stream.sent).isEmpty();
    }

    @Test
    void a_body_between_two_items_waits_for_the_pieces_of_the_first() {
        stream.room = 1;
        Publisher blocks = new Publisher();
        OutgoingItems large =
                new OutgoingItems(blocks, byte[].class, 1 << 20, new Budget(1 << 20), Runnable::run, Runnable::run);
        large.begin(writer);
        blocks.subscriber.onNext(new byte[100_000]);
        writer.send(new Body(Body.Kind.STOP, new byte[0]));
        stream.room = 9;
        writer.pump();
        assertThat(stream.sent.stream().map(message -> message.length)).containsExactly(65_536, 34_474, 5);
        assertThat(blocks.requested).isEqualTo(2);
    }

    @Test
    void small_items_wait_for_their_reader_when_no_memory_is_left_and_large_ones_end_the_stream() {
        Budget none = new Budget(0);
        stream.room = 0;
        OutgoingItems small = new OutgoingItems(publisher, Integer.class, 100, none, Runnable::run, Runnable::run);
        small.begin(writer);
        publisher.subscriber.onNext(1);
        assertThat(small.done()).isNotDone();
        stream.room = 1;
        writer.pump();
        assertThat(stream.sent).hasSize(1);
        assertThat(none.left()).isZero();
        Publisher blocks = new Publisher();
        OutgoingItems large = new OutgoingItems(blocks, byte[].class, 1 << 20, none, Runnable::run, Runnable::run);
        large.begin(writer);
        blocks.subscriber.onNext(new byte[70_000]);
        assertThatThrownBy(() -> large.done().join()).hasMessageContaining("no memory");
        assertThat(none.left()).isZero();
    }
}
