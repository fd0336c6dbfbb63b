package io.chaski.examples.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import io.chaski.examples.process.FreePorts;
import io.chaski.examples.process.RunningExample;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What runs in the containers of {@code examples/containers}, without containers. */
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class MeshMemberIT {

    @TempDir
    Path temp;

    private String bootstrap;

    @Test
    @Tag("deep") // eight JVMs, one after the other
    void two_nodes_enrol_with_the_authority_that_a_script_has_made_and_hear_each_other() throws Exception {
        Path containers = Path.of("containers").toAbsolutePath();
        String ca = "127.0.0.1:" + FreePorts.one();
        bootstrap = "127.0.0.1:" + FreePorts.one();
        Path directory = Files.createTempDirectory(temp, "ca"); // for its owner only, as in the image
        Files.createDirectory(temp.resolve("tokens"));
        Files.writeString(temp.resolve("password"), "not so secret");
        Map<String, String> environment = Map.of(
                "NODES",
                "node-1 node-2",
                "CLASSES",
                System.getProperty("java.class.path"),
                "CA",
                directory.toString(),
                "TOKENS",
                temp.resolve("tokens").toString(),
                "ADDRESS",
                ca,
                "LISTEN",
                ca,
                "JOIN",
                bootstrap,
                "PASSWORD_FILE",
                temp.resolve("password").toString(),
                "PATH",
                Path.of(System.getProperty("java.home"), "bin") + ":" + System.getenv("PATH"));
        try (RunningExample authority = RunningExample.start(
                "authority",
                environment,
                "sh",
                containers.resolve("authority.sh").toString())) {
            authority.await("^ready on ");
            try (RunningExample one = member("node-1", bootstrap);
                    RunningExample two = member("node-2", "127.0.0.1:0")) {
                one.await("^chaski://mesh.example/node/node-1 at ");
                one.await("^node-1 hears \\[node-2]$");
                two.await("^node-2 hears \\[node-1]$");
                assertThat(temp.resolve("healthy-node-1"))
                        .as("what the check of the container looks at")
                        .exists();
                assertThat(directory.resolve("control.sock"))
                        .as("and that of the authority")
                        .exists();
                one.interrupt();
                assertThat(one.rest()).doesNotContain("Exception");
                assertThat(one.exitValue()).as("SIGTERM").isEqualTo(143);
                Files.delete(temp.resolve("tokens").resolve("node-1"));
                try (RunningExample again = member("node-1", bootstrap)) {
                    again.await("^chaski://mesh.example/node/node-1 at ");
                    again.await("^node-1 hears \\[node-2]$");
                }
            }
        }
    }

    private RunningExample member(String name, String listen) throws Exception {
        Map<String, String> environment = Map.of(
                "CHASKI_NODE_NAME",
                name,
                "CHASKI_NODE_LISTEN",
                listen,
                "CHASKI_NODE_BOOTSTRAP",
                bootstrap,
                "CHASKI_NODE_DATA_DIRECTORY",
                temp.resolve(name).toString(),
                "TOKEN_FILE",
                temp.resolve("tokens").resolve(name).toString(),
                "HEALTH_FILE",
                temp.resolve("healthy-" + name).toString());
        return RunningExample.start(MeshMember.class, name, environment);
    }
}
