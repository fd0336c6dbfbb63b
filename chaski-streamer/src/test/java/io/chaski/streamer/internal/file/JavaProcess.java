package io.chaski.streamer.internal.file;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** A process that says on its standard output how far it is, and ends with its input. Closing it kills it. */
public final class JavaProcess implements AutoCloseable {

    /** The longest of these processes hashes and moves 4 GiB, on a machine that may have much else to do. */
    private static final Duration LIMIT = Duration.ofMinutes(10);

    /** In the place of a line when there will be no more. */
    private static final String ENDED = "";

    private final Process process;
    private final Thread reader;
    private final BlockingQueue<String> lines = new LinkedBlockingQueue<>();

    private JavaProcess(Process process) {
        this.process = process;
        reader = new Thread(this::read, "output of " + process.pid());
        reader.setDaemon(true);
        reader.start();
    }

    /** Whoever reads a pipe cannot be interrupted, so those who wait do not read it. */
    private void read() {
        try (BufferedReader output = process.inputReader()) {
            for (String line = output.readLine(); line != null; line = output.readLine()) {
                lines.add(line);
            }
        } catch (IOException killed) {
            lines.add("lost the output: " + killed);
        } finally {
            lines.add(ENDED);
        }
    }

    /** Starts a class with the class path of this process and as much heap, and as much memory beside it. */
    public static JavaProcess start(Class<?> main, int mebibytes, String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx" + mebibytes + "m",
                "-XX:+ExitOnOutOfMemoryError",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                main.getName()));
        command.addAll(List.of(arguments));
        return new JavaProcess(new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start());
    }

    /** Waits for a line that begins with a word; what follows it. */
    public String await(String word) throws InterruptedException {
        long deadline = System.nanoTime() + LIMIT.toNanos();
        String last = "";
        while (true) {
            String line = lines.poll(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
            if (line == null) {
                throw new AssertionError("the process did not say " + word + " within " + LIMIT);
            }
            if (line.equals(ENDED)) {
                throw new AssertionError("the process ended and did not say " + word + " after \"" + last + '"');
            }
            if (line.startsWith(word)) {
                return line.substring(word.length());
            }
            last = line;
        }
    }

    /** What follows a word in the lines that it has said and nobody has waited for; all there are, once it has been closed. */
    public List<String> said(String word) {
        List<String> said = new ArrayList<>();
        lines.stream().filter(line -> line.startsWith(word)).forEach(line -> said.add(line.substring(word.length())));
        return said;
    }

    @Override
    public void close() throws InterruptedException {
        process.destroyForcibly().waitFor();
        reader.join();
    }
}
