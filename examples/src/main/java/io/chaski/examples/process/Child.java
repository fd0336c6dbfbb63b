package io.chaski.examples.process;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * A child process as the launcher sees it. The two talk by lines: the launcher's commands go to the child's standard
 * input, the child's answers come back on its standard output with {@link #MARK} in front, and everything else the
 * child prints is passed on to the terminal. A child ends when its input does, so none outlives the launcher.
 */
public final class Child implements AutoCloseable {

    /** In front of lines that are meant for the launcher. */
    private static final String MARK = "@@ ";

    /** For processes that live for seconds, several at a time. */
    static final List<String> QUICK = List.of("-Xmx96m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1");

    /** Takes the place of an answer when no more will come. */
    private static final String ENDED = "";

    private final String name;
    private final Process process;
    private final PrintWriter commands;
    private final BlockingQueue<String> answers = new LinkedBlockingQueue<>();
    private final Thread reader;

    private Child(String name, Process process) {
        this.name = name;
        this.process = process;
        this.commands = new PrintWriter(process.outputWriter(StandardCharsets.UTF_8), true);
        this.reader = new Thread(this::read, "output of " + name);
        reader.setDaemon(true);
        reader.start();
    }

    /**
     * Starts a child with the Java and the class path of this process.
     *
     * @param main the class to run
     * @param name what the launcher calls it
     * @param arguments role and what it needs
     */
    public static Child start(Class<?> main, String name, String... arguments) throws IOException {
        return start(QUICK, main, name, arguments);
    }

    /** Starts a child that has much to compute, such as keys from passwords: with the better compiler, which takes longer. */
    public static Child startToCompute(Class<?> main, String name, String... arguments) throws IOException {
        return start(List.of("-Xmx96m", "-XX:+UseSerialGC"), main, name, arguments);
    }

    private static Child start(List<String> flags, Class<?> main, String name, String... arguments) throws IOException {
        return new Child(
                name,
                new ProcessBuilder(command(flags, main, arguments))
                        .redirectError(ProcessBuilder.Redirect.INHERIT)
                        .start());
    }

    /** The command that runs a class with the Java and the class path of this process. */
    static List<String> command(List<String> flags, Class<?> main, String... arguments) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(flags);
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
        command.addAll(List.of(arguments));
        return command;
    }

    /** What the launcher calls it. */
    public String name() {
        return name;
    }

    /** Its process id. */
    public long pid() {
        return process.pid();
    }

    /** Gives it a command. */
    public void tell(String command) {
        commands.println(command);
    }

    /**
     * Waits for an answer that begins with a word, skipping others.
     *
     * @return what follows the word
     * @throws IllegalStateException if the child is silent for too long, or has ended
     */
    public String await(String word, Duration limit) throws InterruptedException {
        return hear(word, limit)
                .orElseThrow(() -> new IllegalStateException(
                        name + " did not say " + word + " within " + limit.toSeconds() + " s"));
    }

    /**
     * As {@link #await}, but for one that may be silent.
     *
     * @return empty if it is silent for as long
     * @throws IllegalStateException if the child has ended
     */
    public Optional<String> hear(String word, Duration limit) throws InterruptedException {
        long deadline = System.nanoTime() + limit.toNanos();
        while (true) {
            String answer = answers.poll(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
            if (answer == null) {
                return Optional.empty();
            }
            if (answer.equals(ENDED)) {
                answers.add(ENDED);
                throw new IllegalStateException(name + " has ended and did not say " + word);
            }
            if (answer.equals(word) || answer.startsWith(word + " ")) {
                return Optional.of(answer.substring(word.length()).trim());
            }
        }
    }

    /**
     * Waits until it has ended by itself, and what it has printed has been passed on.
     *
     * @throws IllegalStateException if it does not end, or says that it has failed
     */
    public void awaitEnd(Duration limit) throws InterruptedException {
        if (!process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
            throw new IllegalStateException(name + " has not ended within " + limit.toSeconds() + " s");
        }
        reader.join(limit.toMillis());
        if (process.exitValue() != 0) {
            throw new IllegalStateException(name + " has failed with exit code " + process.exitValue());
        }
    }

    /** Ends it as a crash would: SIGKILL, no goodbye. */
    public void kill() throws InterruptedException {
        process.destroyForcibly();
        process.waitFor();
    }

    /** Lets it end in good order, and ends it if it does not. */
    @Override
    public void close() {
        commands.close();
        try {
            if (!process.waitFor(10, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }

    private void read() {
        try (BufferedReader lines = process.inputReader(StandardCharsets.UTF_8)) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (line.startsWith(MARK)) {
                    answers.add(line.substring(MARK.length()));
                } else {
                    System.out.println(line);
                }
            }
        } catch (IOException e) {
            System.err.println("lost the output of " + name + ": " + e.getMessage());
        } finally {
            answers.add(ENDED);
        }
    }

    /** The child's side: prints an answer for the launcher. */
    public static synchronized void answer(String line) {
        System.out.println(MARK + line);
        System.out.flush();
    }

    /** The child's side, for one that takes no commands: returns when the launcher closes it or has ended. */
    public static void awaitLauncher() throws IOException {
        System.in.transferTo(OutputStream.nullOutputStream());
    }

    /** The child's side: the launcher's commands, in order; ends with the launcher. */
    public static BufferedReader commands() {
        return new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    }
}
