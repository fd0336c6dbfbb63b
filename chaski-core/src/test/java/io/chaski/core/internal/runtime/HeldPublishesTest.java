package io.chaski.core.internal.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import io.chaski.core.internal.protocol.PublishOutcome;
import io.chaski.core.internal.runtime.HeldPublishes.Held;
import io.chaski.core.internal.wire.ArrayPayload;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class HeldPublishesTest {

    private final HeldPublishes held = new HeldPublishes();
    private final List<Held> published = new ArrayList<>();

    private static Held message(int bytes) {
        return new Held(1, ArrayPayload.owning(new byte[bytes]), null);
    }

    private static Held accepted(int bytes) {
        HeldPublishes.Accepted done = outcome -> {};
        return new Held(1, ArrayPayload.owning(new byte[bytes]), done);
    }

    private PublishOutcome publish(Held message, int atMost) {
        if (published.size() == atMost) {
            return new PublishOutcome(0, 0, 0, PublishOutcome.Status.BLOCKED);
        }
        published.add(message);
        return new PublishOutcome(1, 1, 0, PublishOutcome.Status.ACCEPTED);
    }

    @Test
    void publishes_in_order_until_one_has_to_wait_again() {
        List<Held> three = List.of(message(1), message(2), message(3));
        three.forEach(message -> assertThat(held.add("t", message)).isTrue());
        assertThat(held.release("t", message -> publish(message, 2))).isFalse();
        assertThat(held.isHolding("t")).isTrue();
        assertThat(held.release("t", message -> publish(message, 3))).isTrue();
        assertThat(published).containsExactlyElementsOf(three);
        assertThat(held.isHolding("t")).isFalse();
    }

    @Test
    void keeps_topics_apart() {
        held.add("one", message(1));
        held.add("other", message(2));
        assertThat(held.release("one", message -> publish(message, 9))).isTrue();
        assertThat(published).extracting(message -> message.body().size()).containsExactly(1);
        assertThat(held.isHolding("other")).isTrue();
    }

    @Test
    void refuses_messages_when_half_of_the_room_is_taken() {
        for (int i = 0; i < HeldPublishes.MAX_MESSAGES / 2; i++) {
            assertThat(held.add("t", message(1))).isTrue();
        }
        assertThat(held.add("t", message(1))).isFalse();
        held.release("t", message -> publish(message, 1));
        assertThat(held.add("t", message(1))).isTrue();
    }

    @Test
    void refuses_messages_when_half_of_the_bytes_are_taken() {
        assertThat(held.add("t", message((int) HeldPublishes.MAX_BYTES / 2))).isTrue();
        assertThat(held.add("t", message(1))).isFalse();
        assertThat(held.isFull()).isFalse();
    }

    @Test
    void never_refuses_a_message_whose_publisher_was_told_that_it_is_accepted() {
        for (int i = 0; i < HeldPublishes.MAX_MESSAGES; i++) {
            assertThat(held.isFull()).isFalse();
            assertThat(held.add("t", accepted(1))).isTrue();
        }
        assertThat(held.isFull()).isTrue();
        assertThat(held.add("other", accepted(1))).isTrue();
        assertThat(held.topics()).containsExactly("t", "other");
        assertThat(held.count()).isEqualTo(HeldPublishes.MAX_MESSAGES + 1);
    }

    @Test
    void is_full_of_bytes_as_well() {
        held.add("t", accepted((int) HeldPublishes.MAX_BYTES));
        assertThat(held.isFull()).isTrue();
        held.release("t", message -> publish(message, 1));
        assertThat(held.isFull()).isFalse();
    }

    @Test
    void gives_everything_up_at_the_end() {
        List<Held> lost = new ArrayList<>();
        held.add("one", message(1));
        held.add("other", message(2));
        held.giveUp(lost::add);
        assertThat(lost).hasSize(2);
        assertThat(held.isHolding("one") || held.isHolding("other")).isFalse();
    }
}
