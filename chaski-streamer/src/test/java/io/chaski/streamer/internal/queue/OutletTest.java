package io.chaski.streamer.internal.queue;

import static org.assertj.core.api.Assertions.assertThat;

import io.chaski.core.NodeId;
import io.chaski.streamer.internal.fake.FakeStream;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class OutletTest {

    private final FakeStream stream = new FakeStream(new NodeId(1, 1));
    private final Outlet outlet = new Outlet(stream);

    private static byte[] message(int number) {
        return new byte[] {(byte) number};
    }

    @Test
    void sends_in_order_as_there_is_room() {
        stream.room = 1;
        outlet.send(message(1));
        outlet.send(message(2));
        assertThat(outlet.waitingBytes()).isEqualTo(1 + Outlet.MESSAGE_COST);

        stream.room = 2;
        outlet.flush();

        assertThat(stream.sent).containsExactly(message(1), message(2));
        assertThat(outlet.waitingBytes()).isZero();
    }

    @Test
    void keeps_of_what_has_a_latest_only_that_and_sends_it_last() {
        stream.room = 0;
        outlet.sendLatest(message(1));
        outlet.send(message(2));
        for (int i = 0; i < 10_000; i++) {
            outlet.sendLatest(message(3));
        }
        outlet.send(message(4));

        stream.room = 9;
        outlet.flush();

        assertThat(stream.sent).containsExactly(message(2), message(4), message(3));
    }

    @Test
    void is_full_when_a_largest_message_waits_or_many_small_ones() {
        stream.room = 0;
        outlet.send(new byte[QueueFrames.MAX_MESSAGE_BYTES - Outlet.MESSAGE_COST - 1]);
        assertThat(outlet.isFull()).isFalse();
        outlet.send(new byte[0]);
        assertThat(outlet.isFull()).isTrue();

        stream.room = 2;
        outlet.flush();
        assertThat(outlet.isFull()).isFalse();
    }
}
