package io.chaski.examples.filedrop;

import static org.assertj.core.api.Assertions.assertThat;

import io.chaski.examples.process.ExampleProcess;
import java.time.Duration;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class FileDropIT {

    @Test
    void three_receivers_have_the_same_tree_although_one_was_killed_in_the_middle() throws Exception {
        ExampleProcess drop = ExampleProcess.run(FileDrop.class, Duration.ofSeconds(110), "10");
        String output = drop.output();

        assertThat(drop.exitValue()).as(output).isZero();
        assertThat(output)
                .contains("killed receiver-3", "started receiver-3 again", "all trees are the same")
                .containsPattern("it had \\d+ of 26 files, and [1-9]\\d* in parts")
                .containsPattern("it had \\d+ bytes and has fetched \\d+ of \\d+ after that")
                .containsPattern("receiver-1 has tree")
                .containsPattern("receiver-2 has tree")
                .containsPattern("receiver-3 has tree");
    }
}
