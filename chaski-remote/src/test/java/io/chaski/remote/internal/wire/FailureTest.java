package io.chaski.remote.internal.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class FailureTest {

    @ParameterizedTest
    @EnumSource
    void travels(FailureCode code) throws Exception {
        Failure failure = new Failure(code, "a.b.C", "why");
        assertThat(failure.toBody().kind()).isEqualTo(Body.Kind.FAILURE);
        assertThat(Failure.parse(failure.toBody().bytes())).isEqualTo(failure);
    }

    @Test
    void messages_are_cut_at_a_kibibyte_and_not_inside_a_character() {
        String message =
                Failure.of(FailureCode.BUSY, "x" + "\u00e9".repeat(2_000)).message();
        assertThat(message).isEqualTo("x" + "\u00e9".repeat(511));
        assertThat(message.getBytes(StandardCharsets.UTF_8)).hasSize(1_023);
    }

    @Test
    void control_characters_and_half_pairs_become_spaces() {
        assertThat(BoundedText.of("a\n\u001b[31m\u202eb\ud800c", 100)).isEqualTo("a  [31m b c");
    }

    @Test
    void an_exception_whose_message_fails_has_none() {
        class Broken extends RuntimeException {
            private static final long serialVersionUID = 1L;

            @Override
            public String getMessage() {
                throw new IllegalStateException("broken");
            }
        }
        assertThat(Failure.of(new Broken()).message()).isEmpty();
    }

    @Test
    void an_unknown_code_promises_nothing() throws Exception {
        assertThat(Failure.parse(Values.encodeTexts(List.of("99", "", ""))).code())
                .isEqualTo(FailureCode.REMOTE_ERROR);
    }

    @Test
    void what_is_no_failure_is_refused() {
        for (byte[] bytes : List.of(
                new byte[0],
                new byte[] {(byte) 0xac, (byte) 0xed, 0, 5},
                Values.encodeTexts(List.of("1", "2")),
                Values.encodeTexts(List.of("x", "", "")))) {
            assertThatThrownBy(() -> Failure.parse(bytes)).isInstanceOf(MalformedException.class);
        }
    }
}
