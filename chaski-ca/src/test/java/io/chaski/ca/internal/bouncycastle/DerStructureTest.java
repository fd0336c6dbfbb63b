package io.chaski.ca.internal.bouncycastle;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HexFormat;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class DerStructureTest {

    @ParameterizedTest
    @ValueSource(strings = {"0500", "3000", "30020500", "300430020500", "3006300030003000", "a003020107"})
    void nested_values_are_sound(String hex) {
        assertThat(DerStructure.isSound(HexFormat.of().parseHex(hex))).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "", // nothing
                "30", // no length
                "3001", // no content
                "30020501", // longer than what is around it
                "3003050000" + "00", // bytes behind the value
                "0500" + "0500", // a second value
                "30800000", // indefinite
                "3084000000000", // four bytes of length, cut
                "1f0100", // a tag of several bytes
            })
    void others_are_not(String hex) {
        assertThat(DerStructure.isSound(HexFormat.of().parseHex(hex.length() % 2 == 0 ? hex : hex + "0")))
                .isFalse();
    }

    @Test
    void nesting_ends_at_sixteen() {
        assertThat(DerStructure.isSound(nested(15))).isTrue();
        assertThat(DerStructure.isSound(nested(16))).isFalse();
        assertThat(DerStructure.isSound(nested(60))).isFalse();
    }

    private static byte[] nested(int levels) {
        byte[] value = {0x05, 0x00};
        for (int i = 0; i < levels; i++) {
            byte[] outer = new byte[value.length + 2];
            outer[0] = 0x30;
            outer[1] = (byte) value.length;
            System.arraycopy(value, 0, outer, 2, value.length);
            value = outer;
        }
        return value;
    }
}
