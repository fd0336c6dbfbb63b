package io.chaski.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chaski.benchmarks.BenchmarkOptions.Subject;
import io.chaski.benchmarks.loopback.LoopbackBenchmark;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class BenchmarksTest {

    final ByteArrayOutputStream printed = new ByteArrayOutputStream();
    final PrintStream out = new PrintStream(printed, true, StandardCharsets.UTF_8);
    final Benchmarks benchmarks = new Benchmarks(out, "a machine");

    @Test
    void a_subject_that_fails_is_told_and_the_next_one_is_measured() throws Exception {
        benchmarks.attempt("files", () -> {
            throw new IOException("no room");
        });
        benchmarks.attempt("costs", () -> out.println("a table"));

        assertThat(printed.toString(StandardCharsets.UTF_8).lines())
                .containsExactly("Failed: files, java.io.IOException: no room", "a table");
        assertThat(benchmarks.hasFailed()).isTrue();
    }

    @Test
    void a_table_stands_below_its_name_the_machine_and_the_words_to_repeat_it() {
        benchmarks.print("costs", "costs --rounds 5", "Left out: an archive\n\n| a |\n");
        assertThat(printed.toString(StandardCharsets.UTF_8)).isEqualTo("""
                ### costs

                a machine, `costs --rounds 5`

                Left out: an archive

                | a |

                """);
    }

    @Test
    void nothing_has_failed_if_all_subjects_end_well() throws Exception {
        benchmarks.attempt("costs", () -> out.println("a table"));
        assertThat(benchmarks.hasFailed()).isFalse();
    }

    @Test
    void a_table_in_which_nobody_takes_part_who_is_wanted_is_left_out() {
        BenchmarkOptions options = BenchmarkOptions.parse(List.of("tls", "--only", "netty-tls"));
        assertThat(Benchmarks.processes(Subject.TLS, options, List.of()))
                .extracting(LoopbackBenchmark::title)
                .containsExactly("tls: messages, engine of the JDK", "tls: calls, engine of the JDK");
    }

    /** Four workloads, four contestants, five rounds, twenty-five seconds and three. */
    @Test
    void usage_says_how_long_a_subject_takes() {
        assertThat(Benchmarks.usage().lines())
                .contains("  chain 37 minutes")
                .noneMatch(line -> line.contains("costs 0"));
    }

    @Test
    void an_interrupt_ends_everything() {
        assertThatThrownBy(() -> benchmarks.attempt("files", () -> {
                    throw new InterruptedException();
                }))
                .isInstanceOf(InterruptedException.class);
    }
}
