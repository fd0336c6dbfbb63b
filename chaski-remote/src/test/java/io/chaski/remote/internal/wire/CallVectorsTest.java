package io.chaski.remote.internal.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.chaski.core.NodeId;
import io.chaski.core.TypeRef;
import io.chaski.remote.internal.fake.FakeStream;
import io.chaski.remote.internal.model.ErrorTypes;
import io.chaski.remote.internal.model.MethodKey;
import io.chaski.remote.internal.model.MethodModel;
import io.chaski.remote.internal.model.ModelReader;
import io.chaski.remote.internal.model.ServiceModel;
import java.lang.reflect.Type;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The bytes of section 10 of docs/protocol.md: whoever changes one of them breaks the calls between old nodes and new ones. */
@SuppressWarnings("UnusedMethod") // found by reflection
class CallVectorsTest {

    enum Colour {
        RED
    }

    record Point(int x, Optional<Integer> y) {}

    interface Calculator {
        double add(double a, double b);
    }

    interface Inside {
        Integer get();
    }

    interface Shop {
        List<String> find(Map<String, int[]> by, Integer most, String... words);

        CompletableFuture<Integer> count();

        Flow.Publisher<Point> points(Stream<Integer> some);

        void watch(Consumer<String> watcher);

        Inside inside();
    }

    private static final ServiceModel CALCULATOR = ModelReader.forServing(Calculator.class, ErrorTypes.NONE_REGISTERED);

    private static byte[] bytes(String hex) {
        return HexFormat.of().parseHex(hex.replace(" ", ""));
    }

    private static String text(String ascii) {
        return HexFormat.of().formatHex(ascii.getBytes(StandardCharsets.US_ASCII));
    }

    static Stream<Arguments> values() {
        return Stream.of(
                value(String.class, null, "f6"),
                value(boolean.class, true, "f5"),
                value(int.class, 7, "07"),
                value(long.class, -1_000L, "39 03e7"),
                value(float.class, 2.5f, "fa 40200000"),
                value(double.class, 1.0, "fb 3ff0000000000000"),
                value(BigInteger.class, new BigInteger("100000000000000000000"), "c2 49 056bc75e2d63100000"),
                value(BigDecimal.class, new BigDecimal("1.5"), "c4 82 20 0f"),
                value(char.class, 'a', "61 61"),
                value(String.class, "\u00e9", "62 c3a9"),
                value(byte[].class, new byte[] {1, 2}, "42 0102"),
                value(int[].class, new int[] {1, 2}, "82 01 02"),
                value(Colour.class, Colour.RED, "63 524544"),
                value(Duration.class, Duration.ofSeconds(2), "64 50543253"),
                value(NodeId.class, new NodeId(1, 2), "78 20 " + text("00000000000000010000000000000002")),
                value(new TypeRef<List<Integer>>() {}.type(), List.of(1, 2), "82 01 02"),
                value(new TypeRef<Map<String, Integer>>() {}.type(), Map.of("a", 1), "bf 61 61 01 ff"),
                value(new TypeRef<Map<Integer, String>>() {}.type(), Map.of(1, "a"), "bf 01 61 61 ff"),
                value(new TypeRef<Map<Long, Long>>() {}.type(), Map.of(-1L, 2L), "bf 20 02 ff"),
                value(new TypeRef<Map<Short, Long>>() {}.type(), Map.of((short) 1, 2L), "bf 61 31 02 ff"),
                value(new TypeRef<Map<Boolean, Long>>() {}.type(), Map.of(true, 2L), "bf 64 74727565 02 ff"),
                value(new TypeRef<Map<Colour, Long>>() {}.type(), Map.of(Colour.RED, 2L), "bf 63 524544 02 ff"),
                value(new TypeRef<Optional<Integer>>() {}.type(), Optional.of(1), "01"),
                value(new TypeRef<Optional<Integer>>() {}.type(), Optional.empty(), "f6"),
                value(Point.class, new Point(1, Optional.empty()), "bf 61 78 01 61 79 f6 ff"));
    }

    private static Arguments value(Type type, Object value, String hex) {
        return Arguments.of(type, value, hex);
    }

    @ParameterizedTest
    @MethodSource("values")
    void each_type_has_its_form(Type type, Object value, String hex) {
        assertThat(Values.encode(type, value)).isEqualTo(bytes(hex));
        assertThat(Values.decode(type, bytes(hex))).isEqualTo(value);
    }

    @Test
    void components_that_are_not_known_are_skipped_and_those_that_are_missing_are_null() {
        assertThat(Values.decode(Point.class, bytes("a2 61 78 01 61 7a 05"))).isEqualTo(new Point(1, Optional.empty()));
    }

    @Test
    void arguments_are_byte_strings_in_an_array() {
        List<Type> types = List.of(double.class, double.class);
        String hex = "82 49 fb3ff0000000000000 49 fb4000000000000000";
        assertThat(Values.encode(types, List.of(1.0, 2.0))).isEqualTo(bytes(hex));
        assertThat(Values.decode(types, bytes(hex))).containsExactly(1.0, 2.0);
    }

    @Test
    void a_body_begins_with_its_kind_and_length() throws Exception {
        assertThat(written(new Body(Body.Kind.ARGUMENTS, bytes("8141f6")))).containsExactly("01 00000003 8141f6");
        assertThat(written(new Body(Body.Kind.VALUE, new byte[0]))).containsExactly("02 00000000 ");
        assertThat(written(new Body(Body.Kind.ITEM, bytes("07")))).containsExactly("05 00000001 07");
        assertThat(written(new Body(Body.Kind.STOP, new byte[0]))).containsExactly("06 00000000 ");
    }

