package io.chaski.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chaski.benchmarks.BenchmarkOptions.Subject;
import io.chaski.benchmarks.loopback.Span;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class BenchmarkOptionsTest {

    @Test
    void default_to_everything() {
        assertThat(BenchmarkOptions.parse(List.of()))
                .isEqualTo(new BenchmarkOptions(
                        EnumSet.allOf(Subject.class),
                        OptionalInt.empty(),
                        512,
                        5,
                        OptionalInt.empty(),
                        3,
                        Optional.empty(),
                        Set.of()));
    }

    @ParameterizedTest
    @CsvSource({"LOOPBACK, 10", "STREAMS, 10", "CHAIN, 25", "TLS, 25", "CALLS, 25", "PARTS, 3"})
    void warm_each_subject_up_until_the_compiler_has_done_most(Subject subject, int seconds) {
        assertThat(BenchmarkOptions.parse(List.of()).span(subject))
                .isEqualTo(new Span(Duration.ofSeconds(seconds), Duration.ofSeconds(3)));
    }

    @ParameterizedTest
    @EnumSource
    void warm_all_subjects_up_as_they_are_told(Subject subject) {
        assertThat(BenchmarkOptions.parse(List.of("--warm-up", "1", "--seconds", "2"))
                        .span(subject))
                .isEqualTo(new Span(Duration.ofSeconds(1), Duration.ofSeconds(2)));
    }

    @Test
    void are_read_from_the_command_line() {
        assertThat(BenchmarkOptions.parse(List.of(
                        "files",
                        "pairing",
                        "chain",
                        "calls",
                        "tls",
                        "costs",
                        "parts",
                        "--rounds",
                        "7",
                        "--nodes",
                        "60",
                        "--mebibytes",
                        "8",
                        "--warm-up",
                        "20",
                        "--seconds",
                        "9",
                        "--profile",
                        "profiles",
                        "--only",
                        "netty-nio,chaski")))
                .isEqualTo(new BenchmarkOptions(
                        EnumSet.of(
                                Subject.PAIRING,
                                Subject.CHAIN,
                                Subject.CALLS,
                                Subject.TLS,
                                Subject.FILES,
                                Subject.COSTS,
                                Subject.PARTS),
                        OptionalInt.of(60),
                        8,
                        7,
                        OptionalInt.of(20),
                        9,
                        Optional.of(Path.of("profiles")),
                        Set.of("netty-nio", "chaski")));
    }

    @ParameterizedTest
    @CsvSource({
        "PAIRING, pairing --rounds 5 --nodes 60",
        "CALLS, calls --rounds 5 --warm-up 25 --seconds 3 --profile p --only rmi",
        "FILES, files --rounds 5 --mebibytes 512",
        "COSTS, costs --rounds 5",
        "PARTS, parts --rounds 5 --warm-up 3 --seconds 3"
    })
    void say_with_which_words_a_subject_is_measured_in_the_same_way(Subject subject, String words) {
        assertThat(BenchmarkOptions.parse(List.of("--nodes", "60", "--profile", "p", "--only", "rmi"))
                        .describe(subject))
                .isEqualTo(words);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "--rounds",
                "--rounds two",
                "--rounds 0",
                "--seconds 61",
                "--warm-up 121",
                "--nodes 3",
                "--mebibytes 0",
                "--profile",
                "--profile a,b",
                "--only",
                "--only chaski,",
                "--only nobody",
                "what"
            })
    void that_make_no_sense_are_refused_by_name(String commandLine) {
        List<String> words = List.of(commandLine.split(" ", -1));
        assertThatThrownBy(() -> BenchmarkOptions.parse(words))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(words.get(0));
    }
}
