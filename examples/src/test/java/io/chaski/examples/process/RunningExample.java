package io.chaski.examples.process;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An example that runs as a process of its own, and talks with the test as it would with a person whose terminal is a pipe. It
 * is killed at the end.
 */
public final class RunningExample implements AutoCloseable {

    /** Far more than anything takes on a machine that has much else to do. */
    private static final Duration LIMIT = Duration.ofSeconds(100);

    /** Takes the place of a line when no more will come. */
    private static final String ENDED = "\0";

    private final String name;
    private final Process process;
    private final WorkFolder temporary;
    private final PrintWriter input;
    private final BlockingQueue<String> lines = new LinkedBlockingQueue<>();
    private final List<String> read = new ArrayList<>();
    private final Thread reader;

    private RunningExample(String name, Process process, WorkFolder temporary) {
        this.name = name;
        this.temporary = temporary;
        this.process = process;
        this.input = new PrintWriter(process.outputWriter(StandardCharsets.UTF_8), true);
        this.reader = new Thread(this::read, "output of " + name);
        reader.setDaemon(true);
        reader.start();
    }

    /**
     * Starts an example.
     *
     * @param main what is run
     * @param name what failures call it
     * @param arguments for it
     */
    public static RunningExample start(Class<?> main, String name, String... arguments) throws IOException {
        return start(main, name, Map.of(), arguments);
    }

    /**
     * Starts an example.
     *
     * @param main what is run
     * @param name what failures call it
     * @param environment variables beside those that there are
     * @param arguments for it
     */
    public static RunningExample start(Class<?> main, String name, Map<String, String> environment, String... arguments)
            throws IOException {
        WorkFolder temporary = WorkFolder.make("chaski-example"); // one that is killed leaves what it has there
        ProcessBuilder builder = ExampleProcess.builder(main, arguments);
        builder.command().add(1, "-Djava.io.tmpdir=" + temporary.path());
        builder.environment().putAll(environment);
        return new RunningExample(name, builder.start(), temporary);
    }

    /**
     * Starts any other program.
     *
     * @param name what failures call it
     * @param environment variables beside those that there are
     * @param command what is run, with its arguments
     */
    public static RunningExample start(String name, Map<String, String> environment, String... command)
            throws IOException {
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().putAll(environment);
        return new RunningExample(name, builder.start(), WorkFolder.make("chaski-example"));
    }

    private void read() {
        try (BufferedReader output = process.inputReader(StandardCharsets.UTF_8)) {
            output.lines().forEach(lines::add);
        } catch (IOException e) {
            lines.add("lost the output: " + e.getMessage());
        } finally {
            lines.add(ENDED);
        }
    }

    /** Types a line. */
    public void type(String line) {
        input.println(line);
    }

    /** Types no more. */
    public void endInput() {
        input.close();
    }

    /**
     * Waits for a line, and skips those before it.
     *
     * @param pattern somewhere in the line
     * @return the match
     */
    public Matcher await(String pattern) throws InterruptedException {
        Pattern awaited = Pattern.compile(pattern);
        long deadline = System.nanoTime() + LIMIT.toNanos();
        while (true) {
            Matcher matcher = awaited.matcher(next(deadline, List.of(pattern)));
            if (matcher.find()) {
                return matcher;
            }
        }
    }

    /**
     * Waits for a line for each pattern, in whatever order they come, and skips others.
     *
     * @param patterns each somewhere in a line
     */
    public void awaitAll(String... patterns) throws InterruptedException {
        List<String> awaited = new ArrayList<>(List.of(patterns));
        long deadline = System.nanoTime() + LIMIT.toNanos();
        while (!awaited.isEmpty()) {
            String line = next(deadline, awaited);
            awaited.removeIf(pattern -> Pattern.compile(pattern).matcher(line).find());
        }
    }

    private String next(long deadlineNanos, List<String> awaited) throws InterruptedException {
        String line = lines.poll(deadlineNanos - System.nanoTime(), TimeUnit.NANOSECONDS);
        if (line == null || line.equals(ENDED)) {
            throw new AssertionError(name + (line == null ? " is silent" : " has ended") + " and did not print "
                    + awaited + ", but\n" + output());
        }
        read.add(line);
        return line;
    }

    /** What has been looked at so far. */
    public String output() {
        return String.join("\n", read);
    }

    /** All that it has printed to its end, which is waited for. */
    public String rest() throws InterruptedException {
        exitValue();
        reader.join(LIMIT.toMillis());
        List<String> rest = new ArrayList<>();
        lines.drainTo(rest);
        rest.remove(ENDED);
        read.addAll(rest);
        return output();
    }

    /** Waits until it has ended by itself. */
    public int exitValue() throws InterruptedException {
        if (!process.waitFor(LIMIT.toMillis(), TimeUnit.MILLISECONDS)) {
            throw new AssertionError(name + " has not ended, but printed\n" + output());
        }
        return process.exitValue();
    }

    /** Ends it as a crash would: SIGKILL. */
    public void kill() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }

    /** Asks it to end, with SIGTERM. Its terminal stays: {@link Process#destroy()} would end its input as well. */
    public void interrupt() {
        process.toHandle().destroy();
    }

    @Override
    public void close() throws IOException {
        process.destroyForcibly().onExit().join();
        temporary.close();
    }
}
