package io.chaski.remote.internal.call;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chaski.core.NodeId;
import io.chaski.remote.SignatureMismatchException;
import io.chaski.remote.internal.model.MethodKey;
import io.chaski.remote.internal.wire.Description;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.DayOfWeek;
import java.time.Duration;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class OverloadsTest {

    record Point(int x, int y) {}

    private static final NodeId PEER = new NodeId(1, 2);

    private static Overloads.Choice choose(List<String> signatures, Object... values) {
        Map<MethodKey, String> methods = new LinkedHashMap<>();
        signatures.forEach(signature -> methods.put(new MethodKey(methods.size()), signature));
        Description description = new Description(Description.State.SERVED, methods, List.of());
        return Overloads.choose(PEER, "service", description, "of", Arrays.asList(values));
    }

    private static String chosen(List<String> signatures, Object... values) {
        return choose(signatures, values).signature().text();
    }

    /** How one value is sent for one type; null if it is not. */
    private static Object sent(String type, Object value) {
        try {
            List<Object> arguments =
                    choose(List.of("void of(" + type + ")"), value).arguments();
            assertThat(arguments).hasSize(1);
            return arguments.get(0) == null ? "null" : arguments.get(0);
        } catch (SignatureMismatchException none) {
            return null;
        }
    }

    @Test
    void the_name_and_the_number_of_arguments_count() {
        List<String> signatures = List.of("int of()", "int of(int)", "int of(int,int)", "int off(int)");
        assertThat(chosen(signatures)).isEqualTo("int of()");
        assertThat(chosen(signatures, 1)).isEqualTo("int of(int)");
        assertThat(chosen(signatures, 1, 2)).isEqualTo("int of(int,int)");
    }

    @Test
    void the_nearest_types_win() {
        List<String> signatures = List.of(
                "int of(double)",
                "int of(int)",
                "int of(String)",
                "int of(BigDecimal)",
                "int of(char)",
                "int of(long)");
        assertThat(chosen(signatures, 1)).isEqualTo("int of(int)");
        assertThat(chosen(signatures, (short) 1)).isEqualTo("int of(int)");
        assertThat(chosen(signatures, 1L << 40)).isEqualTo("int of(long)");
        assertThat(chosen(signatures, 1.5)).isEqualTo("int of(double)");
        assertThat(chosen(signatures, 1.5f)).isEqualTo("int of(double)");
        assertThat(chosen(signatures, new BigDecimal("1.5"))).isEqualTo("int of(BigDecimal)");
        assertThat(chosen(signatures, "a")).isEqualTo("int of(String)");
        assertThat(chosen(signatures, 'a')).isEqualTo("int of(char)");
    }

    @Test
    void numbers_are_widened_and_narrowed_only_if_they_keep_their_value() {
        assertThat(sent("double", 1)).isEqualTo(1.0);
        assertThat(sent("Double", 1L)).isEqualTo(1.0);
        assertThat(sent("byte", 127L)).isEqualTo(127L);
        assertThat(sent("byte", -128)).isEqualTo(-128L);
        assertThat(sent("byte", 128)).isNull();
        assertThat(sent("int", 1L << 31)).isNull();
        assertThat(sent("int", 1.0)).isNull();
        assertThat(sent("long", BigInteger.ONE.shiftLeft(63))).isNull();
        assertThat(sent("long", BigInteger.TEN)).isEqualTo(10L);
        assertThat(sent("BigInteger", 5)).isEqualTo(BigInteger.valueOf(5));
        assertThat(sent("BigDecimal", 0.1)).isEqualTo(new BigDecimal("0.1"));
        assertThat(sent("BigDecimal", Double.NaN)).isNull();
        assertThat(sent("double", BigInteger.TEN)).isNull();
        assertThat(sent("float", 0.5)).isEqualTo(0.5f);
        assertThat(sent("float", 0.1)).isEqualTo(0.1f);
        assertThat(sent("float", 1e300)).isNull();
        assertThat(sent("float", Double.NEGATIVE_INFINITY)).isEqualTo(Float.NEGATIVE_INFINITY);
        assertThat(sent("float", Double.NaN)).isEqualTo(Float.NaN);
        assertThat(sent("float", 1 << 24)).isEqualTo(0x1p24f);
        assertThat(sent("float", (1 << 24) + 1)).isNull();
        assertThat(sent("double", 0.1f)).isEqualTo((double) 0.1f);
        assertThat(sent("double", 1L << 53)).isEqualTo(0x1p53);
        assertThat(sent("double", (1L << 53) + 1)).isNull();
        assertThat(sent("double", Long.MIN_VALUE)).isEqualTo(-0x1p63);
        assertThat(sent("double", Long.MAX_VALUE)).isNull();
        assertThat(sent("double", 1_234_567_890_123_456_800L))
                .as("as the nearest double is written, and not what it is")
                .isNull();
        assertThat(sent("double", new BigDecimal("0.1"))).isEqualTo(0.1);
        assertThat(sent("double", new BigDecimal("1.50"))).isEqualTo(1.5);
        assertThat(sent("double", new BigDecimal("0.12345678901234567890"))).isNull();
        assertThat(sent("double", new BigDecimal("1E400"))).isNull();
        assertThat(sent("double", new BigDecimal("1E-400"))).isNull();
        assertThat(sent("float", new BigDecimal("0.1"))).isEqualTo(0.1f);
        assertThat(sent("float", new BigDecimal("1E40"))).isNull();
        assertThat(sent("String", 1)).isNull();
        assertThat(sent("boolean", 1)).isNull();
        assertThat(sent("boolean", true)).isEqualTo(true);
    }

    @Test
    void null_fits_whatever_is_no_primitive() {
        assertThat(sent("String", null)).isEqualTo("null");
        assertThat(sent("Integer", null)).isEqualTo("null");
        assertThat(sent("Optional<int>", null)).isEqualTo("null");
        assertThat(sent("Listener#0123456789abcdef", null)).isEqualTo("null");
        for (String primitive : List.of("int", "boolean", "char", "double", "byte")) {
            assertThat(sent(primitive, null)).isNull();
        }
    }

    @Test
    void collections_and_maps_fit_if_their_elements_do() {
        assertThat(sent("List<Double>", List.of(1, 2.5))).isEqualTo(List.of(1.0, 2.5));
        assertThat(sent("double[]", List.of(1))).isEqualTo(List.of(1.0));
        assertThat(sent("Set<String>", List.of("a"))).isEqualTo(List.of("a"));
        assertThat(sent("int[][]", new int[][] {{1}, {2, 3}})).isEqualTo(List.of(List.of(1L), List.of(2L, 3L)));
        assertThat(sent("List<String>", List.of(1))).isNull();
        assertThat(sent("List<String>", Set.of("a"))).isEqualTo(List.of("a"));
        assertThat(sent("Map<String,Double>", Map.of("a", 1))).isEqualTo(Map.of("a", 1.0));
        assertThat(sent("Map<String,Double>", Map.of("a", "b"))).isNull();
        assertThat(sent("Optional<Double>", 1)).isEqualTo(1.0);
        assertThat(sent("double", Optional.of(1))).isEqualTo(1.0);
        assertThat(sent("byte[]", new byte[] {1})).isEqualTo(new byte[] {1});
        assertThat(sent("String", new byte[] {1})).isNull();
        assertThat(chosen(List.of("int of(List<int>)", "int of(int[])"), new int[] {1}))
                .isEqualTo("int of(int[])");
        assertThat(chosen(List.of("int of(List<int>)", "int of(Set<int>)"), Set.of(1)))
                .isEqualTo("int of(Set<int>)");
    }

    @Test
    void texts_and_maps_stand_for_what_the_application_names() {
        assertThat(sent("Colour", "RED")).isEqualTo("RED");
        assertThat(sent("Duration", "PT1S")).isEqualTo("PT1S");
        assertThat(sent("Point", Map.of("x", 1, "name", "a"))).isEqualTo(Map.of("x", 1, "name", "a"));
        assertThat(sent("Point", Map.of("x", Map.of("y", List.of(1))))).isEqualTo(Map.of("x", Map.of("y", List.of(1))));
        assertThat(sent("Page<Point>", Map.of("x", 1))).isEqualTo(Map.of("x", 1));
        assertThat(sent("Point", new Point(1, 2))).isEqualTo(new Point(1, 2));
        assertThat(sent("Shape", new Point(1, 2))).isNull();
        assertThat(sent("DayOfWeek", DayOfWeek.MONDAY)).isEqualTo(DayOfWeek.MONDAY);
        assertThat(sent("Duration", Duration.ZERO)).isEqualTo(Duration.ZERO);
        assertThat(sent("ZoneId", ZoneId.of("Europe/Berlin"))).isEqualTo(ZoneId.of("Europe/Berlin"));
        assertThat(sent("Duration", Map.of("seconds", 1))).isNull();
        assertThat(sent("Colour", new Object())).isNull();
        assertThat(sent("Point", Map.of("x", new Object()))).isNull();
        assertThat(sent("Listener#0123456789abcdef", "$callback/0")).isNull();
        assertThat(chosen(List.of("int of(Colour)", "int of(String)"), "RED")).isEqualTo("int of(String)");
    }

    @Test
    void what_is_left_over_goes_into_an_array_that_comes_last() {
        List<String> signatures = List.of("int of(String,int[])", "int of(String,int)");
        assertThat(choose(signatures, "a", 1).signature().text()).isEqualTo("int of(String,int)");
        assertThat(choose(signatures, "a", 1, 2).arguments()).isEqualTo(List.of("a", List.of(1L, 2L)));
        assertThat(choose(signatures, "a").arguments()).isEqualTo(List.of("a", List.of()));
        assertThatThrownBy(() -> choose(signatures, "a", "b", "c")).isInstanceOf(SignatureMismatchException.class);
    }

    @Test
    void none_that_fits_lists_those_of_the_name_or_all() {
        assertThatThrownBy(() -> choose(List.of("int of(int)", "int off()"), "secret"))
                .isInstanceOfSatisfying(SignatureMismatchException.class, none -> {
                    assertThat(none.wanted()).isEqualTo("of(String)");
                    assertThat(none.served()).isEqualTo("int of(int)");
                });
        List<String> many =
                IntStream.range(10, 30).mapToObj(i -> "int m" + i + "()").toList();
        assertThatThrownBy(() -> choose(many))
                .hasMessageContaining("int m10(); ")
                .hasMessageContaining("int m25(); and 4 more");
    }

    @Test
    void several_that_fit_equally_well_are_listed() {
        assertThatThrownBy(() -> choose(List.of("int of(Integer)", "int of(String)"), (Object) null))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("service has several methods that fit of(null): int of(Integer); int of(String)");
        assertThatThrownBy(() -> choose(List.of("int of(int,double)", "int of(double,int)"), 1, 2))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void a_value_that_contains_itself_fits_nothing() {
        List<Object> list = new ArrayList<>();
        list.add(list);
        Map<String, Object> map = new HashMap<>();
        map.put("self", map);
        assertThat(sent("Point", map)).isNull();
        assertThat(sent("List<Point>", list)).isNull();
    }

    @Test
    void a_method_with_a_stream_is_refused_if_no_other_fits() {
        List<String> signatures = List.of("stream of int of(int)", "int of(String)", "int off(stream of int)");
        assertThat(chosen(signatures, "a")).isEqualTo("int of(String)");
        assertThatThrownBy(() -> choose(signatures, 1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("service: stream of int of(int) has a stream of items, which needs an interface");
    }

    @Test
    void signatures_that_are_malformed_are_no_candidates() {
        assertThat(chosen(List.of("int of", "int of(", "of(int)", "int of(int)"), 1))
                .isEqualTo("int of(int)");
    }
}
