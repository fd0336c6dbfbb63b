package io.chaski.benchmarks.loopback;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.chaski.benchmarks.tls.Identities;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Those who encrypt lose nothing, with real processes. */
class TlsBenchmarkIT {

    private static final List<String> FLAGS = new ArrayList<>(LoopbackBenchmarkIT.FLAGS);

    @BeforeAll
    static void makeIdentities(@TempDir Path directory) throws Exception {
        FLAGS.add(Identities.make(directory).flag());
    }

    @Test
    void every_answer_of_nodes_with_identities_arrives() throws Exception {
        expectAll(Contestants.CHASKI_TLS, Workload.ROUND_TRIP_1K);
    }

    @Tag("deep")
    @ParameterizedTest
    @CsvSource({
        "HANDSHAKES_JDK, HANDSHAKES_4",
        "NETTY_TLS, ONE_WAY_64K",
        "NETTY_TLS, TO_EIGHT_1K",
        "NETTY_TLS, CHAIN_64",
        "NETTY_TLS, CALLS_64",
        "CHASKI_TLS, ONE_WAY_1K",
        "CHASKI_TLS, CALLS_64",
        "GRPC_BYTES, ONE_WAY_1K",
        "GRPC_TLS, ONE_WAY_1K",
        "GRPC_TLS, ROUND_TRIP_1K",
        "GRPC_TLS_JDK, ROUND_TRIP_1K",
        "GRPC_TLS_JDK, CALLS_64",
        "RSOCKET_TLS, ONE_WAY_1K",
        "RSOCKET_TLS, CALLS_64",
        "NETTY_TLS_NATIVE, CALLS_64",
        "CHASKI_TLS_NATIVE, CALLS_64",
        "RSOCKET_TLS_NATIVE, CALLS_64"
    })
    void everything_arrives_by_whatever_way(Contestants contestant, Workload workload) throws Exception {
        assumeThat(contestant.lacks()).isEmpty();
        expectAll(contestant, workload);
    }

    @Tag("deep")
    @Test
    void every_message_of_a_node_arrives_where_each_has_an_identity_of_its_own(@TempDir Path directory)
            throws Exception {
        List<String> flags = new ArrayList<>(LoopbackBenchmarkIT.FLAGS);
        flags.add(Identities.makeAll(directory).flag());
        expectAll(Contestants.CHASKI_TLS, Workload.TO_EIGHT_1K, flags);
        expectAll(Contestants.CHASKI_TLS, Workload.CHAIN_1K, flags);
    }

    private static void expectAll(Contestants contestant, Workload workload) throws Exception {
        expectAll(contestant, workload, FLAGS);
    }

    private static void expectAll(Contestants contestant, Workload workload, List<String> flags) throws Exception {
        Cell.Result result = new Cell(workload, contestant, LoopbackBenchmarkIT.MOMENT, flags).run();

        assertThat(result.phase().operations()).isPositive();
        assertThat(result.isLossless()).as("%s", result).isTrue();
    }
}
