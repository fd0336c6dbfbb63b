package io.chaski.core.internal.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.chaski.core.CloseReason;
import io.chaski.core.internal.wire.PartFrame.DataBegin;
import io.chaski.core.internal.wire.PartFrame.DataPart;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class MessagePartsTest {

    private static final int PART = PartFrame.PART_BYTES;
    private static final int MAX_FRAME = 1 << 20;

    private final UnfinishedMessages unfinished = new UnfinishedMessages(4 * PART);
    private final List<String> givenUp = new ArrayList<>();
    private final MessageParts parts = new MessageParts(MAX_FRAME, unfinished, () -> givenUp.add("first"));
    private final List<Message> messages = new ArrayList<>();
    private final DataHandler sink = (source, seq, hop, hopLimit, flags, body) ->
            messages.add(new Message(source, seq, hop, hopLimit, flags, ArrayPayload.keep(body)));

    private record Message(int source, long seq, int hop, int hopLimit, int flags, ArrayPayload body) {}

    private static byte[] bytes(int size, long seed) {
        byte[] bytes = new byte[size];
        new Random(seed).nextBytes(bytes);
        return bytes;
    }

    private void begin(int slot, int size) {
        parts.take(new DataBegin(slot, 3, slot + 1, 1, 128, 7, size), sink);
    }

    private void part(int slot, byte[] body, int from) {
        int to = Math.min(body.length, from + PART);
        parts.take(new DataPart(slot, ArrayPayload.owning(Arrays.copyOfRange(body, from, to))), sink);
    }

    private void part(int slot, int size) {
        parts.take(new DataPart(slot, ArrayPayload.owning(new byte[size])), sink);
    }

    private static CloseReason refusal(Runnable frames) {
        return catchThrowableOfType(ProtocolException.class, frames::run).reason();
    }

    @Nested
    class A_message {
        @Test
        void is_what_its_parts_say_when_the_last_one_has_come() {
            byte[] body = bytes(2 * PART + 1, 1);
            begin(5, body.length);
            part(5, body, 0);
            part(5, body, PART);
            assertThat(messages).isEmpty();
            assertThat(parts.isWithinMessage()).isTrue();
            part(5, body, 2 * PART);
            assertThat(messages).hasSize(1);
            Message message = messages.get(0);
            assertThat(List.of(message.source, message.seq, message.hop, message.hopLimit, message.flags))
                    .isEqualTo(List.of(3, 6L, 1, 128, 7));
            assertThat(message.body).isEqualTo(ArrayPayload.owning(body));
            assertThat(parts.isWithinMessage()).isFalse();
        }

        @Test
        void is_read_from_its_beginning_as_far_as_one_wants() {
            byte[] body = bytes(2 * PART + 1, 1);
            List<byte[]> heads = new ArrayList<>();
            DataHandler reader = (source, seq, hop, hopLimit, flags, view) -> {
                for (int count : new int[] {0, 32, PART, PART + 7, body.length}) {
                    heads.add(view.head(count));
                }
            };
            begin(0, body.length);
            part(0, body, 0);
            part(0, body, PART);
            byte[] rest = Arrays.copyOfRange(body, 2 * PART, body.length);
            parts.take(new DataPart(0, ArrayPayload.owning(rest)), reader);
            assertThat(heads)
                    .hasSize(5)
                    .allSatisfy(head -> assertThat(head).isEqualTo(Arrays.copyOf(body, head.length)));
            assertThat(heads.get(3)).hasSize(PART + 7);
        }

        @Test
        void may_come_between_the_parts_of_another() {
            byte[] one = bytes(2 * PART, 1);
            byte[] other = bytes(PART + 9, 2);
            begin(0, one.length);
            part(0, one, 0);
            begin(1, other.length);
            part(1, other, 0);
            part(1, other, PART);
            part(0, one, PART);
            assertThat(messages)
                    .extracting(Message::body)
                    .containsExactly(ArrayPayload.owning(other), ArrayPayload.owning(one));
        }

        @Test
        void leaves_its_slot_to_the_next() {
            for (int i = 0; i < 100; i++) {
                begin(0, PART + 1);
                part(0, PART);
                part(0, 1);
            }
            assertThat(messages).hasSize(100);
        }

        @Test
        void is_compared_without_being_put_together() {
            byte[] body = bytes(PART + 5, 3);
            byte[] other = body.clone();
            other[PART + 4]++;
            List<Boolean> same = new ArrayList<>();
            begin(0, body.length);
            part(0, body, 0);
            parts.take(
                    new DataPart(0, ArrayPayload.owning(Arrays.copyOfRange(body, PART, body.length))),
                    (source, seq, hop, hopLimit, flags, payload) -> {
                        for (byte[] kept :
                                List.of(body, other, Arrays.copyOf(body, PART + 4), Arrays.copyOf(body, PART + 6))) {
                            same.add(payload.hasBytesOf(ArrayPayload.owning(kept)));
                        }
                    });
            assertThat(same).containsExactly(true, false, false, false);
        }
    }

    @Nested
    class Hostile_parts {
        @Test
        void that_begin_a_message_where_another_one_is_are_malformed() {
            begin(4, 2 * PART);
            assertThat(refusal(() -> begin(4, 2 * PART))).isEqualTo(CloseReason.MALFORMED);
        }

        @Test
        void of_a_message_that_never_began_or_has_ended_are_malformed() {
            assertThat(refusal(() -> part(0, PART))).isEqualTo(CloseReason.MALFORMED);
            begin(1, PART + 1);
            part(1, PART);
            part(1, 1);
            assertThat(refusal(() -> part(1, PART))).isEqualTo(CloseReason.MALFORMED);
        }

        @Test
        void that_are_shorter_or_longer_than_what_is_due_are_malformed() {
            begin(0, 2 * PART + 10);
            assertThat(refusal(() -> part(0, PART - 1))).isEqualTo(CloseReason.MALFORMED);
            part(0, PART);
            part(0, PART);
            assertThat(refusal(() -> part(0, 11))).isEqualTo(CloseReason.MALFORMED);
            assertThat(refusal(() -> part(0, 9))).isEqualTo(CloseReason.MALFORMED);
        }

        @Test
        void that_announce_more_than_two_of_the_largest_frames_end_the_edge() {
            begin(0, MAX_FRAME);
            begin(1, MAX_FRAME);
            assertThat(refusal(() -> begin(2, PART + 1))).isEqualTo(CloseReason.LIMIT);
        }

        @Test
        void of_messages_that_never_end_take_no_more_than_that() {
            int slot = 0;
            for (int announced = 2 * PART; announced <= 2 * MAX_FRAME; announced += 2 * PART) {
                begin(slot, 2 * PART);
                part(slot++, PART);
            }
            assertThat(slot).isEqualTo(PartFrame.SLOTS);
            assertThat(refusal(() -> begin(0, PART + 1))).isEqualTo(CloseReason.MALFORMED);
            parts.clear();
            assertThat(parts.isWithinMessage()).isFalse();
        }
    }

    @Nested
    class Of_all_connections_together {
        private final MessageParts second = new MessageParts(MAX_FRAME, unfinished, () -> givenUp.add("second"));
        private final MessageParts third = new MessageParts(MAX_FRAME, unfinished, () -> givenUp.add("third"));

        private void begin(MessageParts connection) {
            connection.take(new DataBegin(0, 3, 1, 1, 128, 7, 10 * PART), sink);
        }

        private void part(MessageParts connection) {
            connection.take(new DataPart(0, ArrayPayload.owning(new byte[PART])), sink);
        }

        @Test
        void the_one_that_has_waited_longest_for_its_next_part_goes_when_they_hold_too_much() {
            for (MessageParts connection : List.of(parts, second, third)) {
                begin(connection);
                part(connection);
            }
            part(parts);
            assertThat(givenUp).isEmpty();
            part(third);
            assertThat(givenUp).containsExactly("second");
            assertThat(unfinished.bytes()).isEqualTo(4 * PART);
        }

        @Test
        void what_was_given_up_takes_nothing_more() {
            begin(second);
            part(second);
            begin(parts);
            for (int i = 0; i < 4; i++) {
                part(parts);
            }
            assertThat(givenUp).containsExactly("second");
            part(second);
            begin(second);
            assertThat(second.isWithinMessage()).isFalse();
            assertThat(unfinished.bytes()).isEqualTo(4 * PART);
        }

        @Test
        void a_single_one_keeps_to_its_own_bound() {
            begin(parts);
            for (int i = 0; i < 9; i++) {
                part(parts);
            }
            assertThat(givenUp).isEmpty();
            part(parts);
            assertThat(messages).hasSize(1);
            assertThat(unfinished.bytes()).isZero();
        }

        @Test
        void one_that_ends_leaves_nothing() {
            begin(parts);
            part(parts);
            parts.clear();
            assertThat(unfinished.bytes()).isZero();
        }
    }
}
