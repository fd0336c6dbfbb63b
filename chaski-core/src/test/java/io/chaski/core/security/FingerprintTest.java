package io.chaski.core.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class FingerprintTest {

    /** The example of FIPS 180-2, appendix B.1. */
    private static final String OF_ABC = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

    @Test
    void it_is_a_SHA_256() {
        assertThat(Fingerprint.of("abc".getBytes(StandardCharsets.US_ASCII))).hasToString(OF_ABC);
    }

    @Test
    void it_is_read_as_it_is_printed() {
        Fingerprint fingerprint = Fingerprint.parse(OF_ABC);

        assertThat(fingerprint).hasToString(OF_ABC);
        assertThat(fingerprint.toBytes()).hasSize(Fingerprint.BYTES).startsWith(0xba, 0x78);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "ba", OF_ABC + "0", "xa7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"})
    void other_texts_are_refused(String hex) {
        assertThatThrownBy(() -> Fingerprint.parse(hex)).isInstanceOf(IllegalArgumentException.class);
    }
}
