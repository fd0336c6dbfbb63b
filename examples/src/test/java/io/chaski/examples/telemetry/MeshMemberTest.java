package io.chaski.examples.telemetry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.chaski.examples.process.RunningExample;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** How a node of the containers comes by its token. {@code MeshMemberIT} has the rest. */
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class MeshMemberTest {

    @TempDir
    Path temp;

    @Test
    void a_node_takes_the_token_of_the_authority_and_if_there_is_none_the_one_it_has_enrolled_with() throws Exception {
        Path file = temp.resolve("node-1");
        Path enrolledWith = temp.resolve("token");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> MeshMember.token(file, enrolledWith))
                .withMessage("no token at " + file + ", and this node has not enrolled before");

        Files.writeString(enrolledWith, "old");
        assertThat(MeshMember.token(file, enrolledWith)).isEqualTo("old");
        Files.writeString(file, "");
        assertThat(MeshMember.token(file, enrolledWith)).isEqualTo("old");
        Files.writeString(file, "new\n");
        assertThat(MeshMember.token(file, enrolledWith)).isEqualTo("new");
    }

    /** A program takes the place of the authority: it makes a token for the first node, and fails for the second. */
    @Test
    @DisabledOnOs(value = OS.WINDOWS, disabledReason = "it is a shell script")
    void an_authority_that_fails_while_it_makes_tokens_takes_none_away() throws Exception {
        Path tokens = Files.createDirectory(temp.resolve("tokens"));
        Files.writeString(tokens.resolve("node-1"), "old\n");
        Files.writeString(tokens.resolve("node-2"), "old\n");

        int exitValue = authority(tokens, "node-1 node-2");

        assertThat(exitValue).isEqualTo(7);
        assertThat(tokens.resolve("node-1")).hasContent("new");
        assertThat(tokens.resolve("node-2")).hasContent("old");
    }

    private int authority(Path tokens, String nodes) throws IOException, InterruptedException {
        Path java = Files.writeString(Files.createDirectory(temp.resolve("bin")).resolve("java"), """
                #!/bin/sh
                case "$*" in
                    *"token create chaski://mesh.example/node/node-1"*) echo new;;
                    *) exit 7;;
                esac
                """);
        assertThat(java.toFile().setExecutable(true)).isTrue();
        Map<String, String> environment = Map.of(
                "NODES",
                nodes,
                "TOKENS",
                tokens.toString(),
                "CA",
                temp.toString(), // which is not empty: there is an authority
                "PASSWORD_FILE",
                temp.resolve("password").toString(),
                "PATH",
                java.getParent() + ":" + System.getenv("PATH"));
        Path script = Path.of("containers", "authority.sh").toAbsolutePath();
        try (RunningExample authority = RunningExample.start("authority", environment, "sh", script.toString())) {
            return authority.exitValue();
        }
    }
}
