package io.chaski.remote;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ServiceTest {

    @Test
    void a_name_may_be_any_text_of_255_bytes() {
        assertThat(new Service("ä".repeat(127) + "x", "", 0).name()).hasSize(128);
        assertThatThrownBy(() -> new Service("ä".repeat(128), "", 0)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new Service("", "", 0)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void a_version_may_be_empty_and_has_32_bytes_at_most() {
        assertThat(new Service("s", "", 0).label()).isEqualTo("s");
        assertThat(new Service("s", "2.1", 0).label()).isEqualTo("s 2.1");
        assertThatThrownBy(() -> new Service("s", "x".repeat(33), 0)).isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"a\nb", "a\u0000b", "a\u202eb", "\ud800", "a\u2028b"})
    void nothing_in_it_is_read_by_a_terminal(String name) {
        assertThatThrownBy(() -> new Service(name, "", 0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("U+")
                .hasMessageNotContaining(name);
        assertThatThrownBy(() -> new Service("s", name, 0)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void a_signature_prints_as_16_digits() {
        assertThat(new Service("s", "", 0xab).signatureText()).isEqualTo("00000000000000ab");
    }
}
