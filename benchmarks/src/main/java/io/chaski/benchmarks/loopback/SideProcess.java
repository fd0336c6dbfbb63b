package io.chaski.benchmarks.loopback;

import io.chaski.benchmarks.ThisProcess;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * A {@link Side} as the driver sees it. They talk by lines over the child's standard input and output. A side ends when
 * its input does, so none outlives the driver. Thread-safe.
 */
final class SideProcess implements AutoCloseable {

    /** Stands for the end of the output. */
    private static final String ENDED = "ENDED";

    private final String name;
    private final Process process;
    private final PrintWriter commands;
    private final BlockingQueue<String> answers = new LinkedBlockingQueue<>();

    private SideProcess(String name, Process process) {
        this.name = name;
        this.process = process;
        this.commands = new PrintWriter(process.outputWriter(StandardCharsets.UTF_8), true);
        Thread reader = new Thread(this::read, "output of " + name);
        reader.setDaemon(true);
        reader.start();
    }

    /**
     * Starts a side with the Java and the class path of this process.
     *
     * @param flags of its JVM
     * @param arguments see {@link Side}
     */
    static SideProcess start(List<String> flags, String... arguments) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(ThisProcess.java());
        command.addAll(flags);
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), Side.class.getName()));
        command.addAll(List.of(arguments));
        Process process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        return new SideProcess(String.join(" ", arguments), process);
    }

    void tell(String command) {
        commands.println(command);
    }

    /**
     * Waits for an answer that begins with a word, skipping what others print.
     *
     * @return what follows the word
     * @throws IllegalStateException if the side ends or is silent for too long
     */
    String await(String word, Duration limit) throws InterruptedException {
        long deadline = System.nanoTime() + limit.toNanos();
        while (true) {
            String answer = answers.poll(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
            if (answer == null || answer.equals(ENDED)) {
                throw new IllegalStateException(
                        (answer == null ? "silent for " + limit.toSeconds() + " s" : "ended") + ": " + name);
            }
            if (answer.startsWith(word + " ")) {
                return answer.substring(word.length() + 1);
            }
        }
    }

    /** Processes that it has started. */
    Stream<ProcessHandle> children() {
        return process.children();
    }

    /** Ends it at once, and before it what it has started, which would hear nothing of its end. */
    void kill() {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
    }

    /** Lets it end in good order, and ends it if it does not. */
    @Override
    public void close() {
        commands.close();
        try {
            if (!process.waitFor(10, TimeUnit.SECONDS)) {
                kill();
            }
        } catch (InterruptedException e) {
            kill();
            Thread.currentThread().interrupt();
        }
    }

    /** The numbers of an answer. */
    static long[] numbers(String answer) {
        return Arrays.stream(answer.split(" ")).mapToLong(Long::parseLong).toArray();
    }

    private void read() {
        try (BufferedReader lines = process.inputReader(StandardCharsets.UTF_8)) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                answers.add(line);
            }
        } catch (IOException e) {
            System.err.println("lost the output of " + name + ": " + e.getMessage());
        }
        answers.add(ENDED);
    }
}