    @Test
    void a_long_body_goes_on_in_messages_without_a_head() throws Exception {
        List<String> messages = written(new Body(Body.Kind.VALUE, new byte[70_000]));
        assertThat(messages).hasSize(2);
        assertThat(messages.get(0)).startsWith("02 00011170 00").hasSize(2 * (64 << 10) + 2);
        assertThat(messages.get(1)).isEqualTo("00".repeat(5 + 70_000 - (64 << 10)));
    }

    private static List<String> written(Body body) {
        FakeStream stream = new FakeStream();
        new BodyWriter(stream, body, () -> {}).pump();
        return stream.sent.stream().map(CallVectorsTest::heading).toList();
    }

    /** Kind, length and content, with spaces between if it is short enough to be a first message. */
    private static String heading(byte[] message) {
        String hex = HexFormat.of().formatHex(message);
        boolean isFirst = message.length >= BodyReader.HEAD_BYTES && message[0] != 0;
        return isFirst ? hex.substring(0, 2) + " " + hex.substring(2, 10) + " " + hex.substring(10) : hex;
    }

    @Test
    void a_failure_is_three_texts_and_a_declared_exception_two() throws Exception {
        Body busy = new Failure(FailureCode.BUSY, "", "too many").toBody();
        assertThat(written(busy)).containsExactly("04 0000000d " + compact("83 61 34 60 68 " + text("too many")));
        Body thrown = new Failure(FailureCode.REMOTE_ERROR, "a.B", "why").toBody();
        assertThat(written(thrown)).containsExactly("04 0000000b " + compact("83 61 36 63 612e42 63 " + text("why")));
        assertThat(ErrorText.parse(bytes("82 61 45 63 " + text("why")))).isEqualTo(new ErrorText("E", "why"));
    }

    @Test
    void the_numbers_of_failures_never_change() {
        assertThat(Stream.of(FailureCode.values()).map(code -> code.number() + " " + code))
                .containsExactly(
                        "1 NO_SUCH_SERVICE",
                        "2 NO_SUCH_METHOD",
                        "3 BAD_ARGUMENTS",
                        "4 BUSY",
                        "5 DENIED",
                        "6 REMOTE_ERROR",
                        "7 BAD_RESULT",
                        "8 ALREADY_EXECUTED",
                        "9 ABORTED",
                        "10 ITEMS_IDLE");
    }

    private static String compact(String hex) {
        return hex.replace(" ", "");
    }

    @Test
    void a_question_is_a_name_and_perhaps_a_version() {
        assertThat(new Description.Question("calculator", "").toBytes()).isEqualTo(bytes(text("calculator")));
        assertThat(new Description.Question("calculator", "2").toBytes())
                .isEqualTo(bytes(text("calculator") + "0a 32"));
    }

    @Test
    void a_description_is_a_list_of_texts() throws Exception {
        String served = "82 66 " + text("SERVED") + "78 2a " + text("9c2e054434f69808 double add(double,double)");
        assertThat(Description.of(CALCULATOR).toBytes()).isEqualTo(bytes(served));
        assertThat(Description.parse(bytes(served))).isEqualTo(Description.of(CALCULATOR));
        assertThat(Description.denied().toBytes()).isEqualTo(bytes("81 66 " + text("DENIED")));
        assertThat(Description.none(List.of("a")).toBytes()).isEqualTo(bytes("82 64 " + text("NONE") + "61 61"));
    }

    @Test
    void a_call_says_what_it_is_about_in_its_headers() throws Exception {
        CallHeaders headers = new CallHeaders(
                "calculator", "2", MethodKey.parse("9c2e054434f69808"), new CallId(1, 2), 1, Map.of("tenant", "blue"));
        Map<String, String> sent = Map.of(
                "tenant", "blue",
                "chaski-service", "calculator",
                "chaski-version", "2",
                "chaski-method", "9c2e054434f69808",
                "chaski-call", "00000000000000010000000000000002",
                "chaski-attempt", "1");
        assertThat(headers.toMap()).isEqualTo(sent);
        assertThat(CallHeaders.parse(sent)).isEqualTo(headers);
    }

    @Test
    void signatures_name_types_and_keys_are_their_hashes() {
        ServiceModel shop = ModelReader.forServing(Shop.class, ErrorTypes.NONE_REGISTERED);
        assertThat(shop.methods().stream().map(MethodModel::signature).sorted())
                .containsExactly(
                        "List<String> find(Map<String,int[]>,Integer,String[])",
                        "int count()",
                        "int inside.get()",
                        "stream of Point points(stream of Integer)",
                        "void watch(Consumer#e1b15f28d6a6f179<String>)");
        assertThat(shop.methods())
                .extracting(method -> method.key().toString())
                .as("of find(Map,Integer,String[]), points(stream of Integer), watch(Consumer)")
                .contains("3948d1dbc6529ab9", "b74e6e84cb6fd7af", "46f7d97dfb5806c7");
        assertThat(CALCULATOR.methods())
                .extracting(method -> method.key().toString())
                .containsExactly("9c2e054434f69808");
        assertThat(CALCULATOR.hash()).startsWith("76f85cf0644d5551");
    }

    @Test
    void the_name_of_a_callback_has_three_parts() {
        String name = "$callback/00112233445566778899aabbccddeeff#0123456789abcdef";
        assertThat(CallbackName.parse(name))
                .contains(new CallbackName("$callback/00112233445566778899aabbccddeeff", "0123456789abcdef"));
        assertThat(CallbackName.parse(name).orElseThrow()).hasToString(name);
    }
}
