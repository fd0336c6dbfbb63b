package io.chaski.streamer.internal.keep;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chaski.core.ChaskiNode;
import io.chaski.core.HybridTimestamp;
import io.chaski.core.NodeId;
import io.chaski.core.PublishOptions;
import io.chaski.core.Topic;
import io.chaski.core.internal.module.FieldWriter;
import io.chaski.core.internal.module.ModuleNode;
import io.chaski.core.stream.Stream;
import io.chaski.core.stream.StreamOptions;
import io.chaski.streamer.Acknowledgement.Status;
import io.chaski.streamer.internal.durable.HistoryPosition;
import io.chaski.streamer.internal.durable.KeptMessage;
import io.chaski.streamer.internal.durable.Sequences;
import io.chaski.streamer.internal.durable.Source;
import io.chaski.testkit.ChaskiNetwork;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What a keeper hears on its lines that nobody honest says, and what keepers say that are none: each is refused with a
 * reason, counted, and harms nobody else. In virtual time.
 */
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class HostileLinesTest {

    private static final Topic<String> ROOM = Topic.text("room");
    private static final Duration SOON = Duration.ofSeconds(20);
    private static final Source SOMEBODY = new Source(new NodeId(7, 7), 1);

    private static final HistoryPlace START = new HistoryPlace(HistoryPosition.START, 0);

    private final ChaskiNetwork net =
            ChaskiNetwork.builder().nodes("good", "bad").seed(3).start();
    private final ChaskiNode good = net.node("good");
    private final ChaskiNode bad = net.node("bad");
    private final DurableNode hub = DurableNode.on(good);
    private final MemoryTopicStore store = new MemoryTopicStore(1, 1_000);
    private final List<KeeperFrame> heard = new ArrayList<>();

    @AfterEach
    void close() {
        net.close();
    }

    /** What is said on a line that begins well. */
    private interface Script {
        List<byte[]> frames(HostileLinesTest test);
    }

    private byte[] body(String text) {
        return ModuleNode.of(bad)
                .messages()
                .encode(ROOM, text, PublishOptions.NONE)
                .orElseThrow()
                .body();
    }

    private Source own() {
        return new Source(bad.id(), bad.epoch());
    }

    private static byte[] messages(Source source, long sequence, byte[] body) {
        return new KeeperFrame.Messages(List.of(new KeeperFrame.Item(source, sequence, body))).encode();
    }

    /** An envelope with a time of its own: flags, number of the content type, time, no name. */
    private static byte[] bodyOf(HybridTimestamp timestamp) {
        return new FieldWriter().u8(0).u8(0).i64(timestamp.packed()).u8(0).toBytes();
    }

    private static byte[] have(int sources, int from, boolean isLast) {
        Map<Source, Sequences> have = new LinkedHashMap<>();
        for (int i = 0; i < sources; i++) {
            have.put(new Source(new NodeId(from, i), 1), Sequences.of(1, 1));
        }
        return new KeeperFrame.Have(have, isLast).encode();
    }

    private static Script of(byte[]... frames) {
        return test -> List.of(frames);
    }

    static java.util.stream.Stream<Arguments> lines() {
        byte[] ask = new KeeperFrame.Ask(new HistoryPlace(HistoryPosition.START, 0), 1).encode();
        Script manySources = test -> {
            List<byte[]> frames = new ArrayList<>();
            for (int i = 0; i < 17; i++) {
                frames.add(have(1_024, i, false));
            }
            return frames;
        };
        return java.util.stream.Stream.of(
                Arguments.of("no frame", "publish", of(new byte[] {99}), "unknown type", Counters.MALFORMED),
                Arguments.of(
                        "intervals backwards",
                        "follow",
                        of(new FieldWriter()
                                .u8(1)
                                .u8(1)
                                .u16(1)
                                .i64(1)
                                .i64(2)
                                .i64(3)
                                .u16(1)
                                .i64(9)
                                .i64(2)
                                .toBytes()),
                        "from 9 to 2",
                        Counters.MALFORMED),
                Arguments.of(
                        "an oversized HAVE",
                        "pull",
                        of(new FieldWriter().u8(1).u8(1).u16(5_000).toBytes()),
                        "5000 sources",
                        Counters.MALFORMED),
                Arguments.of("HAVE without end", "pull", manySources, "more sources", Counters.REFUSED),
                Arguments.of(
                        "HAVE twice",
                        "follow",
                        of(have(0, 0, true), have(0, 0, true)),
                        "said already",
                        Counters.REFUSED),
                Arguments.of(
                        "a forged origin",
                        "publish",
                        (Script) test -> List.of(messages(SOMEBODY, 1, test.body("forged"))),
                        "of somebody else",
                        Counters.FORGED),
                Arguments.of(
                        "a number that has no successor",
                        "publish",
                        (Script) test -> List.of(messages(test.own(), Long.MAX_VALUE, test.body("far"))),
                        "number 9223372036854775807",
                        Counters.MALFORMED),
                Arguments.of(
                        "HAVE of a publisher",
                        "publish",
                        of(have(0, 0, true)),
                        "not what a publisher says",
                        Counters.REFUSED),
                Arguments.of(
                        "messages of a reader",
                        "follow",
                        (Script) test -> List.of(messages(test.own(), 1, test.body("x"))),
                        "not what a reader says",
                        Counters.REFUSED),
                Arguments.of("two questions", "history", of(ask, ask), "not what a reader says", Counters.REFUSED));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("lines")
    void end_and_are_counted(String what, String role, Script script, String reason, String counter) {
        hub.keep(ROOM, store);
        store.append(KeptMessage.of(SOMEBODY, 1, new HybridTimestamp(1, 0), body("kept")))
                .join();

        Stream line = open("room", role);
        for (byte[] frame : script.frames(this)) {
            line.offer(frame);
            net.advance(Duration.ofMillis(500));
        }

        assertThatThrownBy(() -> net.await(line.closed(), SOON)).hasMessageContaining(reason);
        assertThat(hub.counts()).containsEntry(counter, 1L);
        assertThat(store.messages()).isEqualTo(1);
        assertHarmless();
    }

    private Stream open(String topic, String role) {
        return open(net, bad, good.id(), topic, role);
    }

    private Stream open(ChaskiNetwork network, ChaskiNode from, NodeId keeper, String topic, String role) {
        StreamOptions options = StreamOptions.builder()
                .header("topic", topic)
                .header("role", role)
                .build();
        return network.await(
                from.streams().open(keeper, DurableNode.PROTOCOL, options, (unused, message) -> {
                    try {
                        heard.add(KeeperFrame.read(message));
                    } catch (Exception malformed) {
                        throw new AssertionError(malformed);
                    }
                }),
                SOON);
    }

    /** An honest line gets on. */
    private void assertHarmless() {
        heard.clear();
        Stream line = open("room", "publish");
        line.offer(messages(own(), 77, body("honest")));
        net.await(
                "it is kept",
                () -> heard.contains(new KeeperFrame.Kept(store.id(), bad.epoch(), Sequences.of(77, 77))),
                SOON);
    }

    @ParameterizedTest(name = "{0} {1}")
    @MethodSource
    void for_nothing_are_refused(String topic, String role) {
        hub.keep(ROOM, store);

        Stream line = open(topic, role);

        assertThatThrownBy(() -> net.await(line.closed(), SOON)).hasMessageContaining("not kept here");
    }

    static java.util.stream.Stream<Arguments> for_nothing_are_refused() {
        return java.util.stream.Stream.of(Arguments.of("attic", "publish"), Arguments.of("room", "rule"));
    }

    @Test
    void end_when_a_bug_keeps_them_from_being_answered_instead_of_seeming_alive() {
        hub.keep(ROOM, store);
        store.bug = new AssertionError("a bug");
        Stream line = open("room", "history");
        line.offer(new KeeperFrame.Ask(START, 1).encode());

        assertThatThrownBy(() -> net.await(line.closed(), SOON)).hasMessageContaining("the keeper failed");
        store.bug = null;
        assertHarmless();
    }

    @Test
    void with_another_message_of_the_same_number_are_told_of_the_conflict_and_the_first_one_stays() {
        hub.keep(ROOM, store);
        Stream line = open("room", "publish");
        line.offer(messages(own(), 5, body("one thing")));
        net.advance(Duration.ofSeconds(1));

        line.offer(messages(own(), 5, body("the other")));

        net.await("refused", () -> heard.contains(new KeeperFrame.Refused(bad.epoch(), 5, Refusal.CONFLICT)), SOON);
        assertThat(hub.counts()).containsEntry(Counters.CONFLICTS, 1L);
        assertThat(store.messages()).isEqualTo(1);
        assertHarmless();
    }

    @Test
    void with_messages_that_nobody_can_read_or_from_the_future_are_told_so() {
        hub.keep(ROOM, store);
        HybridTimestamp now = ModuleNode.of(good).messages().now();
        Stream line = open("room", "publish");

        line.offer(messages(own(), 1, new byte[] {(byte) 0xff}));
        line.offer(messages(own(), 2, bodyOf(new HybridTimestamp(now.millis() + 3_600_000, 0))));
        line.offer(messages(own(), 3, bodyOf(now)));

        net.await("the last is kept", () -> store.messages() == 1, SOON);
        net.await("the others are refused", () -> heard.size() >= 3, SOON);
        assertThat(heard)
                .contains(
                        new KeeperFrame.Refused(bad.epoch(), 1, Refusal.MALFORMED),
                        new KeeperFrame.Refused(bad.epoch(), 2, Refusal.MALFORMED));
        assertThat(hub.counts()).containsEntry(Counters.UNKEEPABLE, 2L);
    }

    /** Whoever reads it would have to ask for the next one, or be where those are who have passed a publisher. */
    @ParameterizedTest
    @ValueSource(longs = {Long.MAX_VALUE, Reading.PASSED, KeeperFrame.MAX_SEQUENCE + 1})
    void of_the_topic_itself_with_a_number_that_no_publisher_reaches_are_not_kept(long sequence) {
        hub.keep(ROOM, store);
        Keeper keeper = hub.keeper("room").orElseThrow();
        HybridTimestamp now = ModuleNode.of(good).messages().now();

        assertThat(net.await(keeper.append(new KeeperFrame.Item(SOMEBODY, sequence, bodyOf(now))), SOON))
                .contains(Refusal.MALFORMED);
        assertThat(net.await(
                        keeper.append(new KeeperFrame.Item(SOMEBODY, KeeperFrame.MAX_SEQUENCE, bodyOf(now))), SOON))
                .isEmpty();
        assertHarmless();
    }

    @Test
    void of_a_publisher_that_goes_as_far_as_numbers_go_leave_the_others_to_be_read() {
        hub.keep(ROOM, store);
        reader();
        HybridTimestamp now = ModuleNode.of(good).messages().now();
        Stream line = open("room", "publish");

        line.offer(messages(own(), KeeperFrame.MAX_SEQUENCE, bodyOf(now)));
        store.append(KeptMessage.of(SOMEBODY, 1, now, bodyOf(now))).join();

        net.await(
                "both are read",
                () -> read.contains(1L) && read.contains(KeeperFrame.MAX_SEQUENCE),
                Duration.ofMinutes(5));
        assertThat(read).containsExactlyInAnyOrder(1L, KeeperFrame.MAX_SEQUENCE);
    }

    @Test
    void beyond_32_of_one_node_are_refused() {
        hub.keep(ROOM, store);
        List<Stream> lines = new ArrayList<>();
        for (int i = 0; i <= Keeper.MAX_SESSIONS_PER_PEER; i++) {
            lines.add(open("room", "publish"));
        }

        assertThatThrownBy(
                        () -> net.await(lines.get(Keeper.MAX_SESSIONS_PER_PEER).closed(), SOON))
                .hasMessageContaining("too many lines of one node");
        assertThat(lines.get(0).closed()).isNotDone();
    }

    @Test
    void beyond_256_are_refused() {
        String[] crowd = new String[10];
        Arrays.setAll(crowd, i -> "node-" + i);
        try (ChaskiNetwork crowded =
                ChaskiNetwork.builder().nodes(crowd).seed(3).start()) {
            DurableNode.on(crowded.node("node-0")).keep(ROOM, new MemoryTopicStore(1, 1_000));
            List<Stream> lines = new ArrayList<>();
            for (int i = 0; i <= Keeper.MAX_SESSIONS; i++) {
                ChaskiNode from = crowded.node(crowd[1 + i / Keeper.MAX_SESSIONS_PER_PEER]);
                lines.add(open(crowded, from, crowded.node("node-0").id(), "room", "publish"));
            }

            crowded.advance(Duration.ofSeconds(5));
            List<Stream> refused =
                    lines.stream().filter(line -> line.closed().isDone()).toList();

            assertThat(refused).hasSize(1); // whichever was the last to come
            assertThatThrownBy(() -> crowded.await(refused.get(0).closed(), SOON))
                    .hasMessageContaining("too many lines");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"pull", "follow", "history"})
    void on_which_nothing_is_asked_end_after_half_a_minute(String role) {
        hub.keep(ROOM, store);
        Stream silent = open("room", role);
        net.advance(Duration.ofSeconds(25));
        assertThat(silent.closed()).isNotDone();

        assertThatThrownBy(() -> net.await(silent.closed(), SOON)).hasMessageContaining("nothing is asked");
    }

    // ---- keepers that are none

    private void pretendToKeep(List<KeeperFrame> says) {
        FalseKeeper.of("room", bad, says);
        net.await("it is believed", () -> hub.keepers("room").contains(bad.id()), SOON);
    }

    /** Messages by their number, gaps by the last one with a minus. */
    private final List<Long> read = new ArrayList<>();

    private DurableReader reader() {
        return DurableReader.on(hub, ROOM, "alice", store, START, new DurableReader.Handler() {
            @Override
            public void onMessage(Source source, long sequence, byte[] body, boolean isAgain) {
                read.add(sequence);
            }

            @Override
            public void onGap(Source source, Sequences.Interval missing) {
                read.add(-missing.last());
            }
        });
    }

    @Test
    void of_a_keeper_that_leaves_messages_out_are_left() {
        byte[] body = body("x");
        reader();
        pretendToKeep(List.of(new KeeperFrame.Messages(List.of(
                new KeeperFrame.Item(SOMEBODY, 1, body),
                new KeeperFrame.Item(SOMEBODY, 2, body),
                new KeeperFrame.Item(SOMEBODY, 9, body)))));

        net.await("it is left", () -> hub.counts().getOrDefault(Counters.REFUSED, 0L) > 0, SOON);

        assertThat(read).containsExactly(1L, 2L);
    }

    @Test
    void of_a_keeper_that_leaves_the_first_messages_out_are_left() {
        byte[] body = body("x");
        reader();
        pretendToKeep(List.of(new KeeperFrame.Messages(
                List.of(new KeeperFrame.Item(SOMEBODY, 3, body), new KeeperFrame.Item(SOMEBODY, 4, body)))));

        net.await("it is left", () -> hub.counts().getOrDefault(Counters.REFUSED, 0L) > 0, SOON);

        assertThat(read).isEmpty();
    }

    @Test
    void of_a_keeper_that_says_where_a_publisher_begins_are_told_of_no_gap() {
        byte[] body = body("x");
        reader();
        pretendToKeep(List.of(
                new KeeperFrame.Gone(SOMEBODY, new Sequences.Interval(1, 2)),
                new KeeperFrame.Messages(List.of(new KeeperFrame.Item(SOMEBODY, 3, body))),
                new KeeperFrame.Gone(SOMEBODY, new Sequences.Interval(4, 5)),
                new KeeperFrame.Messages(List.of(new KeeperFrame.Item(SOMEBODY, 6, body)))));

        net.await("the last is there", () -> read.contains(6L), SOON);

        assertThat(read).containsExactly(3L, -5L, 6L);
    }

    @Test
    void of_a_keeper_that_says_things_twice_give_them_once() {
        byte[] body = body("x");
        reader();
        pretendToKeep(List.of(new KeeperFrame.Messages(List.of(
                new KeeperFrame.Item(SOMEBODY, 1, body),
                new KeeperFrame.Item(SOMEBODY, 1, body),
                new KeeperFrame.Item(SOMEBODY, 2, body),
                new KeeperFrame.Item(SOMEBODY, 1, body),
                new KeeperFrame.Item(SOMEBODY, 3, body)))));

        net.await("the last is there", () -> read.contains(3L), SOON);

        assertThat(read).containsExactly(1L, 2L, 3L);
    }

    @Test
    void of_a_keeper_that_says_what_it_should_not_are_left() {
        reader();
        pretendToKeep(List.of(new KeeperFrame.Done()));

        net.await("it is left", () -> hub.counts().getOrDefault(Counters.REFUSED, 0L) > 1, SOON);

        assertThat(read).isEmpty();
    }

    @Test
    void of_a_keeper_that_says_nothing_are_left() {
        DurableReader reader = reader();
        pretendToKeep(List.of());
        net.await("it follows", reader::isFollowing, SOON);

        net.await("it does not", () -> !reader.isFollowing(), Duration.ofSeconds(40));
    }

    @Test
    void of_a_keeper_that_changes_its_store_are_left() {
        DurablePublisher publisher = DurablePublisher.on(hub, ROOM);
        pretendToKeep(List.of(
                new KeeperFrame.Kept(new UUID(1, 1), 0, Sequences.NONE),
                new KeeperFrame.Kept(new UUID(2, 2), 0, Sequences.NONE)));

        net.await("it is left", () -> hub.counts().getOrDefault(Counters.REFUSED, 0L) > 0, SOON);
        assertThat(net.await(publisher.publish(ROOM, "x", PublishOptions.NONE, 2, Duration.ofSeconds(3)), SOON)
                        .status())
                .isEqualTo(Status.NO_KEEPER);
    }
}
