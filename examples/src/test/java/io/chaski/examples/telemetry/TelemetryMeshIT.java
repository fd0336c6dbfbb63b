package io.chaski.examples.telemetry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chaski.examples.process.Child;
import io.chaski.examples.process.ExampleProcess;
import java.io.BufferedReader;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class TelemetryMeshIT {

    @Test
    void loses_a_node_and_the_root_and_still_delivers_everything_to_those_that_are_up() throws Exception {
        ExampleProcess mesh =
                ExampleProcess.run(TelemetryMesh.class, Duration.ofSeconds(110), "--nodes", "3", "--seconds", "12");
        String output = mesh.output();

        assertThat(mesh.exitValue()).as(output).isZero();
        assertThat(output)
                .contains("killed node-3", "started node-3 again", "killed the root")
                .contains("missing at nodes that were up: 0")
                .containsPattern("delivered at the viewer: [1-9][0-9]*, missing: 0")
                .containsPattern("node-3 +left")
                .containsPattern("node-3 +returned");
    }

    /** Its sum would be a wrong one, but it is not there to say so. */
    @Test
    void fails_and_leaves_no_process_behind_when_a_node_dies_that_should_be_up() throws Exception {
        Process mesh = start("--nodes", "2", "--seconds", "12");
        try (BufferedReader lines = mesh.inputReader()) {
            Matcher up = readUntil(lines, Pattern.compile("node-1 \\(pid (\\d+)\\).* are up and paired"));
            List<ProcessHandle> children = mesh.descendants().toList();
            ProcessHandle node = ProcessHandle.of(Long.parseLong(up.group(1))).orElseThrow();
            assertThat(children).as("a root and two nodes").hasSize(3).contains(node);
            assertThat(node.destroyForcibly()).isTrue();

            String output = lines.lines().collect(Collectors.joining(System.lineSeparator()));
            assertThat(mesh.waitFor(120, TimeUnit.SECONDS)).as(output).isTrue();
            assertThat(mesh.exitValue()).as(output).isEqualTo(1);
            assertThat(output).contains("node-1 has ended").doesNotContain("summary");
            assertAllEnd(children);
        }
    }

    @Test
    void says_how_it_is_used_when_an_option_makes_no_sense() throws Exception {
        ExampleProcess mesh = ExampleProcess.run(TelemetryMesh.class, Duration.ofSeconds(110), "--nodes", "1");
        String output = mesh.output();

        assertThat(mesh.exitValue()).isEqualTo(2);
        assertThat(output).contains("--nodes must be 2 to 16: 1").contains(Settings.USAGE);
    }

    @Test
    void keeps_running_until_it_is_interrupted_and_leaves_no_process_behind() throws Exception {
        Process mesh = start("--nodes", "2", "--keep-running");
        List<ProcessHandle> children;
        try (BufferedReader lines = mesh.inputReader()) {
            readUntil(lines, Pattern.compile("running until interrupted"));
            children = mesh.descendants().toList();
            assertThat(children).as("a root and two nodes").hasSize(3).allMatch(ProcessHandle::isAlive);
            mesh.destroy();
        }

        assertThat(mesh.waitFor(30, TimeUnit.SECONDS)).isTrue();
        assertAllEnd(children);
    }

    @Test
    void does_not_wait_for_a_child_that_has_ended() throws Exception {
        try (Child child = Child.start(TelemetryMesh.class, "node-1", TelemetryMesh.NODE, "node-1", "not an address")) {
            assertThatThrownBy(() -> child.await("READY", Duration.ofMinutes(10)))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessage("node-1 has ended and did not say READY");
        }
    }

    private static Process start(String... arguments) throws IOException {
        return ExampleProcess.builder(TelemetryMesh.class, arguments).start();
    }

    private static Matcher readUntil(BufferedReader lines, Pattern awaited) throws IOException {
        StringBuilder read = new StringBuilder();
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            read.append(line).append(System.lineSeparator());
            Matcher matcher = awaited.matcher(line);
            if (matcher.find()) {
                return matcher;
            }
        }
        throw new AssertionError("ended without " + awaited + ":" + System.lineSeparator() + read);
    }

    private static void assertAllEnd(List<ProcessHandle> children) throws Exception {
        for (ProcessHandle child : children) {
            assertThat(child.onExit().get(30, TimeUnit.SECONDS).isAlive()).isFalse();
        }
    }
}
