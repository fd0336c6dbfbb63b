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
        assertThat(held.release("t", (topic, message) -> publish(message, 2))).isFalse();
        assertThat(held.isHolding("t")).isTrue();
        assertThat(held.release("t", (topic, message) -> publish(message, 3))).isTrue();
        assertThat(published).containsExactlyElementsOf(three);
        assertThat(held.isHolding("t")).isFalse();
    }

    @Test
    void keeps_topics_apart() {
        held.add("one", message(1));
        held.add("other", message(2));
        assertThat(held.release("one", (topic, message) -> publish(message, 9))).isTrue();
        assertThat(published).extracting(message -> message.body().size()).containsExactly(1);
        assertThat(held.isHolding("other")).isTrue();
    }

    @Test
    void holds_no_more_than_the_way_to_the_loop_does() {
        for (int i = 0; i < Inbox.MAX_PUBLISHES; i++) {
            assertThat(held.add("t", message(1))).isTrue();
        }
        assertThat(held.add("t", message(1))).isFalse();
        held.release("t", (topic, message) -> publish(message, 1));
        assertThat(held.add("t", message(1))).isTrue();
    }

    @Test
    void holds_no_more_bytes_either_but_always_one_message() {
        assertThat(held.add("t", message((int) Inbox.MAX_BYTES + 1))).isTrue();
        assertThat(held.add("t", message(1))).isFalse();
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
