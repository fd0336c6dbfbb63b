package io.chaski.benchmarks.loopback;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The driver runs, with real processes; what it measures in so short a time means nothing. */
class LoopbackBenchmarkIT {

    static final List<String> FLAGS = List.of("-Xmx128m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1");
    private static final String TITLE = "a title";
    static final Span MOMENT = Span.of(Duration.ofMillis(50));
    private static final Setup ONCE = new Setup(1, MOMENT);

    @Test
    void every_message_arrives() throws Exception {
        expectAll(Workload.ONE_WAY_64, Contestants.CHASKI, FLAGS);
    }

    @Tag("deep")
    @Test
    void every_message_arrives_at_all_eight() throws Exception {
        expectAll(Workload.TO_EIGHT_1K, Contestants.CHASKI_STREAM, FLAGS);
    }

    /**
     * Nobody waits for these subscriptions, and the first messages leave while most of the eight are only told of them. What is
     * lost on a machine that stands still for seconds is no fault, so that this is not for every build.
     */
    @Tag("deep")
    @Test
    void every_message_arrives_at_all_eight_that_nobody_waits_for() throws Exception {
        expectAll(Workload.TO_EIGHT_64, Contestants.CHASKI, FLAGS);
    }

    @Tag("deep")
    @ParameterizedTest
    @EnumSource(names = {"NETTY_EPOLL", "CHASKI_EPOLL", "NATS"})
    void every_answer_of_those_arrives_who_need_something_of_the_machine(Contestants contestant) throws Exception {
        assumeThat(contestant.lacks()).isEmpty();
        expectAll(Workload.ROUND_TRIP_1K, contestant, FLAGS);
    }

    @Tag("deep")
    @ParameterizedTest
    @EnumSource(names = {"CHASKI_JSON", "RMI", "GRPC_BYTES", "RSOCKET"})
    void every_answer_of_a_peer_arrives(Contestants contestant) throws Exception {
        expectAll(Workload.ROUND_TRIP_1K, contestant, FLAGS);
    }

    @Tag("deep")
    @ParameterizedTest
    @EnumSource(names = {"GRPC_BYTES", "RSOCKET"})
    void every_large_message_of_a_peer_arrives(Contestants contestant) throws Exception {
        expectAll(Workload.ONE_WAY_64K, contestant, FLAGS);
    }

    @Tag("deep")
    @ParameterizedTest
    @EnumSource(names = {"NETTY_NIO", "CHASKI_JSON", "JEROMQ", "AERON_UDP", "GRPC_BYTES", "RSOCKET"})
    void every_message_of_a_peer_arrives_at_all_eight(Contestants contestant) throws Exception {
        expectAll(Workload.TO_EIGHT_1K, contestant, FLAGS);
    }

    @Tag("deep")
    @Test
    void a_server_ends_with_the_process_that_has_started_it(@TempDir Path directory) throws Exception {
        assumeThat(Contestants.NATS.lacks()).isEmpty();
        try (SideProcess receiver = SideProcess.start(
                FLAGS,
                Side.RECEIVER,
                Contestants.NATS.name(),
                Workload.ROUND_TRIP_1K.name(),
                directory.resolve("counter").toString(),
                "-")) {
            receiver.await(Side.LISTENING, Duration.ofSeconds(60));
            ProcessHandle server = receiver.children().findFirst().orElseThrow();

            receiver.kill();

            assertThat(server.onExit()).succeedsWithin(Duration.ofSeconds(20));
        }
    }

    @Tag("deep")
    @Test
    void messages_that_are_larger_than_a_datagram_arrive_whole_and_nothing_is_left_behind(@TempDir Path directory)
            throws Exception {
        List<String> flags = new ArrayList<>(FLAGS);
        flags.add("-Daeron.dir=" + directory.resolve("aeron"));

        expectAll(Workload.ONE_WAY_64K, Contestants.AERON_UDP, flags);
        assertThat(directory).isEmptyDirectory();
    }

