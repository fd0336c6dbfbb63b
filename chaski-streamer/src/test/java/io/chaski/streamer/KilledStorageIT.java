package io.chaski.streamer;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Collectors;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** kill -9 at any moment: while a storage opens, and while four threads write to it. */
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class KilledStorageIT {

    private static final int MAX_ACKNOWLEDGED_PER_LIFE = 100;

    /** Without logging, which takes a third of the start of so short a life. */
    private static final String CLASS_PATH = Arrays.stream(
                    System.getProperty("java.class.path").split(File.pathSeparator, -1))
            .filter(path -> !path.contains("logback"))
            .collect(Collectors.joining(File.pathSeparator));

    @TempDir(factory = MemoryDisk.class)
    Path folder;

    /** Steps that each thread has been told are on disk. */
    private final int[] acknowledged = new int[KilledWriter.THREADS];

    @Test
    void every_acknowledged_write_survives_20_kills() throws Exception {
        killAndCompare(20);
    }

    @Test
    @Tag("deep")
    void every_acknowledged_write_survives_1000_kills() throws Exception {
        killAndCompare(1_000);
    }

    private void killAndCompare(int kills) throws Exception {
        long seed = Long.getLong("chaski.test.seed", System.nanoTime());
        Random random = new Random(seed);
        // They begin when they are told; a JVM takes longer to start than all the rest, so two start at a time.
        Deque<Process> waiting = new ArrayDeque<>(List.of(start(), start()));
        try {
            for (int kill = 1; kill <= kills; kill++) {
                writeAndKill(waiting.remove(), random.nextInt(MAX_ACKNOWLEDGED_PER_LIFE));
                waiting.add(start());
                compare("seed " + seed + ", after kill " + kill);
            }
        } finally {
            for (Process unused : waiting) {
                unused.destroyForcibly().waitFor();
            }
        }
        assertThat(Arrays.stream(acknowledged)).allMatch(steps -> steps > kills);
    }

    private Process start() throws IOException {
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        CLASS_PATH,
                        KilledWriter.class.getName(),
                        file().toString())
                .redirectError(ProcessBuilder.Redirect.DISCARD) // SLF4J misses a provider
                .start();
    }

    /** One life of the child. */
    private void writeAndKill(Process child, int acknowledgements) throws Exception {
        try (BufferedReader output = child.inputReader();
                BufferedWriter input = child.outputWriter()) {
            input.write(Arrays.stream(acknowledged).mapToObj(Integer::toString).collect(Collectors.joining(" ")));
            input.newLine();
            input.flush();
            assertThat(output.readLine()).isEqualTo("opening");
            for (int heard = 0; heard < acknowledgements; heard++) {
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
        String[] words = line.split(" ", -1);
        acknowledged[Integer.parseInt(words[0])] = Integer.parseInt(words[1]) + 1;
    }

    /** Each slot has what its last acknowledged step has left, or the step under way. */
    private void compare(String when) {
        try (Storage storage = Storage.open(file())) {
            for (int thread = 0; thread < KilledWriter.THREADS; thread++) {
                int steps = acknowledged[thread];
                for (int slot = 0; slot < KilledWriter.SLOTS; slot++) {
                    String key = KilledWriter.key(thread, slot);
                    Optional<String> found = storage.get(key, String.class);
                    if (slot == steps % KilledWriter.SLOTS) {
                        assertThat(found)
                                .as("%s, %s, step %d under way", when, key, steps)
                                .isIn(List.of(
                                        KilledWriter.expected(slot, steps), KilledWriter.expected(slot, steps + 1)));
                    } else {
                        assertThat(found)
                                .as("%s, %s, after %d steps", when, key, steps)
                                .isEqualTo(KilledWriter.expected(slot, steps));
                    }
                }
            }
        }
    }

    private Path file() {
        return folder.resolve("killed.db");
    }
}
