package io.chaski.benchmarks.loopback;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ResultTableTest {

    static final long SECOND = 1_000_000_000;

    /** In one second, with a processor that was busy all the time. */
    private static Cell.Result cell(long messages, long missing, long broken) {
        return new Cell.Result(
                new Phase(messages, SECOND, SECOND, 7_000, 9_000, 0, 0),
                SECOND,
                SECOND / 4,
                missing,
                broken,
                missing,
                Map.of());
    }

    private static String table(List<Cell.Result> limit, List<Cell.Result> other) {
        ResultTable table = new ResultTable(List.of(Contestants.NETTY_NIO, Contestants.CHASKI), Contestants.NETTY_NIO);
        table.add(Workload.ONE_WAY_64, Map.of(Contestants.NETTY_NIO, limit, Contestants.CHASKI, other));
        return table.toString();
    }

    @Test
    void rounds_without_losses_give_a_throughput_a_ratio_and_the_processor_time() {
        assertThat(table(
                        List.of(cell(1000, 0, 0), cell(1200, 0, 0), cell(2000, 0, 0)),
                        List.of(cell(400, 0, 0), cell(600, 0, 0), cell(900, 0, 0))))
                .isEqualTo("""
                        In bold the ratio to netty-nio.

                        | workload | netty-nio | chaski |
                        | --- | ---: | ---: |
                        | one way 64 B, messages/s | 1200 (1000-2000) | 600 (400-900), **0.45** (0.40-0.50) |

                        Processor time of all processes for an operation, in µs:

                        | workload | netty-nio | chaski |
                        | --- | ---: | ---: |
                        | one way 64 B | 833 | 1667 |

                        Nothing was missing, broken or dropped.
                        """);
    }

    @Test
    void calls_give_a_rate_and_one_at_a_time_the_percentiles_too() {
        ResultTable table = new ResultTable(List.of(Contestants.NETTY_ECHO), Contestants.NETTY_ECHO);
        table.add(Workload.CALLS_1, Map.of(Contestants.NETTY_ECHO, List.of(cell(1000, 0, 0))));
        table.add(Workload.CALLS_64, Map.of(Contestants.NETTY_ECHO, List.of(cell(2000, 0, 0))));
        assertThat(table.toString().lines())
                .containsSubsequence(
                        "| 1 call outstanding, calls/s | 1000 (1000-1000) |",
                        "| 1 call outstanding, p50 µs | 7.00 (7.00-7.00) |",
                        "| 1 call outstanding, p99 µs | 9.00 (9.00-9.00) |",
                        "| 64 calls outstanding, calls/s | 2000 (2000-2000) |",
                        "| 1 call outstanding | 1000 |",
                        "| 64 calls outstanding | 500 |");
    }

    @Test
    void a_chain_gives_the_processor_time_of_the_relay_too() {
        ResultTable table = new ResultTable(List.of(Contestants.NETTY_NIO), Contestants.NETTY_NIO);
        table.add(Workload.CHAIN_64, Map.of(Contestants.NETTY_NIO, List.of(cell(1000, 0, 0))));
        assertThat(table.toString().lines())
                .containsSubsequence(
                        "| chain of three 64 B, messages/s | 1000 (1000-1000) |",
                        "| chain of three 64 B, CPU µs of the relay | 250 (250-250) |",
                        "| chain of three 64 B | 1000 |");
    }

    @Test
    void a_message_that_is_missing_in_one_round_leaves_no_figure() {
        assertThat(table(List.of(cell(1000, 0, 0)), List.of(cell(500, 0, 0), cell(500, 1, 0)))
                        .lines())
                .contains("| one way 64 B, messages/s | 1000 (1000-1000) | LOSSY |")
                .contains("| one way 64 B | 1000 | - |")
                .last()
                .isEqualTo("chaski, one way 64 B: 1 missing, 0 broken, 1 dropped.");
    }

    @Test
    void a_message_that_is_broken_leaves_no_figure() {
        assertThat(table(List.of(cell(1000, 0, 0)), List.of(cell(500, 0, 1))).lines())
                .contains("| one way 64 B, messages/s | 1000 (1000-1000) | LOSSY |")
                .last()
                .isEqualTo("chaski, one way 64 B: 0 missing, 1 broken, 0 dropped.");
    }

    @Test
    void who_failed_has_no_figure_and_is_no_limit() {
        ResultTable table = new ResultTable(List.of(Contestants.NETTY_NIO, Contestants.CHASKI), Contestants.NETTY_NIO);
        table.add(Workload.ONE_WAY_64, Map.of(Contestants.CHASKI, List.of(cell(500, 0, 0))));
        assertThat(table.toString().lines())
                .contains("| one way 64 B, messages/s | FAILED | 500 (500-500), - |", "| one way 64 B | - | 2000 |");
    }

    @Test
    void who_cannot_do_a_workload_has_a_dash_and_is_no_limit() {
        ResultTable table = new ResultTable(List.of(Contestants.RMI, Contestants.CHASKI), Contestants.RMI);
        table.add(Workload.ONE_WAY_64, Map.of(Contestants.CHASKI, List.of(cell(500, 0, 0))));
        assertThat(table.toString().lines())
                .contains("| one way 64 B, messages/s | - | 500 (500-500), - |", "| one way 64 B | - | 2000 |");
    }

    @Test
    void who_names_a_limit_is_compared_with_it() {
        ResultTable table = new ResultTable(
                List.of(Contestants.NETTY_NIO, Contestants.NETTY_EPOLL, Contestants.CHASKI_EPOLL),
                Contestants.NETTY_NIO);
        table.add(
                Workload.ONE_WAY_64,
                Map.of(
                        Contestants.NETTY_NIO, List.of(cell(1000, 0, 0)),
                        Contestants.NETTY_EPOLL, List.of(cell(2000, 0, 0)),
                        Contestants.CHASKI_EPOLL, List.of(cell(500, 0, 0))));
        assertThat(table.toString().lines())
                .contains("In bold the ratio to netty-nio. In bold the ratio of chaski-epoll to netty-epoll.")
                .contains(
                        "| one way 64 B, messages/s | 1000 (1000-1000) | 2000 (2000-2000), **2.00** (2.00-2.00) | 500 (500-500), **0.25** (0.25-0.25) |");
    }

    @Test
    void nobody_is_compared_with_another_if_the_limit_does_not_take_part() {
        ResultTable table =
                new ResultTable(List.of(Contestants.CHASKI, Contestants.CHASKI_JSON), Contestants.NETTY_NIO);
        table.add(
                Workload.ONE_WAY_64,
                Map.of(
                        Contestants.CHASKI, List.of(cell(1000, 0, 0)),
                        Contestants.CHASKI_JSON, List.of(cell(500, 0, 0))));
        assertThat(table.toString().lines())
                .contains("No ratio to netty-nio, which is left out.")
                .contains("| one way 64 B, messages/s | 1000 (1000-1000), - | 500 (500-500), - |");
    }

    @Test
    void a_limit_that_lost_messages_is_no_limit() {
        assertThat(table(List.of(cell(1000, 1, 0)), List.of(cell(500, 0, 0))).lines())
                .contains("| one way 64 B, messages/s | LOSSY | 500 (500-500), - |");
    }
}
