package io.chaski.examples.process;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * An example that has run as a process of its own, to its end.
 *
 * @param exitValue of the process
 * @param output both streams
 */
public record ExampleProcess(int exitValue, String output) {

    /**
     * Runs an example. Its output goes to a file meanwhile: whoever reads a pipe cannot be interrupted, and a process that
     * hangs would hang the test.
     *
     * @param main what is run
     * @param limit after which it is killed and the test fails
     * @param arguments for it
     */
    public static ExampleProcess run(Class<?> main, Duration limit, String... arguments)
            throws IOException, InterruptedException {
        Path file = Files.createTempFile("chaski-example", ".txt");
        try {
            Process process =
                    builder(main, arguments).redirectOutput(file.toFile()).start();
            try {
                if (!process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
                    throw new AssertionError(
                            main.getSimpleName() + " has not ended within " + limit + ":\n" + Files.readString(file));
                }
            } finally {
                process.descendants().forEach(ProcessHandle::destroyForcibly);
                process.destroyForcibly();
            }
            return new ExampleProcess(process.exitValue(), Files.readString(file));
        } finally {
            Files.delete(file);
        }
    }

    /** How an example is started as a process, with both streams in one. */
    public static ProcessBuilder builder(Class<?> main, String... arguments) {
        List<String> command = new ArrayList<>(Child.command(Child.QUICK, main, arguments));
        command.set(command.indexOf("-cp") + 1, SharedClasses.classPath());
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        SharedClasses.addTo(builder.environment());
        return builder;
    }
}
