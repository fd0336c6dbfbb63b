package io.chaski.streamer.internal.keep;

import static org.assertj.core.api.Assertions.assertThat;

import io.chaski.core.Address;
import io.chaski.core.NodeId;
import io.chaski.core.internal.module.FieldWriter;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class KeeperRecordsTest {

    private static final NodeId ANN = new NodeId(0, 1);
    private static final NodeId BOB = new NodeId(0, 2);
    private static final long SECOND = 1_000_000_000L;

    private long nowNanos = Long.MAX_VALUE - SECOND;
    private final KeeperRecords ann = records(ANN);
    private final KeeperRecords bob = records(BOB);

    private KeeperRecords records(NodeId node) {
        return new KeeperRecords(node, List.of(Address.tcp("10.0.0.7", 65432)), new Random(1), nowNanos);
    }

    private void hear(KeeperRecords from, NodeId origin, KeeperRecords to) {
        from.onTick(false, nowNanos).ifPresent(word -> to.onMessage(origin, 1, word, nowNanos));
    }

    @Test
    void a_keeper_is_known_when_it_has_announced_itself() {
        ann.keep("t", nowNanos);

        hear(ann, ANN, bob);

        assertThat(bob.keepers("t")).containsExactly(ANN);
        assertThat(bob.keepers("u")).isEmpty();
        assertThat(bob.whereabouts(ANN))
                .contains(new KeeperRecords.Whereabouts(1, List.of(Address.tcp("10.0.0.7", 65432))));
    }

    @Test
    void it_says_so_every_ten_seconds_and_counts_for_thirty() {
        ann.keep("t", nowNanos);
        hear(ann, ANN, bob);

        nowNanos += 9 * SECOND;
        assertThat(ann.onTick(false, nowNanos)).isEmpty();
        nowNanos += SECOND;
        assertThat(ann.onTick(false, nowNanos)).isPresent();
        nowNanos += 20 * SECOND;
        bob.onTick(false, nowNanos);

        assertThat(bob.keepers("t")).isEmpty();
    }

    @Test
    void it_says_that_it_keeps_no_longer() {
        ann.keep("t", nowNanos);
        hear(ann, ANN, bob);
        ann.leave("t", nowNanos);

        nowNanos += SECOND;
        hear(ann, ANN, bob);

        assertThat(bob.keepers("t")).isEmpty();
        nowNanos += 60 * SECOND;
        assertThat(ann.onTick(false, nowNanos)).isEmpty();
    }

    @Test
    void whoever_looks_asks_and_is_answered_once_a_second_at_most() {
        ann.keep("t", nowNanos);
        ann.onTick(false, nowNanos);
        nowNanos += SECOND;
        byte[] who = bob.onTick(true, nowNanos).orElseThrow();
        assertThat(bob.onTick(true, nowNanos + SECOND)).isEmpty();

        ann.onMessage(BOB, 1, who, nowNanos);
        nowNanos += SECOND / 5;
        assertThat(ann.onTick(false, nowNanos)).isPresent();
        ann.onMessage(BOB, 1, who, nowNanos);
        assertThat(ann.onTick(false, nowNanos + SECOND / 2)).isEmpty();
        assertThat(ann.onTick(false, nowNanos + 2 * SECOND)).isPresent();
    }

    @Test
    void a_word_of_a_former_life_does_not_count() {
        ann.keep("t", nowNanos);
        byte[] word = ann.onTick(false, nowNanos).orElseThrow();
        ann.keep("u", nowNanos);
        byte[] later = ann.onTick(false, nowNanos + SECOND).orElseThrow();

        bob.onMessage(ANN, 2, later, nowNanos);
        bob.onMessage(ANN, 1, word, nowNanos);

        assertThat(bob.keepers("u")).containsExactly(ANN);
    }

    @Test
    void there_is_room_for_4096_keepers() {
        ann.keep("t", nowNanos);
        byte[] word = ann.onTick(false, nowNanos).orElseThrow();

        for (int i = 0; i <= KeeperRecords.MAX_RECORDS; i++) {
            bob.onMessage(new NodeId(1, i), 1, word, nowNanos);
        }

        assertThat(bob.keepers("t")).hasSize(KeeperRecords.MAX_RECORDS);
        assertThat(bob.refused()).isEqualTo(1);
    }

    static Stream<Arguments> hostile() {
        return Stream.of(
                Arguments.of("nothing", new byte[0]),
                Arguments.of("no addresses behind their number", new byte[] {1, 1, 3}),
                Arguments.of(
                        "an address that is none",
                        new FieldWriter()
                                .u8(1)
                                .u8(1)
                                .u8(1)
                                .bytes16("not an address".getBytes(StandardCharsets.UTF_8))
                                .u16(0)
                                .toBytes()),
                Arguments.of("more topics than a node keeps", new byte[] {1, 1, 0, 2, 1}),
                Arguments.of("topics that are not there", new byte[] {1, 1, 0, 0, 9}),
                Arguments.of("bytes behind it", new byte[] {1, 1, 0, 0, 0, 7}),
                Arguments.of("bytes behind a question", new byte[] {1, 2, 0}));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("hostile")
    void what_is_not_a_word_is_counted_and_ignored(String what, byte[] word) {
        bob.keep("t", nowNanos);

        bob.onMessage(ANN, 1, word, nowNanos);

        assertThat(bob.refused()).isEqualTo(1);
        assertThat(bob.keepers("t")).isEmpty();
    }
}
