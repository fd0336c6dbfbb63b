package io.chaski.core.internal.protocol.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chaski.core.CloseReason;
import io.chaski.core.NodeId;
import io.chaski.core.internal.protocol.Peers;
import io.chaski.core.internal.protocol.Timers;
import io.chaski.core.internal.protocol.stream.StreamPair.Recorder;
import io.chaski.core.internal.wire.ArrayPayload;
import io.chaski.core.internal.wire.StreamFrame.Credit;
import io.chaski.core.internal.wire.StreamFrame.Open;
import io.chaski.core.internal.wire.StreamFrame.Reset;
import io.chaski.core.internal.wire.StreamFrame.StreamData;
import io.chaski.core.stream.StreamCode;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class StreamsTest {

    private static final StreamSettings SMALL = new StreamSettings(1_000, 100, 2_000, 4, 1_000);

    private final StreamPair pair = new StreamPair(SMALL);

    private static ArrayPayload bytes(int size, int value) {
        byte[] bytes = new byte[size];
        Arrays.fill(bytes, (byte) value);
        return ArrayPayload.owning(bytes);
    }

    @Nested
    class A_unary_exchange {

        @Test
        void is_one_frame_each_way() {
            List<Recorder> served = pair.bob.serve("echo");
            Recorder asked = pair.alice.open("echo", Timers.NONE, bytes(10, 7), true);
            assertThat(pair.alice.underWay)
                    .containsExactly(new Open(
                            1, 0, Map.of("who", "test"), 0, true, ((Open) pair.alice.underWay.element()).payload()));
            pair.deliverAll();

            Recorder accepted = served.get(0);
            assertThat(accepted.events).containsExactly("message of 10", "end");
            assertThat(accepted.stream().headers()).containsExactly(Map.entry("who", "test"));
            accepted.stream().send(bytes(20, 8));
            accepted.stream().end();
            pair.deliverAll();

            assertThat(asked.events).containsExactly("message of 20", "end", "closed");
            assertThat(accepted.events).containsExactly("message of 10", "end", "closed");
            assertThat(pair.alice.holders).isEmpty();
            assertThat(pair.bob.holders).isEmpty();
        }

        @Test
        void is_one_frame_each_way_as_well_if_the_answer_is_sent_as_the_last_message() {
            List<Recorder> served = pair.bob.serve("echo");
            Recorder asked = pair.alice.open("echo", Timers.NONE, bytes(10, 7), true);
            pair.deliverAll();
            ArrayPayload answer = bytes(20, 8);

            served.get(0).stream().sendLast(answer);

            assertThat(pair.bob.underWay).containsExactly(new StreamData(1, false, true, answer));
            pair.deliverAll();
            assertThat(asked.events).containsExactly("message of 20", "end", "closed");
            assertThat(served.get(0).events).endsWith("closed");
        }

        @Test
        void waits_for_the_connection_with_all_but_its_beginning() {
            List<Recorder> served = pair.bob.serve("echo");
            pair.alice.writable = false;
            pair.alice.open("echo", Timers.NONE, bytes(10, 7), true);
            assertThat(pair.alice.underWay).containsExactly(new Open(1, 0, Map.of("who", "test"), 0, false, null));

            pair.alice.writable = true;
            pair.alice.streams.onWritable(pair.alice);
            pair.deliverAll();

            assertThat(served.get(0).events).containsExactly("message of 10", "end");
        }

        @Test
        void of_an_unknown_protocol_fails_and_the_edge_lives() {
            Recorder asked = pair.alice.open("nobody-serves-this", Timers.NONE, bytes(10, 7), true);
            pair.deliverAll();

            assertThat(asked.events).containsExactly("NO_SUCH_PROTOCOL");
            assertThat(pair.alice.misbehaviour).isEmpty();
            assertThat(pair.bob.misbehaviour).isEmpty();
        }

        @Test
        void with_a_node_nobody_knows_fails_at_once() {
            Recorder recorder = new Recorder();
            pair.alice.streams.open(
                    new NodeId(9, 9),
                    new Streams.Opening(
                            "echo", Map.of(), Timers.NONE, null, false, () -> true, stream -> {}, recorder));

            assertThat(recorder.events).containsExactly("PEER_UNREACHABLE");
        }
    }

    @Nested
    class Large_messages {

        @Test
        void travel_in_fragments_and_arrive_whole() {
            List<Recorder> served = pair.bob.serve("bulk");
            Recorder sender = pair.alice.open("bulk");
            byte[] message = new byte[1_950];
            RandomGeneratorFactory.of("L64X128MixRandom").create(1).nextBytes(message);
            sender.stream().send(ArrayPayload.owning(message));
            long largest = pair.alice.underWay.stream()
                    .filter(StreamData.class::isInstance)
                    .mapToLong(frame -> ((StreamData) frame).payload().size())
                    .max()
                    .orElseThrow();
            pair.deliverAll();

            assertThat(largest).isEqualTo(100);
            assertThat(served.get(0).messages).hasSize(1);
            assertThat(served.get(0).messages.get(0)).isEqualTo(message);
            assertThat(sender.sent).isEqualTo(1_950);
        }

        @Test
        void follow_each_other_when_the_first_is_given_back() {
            List<Recorder> served = pair.bob.serve("bulk");
            Recorder sender = pair.alice.open("bulk");
            for (int i = 0; i < 5; i++) {
                sender.stream().send(bytes(1_950, i));
            }
            for (int i = 0; i < 5; i++) {
                pair.deliverAll();
                assertThat(served.get(0).messages).hasSizeGreaterThan(i);
                served.get(0).stream().consumed(1);
            }

            assertThat(served.get(0).messages).hasSize(5);
        }

        @Test
        void that_nobody_takes_are_one_at_most_and_a_window() {
            List<Recorder> served = pair.bob.serve("bulk");
            Recorder sender = pair.alice.open("bulk");
            for (int i = 0; i < 50; i++) {
                sender.stream().send(bytes(1_901, i)); // the last fragment costs next to nothing
            }
            pair.deliverAll();
            assertThat(served.get(0).messages).hasSize(1);
            assertThat(sender.sent).isBetween(1_901, 1_901 + 1_000);

            for (int i = 1; i < 50; i++) {
                served.get(0).stream().consumed(1);
                pair.deliverAll();
                assertThat(served.get(0).messages).hasSize(i + 1);
            }
        }

        @Test
        void after_small_ones_that_nobody_takes_wait_until_these_are_taken() {
            List<Recorder> served = pair.bob.serve("bulk");
            Recorder sender = pair.alice.open("bulk");
            sender.stream().send(bytes(10, 1));
            sender.stream().send(bytes(10, 2));
            sender.stream().send(bytes(1_950, 3));
            pair.deliverAll();
            served.get(0).stream().consumed(1);
            pair.deliverAll();
            assertThat(served.get(0).messages).hasSize(2);

            served.get(0).stream().consumed(1);
            pair.deliverAll();
            assertThat(served.get(0).messages).hasSize(3);
        }

        @Test
        void beyond_the_limit_are_refused_here() {
            pair.bob.serve("bulk");
            Recorder sender = pair.alice.open("bulk");

            assertThatThrownBy(() -> sender.stream().send(bytes(2_001, 0)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("2001");
        }

        @Test
        void beyond_the_limit_reset_the_stream_there() {
            List<Recorder> served = pair.bob.serve("bulk");
            pair.alice.open("bulk");
            pair.deliverAll();
            for (int i = 0; i < 21; i++) {
                pair.bob.streams.onFrame(pair.bob, new StreamData(1, true, false, bytes(100, 0)));
            }

            assertThat(served.get(0).events).containsExactly("TOO_LARGE");
        }
    }

    @Nested
    class Flow_control {

        @Test
        void stops_the_sender_at_the_window_while_the_reader_is_slow() {
            List<Recorder> served = pair.bob.serve("data");
            Recorder sender = pair.alice.open("data");
            for (int i = 0; i < 100; i++) {
                sender.stream().send(bytes(100, i));
            }
            pair.deliverAll();
            assertThat(served.get(0).messages).hasSize(10);
            assertThat(sender.sent).isEqualTo(1_000);

            served.get(0).stream().consumed(5);
            pair.deliverAll();
            assertThat(served.get(0).messages).hasSize(15);
        }

        @Test
        void resets_a_stream_whose_peer_sends_beyond_the_window() {
            List<Recorder> served = pair.bob.serve("data");
            pair.alice.open("data");
            pair.deliverAll();
            for (int i = 0; i < 11; i++) {
                pair.bob.streams.onFrame(pair.bob, new StreamData(1, false, false, bytes(100, 0)));
            }

            assertThat(served.get(0).messages).hasSize(10);
            assertThat(served.get(0).events).endsWith("FLOW_CONTROL");
        }

        @Test
        void resets_a_stream_whose_peer_grants_nonsense() {
            pair.bob.serve("data");
            for (long credit : new long[] {0, -1, Long.MAX_VALUE, Integer.MAX_VALUE}) {
                Recorder sender = pair.alice.open("data");
                pair.deliverAll();
                pair.alice.streams.onFrame(
                        pair.alice, new Credit(sender.stream().id(), credit));

                assertThat(sender.events).as("credit " + credit).containsExactly("FLOW_CONTROL");
            }
        }

        @Test
        void resets_a_stream_whose_peer_grants_byte_by_byte() {
            pair.bob.serve("data");
            Recorder sender = pair.alice.open("data");
            pair.deliverAll();
            for (int i = 0; i <= 1_000; i++) {
                pair.alice.streams.onFrame(pair.alice, new Credit(1, 1));
            }

            assertThat(sender.events).containsExactly("FLOW_CONTROL");
        }

        @Test
        void waits_for_the_connection_and_lets_streams_take_turns() {
            pair.bob.serve("data");
            Recorder one = pair.alice.open("data");
            Recorder two = pair.alice.open("data");
            pair.deliverAll();
            pair.alice.writable = false;
            for (int i = 0; i < 3; i++) {
                one.stream().send(bytes(100, 1));
                two.stream().send(bytes(100, 2));
            }
            assertThat(pair.alice.underWay).isEmpty();

            pair.alice.writable = true;
            pair.alice.streams.onWritable(pair.alice);
            assertThat(pair.alice.underWay.stream().map(frame -> ((StreamData) frame).stream()))
                    .containsExactly(1L, 3L, 1L, 3L, 1L, 3L);
        }
    }

    @Nested
    class What_looks_free {

        @Test
        void costs_window_too_and_so_empty_messages_are_bounded() {
            List<Recorder> served = pair.bob.serve("data");
            Recorder sender = pair.alice.open("data");
            for (int i = 0; i < 100; i++) {
                sender.stream().send(bytes(0, 0));
            }
            pair.deliverAll();
            assertThat(served.get(0).messages).hasSize(15); // 15 x 64 of 1,000
            assertThat(sender.sent).isEqualTo(15 * 64);

            served.get(0).stream().consumed(8);
            pair.deliverAll();
            assertThat(served.get(0).messages).hasSize(23);
        }

        @Test
        void resets_the_stream_when_it_is_an_empty_fragment() {
            List<Recorder> served = pair.bob.serve("data");
            pair.alice.open("data");
            pair.deliverAll();
            pair.bob.streams.onFrame(pair.bob, new StreamData(1, true, false, bytes(0, 0)));

            assertThat(served.get(0).events).containsExactly("FLOW_CONTROL");
            assertThat(pair.bob.misbehaviour).containsExactly("stream-empty-fragment");
        }

        private final StreamPair large = new StreamPair(StreamSettings.DEFAULTS);
        private final ArrayPayload fragment = bytes(64 << 10, 1);

        private void fragment(StreamPair.Side to, long stream) {
            to.streams.onFrame(to, new StreamData(stream, true, false, fragment));
        }

        @Test
        void is_limited_for_the_unfinished_messages_of_a_peer() {
            List<Recorder> served = large.bob.serve("bulk");
            for (int i = 0; i < 9; i++) {
                large.alice.open("bulk");
                large.deliverAll();
                for (int part = 0; part < 16; part++) {
                    fragment(large.bob, 2 * i + 1);
                }
            }
            assertThat(served.subList(0, 8))
                    .allSatisfy(stream -> assertThat(stream.events).isEmpty());
            assertThat(served.get(8).events).containsExactly("LIMIT");

            served.get(0).stream().reset(StreamCode.CANCELLED, "enough");
            large.alice.open("bulk");
            large.deliverAll();
            fragment(large.bob, 19);
            assertThat(served.get(9).events).isEmpty();
        }

        /** Four peers take all that there is, and a fifth has nothing; what one gives up is there for others. */
        @Test
        void is_limited_for_the_unfinished_messages_of_all_peers() {
            StreamMemory all = new StreamMemory(400);
            List<StreamMemory.Share> peers =
                    Stream.generate(all::newShare).limit(5).toList();
            for (StreamMemory.Share peer : peers.subList(0, 4)) {
                assertThat(peer.take(100)).isTrue();
                assertThat(peer.take(1)).isFalse();
            }
            assertThat(peers.get(4).take(1)).isFalse();
            peers.get(2).giveBack(1);
            assertThat(peers.get(4).take(1)).isTrue();
        }

        @Test
        void may_wait_for_as_long_as_the_application_holds_an_earlier_one() {
            List<Recorder> served = large.bob.serve("bulk");
            Recorder opened = large.alice.open("bulk");
            opened.stream().send(bytes(40 << 10, 1));
            opened.stream().send(bytes(1 << 20, 2));
            large.deliverAll();
            large.advance(Duration.ofNanos(3 * ProtocolStream.IDLE_NANOS));
            assertThat(served.get(0).events).containsExactly("message of " + (40 << 10));

            served.get(0).stream().consumed(1);
            large.deliverAll();
            assertThat(served.get(0).events).hasSize(2);
        }

        @Test
        void resets_the_stream_when_a_message_does_not_get_on() {
            List<Recorder> served = large.bob.serve("bulk");
            Recorder opened = large.alice.open("bulk");
            large.deliverAll();
            fragment(large.bob, 1);
            large.advance(Duration.ofSeconds(29));
            fragment(large.bob, 1);
            large.advance(Duration.ofSeconds(29));
            assertThat(served.get(0).events).as("it gets on").isEmpty();
            large.advance(Duration.ofSeconds(1));
            large.deliverAll();
            assertThat(served.get(0).events).containsExactly("LIMIT");
            assertThat(opened.events).containsExactly("LIMIT");
        }

        @Test
        void does_not_while_its_sender_waits_for_the_application_and_not_between_messages() {
            List<Recorder> served = large.bob.serve("bulk");
            large.alice.open("bulk");
            large.deliverAll();
            large.bob.streams.onFrame(large.bob, new StreamData(1, false, false, fragment));
            for (int part = 0; part < 3; part++) {
                fragment(large.bob, 1); // and that was all the credit
            }
            large.advance(Duration.ofMinutes(9));
            assertThat(served.get(0).events).containsExactly("message of 65536");
            served.get(0).stream().consumed(1);
            large.advance(Duration.ofSeconds(29));
            large.bob.streams.onFrame(large.bob, new StreamData(1, false, false, fragment));
            assertThat(served.get(0).events).last().isEqualTo("message of 262144");
            large.advance(Duration.ofMinutes(9));
            assertThat(served.get(0).events).hasSize(2);
        }

        /** Otherwise each slow reader would cost its sender's share of unfinished messages. */
        @Test
        void is_sent_in_one_piece_if_it_fits_into_a_frame() {
            List<Recorder> served = large.bob.serve("bulk");
            Recorder opened = large.alice.open("bulk");
            for (int i = 0; i < 6; i++) {
                opened.stream().send(bytes(50_000, i));
            }
            assertThat(large.alice.underWay)
                    .filteredOn(StreamData.class::isInstance)
                    .allSatisfy(frame -> assertThat(((StreamData) frame).more()).isFalse());
            large.deliverAll();
            assertThat(served.get(0).messages).hasSize(5);
            served.get(0).stream().consumed(3);
            large.deliverAll();
            assertThat(served.get(0).messages).hasSize(6);
        }
    }

    @Nested
    class Ends {

        @Test
        void of_one_direction_leave_the_other_open() {
            List<Recorder> served = pair.bob.serve("half");
            Recorder sender = pair.alice.open("half");
            sender.stream().send(bytes(5, 1));
            sender.stream().end();
            pair.deliverAll();
            served.get(0).stream().send(bytes(6, 2));
            pair.deliverAll();

            assertThat(served.get(0).events).containsExactly("message of 5", "end");
            assertThat(sender.events).containsExactly("message of 6");
            assertThatThrownBy(() -> sender.stream().send(bytes(1, 1))).isInstanceOf(IllegalStateException.class);
        }

        @Test
        void by_reset_reach_both_sides_once_even_when_they_cross() {
            List<Recorder> served = pair.bob.serve("half");
            Recorder sender = pair.alice.open("half");
            pair.deliverAll();
            sender.stream().reset(StreamCode.CANCELLED, "enough");
            served.get(0).stream().reset(StreamCode.REFUSED, "no");
            pair.deliverAll();

            assertThat(sender.events).containsExactly("CANCELLED");
            assertThat(served.get(0).events).containsExactly("REFUSED");
            assertThat(pair.alice.misbehaviour).isEmpty();
            assertThat(pair.bob.misbehaviour).isEmpty();
        }

        @Test
        void by_deadline_reach_both_sides() {
            List<Recorder> served = pair.bob.serve("slow");
            Recorder sender = pair.alice.open("slow", Duration.ofMillis(50).toNanos(), bytes(1, 1), true);
            pair.deliverAll();
            assertThat(served.get(0).stream().deadlineNanos())
                    .isEqualTo(Duration.ofMillis(50).toNanos());
            pair.advance(Duration.ofMillis(50));
            pair.deliverAll();

            assertThat(sender.events).containsExactly("DEADLINE_EXCEEDED");
            assertThat(served.get(0).events).containsExactly("message of 1", "end", "DEADLINE_EXCEEDED");
        }

        @Test
        void by_deadline_never_come_if_it_is_beyond_all_time() {
            List<Recorder> served = pair.bob.serve("slow");
            pair.alice.alias("slow");
            pair.advance(Duration.ofMillis(50));
            pair.bob.streams.onFrame(pair.bob, new Open(1, 0, Map.of(), Long.MAX_VALUE, false, null));
            pair.advance(Duration.ofDays(365));

            assertThat(served.get(0).stream().isOpen()).isTrue();
            assertThat(served.get(0).stream().deadlineNanos()).isEqualTo(Timers.NONE);
        }

        @Test
        void with_the_edge_are_told_to_every_stream_once() {
            List<Recorder> served = pair.bob.serve("any");
            Recorder one = pair.alice.open("any");
            Recorder two = pair.alice.open("any");
            pair.deliverAll();
            pair.alice.streams.onPeerDown(pair.alice, CloseReason.RESET);
            pair.bob.streams.onPeerDown(pair.bob, CloseReason.RESET);

            assertThat(one.events).containsExactly("EDGE_CLOSED");
            assertThat(two.events).containsExactly("EDGE_CLOSED");
            assertThat(served).allSatisfy(stream -> assertThat(stream.events).containsExactly("EDGE_CLOSED"));
            assertThat(pair.alice.timers.nextDeadline()).isEqualTo(Timers.NONE);
        }
    }

    @Nested
    class An_edge_that_ends_as_idle {

        @Test
        void has_not_brought_the_other_side_what_was_opened_at_the_same_time() {
            Recorder stream = pair.alice.open("any");
            pair.alice.streams.onPeerDown(pair.alice, CloseReason.IDLE);
            assertThat(stream.events).containsExactly("PEER_UNREACHABLE");
        }

        @Test
        void may_have_brought_what_it_has_spoken_of() {
            pair.bob.serve("any");
            Recorder stream = pair.alice.open("any");
            pair.alice.streams.onFrame(pair.alice, new Credit(1, 1));
            pair.alice.streams.onPeerDown(pair.alice, CloseReason.IDLE);
            assertThat(stream.events).containsExactly("EDGE_CLOSED");
        }

        @Test
        void may_have_brought_what_came_over_another_connection() {
            Recorder stream = pair.alice.open("any");
            pair.alice.hasOneConnection = false;
            pair.alice.streams.onPeerDown(pair.alice, CloseReason.IDLE);
            assertThat(stream.events).containsExactly("EDGE_CLOSED");
        }

        @Test
        void has_brought_what_the_other_side_has_opened() {
            List<Recorder> served = pair.bob.serve("any");
            pair.alice.open("any");
            pair.deliverAll();
            pair.bob.streams.onPeerDown(pair.bob, CloseReason.IDLE);
            assertThat(served.get(0).events).containsExactly("EDGE_CLOSED");
        }
    }

    @Nested
    class A_code_that_only_this_side_can_know {

        @ParameterizedTest
        @EnumSource(names = {"EDGE_CLOSED", "PEER_UNREACHABLE"})
        void means_nothing_when_the_other_side_says_it(StreamCode code) {
            Recorder stream = pair.alice.open("any");
            pair.alice.streams.onFrame(pair.alice, new Reset(1, code.number(), "as the test says"));
            assertThat(stream.events).containsExactly("APPLICATION");
        }
    }

    @Nested
    class A_node_that_is_still_dialled {

        private final Recorder waiting = new Recorder();
        private boolean isWanted = true;

        @BeforeEach
        void openWithADeadline() {
            pair.alice.isKnowing = true;
            open(Duration.ofMillis(50).toNanos());
        }

        private void open(long deadlineNanos) {
            pair.alice.streams.open(
                    new NodeId(9, 9),
                    new Streams.Opening(
                            "any",
                            Map.of(),
                            deadlineNanos,
                            bytes(1, 1),
                            true,
                            () -> isWanted,
                            stream -> waiting.stream = stream,
                            waiting));
        }

        @Test
        void is_waited_for_no_longer_than_the_deadline() {
            pair.advance(Duration.ofMillis(49));
            assertThat(waiting.events).isEmpty();

            pair.advance(Duration.ofMillis(1));
            assertThat(waiting.events).containsExactly("DEADLINE_EXCEEDED");
        }

        @Test
        void hears_nothing_of_a_stream_whose_deadline_has_passed() {
            pair.advance(Duration.ofMillis(50));
            pair.alice.reaches.remove().onReached(pair.alice);

            assertThat(pair.alice.underWay).isEmpty();
            assertThat(waiting.events).containsExactly("DEADLINE_EXCEEDED");
        }

        @Test
        void hears_nothing_of_a_stream_that_nobody_wants_any_more() {
            isWanted = false;
            pair.alice.reaches.remove().onReached(pair.alice);

            assertThat(pair.alice.underWay).isEmpty();
            assertThat(waiting.events).isEmpty();
            assertThat(pair.alice.timers.nextDeadline()).isEqualTo(Timers.NONE);
        }

        @Test
        void is_not_dialled_for_a_stream_that_nobody_wants_any_more() {
            pair.alice.reaches.clear();
            isWanted = false;
            open(Timers.NONE);

            assertThat(pair.alice.reaches).isEmpty();
            assertThat(waiting.events).isEmpty();
        }

        @Test
        void ends_the_wait_when_it_is_reached_or_not() {
            pair.alice.reaches.remove().onReached(pair.alice);
            assertThat(pair.alice.underWay).hasSize(1);
            assertThat(waiting.stream().isOpen()).isTrue();

            open(Timers.NONE);
            pair.alice.reaches.remove().onUnreachable();
            assertThat(waiting.events).containsExactly("PEER_UNREACHABLE");
        }

        @Test
        void is_waited_for_no_longer_than_this_node_lives() {
            open(Timers.NONE);
            pair.alice.streams.leave();

            assertThat(waiting.events).containsExactly("EDGE_CLOSED", "EDGE_CLOSED");
            assertThat(pair.alice.timers.nextDeadline()).isEqualTo(Timers.NONE);
        }
    }

    @Nested
    class Limits {

        @Test
        void of_open_streams_hold_on_both_sides() {
            pair.bob.serve("any");
            for (int i = 0; i < 4; i++) {
                pair.alice.open("any");
            }
            assertThat(pair.alice.open("any").events).containsExactly("LIMIT");

            pair.deliverAll();
            pair.bob.streams.onFrame(pair.bob, new Open(11, 0, Map.of(), 0, false, null));
            assertThat(pair.bob.counters.get("stream.refused")).isEqualTo(1);
            assertThat(pair.bob.streams.count(pair.bob)).isEqualTo(4);
        }

        @Test
        void of_edges_for_streams_alone_count_those_that_are_being_made() {
            pair.alice.isKnowing = true;
            for (int i = 0; i < 256; i++) {
                assertThat(openTo(100 + i).events).isEmpty();
            }
            assertThat(openTo(100).events).as("a node that is dialled already").isEmpty();
            assertThat(openTo(400).events).containsExactly("LIMIT");

            pair.alice.reaches.remove().onUnreachable();
            assertThat(openTo(401).events).isEmpty();
        }

        @Test
        void of_dials_on_hearsay_count_for_streams_too() {
            pair.alice.isKnowing = true;
            Recorder deferred = openTo(1);
            pair.alice.reaches.remove().onDeferred();

            assertThat(pair.alice.trusted).containsExactly(Peers.Trust.HINT);
            assertThat(deferred.events).containsExactly("LIMIT");
        }

        private Recorder openTo(long id) {
            Recorder recorder = new Recorder();
            pair.alice.streams.open(
                    new NodeId(9, id),
                    new Streams.Opening(
                            "any",
                            Map.of(),
                            Timers.NONE,
                            null,
                            false,
                            () -> true,
                            stream -> recorder.stream = stream,
                            recorder));
            return recorder;
        }

        @Nested
        class Of_edges_for_streams_alone {

            private final List<Recorder> streams = new ArrayList<>();
            private final List<StreamPair.Side> peers = new ArrayList<>();

            /** Numbers of those that were ended, in that order. */
            private final List<Integer> ended = new ArrayList<>();

            @BeforeEach
            void reachThatLimit() {
                pair.alice.isKnowing = true;
                for (int i = 0; i < 256; i++) {
                    reach(i, new StreamPair(SMALL).alice);
                }
            }

            private void reach(int number, StreamPair.Side peer) {
                streams.add(openTo(number));
                peers.add(peer);
                peer.endedAsIdle = () -> {
                    ended.add(number);
                    pair.alice.streams.onPeerDown(peer, CloseReason.IDLE);
                };
                pair.alice.reaches.remove().onReached(peer);
            }

            private void endStream(int number) {
                streams.get(number).stream().reset(StreamCode.APPLICATION, "enough");
                pair.advance(Duration.ofMillis(1));
            }

            @Test
            void no_more_are_made_while_all_carry_streams() {
                assertThat(openTo(256).events).containsExactly("LIMIT");
                assertThat(ended).isEmpty();
            }

            @Test
            void the_one_without_a_stream_for_longest_makes_room() {
                endStream(7);
                endStream(3);
                assertThat(openTo(256).events).isEmpty();
                assertThat(ended).containsExactly(7);

                assertThat(openTo(257).events).isEmpty();
                assertThat(openTo(258).events).containsExactly("LIMIT");
                assertThat(ended).containsExactly(7, 3);
            }

            @Test
            void a_neighbour_in_a_topic_counts_again_when_it_is_none_any_more() {
                Object topic = new Object();
                peers.get(7).hold(topic);
                endStream(7);
                endStream(3);
                assertThat(openTo(256).events).isEmpty();
                assertThat(ended).as("with room").isEmpty();

                peers.get(7).release(topic);
                assertThat(openTo(257).events).isEmpty();
                assertThat(ended).containsExactly(7, 3);
            }

            @Test
            void one_that_the_other_end_has_dialled_does_not_count() {
                endStream(7);
                openTo(256);
                pair.alice.reaches.remove().onReached(new StreamPair(SMALL).bob);
                assertThat(ended).containsExactly(7);

                assertThat(openTo(257).events).isEmpty();
                assertThat(openTo(258).events).containsExactly("LIMIT");
                assertThat(ended).containsExactly(7);
            }
        }

        @Test
        void of_ids_are_kept_by_the_opener() {
            pair.bob.serve("any");
            pair.alice.open("any");
            pair.deliverAll();
            pair.bob.streams.onFrame(pair.bob, new Open(1, 0, Map.of(), 0, false, null));
            pair.bob.streams.onFrame(pair.bob, new Open(2, 0, Map.of(), 0, false, null));
            pair.bob.streams.onFrame(pair.bob, new StreamData(77, false, false, bytes(1, 1)));

            assertThat(pair.bob.misbehaviour).containsExactly("stream-id", "stream-id", "stream-unknown");
            assertThat(pair.bob.underWay)
                    .containsExactly(new Reset(2, StreamCode.REFUSED.number(), "not a new number"));
            assertThat(pair.bob.streams.count(pair.bob)).isEqualTo(1);
        }

        @Test
        void of_protocols_on_an_edge_leave_no_half_open_stream() {
            pair.alice.refusesProtocols = true;
            Recorder refused =
                    pair.alice.open("one-too-many", Duration.ofMillis(50).toNanos(), null, false);

            assertThat(refused.events).containsExactly("LIMIT");
            assertThat(pair.alice.streams.count(pair.alice)).isZero();
            assertThat(pair.alice.holders).isEmpty();
            assertThat(pair.alice.timers.nextDeadline()).isEqualTo(Timers.NONE);
        }
    }

    @Test
    void random_interleavings_lose_nothing_reorder_nothing_and_keep_the_window() {
        for (long seed = 1; seed <= 200; seed++) {
            runRandomly(seed);
        }
    }

    /** One stream, both sides sending, reading, delivering and choking at random; at the end both have everything. */
    private static void runRandomly(long seed) {
        RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
        StreamPair pair = new StreamPair(SMALL);
        List<Recorder> served = pair.bob.serve("data");
        Recorder alice = pair.alice.open("data");
        pair.deliverAll();
        Recorder bob = served.get(0);
        Deque<byte[]> toBob = new ArrayDeque<>();
        Deque<byte[]> toAlice = new ArrayDeque<>();
        int[] read = new int[2];
        for (int step = 0; step < 300; step++) {
            switch (random.nextInt(6)) {
                case 0 -> send(random, alice, toBob);
                case 1 -> send(random, bob, toAlice);
                case 2 -> pair.alice.deliverOne(pair.bob);
                case 3 -> pair.bob.deliverOne(pair.alice);
                case 4 -> {
                    read(alice, read, 0);
                    read(bob, read, 1);
                }
                default -> {
                    pair.alice.writable = random.nextBoolean();
                    pair.alice.streams.onWritable(pair.alice);
                }
            }
            assertThat(unread(alice, read[0])).as("seed " + seed).isLessThanOrEqualTo(1_000 + 2_000);
            assertThat(unread(bob, read[1])).as("seed " + seed).isLessThanOrEqualTo(1_000 + 2_000);
        }
        pair.alice.writable = true;
        alice.stream().end();
        bob.stream().end();
        for (int turn = 0; turn < 1_000 && !alice.events.contains("closed"); turn++) {
            pair.alice.streams.onWritable(pair.alice);
            pair.deliverAll();
            read(alice, read, 0);
            read(bob, read, 1);
        }
        assertThat(alice.messages)
                .as("seed " + seed)
                .usingElementComparator(Arrays::compare)
                .isEqualTo(new ArrayList<>(toAlice));
        assertThat(bob.messages)
                .as("seed " + seed)
                .usingElementComparator(Arrays::compare)
                .isEqualTo(new ArrayList<>(toBob));
        assertThat(alice.events).as("seed " + seed).endsWith("closed").doesNotContain("FLOW_CONTROL");
        assertThat(bob.events).as("seed " + seed).endsWith("closed").doesNotContain("FLOW_CONTROL");
    }

    private static void send(RandomGenerator random, Recorder from, Deque<byte[]> expected) {
        byte[] message = new byte[random.nextInt(10) == 0 ? random.nextInt(2_000) : random.nextInt(150)];
        random.nextBytes(message);
        expected.add(message);
        from.stream().send(ArrayPayload.owning(message));
    }

    private static void read(Recorder recorder, int[] read, int index) {
        while (read[index] < recorder.messages.size()) {
            read[index]++;
            recorder.stream().consumed(1);
        }
    }

    private static long unread(Recorder recorder, int from) {
        return recorder.messages.subList(from, recorder.messages.size()).stream()
                .mapToLong(message -> message.length)
                .sum();
    }
}
