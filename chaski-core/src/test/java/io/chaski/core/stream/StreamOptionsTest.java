package io.chaski.core.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class StreamOptionsTest {

    @Test
    void begin_with_nothing_and_are_changed_in_copies() {
        StreamOptions options = StreamOptions.DEFAULTS
                .header("b", "1")
                .header("a", "")
                .header("b", "2")
                .deadline(Duration.ofSeconds(1))
                .withManualCredit()
                .inlined();

        assertThat(StreamOptions.DEFAULTS.headers()).isEmpty();
        assertThat(StreamOptions.DEFAULTS.deadline()).isEmpty();
        assertThat(options.headers()).containsExactly(Map.entry("b", "2"), Map.entry("a", ""));
        assertThat(options.deadline()).contains(Duration.ofSeconds(1));
        assertThat(options.manualCredit()).isTrue();
        assertThat(options.inline()).isTrue();
    }

    /** What no frame can carry must not get to the event loop: nobody would hear of the stream again. */
    @ParameterizedTest
    @CsvSource({"'', value, empty name", "\ud800, value, half a surrogate pair", "name, \udc00, half a surrogate pair"})
    void refuse_headers_that_no_frame_can_carry(String name, String value, String message) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> StreamOptions.DEFAULTS.header(name, value))
                .withMessageContaining(message);
    }

    @Test
    void bound_the_headers() {
        StreamOptions full = StreamOptions.DEFAULTS;
        for (int i = 0; i < StreamOptions.MAX_HEADERS; i++) {
            full = full.header("h" + i, "");
        }
        StreamOptions many = full;

        assertThatIllegalArgumentException().isThrownBy(() -> many.header("one more", ""));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> StreamOptions.DEFAULTS.header("long", "x".repeat(StreamOptions.MAX_HEADER_BYTES)));
    }

    @Test
    void refuse_a_deadline_of_nothing() {
        assertThatIllegalArgumentException().isThrownBy(() -> StreamOptions.DEFAULTS.deadline(Duration.ZERO));
    }
}
