package io.chaski.benchmarks.costs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Real processes. */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ProgramTest {

    static final Duration LONG = Duration.ofSeconds(100);

    final List<String> heard = new ArrayList<>();

    /** Says what it is told, and ends with the number that follows, if one does; else never. */
    static final class Says {
        private Says() {}

        public static void main(String[] arguments) throws InterruptedException {
            System.out.println(arguments[0]);
            if (arguments.length > 1) {
                System.exit(Integer.parseInt(arguments[1]));
            }
            new CountDownLatch(1).await();
        }
    }

    static Program says(Duration limit, String... arguments) {
        List<String> command =
                new ArrayList<>(List.of("-cp", System.getProperty("java.class.path"), Says.class.getName()));
        command.addAll(List.of(arguments));
        return new Program(command, limit);
    }

    @Test
    void what_it_says_is_heard() throws Exception {
        says(LONG, "hello", "0").run(heard::add);

        assertThat(heard).containsExactly("hello");
    }

    @Test
    void one_that_fails_is_told() {
        assertThatThrownBy(() -> says(LONG, "hello", "3").run(heard::add))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("ended with 3");
    }

    @Test
    void one_that_does_not_end_is_ended() {
        assertThatThrownBy(() -> says(Duration.ofMillis(1), "hello").run(heard::add))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("not over after PT0.001S");
    }
}
