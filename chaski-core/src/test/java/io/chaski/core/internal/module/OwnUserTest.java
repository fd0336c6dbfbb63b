package io.chaski.core.internal.module;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
@DisabledOnOs(value = OS.WINDOWS, disabledReason = "no owners as here")
class OwnUserTest {

    @TempDir
    Path folder;

    @Test
    void owns_what_this_process_makes() throws IOException {
        assertThat(OwnUser.principal()).isEqualTo(Files.getOwner(folder));
        assertThat(OwnUser.number()).isEqualTo(Files.getAttribute(folder, "unix:uid"));
    }

    @Test
    void is_known_where_the_system_has_no_directory_of_processes() throws IOException {
        assertThat(OwnUser.attribute(folder.resolve("proc"), "unix:uid")).isEqualTo(OwnUser.number());
    }
}
