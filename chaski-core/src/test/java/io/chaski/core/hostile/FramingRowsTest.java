package io.chaski.core.hostile;

import static org.assertj.core.api.Assertions.assertThat;

import io.chaski.core.CloseReason;
import io.chaski.core.internal.netty.NoLeaks;
import io.chaski.core.internal.wire.ArrayPayload;
import io.chaski.core.internal.wire.FrameType;
import io.chaski.core.internal.wire.PartFrame;
import io.chaski.core.internal.wire.WireLimits;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Rows 34 to 46 and 53: what is not a frame, not the whole of one, or not one that anybody may send. */
@ExtendWith(NoLeaks.class)
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class FramingRowsTest {

    @RegisterExtension
    static final Siege siege = new Siege();

    @Test
    void row_34_an_unknown_type_that_must_be_understood() {
        try (HostilePeer peer = siege.attack().greet()) {
            peer.sendFrame("7f 00");
            assertThat(peer.awaitGoodbye()).isEqualTo(CloseReason.UNSUPPORTED);
        }
        siege.awaitViolation(CloseReason.UNSUPPORTED);
    }

    @Test
    void row_34_unknown_types_that_may_be_skipped_are_skipped_up_to_a_limit() {
        long skippedBefore = siege.counter("frame.unknown");
        try (HostilePeer peer = siege.attack().greet()) {
            for (int i = 0; i < 100; i++) {
                peer.sendFrame("80 ffffff");
            }
            peer.awaitHandled();
            assertThat(siege.counter("frame.unknown") - skippedBefore).isEqualTo(100);

            for (int i = 0; i < 200; i++) {
                peer.sendFrame("ff");
            }
            assertThat(peer.awaitGoodbye()).isEqualTo(CloseReason.CONTROL_FLOOD);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"00000000", "7fffffff", "ffffffff", "00100001"})
    void rows_35_to_39_a_length_that_is_not_allowed_on_an_edge(String length) {
        try (HostilePeer peer = siege.attack().greet()) {
            peer.sendHex(length);
            assertThat(peer.awaitGoodbye()).isEqualTo(CloseReason.FRAME_SIZE);
        }
        siege.awaitViolation(CloseReason.FRAME_SIZE);
    }

    @ParameterizedTest
    @ValueSource(strings = {"00000000", "7fffffff", "ffffffff", "00001001"})
    void rows_35_to_39_a_length_that_is_not_allowed_of_a_stranger(String length) {
        try (HostilePeer peer = siege.attack()) {
            peer.sendHex(length);
            assertThat(peer.awaitGoodbye()).isEqualTo(CloseReason.FRAME_SIZE);
        }
    }

    @Test
    void row_36_a_frame_without_its_fields() {
        assertMalformed("33");
    }

    @Test
    void row_39_the_largest_length_costs_nothing_until_its_bytes_come() {
        List<HostilePeer> peers = new ArrayList<>();
        for (int i = 0; i < 64; i++) {
            peers.add(siege.attack().greet().awaitHandled());
        }
        long before = Siege.bufferBytes();

        peers.forEach(peer -> peer.sendHex("00100000 04 00"));

        try (HostilePeer later = siege.attack().greet()) {
            later.awaitHandled(); // the victim has read what came before
        }
        // 64 MiB were announced. The allocator takes chunks, so a few of them are nothing yet.
        assertThat(Siege.bufferBytes() - before).isLessThan(16L << 20);
        peers.forEach(HostilePeer::reset);
        siege.awaitOnlyHonestEdges();
    }

    @Test
    void row_39_the_largest_frame_that_never_ends_costs_a_few_times_its_size() {
        int count = 16;
        List<HostilePeer> peers = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            peers.add(siege.attack().greet().awaitHandled());
        }
        byte[] allButTheEnd = new byte[WireLimits.LENGTH_BYTES + WireLimits.DEFAULT_MAX_FRAME - 1];
        Unpooled.wrappedBuffer(allButTheEnd)
                .setInt(0, WireLimits.DEFAULT_MAX_FRAME)
                .setByte(4, FrameType.PING);
        long before = Siege.bufferBytes();

        peers.forEach(peer -> peer.write(allButTheEnd));
        Siege.eventually()
                .untilAsserted(() -> assertThat(Siege.bufferBytes() - before)
                        .as("bytes of buffers when the frames have come, less what others have given back")
                        .isGreaterThan(count * (WireLimits.DEFAULT_MAX_FRAME - Siege.CASE_BYTES)));
        try (HostilePeer later = siege.attack().greet()) {
            later.awaitHandled();
        }
        long each = (Siege.bufferBytes() - before) / count;
        System.out.println("measured: a frame that never ends costs " + each + " bytes of buffers");
        // The frame itself takes its size, see FrameReaderTest. The pool keeps pieces that its copy has outgrown.
        assertThat(each).isLessThanOrEqualTo(4L * WireLimits.DEFAULT_MAX_FRAME);
        peers.forEach(HostilePeer::reset);
        siege.awaitOnlyHonestEdges();
    }

    @Test
    void row_40_a_frame_that_is_cut_by_the_end_is_not_delivered() {
        assertNothingIsLeftOf(peer -> {
            peer.finish();
            peer.awaitEnd();
        });
    }

    @Test
    void row_41_a_frame_that_is_cut_by_a_reset_is_not_delivered() {
        assertNothingIsLeftOf(HostilePeer::reset);
    }

    /** Neither a message nor an edge nor a socket. */
    private static void assertNothingIsLeftOf(Consumer<HostilePeer> cut) {
        byte[] message = Forged.message(1, 1, "cut");
        int heardBefore = siege.foreign().size();
        siege.awaitOnlyHonestEdges();
        long openBefore = Siege.openDescriptors();
        for (int cutAfter = 1; cutAfter < message.length; cutAfter++) {
            try (HostilePeer peer = talker()) {
                peer.write(Arrays.copyOf(message, cutAfter));
                cut.accept(peer);
            }
        }
        siege.awaitOnlyHonestEdges();
        assertThat(siege.foreign()).hasSize(heardBefore);
        // A few may be of others; one for each connection would be twice as many as are allowed for.
        Siege.eventually()
                .untilAsserted(() -> assertThat(Siege.openDescriptors())
                        .as("open sockets and files")
                        .isLessThan(openBefore + message.length / 2));
    }

    @Test
    void row_42_bytes_that_come_one_by_one_are_the_same_messages() {
        siege.foreign().clear();
        try (HostilePeer peer = talker()) {
            for (int i = 1; i <= 5; i++) {
                for (byte one : Forged.message(1, i, "slow " + i)) {
                    peer.write(new byte[] {one});
                }
            }
            Siege.eventually()
                    .untilAsserted(() -> assertThat(siege.foreign())
                            .containsExactly("slow 1", "slow 2", "slow 3", "slow 4", "slow 5"));
        }
    }

    @Test
    void row_42_a_thousand_messages_in_one_write_are_the_same_messages() {
        siege.foreign().clear();
        try (HostilePeer peer = talker()) {
            ByteBuf all = Unpooled.buffer();
            for (int i = 1; i <= 1_000; i++) {
                all.writeBytes(Forged.message(1, i, "fast " + i));
            }
            peer.write(ByteBufUtil.getBytes(all));

            List<String> expected =
                    IntStream.rangeClosed(1, 1_000).mapToObj(i -> "fast " + i).toList();
            Siege.eventually().untilAsserted(() -> assertThat(siege.foreign()).isEqualTo(expected));
        }
    }

    @ParameterizedTest
    @CsvSource({
        "six bytes for a number of 31 bits, 33 808080808001",
        "31 bits exceeded by one,           33 8080808008",
        "63 bits with the sign bit,         43 ffffffffffffffffff01",
        "zero in two bytes,                 33 8000",
        "cut in the middle,                 33 80"
    })
    void rows_43_to_45_a_number_that_is_too_long_or_too_large_or_not_minimal(String what, String frame) {
        assertMalformed(frame);
    }

    @ParameterizedTest
    @CsvSource({
        "byte behind the last field,  33 01 00",
        "text longer than its frame,  06 01 05 61626364",
        "list longer than its frame,  0a ffffffff07 000000",
        "no fields of a ping,         04"
    })
    void row_46_an_inner_length_beyond_the_frame_or_bytes_behind_the_last_field(String what, String frame) {
        assertMalformed(frame);
    }

    @ParameterizedTest
    @CsvSource({
        "part of no message,         38 00 00",
        "slot 16,                    37 01 80 00 01 01 10 80800c",
        "small message in parts,     37 01 80 00 01 01 00 01",
        "part without bytes,         38 00"
    })
    void row_46_parts_that_do_not_follow_from_one_another(String what, String frame) {
        assertMalformed(frame);
    }

    @Test
    void row_46_messages_that_never_end() {
        try (HostilePeer peer = siege.attack().greet()) {
            for (int slot = 0; slot < 3; slot++) {
                peer.send(new PartFrame.DataBegin(slot, 1, 1, 1, 128, 0, 1_000_000));
            }
            assertThat(peer.awaitGoodbye()).isEqualTo(CloseReason.LIMIT);
        }
        siege.awaitViolation(CloseReason.LIMIT);
    }

    /** Together they would hold 36 MiB where 32 MiB are allowed. */
    @Test
    void row_46_messages_that_never_end_on_many_connections_cost_the_one_that_has_waited_longest() {
        List<HostilePeer> peers = new ArrayList<>();
        try {
            for (int i = 0; i < 19; i++) {
                peers.add(leaveTwoUnfinished());
            }
            assertThat(peers.get(0).awaitGoodbye()).isEqualTo(CloseReason.LIMIT);
            peers.get(18).awaitHandled();
        } finally {
            peers.forEach(HostilePeer::close);
        }
        siege.awaitViolation(CloseReason.LIMIT);
    }

    private static HostilePeer leaveTwoUnfinished() {
        HostilePeer peer = siege.attack().greet();
        ArrayPayload part = ArrayPayload.owning(new byte[PartFrame.PART_BYTES]);
        for (int slot = 0; slot < 2; slot++) {
            peer.send(new PartFrame.DataBegin(slot, 1, 1, 1, 128, 0, 1_000_000));
            for (int i = 0; i < 1_000_000 / PartFrame.PART_BYTES; i++) {
                peer.send(new PartFrame.DataPart(slot, part));
            }
        }
        return peer.awaitHandled();
    }

    @ParameterizedTest
    @ValueSource(strings = {"c0af", "eda080", "e28080e2", "f4908080", "80"})
    void row_53_text_that_is_not_utf_8(String text) {
        assertMalformed("06 01 " + String.format("%02x", text.length() / 2) + text);
    }

    private static void assertMalformed(String frame) {
        try (HostilePeer peer = siege.attack().greet()) {
            peer.sendFrame(frame);
            assertThat(peer.awaitGoodbye()).isEqualTo(CloseReason.MALFORMED);
        }
        siege.awaitViolation(CloseReason.MALFORMED);
    }

    private static HostilePeer talker() {
        return siege.attack().greet().talkOn(Siege.TALK);
    }
}
