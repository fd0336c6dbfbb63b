package io.chaski.remote.internal.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class BodyReaderTest {

    private final Budget budget = new Budget(1 << 20);
    private final BodyReader reader = new BodyReader(1 << 20, budget);

    private static byte[] head(int kind, int length, int... content) {
        ByteBuffer message = ByteBuffer.allocate(BodyReader.HEAD_BYTES + content.length)
                .put((byte) kind)
                .putInt(length);
        for (int octet : content) {
            message.put((byte) octet);
        }
        return message.array();
    }

    @Test
    void a_body_in_one_message() throws Exception {
        Body body = reader.read(head(2, 3, 1, 2, 3));
        assertThat(body.kind()).isEqualTo(Body.Kind.VALUE);
        assertThat(body.bytes()).containsExactly(1, 2, 3);
    }

    @Test
    void a_body_in_pieces() throws Exception {
        assertThat(reader.read(head(1, 4, 1))).isNull();
        assertThat(reader.read(new byte[] {2, 3})).isNull();
        assertThat(reader.read(new byte[] {4}).bytes()).containsExactly(1, 2, 3, 4);
    }

    @Test
    void an_empty_body() throws Exception {
        assertThat(reader.read(head(2, 0)).bytes()).isEmpty();
    }

    @Test
    @DisplayName("row 59: an announced length takes no memory before its bytes arrive")
    void announced() throws Exception {
        assertThat(reader.read(head(1, 1 << 20, 1, 2, 3))).isNull();
        assertThat(budget.left()).isEqualTo((1 << 20) - 3);
        reader.release();
        assertThat(budget.left()).isEqualTo(1 << 20);
    }

    @Test
    void more_than_allowed_is_refused_before_it_is_read() {
        assertThatThrownBy(() -> reader.read(head(1, (1 << 20) + 1))).isInstanceOf(BudgetExceededException.class);
        assertThatThrownBy(() -> new BodyReader(10, budget).read(head(1, Integer.MIN_VALUE)))
                .isInstanceOf(BudgetExceededException.class);
    }

    @Test
    void all_bodies_together_have_a_limit() throws Exception {
        BodyReader first = new BodyReader(1 << 20, new Budget(3));
        assertThat(first.read(head(1, 4, 1, 2, 3))).isNull();
        assertThatThrownBy(() -> first.read(new byte[] {4})).isInstanceOf(BudgetExceededException.class);
    }

    @Test
    void what_is_no_body_is_refused() throws Exception {
        assertThatThrownBy(() -> new BodyReader(9, budget).read(new byte[4])).isInstanceOf(MalformedException.class);
        assertThatThrownBy(() -> new BodyReader(9, budget).read(head(9, 0))).isInstanceOf(MalformedException.class);
        assertThatThrownBy(() -> new BodyReader(9, budget).read(head(1, 1, 1, 2)))
                .isInstanceOf(MalformedException.class);
        assertThatThrownBy(() -> new BodyReader(9, budget).read(head(1, 1))).isInstanceOf(MalformedException.class);
        reader.read(head(2, 0));
        assertThatThrownBy(() -> reader.read(new byte[] {1})).isInstanceOf(MalformedException.class);
    }

    @Test
    void pieces_of_a_byte_take_at_most_twice_what_has_arrived() throws Exception {
        assertThat(reader.read(head(1, 1 << 20, 0))).isNull();
        for (int i = 1; i < 100_000; i++) {
            assertThat(reader.read(new byte[] {(byte) i})).isNull();
            assertThat((1 << 20) - budget.left()).isLessThanOrEqualTo(2 * (i + 1));
        }
        byte[] rest = new byte[(1 << 20) - 100_000];
        byte[] all = reader.read(rest).bytes();
        assertThat(all).hasSize(1 << 20);
        assertThat(all[99_999]).isEqualTo((byte) 99_999);
        assertThat(budget.left()).isZero();
    }

    @Test
    void a_body_counts_until_it_is_released_once() throws Exception {
        Body body = reader.read(head(2, 3, 1, 2, 3));
        assertThat(budget.left()).isEqualTo((1 << 20) - 3);
        body.release();
        body.release();
        assertThat(budget.left()).isEqualTo(1 << 20);
    }

    @Test
    void what_comes_when_nobody_wants_it_any_more_takes_no_memory() throws Exception {
        assertThat(reader.read(head(1, 1_000, 1))).isNull();
        reader.release();
        assertThat(reader.read(new byte[999])).isNull();
        assertThat(budget.left()).isEqualTo(1 << 20);
        assertThat(reader.isComplete()).isTrue();
    }

    @Test
    @DisplayName("row 59: a failure of 64 MiB is refused by its head, since it is read on the event loop")
    void largeFailure() {
        for (Body.Kind kind : List.of(Body.Kind.FAILURE, Body.Kind.DECLARED_ERROR)) {
            assertThatThrownBy(() -> new BodyReader(1 << 20, budget)
                            .read(head(kind.number(), BodyReader.MAX_FAILURE_BYTES + 1, 1)))
                    .isInstanceOf(BudgetExceededException.class);
        }
        assertThat(new Failure(FailureCode.REMOTE_ERROR, "\u20ac".repeat(255), "\u20ac".repeat(1_024))
                        .toBody()
                        .length())
                .isLessThan(BodyReader.MAX_FAILURE_BYTES);
    }
}
