package io.chaski.examples.telemetry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class SettingsTest {

    @Test
    void default_to_four_nodes_and_twenty_seconds() {
        assertThat(Settings.parse(List.of())).isEqualTo(new Settings(4, Duration.ofSeconds(20), false));
    }

    @Test
    void are_read_from_the_command_line() {
        assertThat(Settings.parse(List.of("--seconds", "30", "--keep-running", "--nodes", "6")))
                .isEqualTo(new Settings(6, Duration.ofSeconds(30), true));
    }

    @ParameterizedTest
    @ValueSource(strings = {"--nodes", "--nodes two", "--nodes 1", "--nodes 17", "--seconds 5", "--what"})
    void that_make_no_sense_are_refused_with_the_name_of_the_option(String commandLine) {
        assertThatThrownBy(() -> Settings.parse(List.of(commandLine.split(" ", -1))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(commandLine.split(" ", -1)[0]);
    }
}
