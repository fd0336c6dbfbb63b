package io.chaski.core.hostile;

import static org.assertj.core.api.Assertions.assertThat;

import io.chaski.core.internal.netty.NoLeaks;
import io.chaski.core.internal.wire.EdgeFrame.InternTopic;
import io.chaski.core.internal.wire.EdgeFrame.Refusal;
import io.chaski.core.internal.wire.EdgeFrame.Refuse;
import io.chaski.core.internal.wire.EdgeFrame.Topics;
import io.chaski.core.internal.wire.FrameType;
import java.util.List;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Rows 47 to 52 and 56: names that are no topics, and too many that are. */
@ExtendWith(NoLeaks.class)
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class TopicRowsTest {

    /** As many topics as a peer may name, and as many as it may subscribe to. */
    private static final int MAX_TOPICS = 10_000;

    @RegisterExtension
    static final Siege siege = new Siege();

    static Stream<Arguments> badNames() {
        return Stream.of(
                Arguments.of(47, "empty", ""),
                Arguments.of(48, "256 bytes", "x".repeat(256)),
                Arguments.of(48, "256 bytes of fewer characters", "é".repeat(128)),
                Arguments.of(49, "17 levels", "a/".repeat(16) + "a"),
                Arguments.of(50, "empty level", "a//b"),
                Arguments.of(50, "empty level at the end", "a/"),
                Arguments.of(50, "empty level at the beginning", "/a"),
                Arguments.of(51, "wildcard", "a/*"),
                Arguments.of(51, "wildcards of others", "a/+/#"),
                Arguments.of(52, "NUL", "a\0b"),
                Arguments.of(52, "line end", "a\r\nb"),
                Arguments.of(52, "escape", "\u001b[2J"),
                Arguments.of(52, "right-to-left override", "a\u202eb"),
                Arguments.of(52, "line separator", "a\u2028b"));
    }

    @ParameterizedTest(name = "row {0}: {1}")
    @MethodSource("badNames")
    void rows_47_to_52_a_bad_name_is_refused_and_the_edge_stays(int row, String what, String name) {
        long refusedBefore = siege.counter("name.refused");
        try (HostilePeer peer = siege.attack().greet()) {
            peer.send(new InternTopic(7, name));

            assertThat(peer.await(Refuse.class)).isEqualTo(new Refuse(FrameType.INTERN_TOPIC, 7, Refusal.BAD_TOPIC));

            peer.awaitHandled();
        }
        assertThat(siege.counter("name.refused")).isEqualTo(refusedBefore + 1);
    }

    @Test
    void row_56_one_name_too_many_is_refused_and_the_edge_stays() {
        long heapBefore = Siege.liveHeapBytes();
        try (HostilePeer peer = siege.attack().greet()) {
            String longest = "m".repeat(240) + "/";
            for (int alias = 0; alias <= MAX_TOPICS; alias++) {
                peer.send(new InternTopic(alias, longest + alias));
            }
            peer.awaitHandled();
            Siege.assertHeapIsBounded("as many names as there may be", heapBefore);
            peer.send(new InternTopic(MAX_TOPICS + 1, "many/one-more"), new InternTopic(Integer.MAX_VALUE, "far"));

            assertThat(peer.await(Refuse.class))
                    .isEqualTo(new Refuse(FrameType.INTERN_TOPIC, MAX_TOPICS + 1, Refusal.LIMIT));
            assertThat(peer.await(Refuse.class))
                    .isEqualTo(new Refuse(FrameType.INTERN_TOPIC, Integer.MAX_VALUE, Refusal.LIMIT));
            peer.awaitHandled();
        }
    }

    @Test
    void row_56_one_subscription_too_many_is_refused_and_the_edge_stays() {
        try (HostilePeer peer = siege.attack().greet()) {
            peer.send(new Topics(hashes(0, MAX_TOPICS / 2), List.of()));
            peer.send(new Topics(hashes(MAX_TOPICS / 2, MAX_TOPICS + 1), List.of()));

            assertThat(peer.await(Refuse.class)).isEqualTo(new Refuse(FrameType.TOPICS, 0, Refusal.LIMIT));

            peer.awaitHandled();
        }
        assertThat(siege.counter("topics.over-limit")).isPositive();
    }

    @Test
    void row_56_subscribing_and_leaving_ten_thousand_times_disturbs_nobody() {
        long heapBefore = Siege.liveHeapBytes();
        try (HostilePeer peer = siege.attack().greet()) {
            List<Long> hash = hashes(1, 2);
            for (int i = 0; i < MAX_TOPICS / 2; i++) {
                peer.send(new Topics(hash, List.of()), new Topics(List.of(), hash));
            }
            peer.awaitHandled();
            Siege.assertHeapIsBounded("subscribing and leaving", heapBefore);
        }
    }

    private static List<Long> hashes(long from, long to) {
        return LongStream.range(from, to).boxed().toList();
    }
}
