package io.chaski.benchmarks.loopback;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What becomes of losses, without processes: a receiver that counts as those do, and to which one message never comes. */
class LoopbackBenchmarkTest {

    private static final int BYTES = Workload.ONE_WAY_64.bytes();
    private static final int MESSAGES = 10;
    private static final long SECOND = 1_000_000_000;
    private static final Phase WARM_UP = new Phase(0, SECOND, 0, 0, 0, 0, 0);
    private static final Phase PHASE = new Phase(MESSAGES, SECOND, SECOND, 0, 0, 0, 0);
    private static final Cell.Account BEFORE = new Cell.Account(0, 0, 0, 0, 0);

    private static final Span SPAN = Span.of(Duration.ofSeconds(1));

    @TempDir
    Path directory;

    /** Of a receiver of ten messages. */
    private Cell.Result receive(int lost) throws IOException {
        Tally tally = new Tally(BYTES, SharedCounter.open(directory.resolve("counter"), 0));
        byte[] message = new byte[BYTES];
        for (int number = 0; number < MESSAGES; number++) {
            Numbered.write(message, number);
            if (number != lost) {
                tally.onMessage(message);
            }
        }
        Tally.Report report = tally.report();
        Cell.Account after = new Cell.Account(report.missing(), report.broken(), 0, SECOND, 0);
        return Cell.Result.of(WARM_UP, PHASE, BEFORE, after, Map.of());
    }

    private static LoopbackBenchmark benchmark(int rounds, LoopbackBenchmark.Measuring measuring) {
        return benchmark(new Setup(rounds, SPAN), measuring);
    }

    private static LoopbackBenchmark benchmark(Setup setup, LoopbackBenchmark.Measuring measuring) {
        return new LoopbackBenchmark(
                "a title",
                List.of(Workload.ONE_WAY_64),
                List.of(Contestants.NETTY_NIO, Contestants.CHASKI),
                setup,
                List.of(),
                measuring);
    }

    @Test
    void who_loses_a_message_has_failed_and_the_others_go_on() throws Exception {
        LoopbackBenchmark benchmark =
                benchmark(1, cell -> receive(cell.contestant() == Contestants.NETTY_NIO ? 5 : -1));

        assertThat(benchmark.run().lines())
                .contains("Failed: round 1, one way 64 B, netty-nio: 1 missing, 0 broken, 0 dropped")
                .contains("| one way 64 B, messages/s | LOSSY | 10.0 (10.0-10.0), - |")
                .contains("netty-nio, one way 64 B: 1 missing, 0 broken, 0 dropped.");
        assertThat(benchmark.hasFailed()).isTrue();
    }

    @Test
    void who_fails_is_told_with_the_reason_is_not_tried_again_and_the_others_keep_their_figures() throws Exception {
        LoopbackBenchmark benchmark = benchmark(2, cell -> {
            if (cell.contestant() == Contestants.NETTY_NIO) {
                throw new IllegalStateException("silent for too long");
            }
            return receive(-1);
        });

        assertThat(benchmark.run().lines())
                .containsOnlyOnce("Failed: round 1, one way 64 B, netty-nio: silent for too long")
                .noneMatch(line -> line.startsWith("Failed: round 2"))
                .contains("| one way 64 B, messages/s | FAILED | 10.0 (10.0-10.0), - |")
                .contains("Nothing was missing, broken or dropped.");
        assertThat(benchmark.hasFailed()).isTrue();
    }

    @Test
    void who_cannot_do_a_workload_has_a_dash_there_and_has_not_failed() throws Exception {
        LoopbackBenchmark benchmark = new LoopbackBenchmark(
                "a title",
                List.of(Workload.ONE_WAY_64),
                List.of(Contestants.NETTY_NIO, Contestants.RMI),
                new Setup(1, SPAN),
                List.of(),
                cell -> receive(-1));

        assertThat(benchmark.run().lines()).contains("| one way 64 B, messages/s | 10.0 (10.0-10.0) | - |");
        assertThat(benchmark.hasFailed()).isFalse();
    }

    @Test
    void each_round_begins_with_another_contestant() throws Exception {
        List<Contestants> turns = new ArrayList<>();
        LoopbackBenchmark benchmark = benchmark(3, cell -> {
            turns.add(cell.contestant());
            return receive(-1);
        });

        benchmark.run();

        assertThat(turns)
                .containsExactly(
                        Contestants.NETTY_NIO,
                        Contestants.CHASKI,
                        Contestants.CHASKI,
                        Contestants.NETTY_NIO,
                        Contestants.NETTY_NIO,
                        Contestants.CHASKI);
    }

    @Test
    void whoever_is_not_wanted_takes_no_part_and_no_time() throws Exception {
        Setup setup = new Setup(1, SPAN, Set.of("chaski", "rmi"), Optional.empty());
        LoopbackBenchmark benchmark = benchmark(setup, cell -> {
            assertThat(cell.contestant()).isEqualTo(Contestants.CHASKI);
            return receive(-1);
        });

        assertThat(benchmark.length()).isEqualTo(Duration.ofSeconds(2)); // one cell: warm-up and measurement
        assertThat(benchmark.run().lines())
                .contains("No ratio to netty-nio, which is left out.")
                .contains("| workload | chaski |");
    }

    @Test
    void everybody_takes_part_if_nobody_is_named() {
        assertThat(benchmark(1, cell -> receive(-1)).length()).isEqualTo(Duration.ofSeconds(4));
    }

    @Test
    void a_limit_that_is_left_out_is_named() throws Exception {
        assumeThat(Contestants.NETTY_TLS_NATIVE.lacks()).isPresent();
        LoopbackBenchmark benchmark = new LoopbackBenchmark(
                "a title",
                List.of(Workload.ONE_WAY_64),
                List.of(Contestants.NETTY_TLS_NATIVE, Contestants.CHASKI),
                new Setup(1, SPAN),
                List.of(),
                cell -> receive(-1));

        assertThat(benchmark.run().lines())
                .contains("No ratio to netty-tls-native, which is left out.")
                .contains("| one way 64 B, messages/s | 10.0 (10.0-10.0), - |");
        assertThat(benchmark.hasFailed()).isFalse();
    }

    @Test
    void nobody_has_failed_if_nothing_is_lost() throws Exception {
        LoopbackBenchmark benchmark = benchmark(2, cell -> receive(-1));
        String table = benchmark.run();
        assertThat(table).contains("Nothing was missing").doesNotContain("Failed", "LOSSY");
        assertThat(benchmark.hasFailed()).isFalse();
    }

    @Test
    void what_any_side_misses_or_finds_broken_is_summed_up_the_warm_up_included() {
        assertThat(Cell.Result.of(
                        new Phase(1, SECOND, 2, 0, 0, 10, 100),
                        new Phase(5, SECOND, 3, 7, 9, 20, 200),
                        new Cell.Account(1, 1, 1, 30, 4),
                        new Cell.Account(2, 3, 4, 50, 10),
                        Map.of()))
                .isEqualTo(
                        new Cell.Result(new Phase(5, SECOND, 3, 7, 9, 20, 200), 3 + 20 + 6, 6, 32, 303, 4, Map.of()));
    }
}
