package io.chaski.examples.filedrop;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class FileDropIT {

    @Test
    void three_receivers_have_the_same_tree_although_one_was_killed_in_the_middle() throws Exception {
        Process drop = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        FileDrop.class.getName())
                .redirectErrorStream(true)
                .start();
        String output;
        try (BufferedReader lines = drop.inputReader()) {
            output = lines.lines().collect(Collectors.joining(System.lineSeparator()));
        }

        assertThat(drop.waitFor(60, TimeUnit.SECONDS)).as(output).isTrue();
        assertThat(drop.exitValue()).as(output).isZero();
        assertThat(output)
                .contains("killed receiver-3", "started receiver-3 again", "all trees are the same")
                .containsPattern("receiver-1 has tree")
                .containsPattern("receiver-2 has tree")
                .containsPattern("receiver-3 has tree");
    }
}
