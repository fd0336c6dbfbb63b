package io.chaski.examples.chat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.chaski.examples.process.FreePorts;
import io.chaski.examples.process.RunningExample;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class DurableChatIT {

    /** What is from the past has its time in front. */
    private static final String TIME = "^(\\d\\d:\\d\\d )?";

    private static final Duration LIMIT = Duration.ofSeconds(100);

    @TempDir
    Path directory;

    private RunningExample member(String name, int port, int... join) throws IOException {
        List<String> arguments = new ArrayList<>(List.of("--name", name, "--room", "kitchen", "--wired"));
        arguments.addAll(List.of("--durable", directory.resolve(name).toString()));
        arguments.addAll(List.of("--port", String.valueOf(port)));
        for (int each : join) {
            arguments.addAll(List.of("--join", "127.0.0.1:" + each));
        }
        return RunningExample.start(Chat.class, name, arguments.toArray(String[]::new));
    }

    private static List<String> history(RunningExample member) throws InterruptedException {
        member.type("/history");
        int count = Integer.parseInt(
                member.await("^the last (\\d+) that are kept:$").group(1));
        List<String> lines = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            lines.add(member.await("^\\d\\d:\\d\\d (.*)$").group(1));
        }
        return lines;
    }

    /** C09 to C11. Ann and bob are on one side, cleo and dora on the other; ann and cleo have the only wire between them. */
    @Test
    void who_was_away_or_cut_off_gets_what_it_missed_and_all_have_one_history() throws Exception {
        int atAnn = FreePorts.one();
        int atCleo = FreePorts.one();
        try (RunningExample ann = member("ann", atAnn)) {
            ann.await("others find it");
            try (RunningExample bob = member("bob", 0, atAnn);
                    RunningExample cleo = member("cleo", atCleo, atAnn)) {
                ann.await("joined, 3 online");
                ann.type("one");
                bob.await(TIME + "ann: one$");
                bob.type("two");
                cleo.awaitAll(TIME + "ann: one$", TIME + "bob: two$");
                ann.await(TIME + "bob: two$");
                bob.kill();
                parted_while_bob_is_away(ann, atAnn, cleo, atCleo);
            }
        }
    }

    private void parted_while_bob_is_away(RunningExample ann, int atAnn, RunningExample cleo, int atCleo)
            throws Exception {
        try (RunningExample dora = member("dora", 0, atCleo)) {
            dora.awaitAll(TIME + "ann: one$", TIME + "bob: two$");

            ann.type("/cut cleo");
            ann.await("^cut the connection to cleo$");
            ann.type("three");
            cleo.type("four");
            dora.await(TIME + "cleo: four$");
            dora.type("five");
            cleo.await(TIME + "dora: five$");
            try (RunningExample back = member("bob", 0, atAnn)) {
                back.await(TIME + "ann: three$");
                back.type("six");
                ann.await(TIME + "bob: six$");

                cleo.type("/heal");
                cleo.await("^connected to ann$");
                cleo.awaitAll(TIME + "ann: three$", TIME + "bob: six$");
                dora.awaitAll(TIME + "ann: three$", TIME + "bob: six$");
                ann.awaitAll(TIME + "cleo: four$", TIME + "dora: five$");
                back.awaitAll(TIME + "cleo: four$", TIME + "dora: five$");

                // What a member says may be on the disk of another one first, and on its own with the next round of its
                // keeper.
                await().atMost(LIMIT).untilAsserted(() -> {
                    List<String> history = history(ann);
                    assertThat(history)
                            .startsWith("ann: one", "bob: two")
                            .containsExactlyInAnyOrder(
                                    "ann: one", "bob: two", "ann: three", "bob: six", "cleo: four", "dora: five")
                            .containsSubsequence("ann: three", "bob: six")
                            .containsSubsequence("cleo: four", "dora: five");
                    assertThat(history(back)).isEqualTo(history);
                    assertThat(history(cleo)).isEqualTo(history);
                    assertThat(history(dora)).isEqualTo(history);
                });
            }
        }
    }
}
