package io.chaski.core.security.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chaski.core.security.ChaskiUri;
import io.chaski.core.security.Fingerprint;
import java.util.List;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class SubjectTest {

    @Test
    void has_the_path_of_its_identity() {
        assertThat(Subject.of(ChaskiUri.parse("chaski://plant-7.example/node/sensor/7"))
                        .path())
                .containsExactly("node", "sensor", "7");
        assertThat(new Subject("uri:spiffe://a.example/x/y").path()).containsExactly("x", "y");
        assertThat(new Subject("uri:urn:x:y").path()).containsExactly("urn:x:y");
        assertThat(new Subject("dns:mill-3.example").path()).containsExactly("mill-3.example");
        assertThat(Subject.ANONYMOUS.path()).isEmpty();
        assertThat(new Subject("chaski://alone").path()).isEmpty();
    }

    @Test
    void of_a_pinned_key_is_its_fingerprint() {
        Fingerprint key = Fingerprint.of(new byte[3]);

        assertThat(Subject.pinned(key)).hasToString("sha256:" + key);
        assertThat(Subject.pinned(key).levels()).isEqualTo(List.of("sha256:", key.toString()));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "mill", ":x", "a/b:c", "dns: x", "dns:\u00e4", "dns:\n"})
    void is_no_text_without_a_scheme(String text) {
        assertThatThrownBy(() -> new Subject(text)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void has_a_longest_text() {
        assertThat(new Subject("x:" + "a".repeat(518)).name()).hasSize(Subject.MAX_LENGTH);
        assertThatThrownBy(() -> new Subject("x:" + "a".repeat(519))).isInstanceOf(IllegalArgumentException.class);
    }
}
