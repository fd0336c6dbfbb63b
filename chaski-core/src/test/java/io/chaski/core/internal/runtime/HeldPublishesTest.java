package io.chaski.core.internal.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import io.chaski.core.internal.protocol.PublishOutcome;
import io.chaski.core.internal.protocol.Source;
import io.chaski.core.internal.runtime.HeldPublishes.Held;
import io.chaski.core.internal.runtime.HeldPublishes.Released;
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
        return new Held(Source.MESSAGES, 1, ArrayPayload.owning(new byte[bytes]), null);
    }

    private static Held accepted(int bytes) {
        HeldPublishes.Accepted done = outcome -> {};
        return new Held(Source.MESSAGES, 1, ArrayPayload.owning(new byte[bytes]), done);
    }

    /** Releases everything, as long as no more than so many have been published in all. */
    private Released release(String topic, int atMost) {
        return held.release(topic, Integer.MAX_VALUE, Long.MAX_VALUE, message -> publish(message, atMost));
    }

    private PublishOutcome publish(Held message, int atMost) {
        if (published.size() == atMost) {
            return PublishOutcome.without(PublishOutcome.Status.BLOCKED);
        }
        published.add(message);
        return new PublishOutcome(1, 1, 1, 0, PublishOutcome.Status.ACCEPTED);
    }

    @Test
    void publishes_in_order_until_one_has_to_wait_again() {
        List<Held> three = List.of(message(1), message(2), message(3));
        three.forEach(message -> assertThat(held.add("t", message)).isTrue());
        assertThat(release("t", 2)).isEqualTo(Released.BLOCKED);
        assertThat(held.isHolding("t")).isTrue();
        assertThat(release("t", 3)).isEqualTo(Released.ALL);
        assertThat(published).containsExactlyElementsOf(three);
        assertThat(held.isHolding("t")).isFalse();
    }

    @Test
    void publishes_no_more_at_once_than_it_is_told() {
        for (int i = 0; i < 7; i++) {
            held.add("t", message(10));
        }
        assertThat(held.release("t", 3, 1_000, message -> publish(message, 9))).isEqualTo(Released.BATCH);
        assertThat(published).hasSize(3);
        assertThat(held.release("t", 9, 15, message -> publish(message, 9))).isEqualTo(Released.BATCH);
        assertThat(published).hasSize(5);
        assertThat(held.release("t", 2, 1_000, message -> publish(message, 9))).isEqualTo(Released.ALL);
        assertThat(held.isHolding("t")).isFalse();
    }

    @Test
    void keeps_topics_apart() {
        held.add("one", message(1));
        held.add("other", message(2));
        assertThat(release("one", 9)).isEqualTo(Released.ALL);
        assertThat(published).extracting(message -> message.body().size()).containsExactly(1);
        assertThat(held.isHolding("other")).isTrue();
    }

    /** Holds all that may be on the way, as if it was of one topic; returns how much that was. */
    private int fill(String topic) {
        int most = held.mostOnTheWay();
        for (int i = 0; i < most; i++) {
            assertThat(held.add(topic, accepted(1))).isTrue();
        }
        return most;
    }

    private int addRefusable(String topic) {
        int added = 0;
        while (held.add(topic, message(1))) {
            added++;
        }
        return added;
    }

    @Test
    void refuses_messages_of_a_topic_that_take_half_of_what_may_be_on_the_way() {
        assertThat(addRefusable("t")).isEqualTo(3_277); // a quarter of what these leave of 16,384
        release("t", 1);
        assertThat(held.add("t", message(1))).isTrue();
    }

    @Test
    void refuses_messages_of_a_topic_that_take_half_of_those_bytes() {
        assertThat(held.add("t", message((int) Inbox.MAX_BYTES / 2))).isTrue();
        assertThat(held.add("t", message(1))).isFalse();
        assertThat(held.add("other", message(1))).isTrue();
    }

    @Test
    void refuses_no_message_of_a_topic_because_of_another_one() {
        for (int i = 0; i < 100; i++) {
            assertThat(addRefusable("t" + i)).isGreaterThanOrEqualTo(HeldPublishes.LEAST_MESSAGES / 2);
        }
        assertThat(held.count()).isLessThan(HeldPublishes.MAX_MESSAGES + 100 * HeldPublishes.LEAST_MESSAGES);
    }

    @Test
    void never_refuses_a_message_whose_publisher_was_told_that_it_is_accepted() {
        for (int i = 0; i < 2 * HeldPublishes.MAX_MESSAGES; i++) {
            assertThat(held.add("t", accepted(1))).isTrue();
        }
        assertThat(held.add("other", accepted(1))).isTrue();
        assertThat(held.topics()).containsExactly("t", "other");
        assertThat(held.count()).isEqualTo(2 * HeldPublishes.MAX_MESSAGES + 1);
    }

    @Test
    void lets_half_of_what_is_left_be_on_the_way_and_never_nothing() {
        List<Integer> most = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            most.add(fill("t" + i));
        }
        assertThat(most).containsExactly(8_192, 4_096, 2_048, 1_024, 512, 256, 128, 64, 64, 64);
        release("t0", 8_192);
        assertThat(held.mostOnTheWay()).isEqualTo(4_064);
    }

    @Test
    void counts_bytes_as_well() {
        assertThat(held.mostBytesOnTheWay()).isEqualTo(Inbox.MAX_BYTES);
        held.add("t", accepted((int) Inbox.MAX_BYTES));
        assertThat(held.mostBytesOnTheWay()).isEqualTo(Inbox.MAX_BYTES / 2);
        held.add("t", accepted((int) Inbox.MAX_BYTES));
        assertThat(held.mostBytesOnTheWay()).isEqualTo(HeldPublishes.LEAST_BYTES);
        release("t", 2);
        assertThat(held.mostBytesOnTheWay()).isEqualTo(Inbox.MAX_BYTES);
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
