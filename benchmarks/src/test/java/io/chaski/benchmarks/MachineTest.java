package io.chaski.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class MachineTest {

    private static final String JAVA =
            Path.of(System.getProperty("java.home"), "bin", "java").toString();

    /** Says something and then waits for a word that does not come. */
    static final class Silent {
        public static void main(String[] arguments) throws IOException {
            System.out.println("v1.0");
            System.exit(System.in.read());
        }
    }

    @Test
    @Timeout(60)
    void who_does_not_end_is_not_waited_for() {
        String classPath = System.getProperty("java.class.path");
        assertThat(Machine.answer(Duration.ofMillis(100), JAVA, "-cp", classPath, Silent.class.getName()))
                .isEqualTo("unknown");
    }

    @Test
    void who_ends_is_heard() {
        assertThat(Machine.answer(Duration.ofSeconds(60), JAVA, "--version"))
                .contains("" + Runtime.version().feature());
    }

    @Test
    void who_fails_or_is_not_there_says_nothing() {
        assertThat(Machine.answer(Duration.ofSeconds(60), JAVA, "--no-such-option"))
                .isEqualTo("unknown");
        assertThat(Machine.answer(Duration.ofSeconds(60), "no-such-program-at-all"))
                .isEqualTo("unknown");
    }
}
