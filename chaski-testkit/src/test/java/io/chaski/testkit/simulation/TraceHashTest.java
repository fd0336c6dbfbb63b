package io.chaski.testkit.simulation;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;

import io.chaski.core.NodeId;
import io.chaski.core.internal.wire.ArrayPayload;
import io.chaski.core.internal.wire.Datagram;
import io.chaski.core.internal.wire.EdgeFrame;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** One seed gives one run: twice here, in another process, and in the profile {@code jdk25} on another version of Java. */
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class TraceHashTest {

    private static final long SEED = 7;
    private static final int NODES = 10;

    /** Home of the JDK of the other process; set by the profile. */
    private static final String OTHER_JDK = System.getProperty("chaski.test.jdk", System.getProperty("java.home"));

    @Nested
    class It_differs {
        @Test
        void for_another_seed() {
            assertThat(TracedRun.of(SEED + 1)).isNotEqualTo(TracedRun.of(SEED));
        }

        /** The two messages are as long, and everything else happens at the same times. */
        @Test
        void for_another_message() {
            assertThat(afterPublishing("hello")).isNotEqualTo(afterPublishing("jello"));
            assertThat(afterPublishing("hello")).isEqualTo(afterPublishing("hello"));
        }

        private long afterPublishing(String text) {
            Pair pair = new Pair();
            pair.alice.publish(Mesh.TOPIC, text);
            return pair.hash();
        }

        @Test
        void for_another_word_in_a_frame() {
            assertThat(afterPing(1)).isNotEqualTo(afterPing(2));
            assertThat(afterPing(1)).isEqualTo(afterPing(1));
        }

        private long afterPing(long token) {
            Pair pair = new Pair();
            pair.alice.lie((named, line) -> line.accept(new EdgeFrame.Pong(token, 0, 0)));
            return pair.hash();
        }

        @Test
        void for_another_word_in_a_datagram() {
            assertThat(afterDatagram(1)).isNotEqualTo(afterDatagram(2));
            assertThat(afterDatagram(1)).isEqualTo(afterDatagram(1));
        }

        private long afterDatagram(long token) {
            Pair pair = new Pair();
            pair.alice.machine().send(pair.bob.address(), new Datagram.FindReply(new NodeId(0, token), 1, List.of()));
            return pair.hash();
        }

        @Test
        void for_another_command_that_nobody_else_hears_of() {
            assertThat(afterPublishingAlone("hello")).isNotEqualTo(afterPublishingAlone("jello"));
            assertThat(afterPublishingAlone("hello")).isEqualTo(afterPublishingAlone("hello"));
        }

        private long afterPublishingAlone(String text) {
            SimulatedNetwork network = SimulatedNetwork.seeded(SEED);
            network.node("alice").publish(Mesh.TOPIC, ArrayPayload.owning(text.getBytes(UTF_8)));
            network.advance(ofSeconds(1));
            return network.traceHash();
        }

        @Test
        void for_another_fault_that_nobody_has_met() {
            assertThat(afterDropping(0.1)).isNotEqualTo(afterDropping(0.2));
            assertThat(afterDropping(0.1)).isEqualTo(afterDropping(0.1));
        }

        /** The two nodes do not know each other. */
        private long afterDropping(double probability) {
            SimulatedNetwork network = SimulatedNetwork.seeded(SEED);
            network.link(network.node("alice"), network.node("bob")).drop(probability);
            network.advance(ofSeconds(1));
            return network.traceHash();
        }

        @Test
        void for_another_end_that_nobody_hears_of() {
            assertThat(after(SimulatedNode::crash)).isNotEqualTo(after(SimulatedNode::crashSilently));
            assertThat(after(SimulatedNode::crash)).isEqualTo(after(SimulatedNode::crash));
        }

        private long after(Consumer<SimulatedNode> end) {
            SimulatedNetwork network = SimulatedNetwork.seeded(SEED);
            end.accept(network.node("alice"));
            network.advance(ofSeconds(1));
            return network.traceHash();
        }

        private static final class Pair {
            private final SimulatedNetwork network = SimulatedNetwork.seeded(SEED);
            private final SimulatedNode alice = network.node("alice");
            private final SimulatedNode bob = network.node(
                    "bob", SimulatedNodeOptions.builder().bootstrap(alice).build());

            Pair() {
                alice.subscribe(Mesh.TOPIC);
                bob.subscribe(Mesh.TOPIC);
                network.advance(ofSeconds(3));
            }

            long hash() {
                network.advance(ofMillis(500));
                return network.traceHash();
            }
        }
    }

    /** Nothing that differs between processes may count: identity hashes, random seeds, the time, the order of sets. */
    @Nested
    class It_is_the_same_here_and_in_another_process {
        @Test
        void for_some_of_everything() throws Exception {
            isTheSame(List.of(), () -> List.of(Long.toHexString(TracedRun.of(SEED))));
        }

        @Test
        void for_rows_of_the_table_that_take_little_time() throws Exception {
            rowsAreTheSame(List.of(
                    Scenario.JOIN_STORM,
                    Scenario.SILENT_CRASH_50,
                    Scenario.PARTITION_60,
                    Scenario.LOSS_20,
                    Scenario.PAUSE));
        }

        @Tag("deep")
        @Test
        void for_each_row_of_the_table() throws Exception {
            rowsAreTheSame(List.of(Scenario.values()));
        }

        private void rowsAreTheSame(List<Scenario> rows) throws Exception {
            List<String> arguments = new ArrayList<>(List.of(Integer.toString(NODES)));
            rows.forEach(row -> arguments.add(row.name()));
            isTheSame(arguments, () -> TracedRun.rows(NODES, SEED, rows));
        }

        private void isTheSame(List<String> arguments, Traced run) throws Exception {
            Elsewhere elsewhere = new Elsewhere(arguments);
            try {
                List<String> here = run.lines();
                assertThat(run.lines()).as("the second time in one process").isEqualTo(here);
                List<String> there = elsewhere.lines();
                String version = there.remove(0);
                System.out.printf(
                        "trace of seed %d: %s on Java %d and %s%n",
                        SEED, here.get(0), Runtime.version().feature(), version);
                assertThat(there).as("on Java %s", version).isEqualTo(here);
                assertThat(version).isEqualTo(System.getProperty("chaski.test.jdk.version", version));
            } finally {
                elsewhere.close();
            }
        }
    }

    @FunctionalInterface
    private interface Traced {
        List<String> lines();
    }

    /** The same in another process, which runs beside this one. */
    private static final class Elsewhere {
        private final Process process;

        Elsewhere(List<String> arguments) throws IOException {
            List<String> command = new ArrayList<>(List.of(
                    Path.of(OTHER_JDK, "bin", "java").toString(),
                    "-ea",
                    "-cp",
                    System.getProperty("java.class.path"),
                    TracedRun.class.getName(),
                    Long.toString(SEED)));
            command.addAll(arguments);
            process = new ProcessBuilder(command)
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start();
        }

        /** All that it prints; if that is more than a pipe holds, it waits for us. */
        List<String> lines() throws IOException, InterruptedException {
            try (var output = process.inputReader()) {
                List<String> lines = new ArrayList<>(output.lines().toList());
                assertThat(process.waitFor(5, TimeUnit.MINUTES)).isTrue();
                assertThat(process.exitValue()).as("%s", lines).isZero();
                return lines;
            }
        }

        void close() {
            process.destroyForcibly();
        }
    }
}
