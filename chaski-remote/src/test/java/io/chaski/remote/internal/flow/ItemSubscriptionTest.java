package io.chaski.remote.internal.flow;

import static io.chaski.remote.internal.fake.FakeStream.body;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chaski.remote.BadAnswerException;
import io.chaski.remote.CallException;
import io.chaski.remote.internal.context.IdleInput;
import io.chaski.remote.internal.fake.FakeStream;
import io.chaski.remote.internal.wire.Budget;
import io.chaski.remote.internal.wire.Reserve;
import io.chaski.remote.internal.wire.Values;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.Flow;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ItemSubscriptionTest {

    private static final int ITEM = 5;

    /** What runs when a test says so. */
    private final Queue<Runnable> tasks = new ArrayDeque<>();

    private final List<String> heard = new ArrayList<>();
    private final List<String> unwanted = new ArrayList<>();
    private final FakeStream stream = new FakeStream();
    private final IncomingItems items = new IncomingItems(
            Integer.class, what -> new BadAnswerException(null, what), why -> unwanted.add(String.valueOf(why)));
    private final Reserve memory =
            new Budget(4 * ItemInbox.WINDOW_BYTES).reserve(stream.peer(), ItemInbox.WINDOW_BYTES);
    private final ItemInbox inbox =
            new ItemInbox(stream, 1_000, memory, new IdleInput(IdleInput.LIMIT, task -> {}), items::wake);
    private final ItemPublisher publisher = new ItemPublisher(items, tasks::add);
    private Flow.Subscription subscription;

    private final class Noting implements Flow.Subscriber<Object> {
        @Override
        public void onSubscribe(Flow.Subscription given) {
            subscription = given;
            heard.add("subscribed");
        }

        @Override
        public void onNext(Object item) {
            heard.add(item.toString());
            if (item.equals(13)) {
                throw new IllegalStateException("no number for a subscriber");
            }
        }

        @Override
        public void onError(Throwable failure) {
            heard.add(failure instanceof CallException failed ? failed.reason() : failure.getMessage());
        }

        @Override
        public void onComplete() {
            heard.add("complete");
        }
    }

    private void run() {
        for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
            task.run();
        }
    }

    private void arrive(int... numbers) throws Exception {
        for (int number : numbers) {
            inbox.onMessage(body(ITEM, 1, number));
        }
    }

    @BeforeEach
    void subscribe() {
        items.attach(inbox);
        publisher.subscribe(new Noting());
        run();
        assertThat(heard).containsExactly("subscribed");
        heard.clear();
    }

    @Test
    void items_come_as_they_are_requested_and_the_end_without() throws Exception {
        arrive(1, 2, 3);
        run();
        assertThat(heard).isEmpty();
        subscription.request(2);
        run();
        assertThat(heard).containsExactly("1", "2");
        subscription.request(1);
        items.end(IncomingItems.IN_GOOD_ORDER);
        items.end(() -> new IllegalStateException("a second end"));
        run();
        assertThat(heard).containsExactly("1", "2", "3", "complete");
        assertThat(unwanted).as("nothing was left").isEmpty();
        subscription.request(1);
        subscription.cancel();
        run();
        assertThat(heard).hasSize(4);
    }

    @Test
    void one_task_at_a_time_sends() throws Exception {
        subscription.request(Long.MAX_VALUE);
        subscription.request(Long.MAX_VALUE);
        arrive(1, 2);
        assertThat(tasks).hasSize(1);
        run();
        assertThat(heard).containsExactly("1", "2");
    }

    @Test
    void a_request_of_nothing_is_an_error() throws Exception {
        arrive(1);
        subscription.request(0);
        run();
        assertThat(heard).singleElement().asString().contains("rule 3.9");
        assertThat(unwanted).hasSize(1);
        subscription.request(1);
        run();
        assertThat(heard).hasSize(1);
    }

    @Test
    void after_cancel_nothing_comes_and_items_are_discarded() throws Exception {
        subscription.request(9);
        arrive(1);
        subscription.cancel();
        run();
        arrive(2);
        items.end(IncomingItems.IN_GOOD_ORDER);
        run();
        assertThat(heard).isEmpty();
        assertThat(unwanted).containsExactly("null");
        assertThat(stream.consumed).isEqualTo(12);
    }

    @Test
    void an_item_that_is_none_ends_the_stream() throws Exception {
        subscription.request(9);
        arrive(1);
        inbox.onMessage(body(ITEM, 1, 0xf6));
        arrive(2);
        run();
        assertThat(heard).containsExactly("1", "BAD_ANSWER");
        assertThat(unwanted).singleElement().asString().contains("an item is null");
    }

    @Test
    void an_item_that_cannot_be_decoded_ends_the_stream() throws Exception {
        subscription.request(9);
        inbox.onMessage(body(ITEM, 2, 0x61, 'x'));
        run();
        assertThat(heard).containsExactly("BAD_ANSWER");
        assertThat(unwanted).singleElement().asString().contains("cannot be decoded");
    }

    @Test
    void a_failure_comes_after_the_items_before_it() throws Exception {
        arrive(1);
        items.end(() -> new IllegalStateException("broken"));
        run();
        assertThat(heard).isEmpty();
        subscription.request(1);
        run();
        assertThat(heard).containsExactly("1", "broken");
    }

    @Test
    void a_failure_that_cannot_be_made_is_one() throws Exception {
        items.end(() -> {
            throw new IllegalStateException("cannot be made");
        });
        run();
        assertThat(heard).containsExactly("cannot be made");
    }

    /** A record that is never one. */
    record Fussy(int number) {
        Fussy {
            throw new AssertionError("no number is good enough");
        }
    }

    @Test
    void an_item_whose_constructor_throws_an_error_ends_the_stream() throws Exception {
        List<Object> failures = new ArrayList<>();
        IncomingItems fussy =
                new IncomingItems(Fussy.class, what -> new BadAnswerException(null, what), why -> failures.add(why));
        ItemInbox others =
                new ItemInbox(stream, 1_000, memory, new IdleInput(IdleInput.LIMIT, task -> {}), fussy::wake);
        fussy.attach(others);
        ItemSubscription.of(new Noting(), fussy, ItemEnd.AT_ONCE, tasks::add);
        run();
        subscription.request(1);
        byte[] encoded = Values.encode(Map.class, Map.of("number", 1));
        others.onMessage(ByteBuffer.allocate(5 + encoded.length)
                .put((byte) ITEM)
                .putInt(encoded.length)
                .put(encoded)
                .array());
        run();
        assertThat(heard).containsExactly("subscribed", "BAD_ANSWER");
        assertThat(failures).hasSize(1);
    }

    @Test
    void an_iterator_hears_a_failure_that_cannot_be_made_and_ends() {
        IncomingItems none = new IncomingItems(Integer.class, what -> new BadAnswerException(null, what), why -> {});
        ItemIterator iterator = ItemIterator.of(none, ItemEnd.AT_ONCE, () -> false);
        none.end(() -> {
            throw new IllegalStateException("cannot be made");
        });
        assertThatThrownBy(iterator::hasNext).hasMessage("cannot be made");
        assertThat(iterator.hasNext()).isFalse();
    }

    @Test
    void a_connection_that_is_lost_is_told_at_once() throws Exception {
        arrive(1);
        items.cutOff(() -> new IllegalStateException("lost"));
        run();
        assertThat(heard).containsExactly("lost");
        assertThat(stream.consumed).isEqualTo(6);
    }

    @Test
    void a_subscriber_that_throws_hears_no_more() throws Exception {
        subscription.request(9);
        arrive(13, 14);
        run();
        assertThat(heard).containsExactly("13");
        assertThat(unwanted).hasSize(1);
    }

    @Test
    void there_is_one_subscriber() {
        publisher.subscribe(new Noting());
        run();
        assertThat(heard).containsExactly("subscribed", "the items of a call have one subscriber");
    }

    @Test
    void other_tasks_get_their_turn() throws Exception {
        subscription.request(Long.MAX_VALUE);
        for (int i = 0; i < 3; i++) {
            for (int j = 0; j < 150; j++) {
                arrive(1);
            }
        }
        tasks.remove().run();
        assertThat(heard).hasSize(256);
        assertThat(tasks).hasSize(1);
        run();
        assertThat(heard).hasSize(450);
    }
}
