package io.chaski.examples.chat;

import static org.assertj.core.api.Assertions.assertThat;

import io.chaski.core.HybridTimestamp;
import io.chaski.core.Message;
import io.chaski.core.NodeId;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.LongStream;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class ArrivalsTest {

    private final Arrivals arrivals = new Arrivals();
    private long nowNanos = Long.MAX_VALUE - 100; // clocks may overflow

    private static Message<String> message(long millis, long origin, long sequence) {
        return new Message<>(
                "rooms/kitchen",
                new NodeId(0, origin),
                "somebody",
                1,
                sequence,
                new HybridTimestamp(millis, 0),
                Optional.empty(),
                Map.of(),
                "text/plain",
                1,
                false,
                millis + "/" + origin + "/" + sequence);
    }

    private void come(Message<String> message) {
        arrivals.add(message, nowNanos);
    }

    private void pass(Duration time) {
        nowNanos += time.toNanos();
    }

    private List<String> taken() {
        assertThat(arrivals.due(nowNanos)).isZero();
        return arrivals.take().messages().stream().map(Message::payload).toList();
    }

    @Test
    void are_shown_in_the_order_of_the_history() {
        come(message(2, 7, 1));
        come(message(4, 7, 2));
        come(message(1, 9, 1));
        come(message(4, 6, 9));
        pass(Arrivals.FIRST_PAUSE);

        assertThat(taken()).containsExactly("1/9/1", "2/7/1", "4/6/9", "4/7/2");
    }

    @Test
    void wait_longer_when_one_has_just_come_in() {
        come(message(1, 1, 1));
        assertThat(arrivals.due(nowNanos)).isEqualTo(Arrivals.FIRST_PAUSE);
        pass(Arrivals.FIRST_PAUSE);
        assertThat(taken()).hasSize(1);

        come(message(2, 1, 2));
        assertThat(arrivals.due(nowNanos)).isEqualTo(Arrivals.PAUSE);
        pass(Arrivals.PAUSE.dividedBy(2));
        come(message(3, 1, 3));
        assertThat(arrivals.due(nowNanos)).isEqualTo(Arrivals.PAUSE);
    }

    @Test
    void do_not_wait_for_ever() {
        long end = Arrivals.LONGEST.toMillis();
        for (long millis = 0; millis < end; millis += 100) {
            come(message(millis, 1, 1));
            assertThat(arrivals.due(nowNanos)).isPositive();
            pass(Duration.ofMillis(100));
        }
        come(message(end, 1, 1));

        assertThat(taken()).hasSize(31);
    }

    @Test
    void that_are_too_many_for_a_screen_are_counted() {
        LongStream.rangeClosed(1, Arrivals.MOST + 3).forEach(i -> come(message(i, 1, i)));

        Arrivals.Batch batch = arrivals.take();
        assertThat(batch.messages()).hasSize(Arrivals.MOST);
        assertThat(batch.messages().get(0).sequence()).isEqualTo(4);
        assertThat(batch.leftOut()).isEqualTo(3);
        assertThat(arrivals.take()).isEqualTo(new Arrivals.Batch(List.of(), 0));
    }

    @Test
    void that_come_again_are_shown_once() {
        come(message(1, 1, 1));
        come(message(1, 1, 1));

        assertThat(arrivals.take().messages()).hasSize(1);
    }
}
