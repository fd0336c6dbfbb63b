package io.chaski.benchmarks;

import io.netty.util.Version;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** What a figure is worth nothing without: where it was measured, and of which code. */
final class Machine {

    private static final String UNKNOWN = "unknown";

    /** Git looks at all files; a machine that is busy needs a while for them. */
    private static final Duration LIMIT = Duration.ofSeconds(5);

    private Machine() {}

    /** One line about the Java, Netty, processors, system and commit. */
    static String describe() {
        Version netty = Version.identify().get("netty-transport");
        return "JDK " + Runtime.version() + ", Netty " + (netty == null ? UNKNOWN : netty.artifactVersion()) + ", "
                + Runtime.getRuntime().availableProcessors() + " cores, " + System.getProperty("os.name") + " "
                + System.getProperty("os.version") + " " + System.getProperty("os.arch") + ", commit " + commit();
    }

    /** The commit that is checked out, marked when files differ from it; unknown outside a clone or without git. */
    private static String commit() {
        return answer(LIMIT, "git", "describe", "--always", "--dirty");
    }

    /**
     * What a program says, which must fit into a pipe; unknown if it cannot be started, fails or does not end.
     *
     * @param limit after which it is ended
     */
    static String answer(Duration limit, String... command) {
        try {
            Process program = new ProcessBuilder(command)
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            try { // waits before it reads: to the end of what a program says it could wait for ever
                if (program.waitFor(limit.toNanos(), TimeUnit.NANOSECONDS) && program.exitValue() == 0) {
                    return new String(program.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
                }
                return UNKNOWN;
            } finally {
                program.destroyForcibly();
            }
        } catch (IOException noProgram) {
            return UNKNOWN;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return UNKNOWN;
        }
    }
}
