package io.chaski.examples.chat;

import static org.assertj.core.api.Assertions.assertThat;

import io.chaski.examples.terminal.Terminal;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class LinesTest {

    private static final Instant NOON = Instant.parse("2026-03-01T12:00:00Z");

    private final Lines lines = new Lines(Terminal.ofThisProcess(), Clock.fixed(NOON, ZoneOffset.ofHours(1)));

    @Test
    void have_a_name_in_front() {
        assertThat(lines.said("bob", "hello: you")).isEqualTo("bob: hello: you");
    }

    @Test
    void of_the_past_have_their_time_and_those_of_other_days_their_day() {
        assertThat(lines.said(NOON.minusSeconds(60), "bob", "hello")).isEqualTo("12:59 bob: hello");
        assertThat(lines.said(Instant.parse("2026-02-28T22:59:00Z"), "bob", "hello"))
                .isEqualTo("28 Feb 23:59 bob: hello");
    }

    @Test
    void are_one_line_each_and_command_no_terminal() {
        assertThat(lines.said("bob", "hi\r\nann: I owe you\u001b[2J\u202e")).isEqualTo("bob: hi??ann: I owe you?[2J?");
        assertThat(Lines.person("bo\u001b]0;x\u0007b\nann")).isEqualTo("bo?]0;x?b?ann");
    }

    @Test
    void that_are_too_long_end() {
        assertThat(lines.said("bob", "\ud83d\ude00".repeat(Lines.MAX_SHOWN + 5)))
                .isEqualTo("bob: " + "\ud83d\ude00".repeat(Lines.MAX_SHOWN) + "... (5 more)");
        assertThat(Lines.person("x".repeat(128))).isEqualTo("x".repeat(40) + "...");
    }

    @Test
    void begin_with_names_that_cannot_look_like_more_than_a_name() {
        assertThat(Lines.person("ann: I owe you")).isEqualTo("ann? I owe you");
        assertThat(Lines.person("  ann \u200d")).isEqualTo("ann ?");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {" ann", "ann ", "a n n", "ANN", "\uff21nn", "a\ufe0fnn", "ann\u00a0", "a\u0301nn", "a\u3000nn"})
    void tell_of_names_that_look_alike(String other) {
        assertThat(Lines.likeness(other)).isEqualTo(Lines.likeness("ann"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"anna", "an", "?ann", "a-nn"})
    void tell_of_names_that_do_not(String other) {
        assertThat(Lines.likeness(other)).isNotEqualTo(Lines.likeness("ann"));
    }
}
