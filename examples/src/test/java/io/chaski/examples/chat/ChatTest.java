package io.chaski.examples.chat;

import static org.assertj.core.api.Assertions.assertThat;

import io.chaski.core.NodeClosedException;
import io.chaski.examples.terminal.Terminal;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringReader;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;

/** What is typed, and what becomes of it. */
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class ChatTest {

    private final List<String> said = new ArrayList<>();

    private final Conversation chat = new Conversation() {
        @Override
        public void say(String text) {
            switch (text) {
                case "closed topic" -> throw new IllegalStateException("the topic is closed");
                case "closed node" -> throw new NodeClosedException("ann");
                default -> said.add(text);
            }
        }

        @Override
        public List<String> who() {
            return List.of("ann", "bob");
        }

        @Override
        public List<Command> commands() {
            return List.of(new Command("/history", "shows nothing", words -> say("closed topic")));
        }

        @Override
        public void shutDown() {
            throw new AssertionError("nobody has interrupted it");
        }

        @Override
        public void close() {
            throw new AssertionError("who has opened it closes it");
        }
    };

    private List<String> type(String... lines) throws IOException {
        StringWriter shown = new StringWriter();
        Chat.talk(
                "ann",
                chat,
                new Terminal(
                        new BufferedReader(new StringReader(String.join("\n", lines))),
                        new PrintWriter(shown),
                        false,
                        false));
        return shown.toString().lines().toList();
    }

    @Test
    void says_what_is_typed_until_the_person_leaves() throws Exception {
        assertThat(type("one", "", "  ", "/who", "two", "/quit", "three")).containsExactly("here: ann, bob");
        assertThat(said).containsExactly("one", "two");
    }

    @Test
    void tells_what_was_not_said_and_goes_on() throws Exception {
        assertThat(type("closed topic", "closed node", "/history", "hello"))
                .satisfiesExactly(
                        line -> assertThat(line).isEqualTo("not said: the topic is closed"),
                        line -> assertThat(line).startsWith("not said: "),
                        line -> assertThat(line).isEqualTo("/history: the topic is closed"));
        assertThat(said).containsExactly("hello");
    }

    @Test
    void says_nothing_that_nobody_could_have_typed() throws Exception {
        String longest = "é".repeat(32 << 10);

        assertThat(type(longest + "x", longest)).containsExactly("not said: 65537 bytes are too long");
        assertThat(said).containsExactly(longest);
    }
}
