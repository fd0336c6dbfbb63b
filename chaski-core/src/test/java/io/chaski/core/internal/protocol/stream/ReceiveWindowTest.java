package io.chaski.core.internal.protocol.stream;

import static org.assertj.core.api.Assertions.assertThat;

import io.chaski.core.internal.wire.StreamFrame.Credit;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class ReceiveWindowTest {

    private static final int FIRST = StreamSettings.DEFAULT_WINDOW_BYTES;
    private static final Duration ROUND_TRIP = Duration.ofMillis(100);
    private static final Duration IN_TIME = ROUND_TRIP.multipliedBy(2).minusNanos(1);

    private final StreamPair pair = new StreamPair(StreamSettings.DEFAULTS);

    /** Of which one peer may take what two windows grow by when they double once. */
    private final StreamMemory memory = new StreamMemory(8 * FIRST);

    private final PeerStreams streams =
            new PeerStreams(pair.bob, StreamSettings.DEFAULTS, pair.bob, protocol -> null, new StreamMemory(0), memory);
    private final ReceiveWindow window = new ReceiveWindow(streams, 1);

    @BeforeEach
    void measure() {
        pair.bob.rttNanos = ROUND_TRIP.toNanos();
    }

    private static void consumeHalf(ReceiveWindow window, int size) {
        window.spend(size / 2);
        window.giveBack(size / 2);
    }

    @Test
    void doubles_when_half_of_it_is_consumed_within_two_round_trips() {
        window.growUpTo(16 * FIRST);
        pair.advance(IN_TIME);
        consumeHalf(window, FIRST);
        assertThat(pair.bob.underWay).containsExactly(new Credit(1, FIRST / 2 + FIRST));
        assertThat(window.credit()).isEqualTo(2 * FIRST);

        window.spend(FIRST);
        assertThat(window.giveBack(FIRST - 1)).isFalse(); // not yet half of what it is now
        assertThat(window.giveBack(1)).isTrue();
    }

    @Test
    void stays_as_it_is_when_that_takes_longer_or_the_way_is_not_measured() {
        window.growUpTo(16 * FIRST);
        pair.advance(IN_TIME.plusNanos(1));
        consumeHalf(window, FIRST);
        pair.bob.rttNanos = 0;
        consumeHalf(window, FIRST);

        assertThat(pair.bob.underWay).containsExactly(new Credit(1, FIRST / 2), new Credit(1, FIRST / 2));
        assertThat(window.credit()).isEqualTo(FIRST);
    }

    @Test
    void grows_only_if_it_may_and_no_further() {
        consumeHalf(window, FIRST);
        assertThat(window.credit()).isEqualTo(FIRST);

        window.growUpTo(FIRST + 1_000);
        consumeHalf(window, FIRST);
        assertThat(window.credit()).isEqualTo(FIRST + 1_000);
        consumeHalf(window, FIRST + 1_000);
        assertThat(window.credit()).isEqualTo(FIRST + 1_000);
    }

    @Test
    void shares_what_it_grows_by_with_the_other_streams_of_the_node() {
        ReceiveWindow second = new ReceiveWindow(streams, 2);
        ReceiveWindow third = new ReceiveWindow(streams, 3);
        for (ReceiveWindow each : new ReceiveWindow[] {window, second, third}) {
            each.growUpTo(2 * FIRST);
            consumeHalf(each, FIRST);
        }
        assertThat(second.credit()).isEqualTo(2 * FIRST);
        assertThat(third.credit()).isEqualTo(FIRST);
        consumeHalf(third, FIRST);
        assertThat(pair.bob.counters.get("stream.window-refused")).isOne();

        window.close();
        consumeHalf(third, FIRST);
        assertThat(third.credit()).isEqualTo(2 * FIRST);
    }
}
