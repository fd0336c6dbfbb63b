package io.chaski.benchmarks;

import io.netty.util.Version;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;

/** What a figure is worth nothing without: where it was measured, and of which code. */
final class Machine {

    private static final String UNKNOWN = "unknown";

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
        try {
            Process git = new ProcessBuilder("git", "describe", "--always", "--dirty")
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            String answer = new String(git.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
            return git.waitFor(5, TimeUnit.SECONDS) && git.exitValue() == 0 ? answer : UNKNOWN;
        } catch (IOException noGit) {
            return UNKNOWN;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return UNKNOWN;
        }
    }
}
