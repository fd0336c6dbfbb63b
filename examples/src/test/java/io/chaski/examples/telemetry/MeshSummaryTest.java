package io.chaski.examples.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class MeshSummaryTest {

    private final MeshSummary summary = new MeshSummary("node-3");

    private void report(String node1, String node2, String node3) {
        summary.published("node-1", "a:1 100");
        summary.published("node-2", "b:1 90");
        summary.published("node-3", "c:2 50");
        summary.received("node-1", node1);
        summary.received("node-2", node2);
        summary.received("node-3", node3);
    }

    @Test
    void is_complete_when_everybody_has_what_was_published_while_it_was_up() {
        report(
                "0 0 b:1 1 90 90 0 c:1 1 20 20 0 c:2 1 50 50 0",
                "0 0 a:1 1 100 100 0 c:1 1 19 19 0 c:2 1 50 50 0",
                "0 0 a:1 41 100 60 0 b:1 31 90 60 0");

        assertThat(summary.missing()).isZero();
        assertThat(summary.isComplete()).isTrue();
        assertThat(summary.print())
                .contains("published: 240")
                .contains("missing at nodes that were up: 0")
                .endsWith("OK");
    }

    @Test
    void counts_a_message_that_a_node_that_was_up_has_not_received() {
        report(
                "0 0 b:1 1 90 89 0 c:2 1 50 50 0",
                "0 0 a:1 2 100 99 0 c:2 1 50 50 0",
                "0 0 a:1 41 100 60 0 b:1 31 90 60 0");

        assertThat(summary.missing()).isEqualTo(2);
        assertThat(summary.isComplete()).isFalse();
        assertThat(summary.print()).endsWith("WRONG: the sums do not fit");
    }

    @Test
    void counts_a_publisher_that_a_node_has_never_heard() {
        report("0 0 c:2 1 50 50 0", "0 0 a:1 1 100 100 0 c:2 1 50 50 0", "0 0 a:1 41 100 60 0 b:1 31 90 60 0");

        assertThat(summary.missing()).isEqualTo(90);
    }

    @Test
    void counts_what_came_twice_or_out_of_order() {
        report(
                "0 0 b:1 1 90 90 3 c:2 1 50 50 0",
                "0 0 a:1 1 100 100 0 c:2 1 50 50 0",
                "0 0 a:1 41 100 60 0 b:1 31 90 60 0");

        assertThat(summary.missing()).isEqualTo(3);
    }

    @Test
    void counts_a_hole_in_what_came_of_the_killed_incarnation() {
        report(
                "0 0 b:1 1 90 90 0 c:1 1 20 18 0 c:2 1 50 50 0",
                "0 0 a:1 1 100 100 0 c:2 1 50 50 0",
                "0 0 a:1 41 100 60 0 b:1 31 90 60 0");

        assertThat(summary.missing()).isEqualTo(2);
    }

    @Test
    void is_not_complete_before_everybody_has_reported() {
        summary.published("node-1", "a:1 100");

        assertThat(summary.isComplete()).isFalse();
    }
}
