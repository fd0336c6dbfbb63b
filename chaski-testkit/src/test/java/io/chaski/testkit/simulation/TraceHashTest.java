package io.chaski.testkit.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;

/** One seed gives one run: here, in another process, and in the profile {@code jdk25} on another version of Java. */
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class TraceHashTest {

    private static final long SEED = 7;

    /** Home of the JDK of the other process; set by the profile. */
    private static final String OTHER_JDK = System.getProperty("chaski.test.jdk", System.getProperty("java.home"));

    @Test
    void differs_for_another_seed() {
        assertThat(TracedRun.of(SEED + 1)).isNotEqualTo(TracedRun.of(SEED));
    }

    /** Nothing that differs between processes may count: identity hashes, random seeds, the time, the order of sets. */
    @Test
    void is_the_same_in_another_process_and_on_another_jdk() throws Exception {
        String here = Long.toHexString(TracedRun.of(SEED));

        String[] there = runElsewhere().split(" ", -1);

        System.out.printf(
                "trace hash of seed %d: %s on Java %d, %s on Java %s%n",
                SEED, here, Runtime.version().feature(), there[1], there[0]);
        assertThat(there[1]).isEqualTo(here);
        assertThat(there[0]).isEqualTo(System.getProperty("chaski.test.jdk.version", there[0]));
    }

    private static String runElsewhere() throws IOException, InterruptedException {
        Process process = new ProcessBuilder(
                        Path.of(OTHER_JDK, "bin", "java").toString(),
                        "-ea",
                        "-cp",
                        System.getProperty("java.class.path"),
                        TracedRun.class.getName(),
                        Long.toString(SEED))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try (var output = process.inputReader()) {
            String last = output.lines().reduce("", (before, line) -> line);
            assertThat(process.waitFor()).as(last).isZero();
            return last;
        } finally {
            process.destroyForcibly();
        }
    }
}
