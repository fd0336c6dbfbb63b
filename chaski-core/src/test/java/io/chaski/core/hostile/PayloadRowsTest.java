package io.chaski.core.hostile;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chaski.core.NodeEvent;
import io.chaski.core.Topic;
import io.chaski.core.TypeRef;
import io.chaski.core.codec.CodecException;
import io.chaski.core.codec.CodecRegistry;
import io.chaski.core.codec.PayloadCodec;
import io.chaski.core.internal.netty.NoLeaks;
import io.chaski.core.internal.wire.MessageBody;
import io.netty.buffer.ByteBufUtil;
import java.io.ByteArrayOutputStream;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Rows 57 to 60: messages that travel well and must not be read. */
@ExtendWith(NoLeaks.class)
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class PayloadRowsTest {

    private static final Topic<Map<String, Object>> OBJECTS = Topic.of("siege/objects", new TypeRef<>() {});
    private static final Topic<List<Object>> LISTS = Topic.of("siege/lists", new TypeRef<>() {});
    private static final Topic<Double> NUMBERS = Topic.of("siege/numbers", Double.class);

    @RegisterExtension
    static final Siege siege = new Siege();

    private final List<Object> read = new CopyOnWriteArrayList<>();

    @BeforeEach
    void nothingIsRead() {
        read.clear();
    }

    /** Flags, content type 1, timestamp, no name; then what the row is about, between the headers and the payload. */
    static Stream<Arguments> badEnvelopes() {
        String head = "02 01 0000000000000000 00";
        return Stream.of(
                Arguments.of("33 headers", head + headers(33)),
                Arguments.of("5 KiB in one header", head + "01 01 61 8028" + "61".repeat(5 << 10)),
                Arguments.of("the same key twice", head + "02 0161 00 0161 00"),
                Arguments.of("no headers although the flag says so", head + "00"),
                Arguments.of("an unknown flag", "08 01 0000000000000000 00"),
                Arguments.of("a name that is not UTF-8", "00 01 0000000000000000 02 c0af"),
                Arguments.of("nothing at all", ""));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("badEnvelopes")
    void row_57_a_bad_envelope_is_skipped_and_reported(String what, String body) {
        try (HostilePeer peer = talkerOn(Siege.TALK)) {
            siege.foreign().clear();
            peer.sendData(1, 1, ByteBufUtil.decodeHexDump(body.replace(" ", "")));
            peer.sendData(1, 2, Forged.text("after it").toByteArray());

            siege.awaitEvent(
                    NodeEvent.DecodeFailed.class,
                    failed -> failed.origin().equals(peer.self().id()));
            Siege.eventually().untilAsserted(() -> assertThat(siege.foreign()).containsExactly("after it"));
            peer.awaitHandled();
        }
    }

    static Stream<Arguments> badObjects() {
        return Stream.of(
                Arguments.of(58, "33 levels of CBOR", MessageBody.CBOR, nestedCbor(33)),
                Arguments.of(58, "10,000 levels of CBOR", MessageBody.CBOR, nestedCbor(10_000)),
                Arguments.of(58, "33 levels of JSON", MessageBody.JSON, nestedJson(33)),
                Arguments.of(58, "10,000 levels of JSON", MessageBody.JSON, nestedJson(10_000)),
                Arguments.of(59, "a list of 2^31 in three bytes", MessageBody.CBOR, hex("9a 80000000 010203")),
                Arguments.of(59, "a list of 2^63 in three bytes", MessageBody.CBOR, hex("9b 7fffffffffffffff 010203")),
                Arguments.of(59, "bytes of 2^31 - 1 in three bytes", MessageBody.CBOR, hex("81 5a 7fffffff 010203")),
                Arguments.of(59, "200,000 elements", MessageBody.CBOR, manyElements(200_000)),
                Arguments.of(60, "a number of 10^6 digits", MessageBody.JSON, text("[" + "9".repeat(1_000_000) + "]")),
                Arguments.of(60, "NaN in JSON", MessageBody.JSON, text("[NaN]")),
                Arguments.of(60, "a document behind the document", MessageBody.JSON, text("[] []")));
    }

    @ParameterizedTest(name = "row {0}: {1}")
    @MethodSource("badObjects")
    void rows_58_to_60_a_bad_payload_is_skipped_and_reported(int row, String what, String contentType, byte[] payload) {
        try (var subscription = siege.victim().subscribe(LISTS, message -> read.add(message.payload()));
                HostilePeer peer = talkerOn(LISTS)) {
            peer.sendData(1, 1, Forged.body(contentType, payload).toByteArray());
            peer.sendData(1, 2, Forged.body(MessageBody.JSON, text("[1]")).toByteArray());

            siege.awaitEvent(
                    NodeEvent.DecodeFailed.class, failed -> failed.topic().equals(LISTS.name()));
            Siege.eventually().untilAsserted(() -> assertThat(read).containsExactly(List.of(1)));
            assertThat(subscription.statistics().undecodable()).isEqualTo(1);
            peer.awaitHandled();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {MessageBody.JSON, MessageBody.CBOR})
    void row_60_a_string_above_1_MiB_is_refused(String contentType) {
        PayloadCodec codec = CodecRegistry.BUILT_IN.get(contentType); // a message of one frame has no room for it
        String longest = "x".repeat(1 << 20);
        assertThat(codec.decode(codec.encode(longest, String.class), String.class))
                .isEqualTo(longest);
        byte[] tooLong = contentType.equals(MessageBody.JSON)
                ? text('"' + longest + "x\"")
                : hex("7a 00100001" + "78".repeat(longest.length() + 1));
        assertThatThrownBy(() -> codec.decode(tooLong, String.class)).isInstanceOf(CodecException.class);
    }

    @Test
    void row_60_a_key_twice_is_refused() {
        try (var subscription = siege.victim().subscribe(OBJECTS, message -> read.add(message.payload()));
                HostilePeer peer = talkerOn(OBJECTS)) {
            peer.sendData(
                    1,
                    1,
                    Forged.body(MessageBody.JSON, text("{\"a\":1,\"a\":2}")).toByteArray());
            peer.sendData(
                    1,
                    2,
                    Forged.body(MessageBody.CBOR, hex("a2 6161 01 6161 02")).toByteArray());
            peer.sendData(1, 3, Forged.body(MessageBody.JSON, text("{\"a\":3}")).toByteArray());

            Siege.eventually().untilAsserted(() -> assertThat(read).containsExactly(Map.of("a", 3)));
            assertThat(subscription.statistics().undecodable()).isEqualTo(2);
        }
    }

    @Test
    void row_60_odd_numbers_of_cbor_are_themselves() {
        try (var subscription = siege.victim().subscribe(NUMBERS, message -> read.add(message.payload()));
                HostilePeer peer = talkerOn(NUMBERS)) {
            peer.sendData(1, 1, Forged.body(MessageBody.CBOR, hex("f97e00")).toByteArray());
            peer.sendData(1, 2, Forged.body(MessageBody.CBOR, hex("f97c00")).toByteArray());
            peer.sendData(
                    1,
                    3,
                    Forged.body(MessageBody.CBOR, hex("fb8000000000000000")).toByteArray());

            Siege.eventually()
                    .untilAsserted(() -> assertThat(read).containsExactly(Double.NaN, Double.POSITIVE_INFINITY, -0.0d));
            assertThat(subscription.statistics().undecodable()).isZero();
        }
    }

    private static HostilePeer talkerOn(Topic<?> topic) {
        return siege.attack().greet().talkOn(topic);
    }

    private static String headers(int count) {
        StringBuilder hex = new StringBuilder(String.format("%02x", count));
        for (int i = 0; i < count; i++) {
            hex.append(String.format("01%02x00", 0x21 + i));
        }
        return hex.toString();
    }

    private static byte[] nestedCbor(int levels) {
        return hex("81".repeat(levels) + "01");
    }

    private static byte[] nestedJson(int levels) {
        return text("[".repeat(levels) + "]".repeat(levels));
    }

    private static byte[] manyElements(int count) {
        ByteArrayOutputStream cbor = new ByteArrayOutputStream();
        cbor.writeBytes(hex(String.format("9a %08x", count)));
        cbor.writeBytes(new byte[count]);
        return cbor.toByteArray();
    }

    private static byte[] text(String text) {
        return text.getBytes(UTF_8);
    }

    private static byte[] hex(String hex) {
        return ByteBufUtil.decodeHexDump(hex.replace(" ", ""));
    }
}