    @Test
    void the_table_compares_with_the_limit_and_nothing_is_lost() throws Exception {
        List<Contestants> contestants = List.of(Contestants.NETTY_NIO, Contestants.CHASKI);
        LoopbackBenchmark benchmark =
                new LoopbackBenchmark(TITLE, List.of(Workload.ROUND_TRIP_1K), contestants, ONCE, FLAGS);

        assertThat(benchmark.run().lines())
                .contains("| workload | netty-nio | chaski |")
                .anyMatch(
                        row -> row.matches(".* p50 µs \\| [0-9].* \\| [0-9].*, \\*\\*[0-9.]+\\*\\* \\([0-9.-]+\\) \\|"))
                .anyMatch(
                        row -> row.matches(".* p99 µs \\| [0-9].* \\| [0-9].*, \\*\\*[0-9.]+\\*\\* \\([0-9.-]+\\) \\|"))
                .last()
                .isEqualTo("Nothing was missing, broken or dropped.");
        assertThat(benchmark.hasFailed()).isFalse();
    }

    @Test
    void every_message_arrives_over_a_relay_and_a_profile_leaves_a_recording_of_each_process(@TempDir Path directory)
            throws Exception {
        Path profiles = directory.resolve("profiles");
        LoopbackBenchmark benchmark = new LoopbackBenchmark(
                TITLE,
                List.of(Workload.CHAIN_1K),
                List.of(Contestants.CHASKI),
                new Setup(1, MOMENT, Set.of(), Optional.of(profiles)),
                FLAGS);

        assertThat(benchmark.run())
                .contains("| chain of three 1 KiB, chaski, sender, main | ")
                .contains("| chain of three 1 KiB, chaski, relay, ")
                .contains("| chain of three 1 KiB, chaski, receiver, ")
                .contains(ThreadCosts.JVM);
        assertThat(benchmark.hasFailed()).isFalse();
        for (String role : List.of("sender", "relay", "receiver")) {
            assertThat(profiles.resolve("chain_of_three_1_KiB-chaski-" + role + "-1.jfr"))
                    .isNotEmptyFile();
        }
    }

    @Tag("deep")
    @Test
    void who_fails_is_told_with_the_reason_and_the_others_keep_their_figures() throws Exception {
        List<Contestants> contestants =
                List.of(Contestants.NETTY_TLS, Contestants.NETTY_NIO); // one has no identities here
        LoopbackBenchmark benchmark =
                new LoopbackBenchmark(TITLE, List.of(Workload.ONE_WAY_64), contestants, new Setup(2, MOMENT), FLAGS);

        assertThat(benchmark.run().lines())
                .anyMatch(line -> line.startsWith("Failed: round 1, one way 64 B, netty-tls: ended: receiver "))
                .anyMatch(row -> row.matches("\\| one way 64 B, messages/s \\| FAILED \\| [0-9].*, - \\|"))
                .anyMatch(row -> row.matches("\\| one way 64 B \\| - \\| [0-9].* \\|"))
                .last()
                .isEqualTo("Nothing was missing, broken or dropped.");
        assertThat(benchmark.hasFailed()).isTrue();
    }

    @Test
    void who_lacks_something_is_left_out_and_the_reason_is_said() throws Exception {
        Contestants contestant = Contestants.CHASKI_TLS_NATIVE;
        assumeThat(contestant.lacks()).isPresent();

        assertThat(new LoopbackBenchmark(TITLE, List.of(Workload.ONE_WAY_1K), List.of(contestant), ONCE, FLAGS).run())
                .startsWith("Left out: chaski-tls-native, no native TLS library (-Pnative): ")
                .doesNotContain("|");
    }

    private static void expectAll(Workload workload, Contestants contestant, List<String> flags) throws Exception {
        Cell.Result result = new Cell(workload, contestant, MOMENT, flags).run();

        assertThat(result.phase().operations()).isPositive();
        assertThat(result.isLossless()).as("%s", result).isTrue();
    }
}
