package io.chaski.examples.securemesh;

import static org.assertj.core.api.Assertions.assertThat;

import io.chaski.examples.process.ExampleProcess;
import java.time.Duration;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class SecureMeshIT {

    @Test
    void nodes_enrol_and_talk_and_a_stranger_does_not() throws Exception {
        ExampleProcess example = ExampleProcess.run(SecureMesh.class, Duration.ofSeconds(100));

        assertThat(example.exitValue()).as(example.output()).isZero();
        assertThat(example.output().lines())
                .contains("enrolled chaski://plant-7.example/node/mill", "pump hears from mill: it turns")
                .contains("enrolled chaski://plant-7.example/node/gate", "gate hears from mill: it turns")
                .contains("a stranger is refused: true");
    }
}
