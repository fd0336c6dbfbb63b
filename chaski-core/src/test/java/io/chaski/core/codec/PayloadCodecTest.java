package io.chaski.core.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.annotation.JsonAnyGetter;
import com.fasterxml.jackson.annotation.JsonRawValue;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.cbor.databind.CBORMapper;
import io.chaski.core.Address;
import io.chaski.core.NodeId;
import io.chaski.core.TypeRef;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectOutputStream;
import java.lang.reflect.Type;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.MonthDay;
import java.time.OffsetDateTime;
import java.time.OffsetTime;
import java.time.Period;
import java.time.Year;
import java.time.YearMonth;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.Arrays;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class PayloadCodecTest {

    enum Mode {
        AUTO,
        MANUAL
    }

    record Reading(String sensor, double celsius) {}

    @SuppressWarnings("ArrayRecordComponent") // applications do write such records
    record Rich(
            String text,
            int number,
            long large,
            boolean flag,
            byte[] bytes,
            Mode mode,
            List<Reading> readings,
            Map<String, Integer> counts,
            Optional<String> note,
            Optional<Reading> nested,
            Duration duration,
            Instant instant) {}

    record Grown(String sensor, double celsius, Optional<String> unit) {}

    record Tree(List<Tree> children) {}

    record Numbers(double value) {}

    record Text(String value) {}

    record Raw(@JsonRawValue String json) {}

    record Open(String name, @JsonAnyGetter Map<String, Integer> others) {}

    record Gadget(@JsonTypeInfo(use = JsonTypeInfo.Id.CLASS) Object any) {}

    static Stream<PayloadCodec> objectCodecs() {
        return Stream.of(PayloadCodec.cbor(), PayloadCodec.json());
    }

    private static final PayloadCodec JSON = PayloadCodec.json();
    private static final PayloadCodec CBOR = PayloadCodec.cbor();

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static @Nullable Object roundTrip(PayloadCodec codec, @Nullable Object value, Type type) {
        byte[] encoded = codec.encode(value, type);
        Object alone = codec.decode(encoded, type);
        assertThat(codec.encode(decodePart(codec, encoded, type), type)).isEqualTo(codec.encode(alone, type));
        return alone;
    }

    /** As a part of an array whose other bytes would spoil it. */
    private static @Nullable Object decodePart(PayloadCodec codec, byte[] bytes, Type type) {
        byte[] larger = new byte[bytes.length + 10];
        Arrays.fill(larger, (byte) '{');
        System.arraycopy(bytes, 0, larger, 7, bytes.length);
        return codec.decode(larger, 7, bytes.length, type);
    }

    private static void assertRefused(PayloadCodec codec, byte[] bytes, Type type) {
        String reason = catchThrowableOfType(CodecException.class, () -> codec.decode(bytes, type))
                .getMessage();
        assertThatThrownBy(() -> decodePart(codec, bytes, type))
                .isInstanceOf(CodecException.class)
                .hasMessage(reason);
    }

    /** Does not know of parts. */
    private static final class OneMore implements PayloadCodec {

        @Override
        public String contentType() {
            return "test/one-more";
        }

        @Override
        public byte[] encode(@Nullable Object value, Type type) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Object decode(byte[] bytes, Type type) {
            return bytes[bytes.length - 1] + 1;
        }
    }

    static Stream<PayloadCodec> allCodecs() {
        return Stream.of(PayloadCodec.bytes(), PayloadCodec.text(), CBOR, JSON, new OneMore());
    }

    @ParameterizedTest
    @MethodSource("allCodecs")
    void what_is_no_part_of_an_array_is_not_decoded(PayloadCodec codec) {
        byte[] bytes = utf8("[1,2]");
        assertThatThrownBy(() -> codec.decode(bytes, 3, 3, Object.class)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> codec.decode(bytes, -1, 3, Object.class))
                .isInstanceOf(IndexOutOfBoundsException.class);
    }

    @Test
    void a_codec_that_knows_nothing_of_parts_is_given_its_own_array() {
        assertThat(new OneMore().decode(new byte[] {9, 1, 7, 9}, 1, 2, Integer.class))
                .isEqualTo(8);
    }

    @Nested
    class Bytes {

        @Test
        void travel_as_they_are() {
            byte[] mine = {1, 2, 3};
            byte[] encoded = PayloadCodec.bytes().encode(mine, byte[].class);
            mine[0] = 9;
            assertThat(encoded).containsExactly(1, 2, 3);
            assertThat(PayloadCodec.bytes().decode(encoded, byte[].class)).isEqualTo(new byte[] {1, 2, 3});
        }

        @Test
        void are_the_receivers_own() {
            byte[] arrived = {1, 2, 3, 4};
            Object mine = PayloadCodec.bytes().decode(arrived, 1, 2, byte[].class);
            arrived[1] = 9;
            assertThat(mine).isEqualTo(new byte[] {2, 3});
        }

        @Test
        void are_not_taken_for_anything_else() {
            assertThatThrownBy(() -> PayloadCodec.bytes().encode("text", byte[].class))
                    .isInstanceOf(CodecException.class)
                    .hasMessageContaining("java.lang.String");
            assertThatThrownBy(() -> PayloadCodec.bytes().encode(null, byte[].class))
                    .isInstanceOf(CodecException.class);
            assertRefused(PayloadCodec.bytes(), new byte[] {1}, Reading.class);
        }

        @Test
        void of_a_serialised_java_object_stay_bytes() throws IOException {
            ByteArrayOutputStream stream = new ByteArrayOutputStream();
            try (ObjectOutputStream objects = new ObjectOutputStream(stream)) {
                objects.writeObject(new java.util.ArrayList<>(List.of("gadget")));
            }
            byte[] serialised = stream.toByteArray();
            assertThat(PayloadCodec.bytes().decode(serialised, byte[].class)).isEqualTo(serialised);
            assertRefused(CBOR, serialised, Reading.class);
            assertRefused(JSON, serialised, Reading.class);
        }
    }

    @Nested
    class Text_payloads {

        @Test
        void travel_as_utf_8() {
            assertThat(PayloadCodec.text().encode("día \uD83D\uDE00", String.class))
                    .isEqualTo(utf8("día \uD83D\uDE00"));
            assertThat(roundTrip(PayloadCodec.text(), "", String.class)).isEqualTo("");
        }

        @ParameterizedTest
        @ValueSource(strings = {"C0AF", "EDA080", "E282", "FF"})
        void that_are_not_utf_8_are_refused(String hex) {
            assertRefused(PayloadCodec.text(), HexFormat.of().parseHex(hex), String.class);
        }

        @Test
        void with_half_a_surrogate_pair_are_not_published() {
            assertThatThrownBy(() -> PayloadCodec.text().encode("\uD83D", String.class))
                    .isInstanceOf(CodecException.class);
        }
    }

    @Nested
    class Objects_in_cbor_and_json {

        @ParameterizedTest
        @MethodSource("io.chaski.core.codec.PayloadCodecTest#objectCodecs")
        void need_no_annotations(PayloadCodec codec) {
            Rich rich = new Rich(
                    "text",
                    -7,
                    Long.MAX_VALUE,
                    true,
                    new byte[] {1, 2},
                    Mode.MANUAL,
                    List.of(new Reading("a", 1.5)),
                    Map.of("k", 1),
                    Optional.empty(),
                    Optional.of(new Reading("b", -0.0)),
                    Duration.ofMillis(1_500),
                    Instant.parse("2026-03-01T12:00:00.123456789Z"));
            assertThat(roundTrip(codec, rich, Rich.class))
                    .usingRecursiveComparison()
                    .isEqualTo(rich);
        }

        @ParameterizedTest
        @MethodSource("io.chaski.core.codec.PayloadCodecTest#objectCodecs")
        void keep_their_type_arguments(PayloadCodec codec) {
            Type type = new TypeRef<Map<String, List<Reading>>>() {}.type();
            Map<String, List<Reading>> value = Map.of("k", List.of(new Reading("a", 1)));
            assertThat(roundTrip(codec, value, type)).isEqualTo(value);
        }

        @ParameterizedTest
        @MethodSource("io.chaski.core.codec.PayloadCodecTest#objectCodecs")
        void may_be_null(PayloadCodec codec) {
            assertThat(roundTrip(codec, null, Reading.class)).isNull();
        }

        static Stream<Object> textualValues() {
            return Stream.of(
                    Duration.ofSeconds(90),
                    Instant.EPOCH,
                    LocalDate.of(2026, 2, 3),
                    LocalDateTime.of(2026, 2, 3, 4, 5),
                    LocalTime.of(4, 5, 6),
                    MonthDay.of(2, 3),
                    OffsetDateTime.of(2026, 2, 3, 4, 5, 6, 7, ZoneOffset.ofHours(2)),
                    OffsetTime.of(4, 5, 6, 7, ZoneOffset.UTC),
                    Period.ofDays(3),
                    Year.of(2026),
                    YearMonth.of(2026, 2),
                    ZonedDateTime.of(2026, 2, 3, 4, 5, 6, 0, ZoneId.of("America/Bogota")),
                    ZoneOffset.ofHours(-5),
                    NodeId.parse("00112233445566778899aabbccddeeff"),
                    Address.parse("[::1]:8511"));
        }

        @ParameterizedTest
        @MethodSource("textualValues")
        void of_time_and_our_own_travel_as_text_also_as_keys(Object value) {
            Class<?> type = value.getClass();
            for (PayloadCodec codec : List.of(CBOR, JSON)) {
                assertThat(roundTrip(codec, value, type)).isEqualTo(value);
            }
            assertThat(JSON.encode(value, type)).isEqualTo(utf8('"' + value.toString() + '"'));
        }

        @Test
        void may_have_times_as_keys() {
            Type type = new TypeRef<Map<LocalDate, Integer>>() {}.type();
            assertThat(roundTrip(CBOR, Map.of(LocalDate.of(2026, 2, 3), 1), type))
                    .isEqualTo(Map.of(LocalDate.of(2026, 2, 3), 1));
        }

        @Test
        void may_have_any_zone() {
            assertThat(roundTrip(JSON, ZoneId.of("Europe/Berlin"), ZoneId.class))
                    .isEqualTo(ZoneId.of("Europe/Berlin"));
        }

        @ParameterizedTest
        @MethodSource("io.chaski.core.codec.PayloadCodecTest#objectCodecs")
        void grow_by_optional_components(PayloadCodec codec) {
            byte[] old = codec.encode(new Reading("a", 1), Reading.class);
            assertThat(codec.decode(old, Grown.class)).isEqualTo(new Grown("a", 1, Optional.empty()));
            byte[] grown = codec.encode(new Grown("a", 1, Optional.of("C")), Grown.class);
            assertThat(codec.decode(grown, Reading.class)).isEqualTo(new Reading("a", 1));
        }

        @ParameterizedTest
        @MethodSource("io.chaski.core.codec.PayloadCodecTest#objectCodecs")
        void of_another_type_are_refused(PayloadCodec codec) {
            assertRefused(codec, codec.encode(new Text("v"), Text.class), Reading.class);
            assertRefused(codec, codec.encode(List.of(1), List.class), Reading.class);
            assertRefused(codec, codec.encode("text", String.class), Reading.class);
            assertRefused(codec, codec.encode(Map.of("value", "1.5"), Map.class), Numbers.class);
        }

        @ParameterizedTest
        @MethodSource("io.chaski.core.codec.PayloadCodecTest#objectCodecs")
        void that_are_empty_or_cut_are_refused(PayloadCodec codec) {
            byte[] whole = codec.encode(new Reading("sensor", 21.5), Reading.class);
            for (int length = 0; length < whole.length; length++) {
                assertRefused(codec, java.util.Arrays.copyOf(whole, length), Reading.class);
            }
        }
    }

    /** As a publisher without our limits would encode it. */
    private static byte[] unbounded(PayloadCodec codec, Object value) throws IOException {
        ObjectMapper mapper = codec == CBOR ? new CBORMapper() : new ObjectMapper();
        return mapper.writeValueAsBytes(value);
    }

    @Nested
    class Input_that_attacks {

        private byte[] nested(PayloadCodec codec, int depth) throws IOException {
            Object value = List.of();
            for (int i = 1; i < depth; i++) {
                value = List.of(value);
            }
            return unbounded(codec, value);
        }

        @ParameterizedTest
        @MethodSource("io.chaski.core.codec.PayloadCodecTest#objectCodecs")
        void by_depth_is_refused_from_33_levels_on(PayloadCodec codec) throws IOException {
            assertThat(codec.decode(nested(codec, 32), List.class)).isNotNull();
            assertRefused(codec, nested(codec, 33), List.class);
        }

        @Test
        void by_ten_thousand_levels_is_refused_without_overflowing_the_stack() {
            assertRefused(JSON, utf8("[".repeat(10_000)), List.class);
            byte[] arrays = new byte[10_000];
            java.util.Arrays.fill(arrays, (byte) 0x81);
            assertRefused(CBOR, arrays, List.class);
        }

        @Test
        void by_announcing_elements_that_never_come_is_refused() {
            assertRefused(CBOR, HexFormat.of().parseHex("9A7FFFFFFF010203"), List.class);
            assertRefused(CBOR, HexFormat.of().parseHex("9A7FFFFFFF010203"), int[].class);
            assertRefused(CBOR, HexFormat.of().parseHex("5A7FFFFFFF010203"), byte[].class);
            assertRefused(CBOR, HexFormat.of().parseHex("7A7FFFFFFF616263"), String.class);
        }

        @ParameterizedTest
        @MethodSource("io.chaski.core.codec.PayloadCodecTest#objectCodecs")
        void by_number_of_elements_is_refused(PayloadCodec codec) throws IOException {
            assertRefused(codec, unbounded(codec, new int[100_001]), int[].class);
            assertThat(roundTrip(codec, new int[90_000], int[].class)).isEqualTo(new int[90_000]);
        }

        @ParameterizedTest
        @MethodSource("io.chaski.core.codec.PayloadCodecTest#objectCodecs")
        void by_length_of_a_text_is_refused(PayloadCodec codec) throws IOException {
            String longest = "x".repeat(1 << 20);
            assertThat(roundTrip(codec, longest, String.class)).isEqualTo(longest);
            assertRefused(codec, unbounded(codec, longest + "x"), String.class);
        }

        @Test
        void by_digits_of_a_number_is_refused() {
            String hundred = "1".repeat(100);
            assertThat(JSON.decode(utf8(hundred), BigInteger.class)).isEqualTo(new BigInteger(hundred));
            assertRefused(JSON, utf8("1".repeat(1_000_000)), BigInteger.class);
            assertRefused(JSON, utf8("1".repeat(101)), BigInteger.class);
        }

        @Test
        void by_repeated_properties_is_refused() {
            assertRefused(JSON, utf8("{\"sensor\":\"a\",\"celsius\":1,\"celsius\":2}"), Reading.class);
            assertRefused(JSON, utf8("{\"k\":1,\"k\":2}"), Map.class);
            assertRefused(CBOR, HexFormat.of().parseHex("A2616B01616B02"), Map.class);
        }

        @Test
        void by_class_name_is_refused_and_loads_nothing() {
            String gadget = "{\"any\":{\"@class\":\"java.net.URL\",\"x\":1}}";
            assertRefused(JSON, utf8(gadget), Gadget.class);
            String typed = "{\"@type\":\"java.net.URL\",\"@class\":\"java.net.URL\",\"sensor\":\"a\",\"celsius\":1}";
            assertThat(JSON.decode(utf8(typed), Reading.class)).isEqualTo(new Reading("a", 1));
        }

        @Test
        void is_never_quoted_in_the_message() {
            assertThatThrownBy(() -> JSON.decode(utf8("{\"sensor\":\"s3cret\",\"celsius\":\"s3cret\"}"), Reading.class))
                    .isInstanceOf(CodecException.class)
                    .hasMessageNotContaining("s3cret");
        }
    }

    @Nested
    class What_no_subscriber_could_read {

        private static void assertNotEncoded(PayloadCodec codec, Object value, Type type) {
            assertThatThrownBy(() -> codec.encode(value, type))
                    .isInstanceOf(CodecException.class)
                    .hasMessageStartingWith("cannot encode a " + type.getTypeName());
        }

        @ParameterizedTest
        @MethodSource("io.chaski.core.codec.PayloadCodecTest#objectCodecs")
        void is_refused_by_depth(PayloadCodec codec) {
            Tree tree = new Tree(List.of());
            for (int i = 0; i < 40; i++) {
                tree = new Tree(List.of(tree));
            }
            assertNotEncoded(codec, tree, Tree.class);
        }

        @ParameterizedTest
        @MethodSource("io.chaski.core.codec.PayloadCodecTest#objectCodecs")
        void is_refused_by_number_of_elements(PayloadCodec codec) {
            int[] most = new int[99_998]; // and the two ends of the array
            assertThat(roundTrip(codec, most, int[].class)).isEqualTo(most);
            assertNotEncoded(codec, new int[99_999], int[].class);
            assertNotEncoded(codec, Collections.nCopies(99_999, "x"), List.class);
        }

        @ParameterizedTest
        @MethodSource("io.chaski.core.codec.PayloadCodecTest#objectCodecs")
        void is_refused_by_length_of_a_text(PayloadCodec codec) {
            String tooLong = "x".repeat((1 << 20) + 1);
            assertNotEncoded(codec, tooLong, String.class);
            assertNotEncoded(codec, new Text(tooLong), Text.class);
        }

        @ParameterizedTest
        @MethodSource("io.chaski.core.codec.PayloadCodecTest#objectCodecs")
        void is_refused_by_length_of_a_key(PayloadCodec codec) {
            Map<String, Integer> longest = Map.of("k".repeat(50_000), 1);
            assertThat(roundTrip(codec, longest, Map.class)).isEqualTo(longest);
            assertNotEncoded(codec, Map.of("k".repeat(50_001), 1), Map.class);
        }

        @Test
        void is_refused_by_digits_of_a_number() {
            BigInteger hundred = BigInteger.TEN.pow(100).subtract(BigInteger.ONE);
            assertThat(roundTrip(JSON, hundred, BigInteger.class)).isEqualTo(hundred);
            assertNotEncoded(JSON, BigInteger.TEN.pow(100), BigInteger.class);
        }

        @ParameterizedTest
        @MethodSource("io.chaski.core.codec.PayloadCodecTest#objectCodecs")
        void is_refused_by_repeated_properties(PayloadCodec codec) {
            assertNotEncoded(codec, Map.of(1, "number", "1", "text"), Map.class);
        }

        @Test
        void is_refused_if_a_property_is_given_as_json_and_is_none() {
            Raw good = new Raw("{\"a\":[1,2]}");
            assertThat(JSON.encode(good, Raw.class)).isEqualTo(utf8("{\"json\":{\"a\":[1,2]}}"));
            assertNotEncoded(JSON, new Raw("{\"a\":"), Raw.class);
            assertNotEncoded(JSON, new Raw("{\"a\":1,\"a\":2}"), Raw.class);
        }

        @ParameterizedTest
        @MethodSource("io.chaski.core.codec.PayloadCodecTest#objectCodecs")
        void is_refused_by_a_key_that_is_the_name_of_a_property(PayloadCodec codec) {
            assertThat(codec.encode(new Open("a", Map.of("other", 1)), Open.class))
                    .isNotEmpty();
            assertNotEncoded(codec, new Open("a", Map.of("name", 1)), Open.class);
        }

        @Test
        void does_not_include_long_bytes_in_cbor() {
            byte[] bytes = new byte[3 << 20];
            assertThat(roundTrip(CBOR, bytes, byte[].class)).isEqualTo(bytes);
        }
    }

    @Nested
    class Odd_values {

        @Test
        void nan_and_infinities_travel() {
            for (double odd : List.of(Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY, -0.0)) {
                for (PayloadCodec codec : List.of(CBOR, JSON)) {
                    assertThat(roundTrip(codec, new Numbers(odd), Numbers.class))
                            .isEqualTo(new Numbers(odd));
                }
            }
            assertThat(JSON.encode(new Numbers(Double.NaN), Numbers.class)).isEqualTo(utf8("{\"value\":\"NaN\"}"));
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "{\"value\":NaN}",
                    "{\"value\":null}",
                    "{\"value\":\"1.5\"}",
                    "{\"value\":true}",
                    "{}",
                    "{\"value\":1} 2",
                    "{\"value\":1"
                })
        void are_refused_where_json_does_not_have_them(String json) {
            assertRefused(JSON, utf8(json), Numbers.class);
        }

        @Test
        void enums_by_number_are_refused() {
            assertRefused(JSON, utf8("1"), Mode.class);
            assertRefused(JSON, utf8("\"UNKNOWN\""), Mode.class);
        }

        @Test
        void fractions_are_not_cut_to_integers() {
            assertRefused(JSON, utf8("[1.5]"), int[].class);
        }
    }
}
