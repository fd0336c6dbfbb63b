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
                new Phase(messages, SECOND, SECOND, 7_000, 9_000, 0, 0), SECOND, SECOND / 4, missing, broken, missing);
    }

    private static List<String> rows(List<Cell.Result> limit, List<Cell.Result> other) {
        ResultTable table = new ResultTable(List.of(Contestants.NETTY_NIO, Contestants.CHASKI), Contestants.NETTY_NIO);
        table.add(Workload.ONE_WAY_64, Map.of(Contestants.NETTY_NIO, limit, Contestants.CHASKI, other));
        return table.toString().lines().skip(2).toList();
    }

    @Test
    void rounds_without_losses_give_a_throughput_and_a_ratio() {
        assertThat(rows(List.of(cell(1000, 0, 0)), List.of(cell(400, 0, 0), cell(600, 0, 0))))
                .containsExactly(
                        "| one-way 64 B, messages/s | netty-nio | 1000 (1000-1000) | 1.00 | 1000 | 0, 0, 0 |",
                        "| one-way 64 B, messages/s | chaski | 500 (400-600) | 0.50 | 2083 | 0, 0, 0 |");
    }

    @Test
    void calls_give_a_rate_and_one_at_a_time_the_percentiles_too() {
        ResultTable table = new ResultTable(List.of(Contestants.NETTY_ECHO), Contestants.NETTY_ECHO);
        table.add(Workload.CALLS_1, Map.of(Contestants.NETTY_ECHO, List.of(cell(1000, 0, 0))));
        table.add(Workload.CALLS_64, Map.of(Contestants.NETTY_ECHO, List.of(cell(2000, 0, 0))));
        assertThat(table.toString().lines().skip(2))
                .containsExactly(
                        "| 1 call outstanding, calls/s | netty-echo | 1000 (1000-1000) | 1.00 | 1000 | 0, 0, 0 |",
                        "| 1 call outstanding, p50 µs | netty-echo | 7.00 (7.00-7.00) | 1.00 | 1000 | 0, 0, 0 |",
                        "| 1 call outstanding, p99 µs | netty-echo | 9.00 (9.00-9.00) | 1.00 | 1000 | 0, 0, 0 |",
                        "| 64 calls outstanding, calls/s | netty-echo | 2000 (2000-2000) | 1.00 | 500 | 0, 0, 0 |");
    }

    @Test
    void a_chain_gives_the_processor_time_of_the_relay_too() {
        ResultTable table = new ResultTable(List.of(Contestants.NETTY_NIO), Contestants.NETTY_NIO);
        table.add(Workload.CHAIN_64, Map.of(Contestants.NETTY_NIO, List.of(cell(1000, 0, 0))));
        assertThat(table.toString().lines().skip(2))
                .containsExactly(
                        "| chain of three 64 B, messages/s | netty-nio | 1000 (1000-1000) | 1.00 | 1000 | 0, 0, 0 |",
                        "| chain of three 64 B, CPU µs of the relay | netty-nio | 250 (250-250) | 1.00 | 1000 | 0, 0, 0 |");
    }

    @Test
    void a_message_that_is_missing_in_one_round_leaves_no_figure() {
        assertThat(rows(List.of(cell(1000, 0, 0)), List.of(cell(500, 0, 0), cell(500, 1, 0))))
                .last()
                .isEqualTo("| one-way 64 B, messages/s | chaski | LOSSY, no figure | - | - | 1, 0, 1 |");
    }

    @Test
    void a_message_that_is_broken_leaves_no_figure() {
        assertThat(rows(List.of(cell(1000, 0, 0)), List.of(cell(500, 0, 1))))
                .last()
                .isEqualTo("| one-way 64 B, messages/s | chaski | LOSSY, no figure | - | - | 0, 1, 0 |");
    }

    @Test
    void who_failed_has_no_figure_and_is_no_limit() {
        ResultTable table = new ResultTable(List.of(Contestants.NETTY_NIO, Contestants.CHASKI), Contestants.NETTY_NIO);
        table.add(Workload.ONE_WAY_64, Map.of(Contestants.CHASKI, List.of(cell(500, 0, 0))));
        assertThat(table.toString().lines().skip(2))
                .containsExactly(
                        "| one-way 64 B, messages/s | netty-nio | FAILED, no figure | - | - | - |",
                        "| one-way 64 B, messages/s | chaski | 500 (500-500) | - | 2000 | 0, 0, 0 |");
    }

    @Test
    void who_cannot_do_a_workload_has_a_dash_and_is_no_limit() {
        ResultTable table = new ResultTable(List.of(Contestants.RMI, Contestants.CHASKI), Contestants.RMI);
        table.add(Workload.ONE_WAY_64, Map.of(Contestants.CHASKI, List.of(cell(500, 0, 0))));
        assertThat(table.toString().lines().skip(2))
                .containsExactly(
                        "| one-way 64 B, messages/s | rmi | - | - | - | - |",
                        "| one-way 64 B, messages/s | chaski | 500 (500-500) | - | 2000 | 0, 0, 0 |");
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
        assertThat(table.toString().lines().skip(2))
                .contains("| one-way 64 B, messages/s | netty-epoll | 2000 (2000-2000) | 2.00 | 500 | 0, 0, 0 |")
                .last()
                .isEqualTo(
                        "| one-way 64 B, messages/s | chaski-epoll | 500 (500-500) | 0.25 (netty-epoll) | 2000 | 0, 0, 0 |");
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
                .containsExactly(
                        "| workload | contestant | result | x netty-nio | CPU µs/op | missing, broken, dropped |",
                        "| --- | ---: | ---: | ---: | ---: | ---: |",
                        "| one-way 64 B, messages/s | chaski | 1000 (1000-1000) | - | 1000 | 0, 0, 0 |",
                        "| one-way 64 B, messages/s | chaski-json | 500 (500-500) | - | 2000 | 0, 0, 0 |");
    }

    @Test
    void a_limit_that_lost_messages_is_no_limit() {
        assertThat(rows(List.of(cell(1000, 1, 0)), List.of(cell(500, 0, 0))))
                .containsExactly(
                        "| one-way 64 B, messages/s | netty-nio | LOSSY, no figure | - | - | 1, 0, 1 |",
                        "| one-way 64 B, messages/s | chaski | 500 (500-500) | - | 2000 | 0, 0, 0 |");
    }
}
