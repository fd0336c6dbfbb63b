package io.chaski.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BenchmarkOptionsTest {

    @Test
    void default_to_everything() {
        assertThat(BenchmarkOptions.parse(List.of()))
                .isEqualTo(new BenchmarkOptions(true, true, OptionalInt.empty(), 5, Duration.ofSeconds(3)));
    }

    @Test
    void are_read_from_the_command_line() {
        assertThat(BenchmarkOptions.parse(List.of("pairing", "--rounds", "7", "--nodes", "60", "--seconds", "9")))
                .isEqualTo(new BenchmarkOptions(false, true, OptionalInt.of(60), 7, Duration.ofSeconds(9)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"--rounds", "--rounds two", "--rounds 0", "--seconds 61", "--nodes 3", "what"})
    void that_make_no_sense_are_refused_by_name(String commandLine) {
        List<String> words = List.of(commandLine.split(" ", -1));
        assertThatThrownBy(() -> BenchmarkOptions.parse(words))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(words.get(0));
    }

    @Test
    void name_one_benchmark_or_none() {
        assertThatThrownBy(() -> BenchmarkOptions.parse(List.of("loopback", "pairing")))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
