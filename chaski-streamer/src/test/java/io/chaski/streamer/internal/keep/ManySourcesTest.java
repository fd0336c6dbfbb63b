package io.chaski.streamer.internal.keep;

import static org.assertj.core.api.Assertions.assertThat;

import io.chaski.core.HybridTimestamp;
import io.chaski.core.NodeId;
import io.chaski.core.Topic;
import io.chaski.streamer.internal.durable.HistoryPosition;
import io.chaski.streamer.internal.durable.KeptMessage;
import io.chaski.streamer.internal.durable.Sequences;
import io.chaski.streamer.internal.durable.Source;
import io.chaski.testkit.ChaskiNetwork;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;

/** A subscriber of publishers that are started again and again, or that are none; in virtual time. What is stored is seen within a second. */
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class ManySourcesTest {

    private static final Topic<String> ROOM = Topic.text("room");
    private static final NodeId BOB = new NodeId(7, 7);
    private static final long YEAR_MILLIS = Duration.ofDays(365).toMillis();

    private static final HistoryPlace START = new HistoryPlace(HistoryPosition.START, 0);

    private final ChaskiNetwork net =
            ChaskiNetwork.builder().nodes("node").seed(3).start();
    private final DurableNode hub = DurableNode.on(net.node("node"));
    private final MemoryTopicStore kept = new MemoryTopicStore(1, 100_000);
    private final MemoryTopicStore cursors = new MemoryTopicStore(2, 0);
    private final List<String> heard = new ArrayList<>();
    private final long nowMillis = hub.module().currentTimeMillis();

    @BeforeEach
    void begin() {
        hub.keep(ROOM, kept);
    }

    @AfterEach
    void close() {
        net.close();
    }

    private void keep(NodeId origin, long epoch, long sequence) {
        kept.append(KeptMessage.of(new Source(origin, epoch), sequence, new HybridTimestamp(nowMillis, 0), new byte[1]))
                .join();
    }

    private DurableReader reader() {
        return DurableReader.on(hub, ROOM, "alice", cursors, START, new DurableReader.Handler() {
            @Override
            public void onMessage(Source source, long sequence, byte[] body, boolean isAgain) {
                heard.add(name(source, sequence) + (isAgain ? " again" : ""));
            }

            @Override
            public void onGap(Source source, Sequences.Interval missing) {
                throw new AssertionError("a gap: " + missing);
            }
        });
    }

    private static String name(Source source, long sequence) {
        return source.origin().low() + "/" + source.epoch() + "/" + sequence;
    }

    private static String name(NodeId origin, long epoch, long sequence) {
        return name(new Source(origin, epoch), sequence);
    }

    /** Exactly so many since the last call. */
    private void awaitHeard(int count) {
        net.runUntil(() -> heard.size() >= count, Duration.ofMinutes(10));
        net.advance(Duration.ofSeconds(2));
        assertThat(heard).hasSize(count);
    }

    @Test
    void remembers_the_last_32_lives_of_a_publisher_and_none_comes_again() {
        IntStream.rangeClosed(1, 500).forEach(life -> keep(BOB, life, 1));
        DurableReader reader = reader();
        awaitHeard(500);
        assertThat(heard).startsWith(name(BOB, 1, 1), name(BOB, 2, 1)).endsWith(name(BOB, 500, 1));
        assertThat(cursors.cursors()).isLessThan(40);
        reader.close();
        heard.clear();

        DurableReader back = reader();
        keep(BOB, 501, 1);
        keep(BOB, 490, 2);
        keep(BOB, 100, 2);

        awaitHeard(2);
        assertThat(heard).containsExactlyInAnyOrder(name(BOB, 501, 1), name(BOB, 490, 2));
        assertThat(back.closed()).isNotDone();
    }

    @Test
    void forgets_the_publishers_that_were_silent_for_longest_and_says_so_if_they_come_again() {
        int crowd = StoredCursor.MAX_SOURCES + 500;
        IntStream.rangeClosed(1, crowd).forEach(i -> keep(new NodeId(9, i), 1_000 + i, 1));
        DurableReader reader = reader();
        awaitHeard(crowd);
        keep(BOB, nowMillis, 1);
        awaitHeard(crowd + 1);
        assertThat(heard).noneMatch(each -> each.endsWith("again"));
        assertThat(cursors.cursors()).isLessThanOrEqualTo(StoredCursor.MAX_SOURCES + 2);
        reader.close();
        heard.clear();

        DurableReader back = reader();
        keep(BOB, nowMillis, 2);
        keep(new NodeId(9, crowd + 1), nowMillis, 1);

        awaitHeard(501 + 2);
        assertThat(heard).contains(name(BOB, nowMillis, 2), name(new NodeId(9, crowd + 1), nowMillis, 1));
        assertThat(heard.stream().filter(each -> each.endsWith("again"))).hasSize(501);
        assertThat(back.closed()).isNotDone();
    }

    @Test
    void makes_do_with_the_room_that_the_store_has() {
        cursors.mostCursors = 100;
        IntStream.rangeClosed(1, 300).forEach(i -> keep(new NodeId(9, i), i, 1));

        DurableReader reader = reader();

        awaitHeard(300);
        assertThat(heard).noneMatch(each -> each.endsWith("again"));
        assertThat(reader.closed()).isNotDone();
    }

    @Test
    void does_not_believe_incarnations_of_a_far_future() {
        keep(BOB, nowMillis + 101 * YEAR_MILLIS, 1);
        keep(BOB, nowMillis, 1);

        reader();

        awaitHeard(1);
        assertThat(heard).containsExactly(name(BOB, nowMillis, 1));
        assertThat(hub.counts()).containsEntry(Counters.REFUSED, 1L);
    }

    @Test
    void hears_a_publisher_whose_next_lives_a_liar_has_taken() {
        reader();
        keep(BOB, nowMillis, 1);
        awaitHeard(1);
        IntStream.rangeClosed(1, 100).forEach(life -> keep(BOB, nowMillis + YEAR_MILLIS + life, 1));
        awaitHeard(101);
        heard.clear();

        keep(BOB, nowMillis, 2);
        keep(BOB, nowMillis + 1, 1);

        awaitHeard(2);
        assertThat(heard).containsExactly(name(BOB, nowMillis, 2), name(BOB, nowMillis + 1, 1));
    }
}
