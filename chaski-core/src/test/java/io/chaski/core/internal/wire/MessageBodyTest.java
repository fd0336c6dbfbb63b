package io.chaski.core.internal.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.chaski.core.CloseReason;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Row numbers are those of the hardening list, see docs/hostile-input.md. */
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class MessageBodyTest {

    private static final String TIME = "0000000000000001";

    @Test
    void a_body_on_loan_is_read_like_one_of_its_own() {
        Samples.bodies().forEach((name, body) -> {
            ByteBuf buffer = Unpooled.buffer().writeShort(-1);
            int offset = buffer.writerIndex();
            ArrayPayload encoded = body.encode();
            encoded.appendTo(buffer);
            BufferPayload loan = new BufferPayload().lend(buffer, offset, encoded.size());
            assertThat(MessageBody.decode(loan)).as(name).isEqualTo(body);
        });
    }

    @Test
    void the_order_of_headers_is_kept() {
        Map<String, String> headers = new LinkedHashMap<>();
        headers.put("z", "1");
        headers.put("a", "2");
        headers.put("m", "3");
        MessageBody body = new MessageBody(MessageBody.TEXT, 1, "", null, headers, Samples.payload(""));
        assertThat(MessageBody.decode(body.encode()).headers().keySet()).containsExactly("z", "a", "m");
    }

    @Test
    void the_payload_shares_the_array_of_the_body() {
        MessageBody body = new MessageBody(MessageBody.TEXT, 1, "mill", "key", Map.of(), Samples.payload("text"));
        ArrayPayload payload = MessageBody.decode(body.encode()).payload();
        assertThat(payload.toByteArray()).containsExactly('t', 'e', 'x', 't');
        assertThat(payload.toByteBuffer().isReadOnly()).isTrue();
        assertThat(payload.toByteBuffer().remaining()).isEqualTo(4);
        assertThat(payload).hasToString("payload of 4 bytes").isEqualTo(Samples.payload("text"));
    }

    @Test
    void a_label_that_was_expected_is_not_made_again() {
        Label label = Label.of("mill");
        ArrayPayload body = new MessageBody(MessageBody.TEXT, 1, label, "key", Map.of(), Samples.payload("")).encode();

        assertThat(MessageBody.decode(body, label).label()).isSameAs(label);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "m", "mil", "mild", "mills", "Mühle"})
    void another_label_than_was_expected_is_read(String expected) {
        MessageBody body = new MessageBody(MessageBody.TEXT, 1, "mill", "key", Map.of(), Samples.payload("text"));

        assertThat(MessageBody.decode(body.encode(), Label.of(expected))).isEqualTo(body);
    }

    @Test
    void a_label_is_expected_in_vain_behind_the_end_of_a_body_that_is_cut() {
        ArrayPayload cut = ArrayPayload.owning(Hex.bytes("00 00" + TIME + "04 6d69"));
        assertThatExceptionOfType(ProtocolException.class).isThrownBy(() -> MessageBody.decode(cut, Label.of("mill")));
    }

    @Test
    void the_largest_envelope_is_read() {
        MessageBody largest = new MessageBody(
                "x".repeat(WireLimits.MAX_NAME_BYTES),
                -1,
                "x".repeat(WireLimits.MAX_LABEL_BYTES),
                "x".repeat(WireLimits.MAX_NAME_BYTES),
                Map.of("k", "v".repeat(WireLimits.MAX_HEADER_BYTES - 1)),
                Samples.payload("p"));
        assertThat(MessageBody.decode(largest.encode())).isEqualTo(largest);
    }

    @ParameterizedTest
    @CsvSource({
        "nothing at all,                      ''",
        "reserved flag,                       04 00" + TIME + "00",
        "unknown content type number,         00 04" + TIME + "00",
        "content type number beyond 255,      00 8002" + TIME + "00",
        "content type number not minimal,     00 8000" + TIME + "00",
        "empty content type,                  00 ff01 00" + TIME + "00",
        "a name for what has a number,        00 ff01 0a 746578742f706c61696e" + TIME + "00",
        "timestamp cut,                       00 00 0000",
        "origin name above 128 bytes,         00 00" + TIME + "8101",
        "origin name that is not UTF-8,       00 00" + TIME + "02 c0af",
        "key missing,                         01 00" + TIME + "00",
        "key above 255 bytes,                 01 00" + TIME + "00 8002",
        "headers announced and missing,       02 00" + TIME + "00 00",
        "header key twice,                    02 00" + TIME + "00 02 01 61 00 01 61 00",
        "33 headers,                          02 00" + TIME + "00 21",
        "more headers than bytes,             02 00" + TIME + "00 20 01 61 00"
    })
    void rows_53_and_57_a_malformed_envelope(String what, String bytes) {
        ArrayPayload body = ArrayPayload.owning(Hex.bytes(bytes));
        ProtocolException thrown = catchThrowableOfType(ProtocolException.class, () -> MessageBody.decode(body));
        assertThat(thrown).isNotNull();
        assertThat(thrown.reason()).isEqualTo(CloseReason.MALFORMED);
    }

    @Test
    void every_body_cut_inside_its_envelope_is_malformed() {
        MessageBody body = Objects.requireNonNull(Samples.bodies().get("BODY.named"));
        byte[] bytes = body.encode().toByteArray();
        for (int size = 0; size < bytes.length - body.payload().size(); size++) {
            ArrayPayload cut = ArrayPayload.owning(bytes, 0, size);
            assertThat(catchThrowableOfType(ProtocolException.class, () -> MessageBody.decode(cut)))
                    .as("cut at %d", size)
                    .isNotNull();
        }
    }

    @Test
    void a_publisher_hears_at_once_what_is_too_large() {
        assertRefused("x".repeat(256), "", null, Map.of());
        assertRefused("", "", null, Map.of());
        assertRefused(MessageBody.TEXT, "x".repeat(129), null, Map.of());
        assertRefused(MessageBody.TEXT, "", "\u20ac".repeat(86), Map.of());
        assertRefused(MessageBody.TEXT, "", "\udc00", Map.of());
        assertRefused(MessageBody.TEXT, "", null, Map.of("", "value"));
        assertRefused(MessageBody.TEXT, "", null, Map.of("k", "v".repeat(4_096)));
        Map<String, String> many = new LinkedHashMap<>();
        for (int i = 0; i < 33; i++) {
            many.put("k" + i, "");
        }
        assertRefused(MessageBody.TEXT, "", null, many);
    }

    private static void assertRefused(
            String contentType, String originName, @Nullable String key, Map<String, String> headers) {
        ArrayPayload payload = Samples.payload("");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new MessageBody(contentType, 1, originName, key, headers, payload));
    }
}
