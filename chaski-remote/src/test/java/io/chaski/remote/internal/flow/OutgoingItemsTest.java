package io.chaski.remote.internal.flow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chaski.remote.internal.fake.FakeStream;
import io.chaski.remote.internal.wire.Body;
import io.chaski.remote.internal.wire.BodyWriter;
import io.chaski.remote.internal.wire.Budget;
import java.util.concurrent.Flow;
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
    private final OutgoingItems items = new OutgoingItems(publisher, Integer.class, 100, budget, Runnable::run);

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
    void the_end_comes_after_the_last_item() {
        stream.room = 0;
        items.begin(writer);
        publisher.subscriber.onNext(1);
        publisher.subscriber.onComplete();
        assertThat(items.done()).isCompleted();
        writer.end();
        assertThat(stream.isEnded).isFalse();
        stream.room = 1;
        writer.pump();
        assertThat(stream.sent).hasSize(1);
        assertThat(stream.isEnded).isTrue();
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
        OutgoingItems small = new OutgoingItems(texts, String.class, 3, budget, Runnable::run);
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
        OutgoingItems many = new OutgoingItems(naive, Integer.class, 100, budget, Runnable::run);
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

    @Test
    void a_body_between_two_items_waits_for_the_pieces_of_the_first() {
        stream.room = 1;
        Publisher blocks = new Publisher();
        OutgoingItems large = new OutgoingItems(blocks, byte[].class, 1 << 20, new Budget(1 << 20), Runnable::run);
        large.begin(writer);
        blocks.subscriber.onNext(new byte[100_000]);
        writer.send(new Body(Body.Kind.STOP, new byte[0]));
        stream.room = 9;
        writer.pump();
        assertThat(stream.sent.stream().map(message -> message.length)).containsExactly(65_536, 34_474, 5);
        assertThat(blocks.requested).isEqualTo(2);
    }
}
