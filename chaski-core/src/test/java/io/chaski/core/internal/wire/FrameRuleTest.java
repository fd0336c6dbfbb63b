package io.chaski.core.internal.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.reflect.Field;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class FrameRuleTest {

    private static Map<String, Integer> types() throws IllegalAccessException {
        Map<String, Integer> types = new LinkedHashMap<>();
        for (Field field : FrameType.class.getFields()) {
            if (!field.getName().equals("SKIPPABLE")) {
                types.put(field.getName(), field.getInt(null));
            }
        }
        return types;
    }

    @Test
    void every_type_of_frames_has_a_rule() throws IllegalAccessException {
        assertThat(types()).hasSizeGreaterThan(30);
        types().forEach((name, type) -> {
            FrameRule rule = FrameRule.of(type);
            assertThat(rule.need()).as(name).isNotNull();
            assertThat(rule.rate()).as(name).isNotNull();
        });
    }

    @Test
    void a_type_without_a_row_has_none() throws IllegalAccessException {
        for (int type = -1; type <= 256; type++) {
            if (!types().containsValue(type)) {
                int unknown = type;
                assertThatThrownBy(() -> FrameRule.of(unknown)).isInstanceOf(IllegalArgumentException.class);
            }
        }
    }

    /** What may be sent without any right, so that nothing joins this list by accident. */
    @Test
    void these_need_no_right_of_their_own() throws IllegalAccessException {
        assertThat(types().entrySet().stream()
                        .filter(type -> FrameRule.of(type.getValue()).need() == FrameRule.Need.NOTHING)
                        .map(Map.Entry::getKey))
                .containsExactly(
                        "HELLO",
                        "HELLO_ACK",
                        "GOODBYE",
                        "PING",
                        "PONG",
                        "INTERN_NAME",
                        "REFUSE",
                        "SIGNER_CHAIN",
                        "STREAM_DATA",
                        "CREDIT",
                        "END",
                        "RESET",
                        "TRUST_STATE",
                        "TRUST_REQUEST",
                        "TRUST_UPDATE",
                        "DATAGRAM_KEY");
    }
}
