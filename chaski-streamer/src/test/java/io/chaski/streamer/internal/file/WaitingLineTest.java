package io.chaski.streamer.internal.file;

import static org.assertj.core.api.Assertions.assertThat;

import io.chaski.core.NodeId;
import java.util.Map;
import org.junit.jupiter.api.Test;

class WaitingLineTest {

    private static final NodeId A = new NodeId(0, 1);
    private static final NodeId B = new NodeId(0, 2);
    private static final NodeId C = new NodeId(0, 3);

    private final WaitingLine<String> line = new WaitingLine<>(4);

    @Test
    void a_sender_alone_may_fill_it_and_then_its_last_ones_make_room_for_others() {
        for (int i = 1; i <= 4; i++) {
            assertThat(line.hasPlace(A)).isTrue();
            assertThat(line.add(A, "a" + i)).isEmpty();
        }
        assertThat(line.hasPlace(A)).isFalse();

        assertThat(line.hasPlace(B)).isTrue();
        assertThat(line.add(B, "b1")).contains("a4");
        assertThat(line.hasPlace(B)).isTrue();
        assertThat(line.add(B, "b2")).contains("a3");
        assertThat(line.hasPlace(B)).as("as many as the other").isFalse();
        assertThat(line.hasPlace(C)).isTrue();
    }

    @Test
    void who_has_least_under_way_is_next_and_for_one_sender_the_first() {
        line.add(A, "a1");
        line.add(A, "a2");
        line.add(B, "b1");
        Map<NodeId, Integer> underWay = Map.of(A, 1, B, 0);

        assertThat(line.next(underWay::get, item -> true)).contains("b1");
        assertThat(line.next(underWay::get, item -> !item.equals("a1"))).contains("a2");
        assertThat(line.next(underWay::get, item -> true)).contains("a1");
        assertThat(line.next(underWay::get, item -> true)).isEmpty();
    }

    @Test
    void what_has_ended_waits_no_more() {
        line.add(A, "a1");
        line.remove(A, "a1");
        line.remove(A, "a1");
        for (int i = 0; i < 4; i++) {
            assertThat(line.add(A, "again" + i)).isEmpty();
        }
        assertThat(line.hasPlace(A)).isFalse();
    }
}
