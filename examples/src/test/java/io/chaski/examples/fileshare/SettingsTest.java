package io.chaski.examples.fileshare;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.chaski.core.Address;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class SettingsTest {

    private static final List<Address> BOTH = List.of(Address.tcp("127.0.0.1", 8531), Address.tcp("127.0.0.1", 8532));

    @TempDir
    Path temp;

    private Settings parse(String line, String fileName, String content) throws IOException {
        Path file = Files.writeString(temp.resolve(fileName), content);
        List<String> arguments = new ArrayList<>(List.of("--config", file.toString()));
        if (!line.isEmpty()) {
            arguments.addAll(List.of(line.split(" ")));
        }
        return Settings.parse(arguments);
    }

    @Test
    void a_properties_file_says_it() throws IOException {
        assertThat(parse("", "peer.properties", """
                name = mill
                shared = music
                bootstrap = 127.0.0.1:8531, 127.0.0.1:8532
                rest = 8080
                upload-limit = 5000000000
                """))
                .isEqualTo(new Settings(
                        "mill",
                        Address.tcp("127.0.0.1", 0),
                        BOTH,
                        Path.of("music"),
                        Optional.of(8080),
                        5_000_000_000L));
    }

    @Test
    void only_the_list_is_split_at_commas() throws IOException {
        Settings settings = parse(
                "", "peer.properties", "name = Mill, Ann\nshared = /music/a, b\nbootstrap = 127.0.0.1:8531,\nrest =");

        assertThat(settings.name()).isEqualTo("Mill, Ann");
        assertThat(settings.shared()).isEqualTo(Path.of("/music/a, b"));
        assertThat(settings.bootstrap()).isEqualTo(BOTH.subList(0, 1));
        assertThat(settings.rest()).as("said, and empty").isEmpty();
    }

    @Test
    void a_json_file_says_the_same_and_the_command_line_goes_before_it() throws IOException {
        assertThat(parse("--name press --listen 127.0.0.1:8533", "peer.json", """
                {"name": "mill", "shared": "music", "bootstrap": ["127.0.0.1:8531", "127.0.0.1:8532"], "rest": 0}
                """))
                .isEqualTo(new Settings(
                        "press", Address.tcp("127.0.0.1", 8533), BOTH, Path.of("music"), Optional.of(0), 64L << 20));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            bad.properties | colour = red              | unknown word 'colour'
            bad.json       | {"colour": "red"}         | unknown word 'colour'
            bad.json       | {"name": "mill"           | no JSON object
            bad.json       | ["mill"]                  | no JSON object
            bad.json       | {"rest": "many"}          | rest needs a number, not many
            bad.json       | {"bootstrap": ["nowhere"]}| not an address
            bad.properties | rest = 70000              | rest must be a port
            bad.properties | upload-limit = 0          | upload-limit must be 1 or more
            bad.json       | {"name": ["a", "b"]}      | name is said more than once
            bad.json       | {"name": null}            | name is no text, number or list of these
            bad.json       | {"name": {"first": "a"}}  | name is no text, number or list of these
            bad.json       | {"name": [null]}          | name is no text, number or list of these
            """)
    void what_makes_no_sense_in_a_file_is_said(String file, String content, String message) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> parse(content.contains("name") ? "--shared s" : "--name n --shared s", file, content))
                .withMessageContaining(message);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            --shared s                  | --name is needed
            --name n                    | --shared is needed
            --name n --shared           | --shared needs a value
            --name n --colour red       | unknown option --colour
            --name n --shared s name m  | unknown option name
            --config nowhere.properties | no such file: nowhere.properties
            """)
    void what_makes_no_sense_on_the_command_line_is_said(String line, String message) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Settings.parse(List.of(line.split(" "))))
                .withMessageContaining(message);
    }
}
