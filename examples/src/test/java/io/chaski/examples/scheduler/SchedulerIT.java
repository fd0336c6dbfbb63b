package io.chaski.examples.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import io.chaski.examples.process.ExampleProcess;
import java.time.Duration;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class SchedulerIT {

    @Test
    void what_was_ordered_is_done_when_who_ordered_it_has_gone() throws Exception {
        ExampleProcess example = ExampleProcess.run(SchedulerRun.class, Duration.ofSeconds(100));

        assertThat(example.exitValue()).as(example.output()).isZero();
        assertThat(example.output().lines())
                .containsSubsequence(
                        "ordered: 3 schedules",
                        "the lawn can wait: true",
                        "left: 2 schedules",
                        "the gardener has gone",
                        "watered: {peas=2, roses=3}");
    }
}
