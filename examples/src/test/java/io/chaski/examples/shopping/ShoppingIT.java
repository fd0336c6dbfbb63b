package io.chaski.examples.shopping;

import static org.assertj.core.api.Assertions.assertThat;

import io.chaski.examples.process.ExampleProcess;
import java.time.Duration;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class ShoppingIT {

    @Test
    void two_processes_share_a_list_over_tcp() throws Exception {
        shops();
    }

    @Test
    void two_processes_share_a_list_over_a_unix_domain_socket() throws Exception {
        shops("--unix");
    }

    private static void shops(String... arguments) throws Exception {
        ExampleProcess example = ExampleProcess.run(Shopping.class, Duration.ofSeconds(100), arguments);

        assertThat(example.exitValue()).as(example.output()).isZero();
        assertThat(example.output().lines()).containsSubsequence("[orange, bread, cheese]", "[]");
    }

    @Test
    void says_how_it_is_used_when_an_option_makes_no_sense() throws Exception {
        ExampleProcess example = ExampleProcess.run(Shopping.class, Duration.ofSeconds(100), "--tcp");

        assertThat(example.exitValue()).isEqualTo(2);
        assertThat(example.output()).contains("usage: shopping [--unix]");
    }
}
