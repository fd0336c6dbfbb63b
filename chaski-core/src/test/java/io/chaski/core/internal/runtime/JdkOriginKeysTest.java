package io.chaski.core.internal.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chaski.core.internal.wire.ArrayPayload;
import io.chaski.core.security.CertificateProblem;
import io.chaski.core.security.CertificateRefusedException;
import java.util.HexFormat;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What strangers send as chains; {@code SignedTopicIT} in chaski-ca has those that are good. */
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class JdkOriginKeysTest {

    @ParameterizedTest
    @CsvSource({
        "04, CHAIN_TOO_LONG", // four certificates
        "ff, CHAIN_TOO_LONG",
        "01, MALFORMED", // none where one was announced
        "0100, MALFORMED", // half a length
        "010003ffff, MALFORMED", // cut off
        "01ffff00, MALFORMED",
        "010002ffff, MALFORMED", // no certificate
        "0000, MALFORMED" // bytes behind the last one
    })
    void are_refused_before_anything_is_computed(String bytes, CertificateProblem problem) {
        ArrayPayload chain = ArrayPayload.owning(HexFormat.of().parseHex(bytes));
        assertThatThrownBy(() -> JdkOriginKeys.decode(chain))
                .isInstanceOfSatisfying(
                        CertificateRefusedException.class,
                        refused -> assertThat(refused.problem()).isEqualTo(problem));
    }

    @Test
    void may_be_empty_and_are_refused_by_whoever_wants_to_believe_them() {
        assertThat(JdkOriginKeys.decode(ArrayPayload.owning(new byte[1]))).isEmpty();
    }
}
