package io.chaski.remote.internal.flow;

import static io.chaski.remote.internal.fake.FakeStream.body;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.chaski.core.stream.StreamCode;
import io.chaski.remote.internal.context.IdleInput;
import io.chaski.remote.internal.fake.FakeStream;
import io.chaski.remote.internal.wire.Body;
import io.chaski.remote.internal.wire.Budget;
import io.chaski.remote.internal.wire.BudgetExceededException;
import io.chaski.remote.internal.wire.MalformedException;
import io.chaski.remote.internal.wire.Reserve;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class ItemInboxTest {

    private static final int BUDGET = 16 << 20;
    private static final int ITEM = 5;

    private final FakeStream stream = new FakeStream();
    private final Budget budget = new Budget(BUDGET);
    private final AtomicInteger arrivals = new AtomicInteger();
    private final IdleInput idle = new IdleInput(IdleInput.LIMIT, task -> {});
    private final Reserve memory = budget.reserve(stream.peer(), ItemInbox.WINDOW_BYTES);
    private final ItemInbox inbox = new ItemInbox(stream, 8 << 20, memory, idle, arrivals::incrementAndGet);

    /** All that the inbox may take. */
    private static final long ROOM = ItemInbox.WINDOW_BYTES + BUDGET / 4;

    private static byte[] large(int size) {
        byte[] message = new byte[5 + size];
        System.arraycopy(body(ITEM, size), 0, message, 0, 5);
        return message;
    }

    @Test
    void what_is_not_taken_gets_no_credit() throws Exception {
        assertThat(inbox.onMessage(body(ITEM, 2, 1, 2))).isNull();
        assertThat(inbox.onMessage(body(ITEM, 1, 3))).isNull();
        assertThat(arrivals).hasValue(2);
        assertThat(stream.consumed).isZero();
        assertThat(memory.left()).isEqualTo(ROOM - 2 * 64);
        assertThat(inbox.take()).containsExactly(1, 2);
        assertThat(inbox.take()).containsExactly(3);
        assertThat(inbox.take()).isNull();
        assertThat(stream.consumed).isEqualTo(7 + 6);
        assertThat(memory.left()).isEqualTo(ROOM);
    }

    @Test
    void credit_goes_back_in_portions() throws Exception {
        for (int i = 0; i < 600; i++) {
            inbox.onMessage(body(ITEM, 1, 1));
        }
        for (int i = 0; i < 300; i++) {
            assertThat(inbox.take()).isNotNull();
        }
        assertThat(stream.consumed).isEqualTo(256 * 6);
        for (int i = 0; i < 300; i++) {
            assertThat(inbox.take()).isNotNull();
        }
        assertThat(stream.consumed).isEqualTo(600 * 6);
    }

    @Test
    void pieces_of_a_large_item_get_credit_once_somebody_waits_for_it() throws Exception {
        inbox.onMessage(body(ITEM, 6, 1, 2));
        inbox.onMessage(new byte[] {3});
        assertThat(stream.consumed).isZero();
        assertThat(inbox.take()).isNull();
        assertThat(stream.consumed).isEqualTo(8);
        inbox.onMessage(new byte[] {4});
        assertThat(stream.consumed).isEqualTo(9);
        inbox.onMessage(new byte[] {5, 6});
        assertThat(stream.consumed).isEqualTo(9);
        assertThat(inbox.take()).containsExactly(1, 2, 3, 4, 5, 6);
        assertThat(stream.consumed).isEqualTo(11);
    }

    @Test
    void what_nobody_wants_gets_its_credit_at_once() throws Exception {
        inbox.onMessage(body(ITEM, 1, 1));
        inbox.onMessage(body(ITEM, 3, 1));
        inbox.discard();
        assertThat(stream.consumed).isEqualTo(12);
        inbox.onMessage(new byte[] {2, 3});
        inbox.onMessage(body(ITEM, 1, 1));
        assertThat(stream.consumed).isEqualTo(20);
        assertThat(inbox.isEmpty()).isTrue();
        assertThat(memory.left()).isEqualTo(ROOM);
    }

    @Test
    void another_body_is_handed_out() throws Exception {
        Body failure = inbox.onMessage(body(4, 1, 7));
        assertThat(failure.kind()).isEqualTo(Body.Kind.FAILURE);
        assertThat(stream.consumed).isEqualTo(6);
        assertThat(inbox.isInTheMiddle()).isFalse();
    }

    @Test
    void a_piece_that_does_not_fit_and_an_item_that_is_too_large_are_refused() throws Exception {
        assertThatThrownBy(() -> inbox.onMessage(body(9, 1, 1))).isInstanceOf(MalformedException.class);
        inbox.onMessage(body(ITEM, 3, 1));
        assertThat(inbox.isInTheMiddle()).isTrue();
        assertThatThrownBy(() -> inbox.onMessage(new byte[3])).isInstanceOf(MalformedException.class);
        ItemInbox small = new ItemInbox(stream, 4, memory, idle, arrivals::incrementAndGet);
        assertThatThrownBy(() -> small.onMessage(body(ITEM, 5, 1))).isInstanceOf(BudgetExceededException.class);
    }

    @Test
    void a_sender_that_gets_around_its_credit_is_refused() throws Exception {
        for (int i = 0; i < 5; i++) {
            inbox.onMessage(large(100_000));
        }
        assertThatThrownBy(() -> inbox.onMessage(large(100_000))).isInstanceOf(BudgetExceededException.class);
    }

    @Test
    void an_item_that_does_not_get_on_ends_the_call_if_there_is_room_for_it() throws Exception {
        inbox.onMessage(body(ITEM, 3, 1));
        inbox.endIfIdle(System.nanoTime() + 1_000, 0);
        assertThat(stream.reset).as("it may wait for credit").isNull();
        assertThat(inbox.take()).isNull();
        inbox.endIfIdle(System.nanoTime(), IdleInput.LIMIT.toNanos());
        assertThat(stream.reset).isNull();
        inbox.endIfIdle(System.nanoTime() + IdleInput.LIMIT.toNanos(), IdleInput.LIMIT.toNanos());
        assertThat(stream.reset).isEqualTo(StreamCode.CANCELLED);
    }

    @Test
    void what_is_left_at_the_end_can_be_taken_and_counts_no_more() throws Exception {
        inbox.onMessage(body(ITEM, 1, 1));
        inbox.onMessage(body(ITEM, 3, 1));
        inbox.close();
        assertThat(budget.left()).isEqualTo(BUDGET);
        assertThat(budget.reservable()).isEqualTo(BUDGET);
        assertThat(inbox.onMessage(body(ITEM, 1, 1))).isNull();
        assertThat(inbox.take()).containsExactly(1);
        assertThat(inbox.take()).isNull();
        assertThat(budget.left()).isEqualTo(BUDGET);
    }

    @Test
    void small_items_count_for_what_they_cost() throws Exception {
        for (int i = 0; i < 4_096; i++) {
            inbox.onMessage(body(ITEM, 0));
        }
        assertThat(memory.left()).as("the reserve is used up").isEqualTo(BUDGET / 4);
        assertThat(budget.left()).as("and what all share is not touched").isEqualTo(BUDGET);
        for (int i = 0; i < 4_096; i++) {
            assertThat(inbox.take()).isEmpty();
        }
        assertThat(memory.left()).isEqualTo(ROOM);
    }

    @Test
    void a_large_item_takes_of_what_all_share_beyond_the_reserve() throws Exception {
        inbox.onMessage(body(ITEM, 1, 1));
        inbox.onMessage(body(ITEM, 1 + (1 << 20), 9));
        assertThat(inbox.take()).containsExactly(1);
        assertThat(inbox.take()).isNull();
        for (int i = 0; i < 16; i++) {
            inbox.onMessage(new byte[64 << 10]);
        }
        assertThat(budget.left()).isEqualTo(BUDGET - 1 - (1 << 20) + ItemInbox.WINDOW_BYTES);
        assertThat(inbox.take()).hasSize(1 + (1 << 20));
        assertThat(budget.left()).isEqualTo(BUDGET);
    }

    @Test
    void an_item_that_nobody_wants_any_more_takes_no_memory_in_the_middle_of_it() throws Exception {
        assertThat(inbox.take()).isNull();
        inbox.onMessage(body(ITEM, 4, 1));
        assertThat(memory.left()).isLessThan(ROOM);
        inbox.discard();
        assertThat(memory.left()).isEqualTo(ROOM);
        inbox.onMessage(new byte[] {2, 3});
        assertThat(inbox.isInTheMiddle()).isTrue();
        inbox.onMessage(new byte[] {4});
        assertThat(inbox.isInTheMiddle()).isFalse();
        inbox.onMessage(body(ITEM, 2, 1));
        assertThat(memory.left()).isEqualTo(ROOM);
        inbox.onMessage(new byte[] {2});
        assertThat(stream.consumed).isEqualTo(6 + 2 + 1 + 6 + 1);
    }

    @Test
    void an_item_that_trickles_ends_the_call_after_minutes() throws Exception {
        assertThat(inbox.take()).isNull();
        long begun = System.nanoTime();
        inbox.onMessage(body(ITEM, 100, 1));
        inbox.onMessage(new byte[] {2});
        long limitNanos = Duration.ofDays(1).toNanos(); // pieces come often enough
        inbox.endIfIdle(begun + Duration.ofMinutes(5).toNanos() - 1, limitNanos);
        assertThat(stream.reset).isNull();
        inbox.endIfIdle(System.nanoTime() + Duration.ofMinutes(5).toNanos(), limitNanos);
        assertThat(stream.reset).isEqualTo(StreamCode.CANCELLED);
    }

    /** The event loop reads a piece while the call ends elsewhere. */
    @Test
    void an_inbox_that_is_closed_while_a_piece_comes_is_watched_no_more() throws Exception {
        AtomicReference<ItemInbox> read = new AtomicReference<>();
        Thread closing = new Thread(() -> read.get().close());
        Budget slow = new Budget(BUDGET) {
            @Override
            public boolean tryTake(long bytes) {
                closing.start();
                await().atMost(Duration.ofSeconds(50)).until(() -> closing.getState() == Thread.State.WAITING);
                return super.tryTake(bytes);
            }
        };
        Reserve reserve = slow.reserve(stream.peer(), 0);
        read.set(new ItemInbox(stream, 8 << 20, reserve, idle, () -> {}));
        read.get().onMessage(body(ITEM, 3, 1));
        closing.join();
        assertThat(idle.watched()).isZero();
        assertThat(slow.left()).isEqualTo(BUDGET);
    }
}
