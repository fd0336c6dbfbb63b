package io.chaski.examples.videoframes;

import static org.assertj.core.api.Assertions.assertThat;

import io.chaski.examples.process.ExampleProcess;
import java.time.Duration;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class VideoFramesIT {

    @Test
    void a_film_goes_to_a_service_and_comes_back_in_grey() throws Exception {
        ExampleProcess example = ExampleProcess.run(VideoFrames.class, Duration.ofSeconds(100), "100");

        assertThat(example.exitValue()).as(example.output()).isZero();
        assertThat(example.output().lines())
                .containsSubsequence("frame 50", "100 of 100 frames came back, in order and grey");
    }
}
