package io.chaski.examples.terminal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringReader;
import java.io.StringWriter;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class TerminalTest {

    private final StringWriter shown = new StringWriter();

    private Terminal terminal(String typed, boolean hasLines, boolean hasColours) {
        return new Terminal(new BufferedReader(new StringReader(typed)), new PrintWriter(shown), hasLines, hasColours);
    }

    @Nested
    class Without_a_terminal {

        private final Terminal pipe = terminal("hello\n", false, false);

        @Test
        void there_are_lines_and_nothing_else() throws IOException {
            assertThat(pipe.read("ann> ")).isEqualTo("hello");
            pipe.standing("50 %");
            pipe.print(pipe.name("bob") + pipe.dim(" joined"));

            assertThat(shown.toString()).isEqualTo("bob joined" + System.lineSeparator());
        }

        @Test
        void the_end_of_the_input_is_told() throws IOException {
            pipe.read("");

            assertThat(pipe.read("")).isNull();
        }
    }

    @Nested
    class With_a_terminal {

        @Test
        void what_comes_in_stands_above_the_prompt() {
            Terminal terminal = terminal("", true, false);
            terminal.standing("ann> ");
            terminal.print("bob: hello");

            assertThat(shown.toString())
                    .isEqualTo("\r\u001b[Kann> \r\u001b[Kbob: hello" + System.lineSeparator() + "ann> ");
        }

        @Test
        void the_prompt_goes_with_the_line_that_it_was_for() throws IOException {
            Terminal terminal = terminal("hello\n", true, false);
            terminal.read("ann> ");
            terminal.print("bob: hello");

            assertThat(shown.toString()).endsWith("bob: hello" + System.lineSeparator());
        }

        @Test
        void each_name_has_its_colour() {
            Terminal terminal = terminal("", true, true);

            assertThat(terminal.name("bob"))
                    .matches("\u001b\\[\\d+mbob\u001b\\[0m")
                    .isEqualTo(terminal.name("bob"));
            assertThat(terminal.dim("joined")).isEqualTo("\u001b[2mjoined\u001b[0m");
        }
    }

    @Test
    void short_names_have_different_colours() {
        Terminal terminal = terminal("", true, true);

        assertThat(Stream.of("ann", "bob", "cleo", "dora", "eve")
                        .map(name -> terminal.name(name).replace(name, "")))
                .doesNotHaveDuplicates();
    }

    @Test
    void lines_that_belong_together_are_shown_together() {
        terminal("", false, false).print(List.of("one", "two"));

        assertThat(shown.toString()).isEqualTo("one" + System.lineSeparator() + "two" + System.lineSeparator());
    }

    @Test
    void colours_are_a_matter_of_the_environment() {
        assertThat(Terminal.hasColours(Map.of("TERM", "xterm"))).isTrue();
        assertThat(Terminal.hasColours(Map.of("TERM", "xterm", "NO_COLOR", ""))).isTrue();
        assertThat(Terminal.hasColours(Map.of("TERM", "xterm", "NO_COLOR", "1")))
                .isFalse();
        assertThat(Terminal.hasLines(Map.of("TERM", "xterm", "NO_COLOR", "1"))).isTrue();
        assertThat(Terminal.hasLines(Map.of("TERM", "dumb"))).isFalse();
        assertThat(Terminal.hasLines(Map.of())).isFalse();
        assertThat(Terminal.hasColours(Map.of("WT_SESSION", "0"))).isTrue();
    }

    @Test
    void what_others_say_commands_no_terminal() {
        String hostile = "\u001b[2J\u0007a\rb\nc\u202ed\u2028e\ud800f";

        assertThat(Terminal.printable(hostile)).isEqualTo("?[2J?a?b?c?d?e?f");
        assertThat(terminal("", true, false).name("b\u001bb")).isEqualTo("b?b");
    }

    @Test
    void other_scripts_and_emojis_are_shown() {
        String text = "žluťoučký 日本語 👩‍👧 :-)";

        assertThat(Terminal.printable(text)).isEqualTo(text);
    }

    @ParameterizedTest
    @CsvSource({"0,0 B", "999,999 B", "1000,1.0 kB", "4200000,4.2 MB", "1500000000,1.5 GB", "9000000000000000,9000.0 TB"
    })
    void sizes_are_for_people(long bytes, String shown) {
        assertThat(Terminal.size(bytes)).isEqualTo(shown);
    }
}
