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
    void nodes_enrol_and_talk_until_one_is_revoked_and_a_stranger_does_not() throws Exception {
        ExampleProcess example = ExampleProcess.run(SecureMesh.class, Duration.ofSeconds(200));

        assertThat(example.exitValue()).as(example.output()).isZero();
        assertThat(example.output().lines())
                .containsSubsequence(
                        "enrolled chaski://plant-7.example/node/mill",
                        "enrolled chaski://plant-7.example/node/press",
                        "mill hears pump press",
                        "pump hears mill press",
                        "press hears mill pump",
                        "a stranger is refused: true",
                        "revoked press: 1 certificate",
                        "mill has no edge to press any more",
                        "pump has no edge to press any more",
                        "press comes back and is refused: true",
                        "mill still hears pump",
                        "pump still hears mill",
                        "the end");
    }
}
