package io.chaski.remote;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class CallOptionsTest {

    private static final CallOptions.Builder ALL = CallOptions.builder()
            .deadline(Duration.ofSeconds(1))
            .attempts(2)
            .retryDelay(Duration.ofSeconds(3))
            .header("a", "near")
            .selection(Selection.random())
            .version("4")
            .delay(Duration.ofSeconds(5));

    @Test
    void what_is_nearer_goes_before_what_is_farther_one_property_at_a_time() {
        CallOptions near = ALL.build();
        CallOptions far = CallOptions.builder()
                .deadline(Duration.ofSeconds(10))
                .attempts(10)
                .retryDelay(Duration.ofSeconds(10))
                .header("a", "far")
                .header("b", "far")
                .selection(Selection.nearest())
                .version("10")
                .delay(Duration.ofSeconds(10))
                .build();
        CallOptions both = near.over(far);
        assertThat(both.headers()).isEqualTo(Map.of("a", "near", "b", "far"));
        assertThat(both.over(CallOptions.NONE))
                .isEqualTo(new CallOptions(
                        near.deadline(),
                        near.attempts(),
                        near.retryDelay(),
                        both.headers(),
                        near.selection(),
                        near.version(),
                        near.delay()));
        assertThat(CallOptions.NONE.over(far)).isEqualTo(far);
    }

    @Test
    void what_is_out_of_range_is_refused_and_named() {
        Map<String, List<CallOptions.Builder>> wrong = Map.of(
                "deadline", List.of(CallOptions.builder().deadline(Duration.ZERO)),
                "attempts",
                        List.of(
                                CallOptions.builder().attempts(0),
                                CallOptions.builder().attempts(CallOptions.MAX_ATTEMPTS + 1)),
                "retryDelay",
                        List.of(
                                CallOptions.builder().retryDelay(Duration.ofNanos(-1)),
                                CallOptions.builder().retryDelay(CallOptions.MAX_RETRY_DELAY.plusNanos(1))),
                "delay", List.of(CallOptions.builder().delay(Duration.ofNanos(-1))),
                "chaski-", List.of(CallOptions.builder().header("chaski-call", "1")));
        wrong.forEach((name, builders) -> builders.forEach(builder -> assertThatThrownBy(builder::build)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(name)));
        assertThat(CallOptions.builder()
                        .retryDelay(CallOptions.MAX_RETRY_DELAY)
                        .build()
                        .retryDelay())
                .isEqualTo(Optional.of(Duration.ofMinutes(1)));
    }
}
