package io.chaski.examples.fileshare;

import static org.assertj.core.api.Assertions.assertThat;

import io.chaski.examples.terminal.Terminal;
import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringReader;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class FileShareTest {

    @TempDir
    Path temp;

    private final ByteArrayOutputStream errors = new ByteArrayOutputStream();

    private int run(String... arguments) throws InterruptedException {
        Terminal terminal = new Terminal(
                new BufferedReader(new StringReader("exit\n")), new PrintWriter(new StringWriter()), false, false);
        return FileShare.run(List.of(arguments), terminal, new PrintStream(errors, true, StandardCharsets.UTF_8));
    }

    private String errors() {
        return errors.toString(StandardCharsets.UTF_8);
    }

    @Test
    void says_how_it_is_used_when_an_option_makes_no_sense() throws Exception {
        assertThat(run("--name", "one")).isEqualTo(2);
        assertThat(errors()).contains("--shared is needed").contains(Settings.USAGE);
    }

    @Test
    void says_that_the_port_of_the_gateway_is_taken() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            String port = Integer.toString(taken.getLocalPort());

            assertThat(run("--name", "one", "--shared", temp.toString(), "--rest", port))
                    .isEqualTo(1);
        }
        assertThat(errors()).startsWith("cannot go on: ").contains("Address already in use");
    }

    @Test
    void says_that_what_it_is_to_share_is_no_directory() throws Exception {
        Path file = Files.createFile(temp.resolve("file"));

        assertThat(run("--name", "one", "--shared", file.toString())).isEqualTo(1);
        assertThat(errors()).startsWith("cannot go on: ").contains(file.toString());
    }

    @Test
    void says_that_nobody_can_have_such_a_name() throws Exception {
        assertThat(run("--name", "x".repeat(1_000), "--shared", temp.toString()))
                .isEqualTo(1);
        assertThat(errors()).startsWith("cannot go on: ").contains("name");
    }
}
