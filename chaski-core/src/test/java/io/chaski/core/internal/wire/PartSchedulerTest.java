package io.chaski.core.internal.wire;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.chaski.core.CloseReason;
import io.chaski.core.NodeId;
import io.chaski.core.internal.wire.EdgeFrame.Goodbye;
import io.chaski.core.internal.wire.EdgeFrame.InternSource;
import io.chaski.core.internal.wire.EdgeFrame.InternTopic;
import io.chaski.core.internal.wire.EdgeFrame.Ping;
import io.chaski.core.internal.wire.PartScheduler.Place;
import io.chaski.core.internal.wire.TreeFrame.Digest;
import io.chaski.core.internal.wire.TreeFrame.Graft;
import io.chaski.core.internal.wire.TreeFrame.IHave;
import io.chaski.core.internal.wire.TreeFrame.NoHave;
import io.chaski.core.internal.wire.TreeFrame.Prune;
import io.chaski.core.internal.wire.TreeFrame.TopicCredit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class PartSchedulerTest {

    private static final int PART = PartFrame.PART_BYTES;
    private static final int MAX_FRAME = 1 << 20;

    /** Aliases: source 10 and 11 are of topic 1, source 20 is of topic 2. */
    private static final int ONE = 10;

    private static final int OTHER_OF_ONE = 11;
    private static final int TWO = 20;

    private record Item(String name, int size) {}

    private final PartScheduler<Item> scheduler = new PartScheduler<>(MAX_FRAME, Item::size);

    @BeforeEach
    void name() {
        for (InternSource source : List.of(source(ONE, 1), source(OTHER_OF_ONE, 1), source(TWO, 2))) {
            assertThat(scheduler.placeOf(source)).isEqualTo(Place.NEXT);
        }
    }

    private static InternSource source(int alias, int topic) {
        return new InternSource(alias, topic, new NodeId(0, alias), 1, 0);
    }

    private void add(int source, String name, int size) {
        scheduler.add(scheduler.topicOf(source), new Item(name, size), 0);
    }

    private List<String> order() {
        List<String> order = new ArrayList<>();
        for (PartScheduler.Piece<Item> piece = scheduler.next(); piece != null; piece = scheduler.next()) {
            order.add(piece.item().name() + (piece.isLast() ? "." : ""));
        }
        return order;
    }

    @Nested
    class Messages {
        @Test
        void of_a_payload_of_one_part_leave_whole() {
            MessageBody withLargestEnvelope = new MessageBody(
                    "x/" + "x".repeat(253),
                    1,
                    "x".repeat(WireLimits.MAX_LABEL_BYTES),
                    "x".repeat(WireLimits.MAX_NAME_BYTES),
                    Map.of("x", "x".repeat(WireLimits.MAX_HEADER_BYTES - 1)),
                    ArrayPayload.owning(new byte[PART]));
            assertThat(PartScheduler.isInParts(withLargestEnvelope.encode().size()))
                    .isFalse();
            assertThat(PartScheduler.isInParts(PartFrame.LARGEST_WHOLE_BYTES + 1))
                    .isTrue();
        }

        @Test
        void leave_in_parts_of_one_size_and_a_rest() {
            add(ONE, "a", 2 * PART + 1);
            List<PartScheduler.Piece<Item>> pieces = List.of(
                    requireNonNull(scheduler.next()),
                    requireNonNull(scheduler.next()),
                    requireNonNull(scheduler.next()));
            assertThat(pieces).extracting(PartScheduler.Piece::size).containsExactly(PART, PART, 1);
            assertThat(pieces).extracting(PartScheduler.Piece::from).containsExactly(0, PART, 2 * PART);
            assertThat(pieces).extracting(PartScheduler.Piece::isFirst).containsExactly(true, false, false);
            assertThat(pieces).extracting(PartScheduler.Piece::isLast).containsExactly(false, false, true);
            assertThat(scheduler.isEmpty()).isTrue();
            assertThat(scheduler.next()).isNull();
        }

        @Test
        void of_two_topics_take_turns() {
            add(ONE, "a", 3 * PART);
            add(TWO, "b", 2 * PART);
            assertThat(order()).containsExactly("a", "b", "a", "b.", "a.");
        }

        @Test
        void of_one_topic_follow_one_another_whatever_their_size() {
            add(ONE, "a", 2 * PART);
            assertThat(scheduler.isWaiting(OTHER_OF_ONE)).isTrue();
            assertThat(scheduler.isWaiting(TWO)).isFalse();
            add(OTHER_OF_ONE, "small", 0);
            add(ONE, "b", 2 * PART);
            assertThat(order()).containsExactly("a", "a.", "small.", "b", "b.");
        }

        @Test
        void begin_when_what_was_sent_before_them_has_left() {
            scheduler.add(1, new Item("a", 2 * PART), 3);
            scheduler.add(2, new Item("b", 2 * PART), 5);
            assertThat(scheduler.next(2)).isNull();
            assertThat(requireNonNull(scheduler.next(3)).item().name()).isEqualTo("a");
            assertThat(requireNonNull(scheduler.next(3)).item().name()).isEqualTo("a");
            assertThat(scheduler.next(4)).isNull();
            assertThat(order()).containsExactly("b", "b.");
        }

        @Test
        void wait_while_those_under_way_take_two_of_the_largest_frames() {
            for (int topic = 3; topic < 6; topic++) {
                scheduler.placeOf(source(topic * 10, topic));
                add(topic * 10, "m" + topic, MAX_FRAME);
            }
            List<String> order = order();
            assertThat(order.indexOf("m5")).isGreaterThan(order.indexOf("m3."));
            assertThat(order).contains("m3.", "m4.", "m5.");
        }

        @Test
        void have_sixteen_slots() {
            for (int topic = 3; topic < 23; topic++) {
                scheduler.placeOf(source(topic * 10, topic));
                add(topic * 10, "m" + topic, PART + 1);
            }
            List<String> order = order();
            assertThat(order.subList(0, 16)).noneMatch(name -> name.endsWith("."));
            assertThat(order).hasSize(40);
        }
    }

    @Nested
    class While_a_message_waits {
        @BeforeEach
        void begin() {
            add(ONE, "a", 3 * PART);
        }

        @Test
        void what_says_nothing_about_messages_sent_before_goes_between_its_parts() {
            List<Frame> frames = List.of(
                    new Ping(1, 2, 0),
                    new Graft(1, true, List.of()),
                    new Prune(1),
                    new IHave(1, List.of()),
                    new NoHave(1, List.of()),
                    new TopicCredit(2, false, false, false, false, false, 0, 0),
                    new StreamFrame.Credit(1, 1),
                    new InternTopic(3, "three"),
                    source(30, 3));
            assertThat(frames).allMatch(frame -> scheduler.placeOf(frame) == Place.NEXT);
        }

        @Test
        void what_says_something_about_messages_sent_before_keeps_its_place_behind_them() {
            List<Frame> frames = List.of(
                    new TopicCredit(1, false, false, false, false, false, 0, 0),
                    new Digest(1, false, List.of()),
                    new MembershipFrame.Disconnect(1, 1, false, List.of()));
            assertThat(frames).allMatch(frame -> scheduler.placeOf(frame) == Place.BEHIND_ITS_TOPIC);
        }

        @Test
        void what_moves_a_name_it_needs_and_what_ends_the_connection_comes_behind_all_of_it() {
            List<Frame> frames =
                    List.of(source(ONE, 2), new InternTopic(1, "moved"), new Goodbye(CloseReason.LEAVING, 0, ""));
            assertThat(scheduler.placeOf(frames.get(1))).isEqualTo(Place.LAST);
            assertThat(scheduler.placeOf(frames.get(2))).isEqualTo(Place.LAST);
            assertThat(scheduler.placeOf(frames.get(0))).isEqualTo(Place.LAST);
        }
    }

    @Test
    void everything_is_next_when_nothing_waits() {
        assertThat(scheduler.placeOf(new Goodbye(CloseReason.LEAVING, 0, ""))).isEqualTo(Place.NEXT);
        assertThat(scheduler.placeOf(new TopicCredit(1, false, false, false, false, false, 0, 0)))
                .isEqualTo(Place.NEXT);
    }
}
