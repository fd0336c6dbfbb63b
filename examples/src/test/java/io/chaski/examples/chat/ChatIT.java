package io.chaski.examples.chat;

import static org.assertj.core.api.Assertions.assertThat;

import io.chaski.examples.process.ExampleProcess;
import io.chaski.examples.process.RunningExample;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.regex.Matcher;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class ChatIT {

    /** A crash shows within a few seconds. */
    private static final String[] KITCHEN = {"--room", "kitchen", "--lease", "3"};

    /** */
    @Test
    void a_room_knows_who_comes_talks_leaves_crashes_and_returns() throws Exception {
        try (RunningExample ann = chat("ann", KITCHEN)) {
            String address = ann.await("others find it with --join (\\S+)").group(1);
            try (RunningExample bob = member("bob", address);
                    RunningExample cleo = member("cleo", address)) {
                ann.await("joined, 3 online");
                bob.await("joined, 3 online");
                cleo.await("joined, 3 online");

                bob.type("hello");
                ann.await("^bob: hello$");
                cleo.await("^bob: hello$");
                cleo.type("/dance");
                cleo.await("unknown command /dance");
                cleo.type("is it warm in here?");
                ann.await("^cleo: is it warm in here\\?$");
                bob.await("^cleo: is it warm in here\\?$");
                ann.type("/who");
                ann.await("^here: ann, (bob, cleo|cleo, bob)$");

                bob.type("/quit");
                assertThat(bob.exitValue()).isZero();
                assertThat(bob.rest()).as("what bob says is not told to bob").doesNotContain("bob: ");
                ann.await("^bob left, 2 online$");
                cleo.await("^bob left, 2 online$");

                ann.type("/history");
                ann.await("^the last 2 that were heard here:$");
                ann.await("bob: hello$");
                ann.await("cleo: is it warm in here\\?$");

                cleo.kill();
                ann.await("^cleo left, 1 online$");
            }
            try (RunningExample cleo = member("cleo", address)) {
                ann.await("^cleo joined, 2 online$");
                cleo.await("^ann joined, 2 online$");
                cleo.type("here again");
                ann.await("^cleo: here again$");
                List<String> seen = ann.output().lines().toList();
                assertThat(seen.subList(seen.indexOf("cleo left, 1 online"), seen.size()))
                        .as("C06: nobody notices more of a restart")
                        .containsExactly("cleo left, 1 online", "cleo joined, 2 online", "cleo: here again");

                ann.interrupt();
                cleo.await("^ann is shutting down$");
                cleo.await("^ann left, 1 online$");
                assertThat(ann.rest()).contains("shutting down");
                cleo.type("anybody?");
                cleo.await("nobody else is here");
            }
        }
    }

    @Test
    void two_talk_and_a_third_is_told_that_it_is_full() throws Exception {
        try (RunningExample ann = chat("ann", "--server")) {
            Matcher waiting = ann.await("waiting at --ip (\\S+) --port (\\d+)");
            ann.type("hello?");
            ann.await("nobody else is here");
            String[] there = {"--ip", waiting.group(1), "--port", waiting.group(2)};
            try (RunningExample bob = chat("bob", there);
                    RunningExample cleo = chatAfter(bob, "talking to ann", "cleo", there)) {
                ann.await("^bob has come$");
                assertThat(cleo.rest()).contains("the chat is full");
                assertThat(cleo.exitValue()).isEqualTo(3);
                ann.await("^cleo was told that the chat is full$");

                ann.type("one");
                ann.type("two");
                bob.await("^ann: one$");
                bob.type("three");
                bob.await("^ann: two$");
                ann.await("^bob: three$");

                bob.kill();
                ann.await("^bob is gone");
            }
            try (RunningExample bob = chat("bob", there)) {
                bob.await("talking to ann");
                bob.type("/who");
                bob.await("^here: bob, ann$");
                bob.endInput();
                assertThat(bob.exitValue()).isZero();
                ann.await("^bob has left$");
            }
            try (RunningExample dora = chat("dora", there)) {
                dora.await("talking to ann");
                ann.interrupt();
                dora.await("^ann is shutting down$");
                assertThat(dora.exitValue()).isZero();
            }
        }
    }

    @Test
    void says_how_it_is_used_when_an_option_makes_no_sense() throws Exception {
        ExampleProcess example = ExampleProcess.run(Chat.class, Duration.ofSeconds(100), "--name", "ann");

        assertThat(example.exitValue()).isEqualTo(2);
        assertThat(example.output())
                .contains("--port says where the other one waits")
                .contains(ChatOptions.USAGE);
    }

    private static RunningExample member(String name, String join) throws IOException {
        return chat(name, "--room", "kitchen", "--lease", "3", "--join", join);
    }

    private static RunningExample chat(String name, String... options) throws IOException {
        String[] arguments = new String[options.length + 2];
        arguments[0] = "--name";
        arguments[1] = name;
        System.arraycopy(options, 0, arguments, 2, options.length);
        return RunningExample.start(Chat.class, name, arguments);
    }

    private static RunningExample chatAfter(RunningExample before, String line, String name, String... options)
            throws IOException, InterruptedException {
        before.await(line);
        return chat(name, options);
    }
}
