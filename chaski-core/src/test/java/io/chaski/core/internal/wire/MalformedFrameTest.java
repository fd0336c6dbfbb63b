package io.chaski.core.internal.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.chaski.core.CloseReason;
import io.chaski.core.internal.wire.EdgeFrame.HelloAck;
import io.chaski.core.internal.wire.StreamFrame.Open;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Row numbers are those of the hardening list, see docs/hostile-input.md. */
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class MalformedFrameTest {

    private static final String ID = "000102030405060708090a0b0c0d0e0f";
    private static final String EPOCH = "0000000000000001";
    private static final String DESCRIPTOR = ID + EPOCH + "00 0000 00 00";

    private final FrameDecoder decoder = new FrameDecoder(WireLimits.DEFAULT_MAX_FRAME);
    private final Recorder recorder = new Recorder();

    @BeforeEach
    void shakeHands() {
        FrameEncoder encoder = new FrameEncoder();
        ByteBuf handshake = Unpooled.buffer();
        encoder.encode(Samples.hello(1), handshake);
        encoder.encode(new HelloAck(1, 0, 0, 0), handshake);
        decoder.decode(handshake, recorder);
        recorder.seen().clear();
    }

    @ParameterizedTest
    @CsvSource({
        "six bytes for a number of 31 bits, 33 808080808001",
        "31 bits exceeded by one,           33 8080808008",
        "ten bytes for a number of 63 bits, 43 80808080808080808001",
        "63 bits with the sign bit,         43 ffffffffffffffffff01",
        "never ending,                      43 ffffffffffffffffffffffffffffff",
        "zero in two bytes,                 33 8000",
        "one in three bytes,                33 818000",
        "cut in the middle,                 33 80",
        "missing,                           33"
    })
    void rows_43_to_45_a_number_that_is_too_long_or_too_large_or_not_minimal(String what, String frame) {
        assertMalformed(frame);
    }

    @ParameterizedTest
    @CsvSource({
        "byte after an alias,                 33 01 00",
        "byte after a list,                   14 01 00000000 00 00",
        "byte after OPEN without a payload,   40 01 01 00 00 00 61",
        "text longer than its frame,          06 01 05 61626364",
        "descriptor cut in its addresses,     10 01" + ID + EPOCH + "00 0000 04 00 01 61 0001",
        "fixed number cut,                    04 0000000000000001 00000000000000",
        "no fields of a ping,                 04"
    })
    void row_46_an_inner_length_beyond_the_frame_or_bytes_behind_the_last_field(String what, String frame) {
        assertMalformed(frame);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "c0af", // overlong slash
                "eda080", // half a surrogate pair
                "e28080e2", // truncated
                "f4908080", // above U+10FFFF
                "80", // continuation without a start
                "ff",
                "efbfbdc0af", // a replacement character that was meant, then one that was not
            })
    void row_53_text_that_is_not_utf_8(String text) {
        assertMalformed("06 01 " + String.format("%02x", text.length() / 2) + text);
    }

    @Test
    void row_53_a_replacement_character_that_was_meant_is_text() {
        decoder.decode(Hex.frame("06 01 03 efbfbd"), recorder);
        assertThat(recorder.seen()).containsExactly(new EdgeFrame.InternTopic(1, "\ufffd"));
    }

    @Test
    void row_57_32_headers_are_read() {
        decoder.decode(Hex.frame("40 01 01 00 00" + headers(32)), recorder);
        assertThat(recorder.seen()).hasSize(1);
        assertThat(((Open) recorder.seen().get(0)).headers()).hasSize(32);
    }

    @Test
    void row_57_33_headers() {
        assertMalformed("40 01 01 00 00" + headers(33));
    }

    @Test
    void row_57_a_header_key_twice() {
        assertMalformed("40 01 01 00 00 02 01 61 00 01 61 00");
    }

    @Test
    void row_57_an_empty_header_key() {
        assertMalformed("40 01 01 00 00 01 00 01 61");
    }

    @ParameterizedTest
    @ValueSource(ints = {4_096, 5 << 10})
    void row_57_headers_above_4_KiB(int valueBytes) {
        ByteBuf value = Unpooled.buffer();
        new WireWriter().to(value).text("v".repeat(valueBytes), 0, valueBytes);
        assertMalformed("40 01 01 00 00 01 01 61" + ByteBufUtil.hexDump(value));
    }

    @Test
    void row_57_headers_of_just_4_KiB_are_read() {
        Map<String, String> headers = new LinkedHashMap<>();
        headers.put("k", "v".repeat(4_000));
        headers.put("largest", "v".repeat(88));
        Open open = new Open(1, 1, headers, 0, true, null);
        ByteBuf frame = Unpooled.buffer();
        new FrameEncoder().encode(open, frame);
        decoder.decode(frame, recorder);
        assertThat(recorder.seen()).containsExactly(open);
    }

    /** 2^31 elements announced, or simply more than the bytes that are left can hold. */
    static Stream<Arguments> lists() {
        return Stream.of(
                Arguments.of("TOPICS", "0a ffffffff07 000000"),
                Arguments.of("TOPICS", "0a 02 0000000000000000 00"),
                Arguments.of("REDIRECT", "11 01 08 000000"),
                Arguments.of("FOUND", "21" + ID + EPOCH + "08" + DESCRIPTOR),
                Arguments.of("REGISTER", "22" + DESCRIPTOR + "8008 01"),
                Arguments.of("I_HAVE", "31 01 8001 01010100"),
                Arguments.of("GRAFT", "32 01 01 02 010101"),
                Arguments.of("NO_HAVE", "34 01 ffffffff0f 010101"),
                Arguments.of("DIGEST", "35 01 00 7f 01010100"),
                Arguments.of("DIGEST, gaps", "35 01 00 01 010101 08 0100"),
                Arguments.of("OPEN, headers", "40 01 01 00 00 20 016100"));
    }

    @ParameterizedTest
    @MethodSource("lists")
    void row_59_a_list_that_announces_more_than_its_frame_holds(String what, String frame) {
        assertMalformed(frame);
    }

    /** Counts one above their limit, with all the bytes they need. */
    static Stream<Arguments> longLists() {
        return Stream.of(
                Arguments.of("descriptors", "11 01 09" + DESCRIPTOR.repeat(9)),
                Arguments.of("addresses", "10 01" + ID + EPOCH + "00 0000 05" + "02 01 61".repeat(5) + "00"),
                Arguments.of("topic hashes", "10 01" + ID + EPOCH + "00 0000 00 21" + EPOCH.repeat(33)),
                Arguments.of("registered topics", "22" + DESCRIPTOR + "8108" + EPOCH.repeat(1_025) + "01"),
                Arguments.of("topic changes", "0a c13e" + EPOCH.repeat(8_001) + "00"),
                Arguments.of("adverts", "31 01 8101" + "01010000".repeat(129)),
                Arguments.of("ranges", "32 01 01 8101" + "010100".repeat(129)),
                Arguments.of("sources of a digest", "35 01 00 8101" + "01010100".repeat(129)),
                Arguments.of("gaps", "35 01 00 01 01010109" + "0100".repeat(9)));
    }

    @ParameterizedTest
    @MethodSource("longLists")
    void row_59_a_list_above_its_limit(String what, String frame) {
        assertMalformed(frame);
    }

    @ParameterizedTest
    @CsvSource({
        "truth value 2,                      32 01 02 00",
        "unknown transport,                  10 01" + ID + EPOCH + "00 0000 01 03 01 61 00",
        "reserved flag of a descriptor,      10 01" + ID + EPOCH + "08 0000 00 00",
        "neither hashes nor a filter,        10 01" + ID + EPOCH + "00 0000 00 fe",
        "empty host,                         10 01" + ID + EPOCH + "00 0000 01 00 00 0001 00",
        "control character in a host,        10 01" + ID + EPOCH + "00 0000 01 00 01 0a 0001 00",
        "epoch above 2^63 - 1,               10 01" + ID + "8000000000000000 00 0000 00 00",
        "unknown priority,                   13 01 04 00000000" + DESCRIPTOR + "00",
        "unknown refusal,                    09 06 01 03",
        "close reason 0,                     03 00 0000000000000000 00",
        "empty protocol name,                08 01 00",
        "nobody wanted,                      20" + ID + EPOCH + DESCRIPTOR + "00 00 00",
        "nine wanted,                        20" + ID + EPOCH + DESCRIPTOR + "00 00 09",
        "no lease,                           22" + DESCRIPTOR + "00 00",
        "lease above an hour,                22" + DESCRIPTOR + "00 911c",
        "message number 0,                   30 01 80 00 01 00",
        "range from 0,                       32 01 01 01 01 00 00",
        "range beyond 2^63 - 1,              32 01 01 01 01 ffffffffffffffff7f 01",
        "credit of nothing,                  42 01 00",
        "reserved flag of OPEN,              40 01 01 04 00 00",
        "reserved flag of STREAM_DATA,       41 01 80"
    })
    void row_46_a_value_out_of_its_range(String what, String frame) {
        assertMalformed(frame);
    }

    @Test
    void what_a_record_refuses_is_the_fault_of_the_peer_and_not_quoted() {
        ProtocolException thrown = decodeBroken("10 01" + ID + EPOCH + "00 0000 01 01 03 410742 00");
        assertThat(thrown)
                .hasMessage("bad value in a frame of type 16")
                .hasCauseInstanceOf(IllegalArgumentException.class);
    }

    private void assertMalformed(String frame) {
        assertThat(decodeBroken(frame).reason()).isEqualTo(CloseReason.MALFORMED);
        assertThat(recorder.seen()).isEmpty();
    }

    private ProtocolException decodeBroken(String frame) {
        ByteBuf in = Hex.frame(frame);
        ProtocolException thrown = catchThrowableOfType(ProtocolException.class, () -> decoder.decode(in, recorder));
        assertThat(thrown).as("accepted: %s", recorder.seen()).isNotNull();
        return thrown;
    }

    private static String headers(int count) {
        StringBuilder hex = new StringBuilder(String.format("%02x", count));
        for (int i = 0; i < count; i++) {
            hex.append(String.format("01%02x00", 0x21 + i));
        }
        return hex.toString();
    }
}
