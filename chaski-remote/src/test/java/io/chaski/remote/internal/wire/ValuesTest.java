package io.chaski.remote.internal.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chaski.core.TypeRef;
import io.chaski.core.codec.CodecException;
import java.lang.reflect.Type;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ValuesTest {

    record Pair(int a, String b) {}

    private static final List<Type> TYPES = List.of(int.class, String.class, Pair.class);

    private static byte[] cbor(String hex) {
        return HexFormat.of().parseHex(hex);
    }

    @Test
    void arguments_come_back_as_they_were() {
        List<Object> arguments = Arrays.asList(1, null, new Pair(2, "x"));
        assertThat(Values.decode(TYPES, Values.encode(TYPES, arguments))).isEqualTo(arguments);
    }

    @Test
    @DisplayName("row 88: another number of arguments, another type, null for a primitive")
    void badArguments() {
        byte[] two = Values.encode(List.of(int.class, String.class), List.of(1, "x"));
        assertThatThrownBy(() -> Values.decode(TYPES, two)).hasMessage("there are 3 parameters, not 2");
        assertThatThrownBy(() -> Values.decode(List.of(int.class, int.class), two))
                .isInstanceOf(CodecException.class)
                .hasMessageContaining("argument 2");
        byte[] missing = Values.encode(List.of(Integer.class), Arrays.asList((Object) null));
        assertThatThrownBy(() -> Values.decode(List.of(int.class), missing)).isInstanceOf(CodecException.class);
    }

    @Test
    void an_empty_optional_is_not_null() {
        Type type = new TypeRef<Optional<String>>() {}.type();
        assertThat(Values.decode(type, Values.encode(type, Optional.empty()))).isEqualTo(Optional.empty());
    }

    @ParameterizedTest
    @ValueSource(ints = {33, 10_000})
    @DisplayName("row 58: a payload nested too deep")
    void nested(int depth) {
        byte[] bytes = new byte[depth + 1];
        Arrays.fill(bytes, (byte) 0x81);
        bytes[depth] = 0;
        Type type = new TypeRef<List<String>>() {}.type();
        assertThatThrownBy(() -> Values.decode(type, bytes)).isInstanceOf(CodecException.class);
        assertThatThrownBy(() -> Values.decode(List.of(type), bytes)).isInstanceOf(CodecException.class);
    }

    @Test
    @DisplayName("row 59: a list, a text and bytes that announce 2^31 and more, with three bytes left")
    void announced() {
        for (String hex : List.of("9a80000000010203", "7a80000000414243", "5a7fffffff414243", "9bffffffffffffffff01")) {
            assertThatThrownBy(() -> Values.decode(new TypeRef<List<Integer>>() {}.type(), cbor(hex)))
                    .isInstanceOf(CodecException.class);
            assertThatThrownBy(() -> Values.decode(String.class, cbor(hex))).isInstanceOf(CodecException.class);
            assertThatThrownBy(() -> Values.decode(byte[].class, cbor(hex))).isInstanceOf(CodecException.class);
        }
    }

    @Test
    @DisplayName(
            "row 60: a text of more than 1 MiB, a number of a million digits, repeated keys; NaN, -0 and infinities")
    void extremes() {
        assertThatThrownBy(() -> Values.encode(String.class, "x".repeat((1 << 20) + 1)))
                .isInstanceOf(CodecException.class);
        byte[] number = new byte[500_005];
        System.arraycopy(cbor("c25a0007a120"), 0, number, 0, 6);
        number[6] = 1;
        assertThatThrownBy(() -> Values.decode(java.math.BigInteger.class, number))
                .isInstanceOf(CodecException.class);
        Type map = new TypeRef<Map<String, Integer>>() {}.type();
        assertThatThrownBy(() -> Values.decode(map, cbor("a2616101616102"))).isInstanceOf(CodecException.class);
        for (double odd : new double[] {Double.NaN, -0.0, Double.POSITIVE_INFINITY}) {
            assertThat(Values.decode(double.class, Values.encode(double.class, odd)))
                    .isEqualTo(odd);
        }
    }

    @Test
    @DisplayName("row 61: properties that name a class name nothing")
    void classNames() {
        // {"@class": "javax.swing.JEditorPane", "a": 1, "b": "x"}
        byte[] planted = cbor("a3" + "6640636c617373" + "77"
                + HexFormat.of().formatHex("javax.swing.JEditorPane".getBytes(StandardCharsets.US_ASCII)) + "6161"
                + "01" + "6162" + "6178");
        assertThat(Values.decode(Pair.class, planted)).isEqualTo(new Pair(1, "x"));
        assertThatThrownBy(() -> Values.decode(Pair.class, cbor("aced0005737200")))
                .isInstanceOf(CodecException.class);
    }
}
