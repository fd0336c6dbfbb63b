package io.chaski.streamer.internal.durable;

import static org.assertj.core.api.Assertions.assertThat;

import io.chaski.streamer.MemoryDisk;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** kill -9 at any moment: while a store opens, publishes, is consumed, rolls and trims. */
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class KilledStoreIT {

    private static final int MOST_LINES_PER_LIFE = 120;

    /** Without logging, which takes a third of the start of so short a life. */
    private static final String CLASS_PATH = Arrays.stream(
                    System.getProperty("java.class.path").split(File.pathSeparator, -1))
            .filter(path -> !path.contains("logback"))
            .collect(Collectors.joining(File.pathSeparator));

    @TempDir(factory = MemoryDisk.class)
    Path folder;

    private final TopicModel model = StoreScript.model();
    private final long[] acknowledged = new long[KilledKeeper.SOURCES];
    private long trimmed;

    @Test
    void nothing_acknowledged_is_lost_and_everything_is_in_order_after_20_kills() throws Exception {
        killAndCompare(20);
    }

    @Test
    @Tag("deep")
    void nothing_acknowledged_is_lost_and_everything_is_in_order_after_2000_kills() throws Exception {
        killAndCompare(Integer.getInteger("chaski.test.kills", 2_000));
    }

    private void killAndCompare(int kills) throws Exception {
        long seed = Long.getLong("chaski.test.seed", System.nanoTime());
        Random random = new Random(seed);
        // They begin when they are told; a JVM takes longer to start than all the rest, so two start at a time.
        Deque<Process> waiting = new ArrayDeque<>(List.of(start(), start()));
        try {
            for (int kill = 1; kill <= kills; kill++) {
                publishAndKill(waiting.remove(), random.nextInt(MOST_LINES_PER_LIFE));
                waiting.add(start());
                compare("seed " + seed + ", after kill " + kill);
            }
        } finally {
            for (Process unused : waiting) {
                unused.destroyForcibly().waitFor();
            }
        }
        assertThat(Arrays.stream(acknowledged)).allMatch(sequence -> sequence > kills);
        assertThat(trimmed).as("the store has rolled and trimmed").isPositive();
    }

    private Process start() throws IOException {
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        CLASS_PATH,
                        KilledKeeper.class.getName(),
                        folder.toString())
                .redirectError(ProcessBuilder.Redirect.DISCARD) // SLF4J misses a provider
                .start();
    }

    /** One life of the child. */
    private void publishAndKill(Process child, int lines) throws Exception {
        try (BufferedReader output = child.inputReader();
                BufferedWriter input = child.outputWriter()) {
            // From some that were acknowledged already, as a publisher does that does not know.
            input.write(Arrays.stream(acknowledged)
                    .mapToObj(sequence -> Long.toString(Math.max(1, sequence - 3)))
                    .collect(Collectors.joining(" ")));
            input.newLine();
            input.flush();
            assertThat(output.readLine()).isEqualTo("opening");
            for (int heard = 0; heard < lines; heard++) {
                hear(output.readLine());
            }
            child.toHandle().destroyForcibly(); // unlike destroyForcibly() leaves the output open
            hearTheRest(output);
        } finally {
            child.destroyForcibly().waitFor();
        }
    }

    /** What it had said before it died still counts; a short line goes into a pipe as a whole or not at all. */
    private void hearTheRest(BufferedReader output) throws IOException {
        String line = output.readLine();
        while (line != null) {
            hear(line);
            line = output.readLine();
        }
    }

    private void hear(String line) {
        String[] words = line.split(" ", -1); // NullPointerException if it has died by itself
        int source = Integer.parseInt(words[1]);
        long sequence = Long.parseLong(words[2]);
        LogEntry cursor = new CursorMove(KilledKeeper.CONSUMER, KilledKeeper.source(source), sequence);
        switch (words[0]) {
            case "kept" -> {
                KeptMessage message = KilledKeeper.message(source, sequence);
                model.onAsked(message);
                if (!words[3].equals("TRIMMED")) {
                    model.onAnswered(message, Appended.valueOf(words[3]));
                }
                acknowledged[source] = Math.max(acknowledged[source], sequence);
            }
            case "moves" -> model.onAsked(cursor);
            case "moved" -> model.onAnswered(cursor, Appended.STORED);
            default -> throw new AssertionError(line);
        }
    }

    private void compare(String when) throws IOException {
        for (int source = 0; source < KilledKeeper.SOURCES; source++) {
            for (long ahead = 1; ahead <= KilledKeeper.MOST_UNACKNOWLEDGED; ahead++) {
                model.onAsked(KilledKeeper.message(source, acknowledged[source] + ahead));
            }
        }
        try (TopicStore store = LogTopicStore.open(folder, KilledKeeper.OPTIONS)) {
            StoreView view = StoreView.of(store);
            assertThat(model.violations(view)).as(when).isEmpty();
            view.holdings().forEach((source, holding) -> {
                trimmed += holding.trimmed().size();
                assertThat(holding.kept().size())
                        .as("%s: gaps of %s", when, source)
                        .isLessThanOrEqualTo(1);
            });
            model.forgetGivenUp(view);
        }
    }
}
