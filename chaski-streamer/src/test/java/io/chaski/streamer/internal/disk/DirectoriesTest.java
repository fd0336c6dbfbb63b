package io.chaski.streamer.internal.disk;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class DirectoriesTest {

    @TempDir
    Path folder;

    @Test
    void are_forced_or_do_not_support_it() {
        assertThatCode(() -> Directories.force(folder)).doesNotThrowAnyException();
    }

    @Test
    void that_cannot_be_forced_say_so() {
        assertThatExceptionOfType(NoSuchFileException.class)
                .isThrownBy(() -> Directories.force(folder.resolve("missing")));
    }
}
