package io.chaski.examples.tasks;

import static org.assertj.core.api.Assertions.assertThat;

import io.chaski.examples.process.ExampleProcess;
import java.time.Duration;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class TasksIT {

    private static final Duration LIMIT = Duration.ofSeconds(150);

    @Test
    void every_job_is_done_although_a_worker_is_killed() throws Exception {
        ExampleProcess example = ExampleProcess.run(Tasks.class, LIMIT, "20");

        assertThat(example.exitValue()).as(example.output()).isZero();
        assertThat(example.output())
                .contains("killed worker-1")
                .contains("78498 primes below 1000000")
                .containsPattern("jobs: 20, done: 20, attempts: 2[01]\\b"); // 20 if it dies between two jobs
    }

    @Test
    void says_how_it_is_used_when_an_argument_makes_no_sense() throws Exception {
        ExampleProcess example = ExampleProcess.run(Tasks.class, LIMIT, "many");

        assertThat(example.exitValue()).isEqualTo(2);
        assertThat(example.output()).contains("usage: tasks");
    }
}
