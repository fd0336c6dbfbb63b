package io.chaski.examples.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * An example that has run as a process of its own, to its end.
 *
 * @param exitValue of the process
 * @param output both streams
 */
public record ExampleProcess(int exitValue, String output) {

    /**
     * Runs an example. Its output goes to a file meanwhile: whoever reads a pipe cannot be interrupted, and a process that
     * hangs would hang the test. It must leave no temporary file behind.
     *
     * @param main what is run
     * @param limit after which it is killed and the test fails
     * @param arguments for it
     */
    public static ExampleProcess run(Class<?> main, Duration limit, String... arguments)
            throws IOException, InterruptedException {
        try (WorkFolder folder = WorkFolder.make("chaski-example")) {
            Path file = folder.path().resolve("output.txt");
            Path temporary = Files.createDirectory(folder.path().resolve("temporary"));
            ProcessBuilder builder = builder(main, arguments).redirectOutput(file.toFile());
            builder.command().add(1, "-Djava.io.tmpdir=" + temporary);
            Process process = builder.start();
            try {
                if (!process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
                    throw new AssertionError(
                            main.getSimpleName() + " has not ended within " + limit + ":\n" + Files.readString(file));
                }
            } finally {
                process.descendants().forEach(ProcessHandle::destroyForcibly);
                process.destroyForcibly();
            }
            try (Stream<Path> left = Files.list(temporary)) {
                assertThat(left)
                        .as("what " + main.getSimpleName() + " has left behind")
                        .isEmpty();
            }
            return new ExampleProcess(process.exitValue(), Files.readString(file));
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
