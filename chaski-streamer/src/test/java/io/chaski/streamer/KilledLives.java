package io.chaski.streamer;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;

/**
 * The lives of a process that is killed with -9 at any moment, one after the other. Each is told in one line where to go on,
 * and says in lines what was acknowledged; after each, a witness compares that with what is on disk.
 */
public final class KilledLives {

    /** Without logging, which takes a third of the start of so short a life. */
    private static final String CLASS_PATH = Arrays.stream(
                    System.getProperty("java.class.path").split(File.pathSeparator, -1))
            .filter(path -> !path.contains("logback"))
            .collect(Collectors.joining(File.pathSeparator));

    private final Class<?> main;
    private final Path place;
    private final Witness witness;

    private KilledLives(Class<?> main, Path place, Witness witness) {
        this.main = main;
        this.place = place;
        this.witness = witness;
    }

    /** Who hears what a process says, and looks at what it has left. */
    public interface Witness {

        /** Where the next life goes on, as words with a space between. */
        String beginning();

        /** It has said something, perhaps before it died. */
        void hear(String[] words);

        /**
         * It is dead.
         *
         * @param when for messages
         */
        void compare(String when) throws IOException;
    }

    // ---- the parent

    /**
     * Lets a process live and kills it, again and again.
     *
     * @param main calls {@link #live}; its argument is the place
     * @param place what all lives write to
     * @param kills how many lives
     * @param mostLines a life says fewer lines before it is killed
     * @param witness of all of them
     */
    public static void killAndCompare(Class<?> main, Path place, int kills, int mostLines, Witness witness)
            throws Exception {
        new KilledLives(main, place, witness).killAndCompare(kills, mostLines);
    }

    private void killAndCompare(int kills, int mostLines) throws Exception {
        long seed = Long.getLong("chaski.test.seed", System.nanoTime());
        Random random = new Random(seed);
        // They begin when they are told; a JVM takes longer to start than all the rest, so two start at a time.
        Deque<Process> waiting = new ArrayDeque<>(List.of(start(), start()));
        try {
            for (int kill = 1; kill <= kills; kill++) {
                liveAndDie(waiting.remove(), random.nextInt(mostLines));
                if (kill + waiting.size() < kills) {
                    waiting.add(start());
                }
                witness.compare("seed " + seed + ", after kill " + kill);
            }
        } finally {
            for (Process unused : waiting) {
                unused.destroyForcibly().waitFor();
            }
        }
    }

    private Process start() throws IOException {
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        CLASS_PATH,
                        main.getName(),
                        place.toString())
                .redirectError(ProcessBuilder.Redirect.DISCARD) // SLF4J misses a provider
                .start();
    }

    private void liveAndDie(Process life, int lines) throws Exception {
        try (BufferedReader output = life.inputReader();
                BufferedWriter input = life.outputWriter()) {
            input.write(witness.beginning());
            input.newLine();
            input.flush();
            assertThat(output.readLine()).isEqualTo("opening");
            for (int heard = 0; heard < lines; heard++) {
                String line = output.readLine();
                assertThat(line).as("it has died by itself").isNotNull();
                witness.hear(line.split(" ", -1));
            }
            life.toHandle().destroyForcibly(); // unlike destroyForcibly() leaves the output open
            hearTheRest(output);
        } finally {
            life.destroyForcibly().waitFor();
        }
    }

    /** What it had said before it died still counts; a short line goes into a pipe as a whole or not at all. */
    private void hearTheRest(BufferedReader output) throws IOException {
        String line = output.readLine();
        while (line != null) {
            witness.hear(line.split(" ", -1));
            line = output.readLine();
        }
    }

    // ---- the child

    /** What a process does. */
    public interface Life {

        /**
         * Opens what it writes to, starts threads that write, and returns.
         *
         * @param beginning what the witness has said
         */
        void begin(String[] beginning);
    }

    /** Waits for the line of the witness, lives, and ends with its input. Does not return. */
    public static void live(Life life) throws IOException {
        BufferedReader input = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.US_ASCII));
        String line = input.readLine();
        if (line != null) {
            say("opening");
            life.begin(line.split(" ", -1));
            line = input.readLine();
        }
        Runtime.getRuntime().halt(line == null ? 0 : 1);
    }

    /** Says a line to the witness, in one piece and past all buffers of the process. */
    public static void say(String line) {
        synchronized (System.out) {
            System.out.write((line + "\n").getBytes(StandardCharsets.US_ASCII), 0, line.length() + 1);
            System.out.flush();
        }
    }
}
