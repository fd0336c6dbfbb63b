package io.chaski.examples.calculator;

import static org.assertj.core.api.Assertions.assertThat;

import io.chaski.examples.process.ExampleProcess;
import java.time.Duration;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class CalculatorIT {

    @Test
    void one_process_calculates_for_another() throws Exception {
        ExampleProcess example = ExampleProcess.run(CalculatorRun.class, Duration.ofSeconds(100));

        assertThat(example.exitValue()).as(example.output()).isZero();
        assertThat(example.output().lines())
                .containsSubsequence(
                        "1 + 2 = 3.0", "10 + 20 + 30 = 60.0", "2 * 1 + 2 * 2 = 6.0", "refused: 1.0 / 0", "3 * 3 = 9.0");
    }
}
