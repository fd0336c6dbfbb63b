package io.chaski.streamer.internal.file;

import static org.assertj.core.api.Assertions.assertThat;

import io.chaski.core.NodeId;
import org.junit.jupiter.api.Test;

class OpenExchangesTest {

    private static final NodeId A = new NodeId(0, 1);
    private static final NodeId B = new NodeId(0, 2);
    private static final NodeId C = new NodeId(0, 3);

    private record Opened(NodeId peer, int number, long usedNanos) implements OpenExchanges.Exchange {}

    private final OpenExchanges<Opened> exchanges = new OpenExchanges<>(4, 2);

    @Test
    void a_peer_has_its_share_and_leaves_the_rest_to_others() {
        assertThat(exchanges.add(new Opened(A, 1, 0))).isTrue();
        assertThat(exchanges.add(new Opened(A, 2, 0))).isTrue();
        assertThat(exchanges.add(new Opened(A, 3, 0))).isFalse();
        assertThat(exchanges.add(new Opened(B, 1, 0))).isTrue();
        assertThat(exchanges.add(new Opened(B, 2, 0))).isTrue();
        assertThat(exchanges.add(new Opened(C, 1, 0))).as("more than all").isFalse();
    }

    @Test
    void what_has_ended_makes_room_once() {
        Opened first = new Opened(A, 1, 0);
        exchanges.add(first);
        exchanges.add(new Opened(A, 2, 0));

        exchanges.remove(first);
        exchanges.remove(first);

        assertThat(exchanges.add(new Opened(A, 3, 0))).isTrue();
        assertThat(exchanges.add(new Opened(A, 4, 0))).isFalse();
    }

    @Test
    void what_is_not_used_is_found() {
        Opened old = new Opened(A, 1, Long.MIN_VALUE + 1);
        Opened used = new Opened(A, 2, Long.MIN_VALUE + 3);
        exchanges.add(old);
        exchanges.add(used);

        assertThat(exchanges.idleSince(Long.MIN_VALUE + 2)).containsExactly(old);
    }

    @Test
    void when_it_is_closed_it_takes_no_more_and_tells_what_is_open() {
        Opened open = new Opened(A, 1, 0);
        exchanges.add(open);

        assertThat(exchanges.close()).containsExactly(open);
        assertThat(exchanges.add(new Opened(B, 1, 0))).isFalse();
    }
}
