package io.chaski.examples.menus;

import static org.assertj.core.api.Assertions.assertThat;

import io.chaski.examples.process.ExampleProcess;
import java.time.Duration;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class MenusIT {

    @Test
    void a_guest_hears_of_every_restaurant() throws Exception {
        ExampleProcess example = ExampleProcess.run(MenusRun.class, Duration.ofSeconds(100));

        assertThat(example.exitValue()).as(example.output()).isZero();
        assertThat(example.output().lines())
                .containsSubsequence("anchor: fish, chips", "lotus: noodles, dumplings", "olive: closed today");
    }
}
