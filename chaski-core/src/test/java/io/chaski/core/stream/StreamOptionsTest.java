package io.chaski.core.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.chaski.core.Dispatch;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class StreamOptionsTest {

    @Test
    void begin_with_nothing() {
        assertThat(StreamOptions.builder().build()).isEqualTo(StreamOptions.DEFAULTS);
        assertThat(StreamOptions.DEFAULTS.headers()).isEmpty();
        assertThat(StreamOptions.DEFAULTS.deadline()).isEmpty();
        assertThat(StreamOptions.DEFAULTS.manualCredit()).isFalse();
        assertThat(StreamOptions.DEFAULTS.dispatch()).isEqualTo(Dispatch.CALLBACK);
        assertThat(StreamOptions.DEFAULTS.maxWindowBytes()).isEqualTo(StreamOptions.DEFAULT_MAX_WINDOW_BYTES);
    }

    @Test
    void let_no_window_grow_whose_listener_holds_what_it_has_not_consumed_unless_it_says_so() {
        StreamOptions.Builder options = StreamOptions.builder().manualCredit(true);
        assertThat(options.build().maxWindowBytes()).isEqualTo(StreamOptions.MIN_WINDOW_BYTES);
        assertThat(options.maxWindowBytes(1 << 20).build().maxWindowBytes()).isEqualTo(1 << 20);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, StreamOptions.MIN_WINDOW_BYTES - 1, StreamOptions.MAX_WINDOW_BYTES + 1})
    void refuse_a_window_out_of_range(int bytes) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> StreamOptions.builder().maxWindowBytes(bytes).build())
                .withMessageContaining("maxWindowBytes");
    }

    @Test
    void are_what_was_said_last() {
        StreamOptions options = StreamOptions.builder()
                .header("b", "1")
                .header("a", "")
                .header("b", "2")
                .deadline(Duration.ofSeconds(1))
                .manualCredit(true)
                .dispatch(Dispatch.INLINE)
                .build();

        assertThat(options.headers()).containsExactly(Map.entry("b", "2"), Map.entry("a", ""));
        assertThat(options.deadline()).contains(Duration.ofSeconds(1));
        assertThat(options.manualCredit()).isTrue();
        assertThat(options.dispatch()).isEqualTo(Dispatch.INLINE);
    }

    /** What no frame can carry must not get to the event loop: nobody would hear of the stream again. */
    @ParameterizedTest
    @CsvSource({"'', value, empty name", "\ud800, value, half a surrogate pair", "name, \udc00, half a surrogate pair"})
    void refuse_headers_that_no_frame_can_carry(String name, String value, String message) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> StreamOptions.builder().header(name, value).build())
                .withMessageContaining(message);
    }

    @Test
    void bound_the_headers() {
        StreamOptions.Builder many = StreamOptions.builder();
        for (int i = 0; i < StreamOptions.MAX_HEADERS; i++) {
            many.header("h" + i, "");
        }
        assertThat(many.build().headers()).hasSize(StreamOptions.MAX_HEADERS);

        assertThatIllegalArgumentException()
                .isThrownBy(() -> many.header("one more", "").build());
        String tooLong = "x".repeat(StreamOptions.MAX_HEADER_BYTES);
        assertThatIllegalArgumentException()
                .isThrownBy(
                        () -> StreamOptions.builder().header("long", tooLong).build());
    }

    @Test
    void refuse_a_deadline_of_nothing() {
        assertThatIllegalArgumentException()
                .isThrownBy(
                        () -> StreamOptions.builder().deadline(Duration.ZERO).build());
    }
}
