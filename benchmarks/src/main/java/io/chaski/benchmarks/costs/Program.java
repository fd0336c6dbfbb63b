package io.chaski.benchmarks.costs;

import io.chaski.benchmarks.ThisProcess;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * A program in a JVM of its own, which tells by lines. Immutable.
 *
 * @param command what follows {@code java}: flags, the class path, the class and its arguments
 * @param limit when it is ended at the latest
 */
record Program(List<String> command, Duration limit) {

    Program {
        command = List.copyOf(command);
    }

    /**
     * Runs it until it ends.
     *
     * @param hears each line that it says
     * @throws IllegalStateException if it fails, or is not over in time
     */
    void run(Consumer<String> hears) throws IOException, InterruptedException {
        List<String> whole = new ArrayList<>();
        whole.add(ThisProcess.java());
        whole.addAll(command);
        Process process = new ProcessBuilder(whole)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        // Of the handle, because the process would close what is being read; with its end there is nothing more to
        // read.
        ProcessHandle handle = process.toHandle();
        CompletableFuture<Process> ended = process.onExit().orTimeout(limit.toNanos(), TimeUnit.NANOSECONDS);
        var unused = ended.whenComplete((over, late) -> handle.destroyForcibly());
        int code;
        try (BufferedReader lines = process.inputReader(StandardCharsets.UTF_8)) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                hears.accept(line);
            }
            code = process.waitFor();
        } finally {
            handle.destroyForcibly();
        }
        if (ended.isCompletedExceptionally()) {
            throw new IllegalStateException("not over after " + limit + ": " + command);
        }
        if (code != 0) {
            throw new IllegalStateException("ended with " + code + ": " + command);
        }
    }
}
