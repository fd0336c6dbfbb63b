package io.chaski.ca.internal.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Level;
import io.chaski.ca.CapturedLog;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class ControlSocketTest {

    @TempDir
    Path folder;

    @Test
    void answers_after_a_verb_that_nobody_expected_to_fail_and_says_nothing_of_who_only_looks() throws IOException {
        AtomicInteger commands = new AtomicInteger();
        try (CapturedLog log = new CapturedLog(ControlSocket.class.getName(), Level.WARN);
                ControlSocket socket = ControlSocket.listen(folder, (words, answer) -> {
                            if (commands.incrementAndGet() == 1) {
                                throw new IllegalStateException("closed");
                            }
                            answer.out().println(words);
                            return ExitCode.OK;
                        })
                        .orElseThrow()) {
            assertThat(socket).isNotNull();
            PrintStream nowhere = new PrintStream(OutputStream.nullOutputStream(), true, StandardCharsets.UTF_8);
            Terminal terminal = new Terminal(nowhere, nowhere, Optional.empty(), new CountDownLatch(0));
            ControlSocket.Client client = new ControlSocket.Client(folder);
            assertThat(client.isThere()).isTrue();
            assertThatThrownBy(() -> client.run(List.of("list"), terminal)).isInstanceOf(IOException.class);

            assertThat(client.run(List.of("list"), terminal)).isEqualTo(ExitCode.OK);
            assertThat(log.lines()).containsExactly("A command from the control socket failed");
        }
    }
}
