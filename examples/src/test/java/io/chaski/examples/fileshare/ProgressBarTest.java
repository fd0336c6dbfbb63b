package io.chaski.examples.fileshare;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class ProgressBarTest {

    @Test
    void grows_with_the_file() {
        assertThat(ProgressBar.of("song.ogg", 0, 4_000_000))
                .isEqualTo("song.ogg [------------------------------] 0 %, 0 B of 4.0 MB");
        assertThat(ProgressBar.of("song.ogg", 1_200_000, 4_000_000))
                .isEqualTo("song.ogg [#########---------------------] 30 %, 1.2 MB of 4.0 MB");
        assertThat(ProgressBar.of("song.ogg", 4_000_000, 4_000_000))
                .isEqualTo("song.ogg [##############################] 100 %, 4.0 MB of 4.0 MB");
        assertThat(ProgressBar.of("empty", 0, 0)).isEqualTo("empty [##############################] 100 %, 0 B of 0 B");
    }
}
