package io.chaski.examples.chat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.chaski.core.ChaskiNode;
import io.chaski.core.Message;
import io.chaski.core.Topic;
import io.chaski.core.Topology;
import io.chaski.examples.terminal.Terminal;
import io.chaski.streamer.ChaskiStreamer;
import io.chaski.streamer.DurableOptions;
import io.chaski.streamer.DurableTopic;
import java.io.BufferedReader;
import java.io.PrintWriter;
import java.io.StringReader;
import java.io.StringWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A member that is alone. */
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class KeptVoiceTest {

    private static final int LARGE = 900_000;

    @TempDir
    Path temp;

    private final StringWriter shown = new StringWriter();
    private final Terminal terminal =
            new Terminal(new BufferedReader(new StringReader("")), new PrintWriter(shown), false, false);
    private final ChaskiNode node = ChaskiNode.builder()
            .name("ann")
            .cluster("kept-voice-test")
            .topology(Topology.MANUAL)
            .listenNowhere()
            .start();

    @AfterEach
    void close() {
        node.close();
    }

    private DurableTopic<String> topic(int copies, Duration deadline) {
        return ChaskiStreamer.on(node)
                .durable(
                        Topic.text("rooms/kitchen"),
                        DurableOptions.builder()
                                .keepIn(temp.resolve("kept"))
                                .replicas(copies)
                                .deadline(deadline)
                                .build());
    }

    private KeptVoice voice(DurableTopic<String> topic, int copies) {
        return new KeptVoice(node, topic, copies, Message::originName, Lines.on(terminal), terminal);
    }

    private void awaitLines(Predicate<List<String>> condition) {
        await().atMost(Duration.ofSeconds(60))
                .pollInterval(Duration.ofMillis(5))
                .until(() -> condition.test(lines()));
    }

    private List<String> lines() {
        return shown.toString().lines().toList();
    }

    @Test
    void shows_the_history_to_its_end_although_it_takes_more_than_one_page() {
        DurableTopic<String> topic = topic(1, DurableOptions.DEFAULT_DEADLINE);
        topic.publish("first").join();
        for (int i = 0; i < 6; i++) { // a page ends after 4 MiB
            topic.publish("x".repeat(LARGE)).join();
        }
        topic.publish("last").join();
        KeptVoice voice = voice(topic, 1);

        voice.showHistory(7);

        awaitLines(lines -> !lines.isEmpty());
        assertThat(lines()).startsWith("the last 7 that are kept:");
        awaitLines(lines -> lines.size() == 8);
        assertThat(lines()).last().asString().endsWith(" ann: last");
        voice.close();
    }

    /** C11. */
    @Test
    void says_that_nobody_else_keeps_what_two_have_to_keep() {
        KeptVoice voice = voice(topic(2, Duration.ofMillis(100)), 2);
        voice.begin();

        voice.say("is anybody there?");

        awaitLines(lines -> lines.contains("not said: fewer than 2 members that keep can be reached"));
        voice.close();
    }
}
