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
        summary.followed("node-1", "0 0 b:1 7 90 0 none c:1 4 20 0 none c:2 1 50 0 none");
    }

    /** With nothing to be said against the shared topic. */
    private void reportFollowed(String followed) {
        report(
                "0 0 b:1 1 90 0 none c:2 1 50 0 none",
                "0 0 a:1 1 100 0 none c:2 1 50 0 none",
                "0 0 a:1 41 100 0 none b:1 31 90 0 none");
        summary.followed("node-1", followed);
    }

    @Test
    void is_complete_when_everybody_has_what_was_published_while_it_was_up() {
        report(
                "0 0 b:1 1 90 0 none c:1 1 20 0 none c:2 1 50 0 none",
                "0 0 a:1 1 100 0 none c:1 1 20 0 none c:2 1 50 0 none",
                "0 0 a:1 41 100 0 none b:1 31 90 0 none");

        assertThat(summary.missing()).isZero();
        assertThat(summary.isComplete()).isTrue();
        assertThat(summary.exitCode()).isZero();
        assertThat(summary.print())
                .contains("published: 240")
                .contains("delivered: 450")
                .contains("missing at nodes that were up: 0")
                .contains("delivered at the viewer: 151, missing: 0")
                .endsWith("OK");
    }

    @Test
    void counts_a_message_that_a_node_that_was_up_has_not_received() {
        report(
                "1 0 b:1 1 90 0 17-17 c:2 1 50 0 none",
                "0 0 a:1 2 100 0 none c:2 1 50 0 none",
                "0 0 a:1 41 100 0 none b:1 31 90 0 none");

        assertThat(summary.missing()).isEqualTo(2);
        assertThat(summary.isComplete()).isFalse();
        assertThat(summary.exitCode()).isEqualTo(1);
        assertThat(summary.print()).endsWith("WRONG: the sums do not fit");
    }

    @Test
    void counts_what_was_published_last_and_has_not_arrived() {
        report(
                "0 0 b:1 1 88 0 none c:2 1 50 0 none",
                "0 0 a:1 1 100 0 none c:2 1 50 0 none",
                "0 0 a:1 41 99 0 none b:1 31 90 0 none");

        assertThat(summary.missing()).isEqualTo(3);
    }

    @Test
    void counts_what_nobody_has_published() {
        report(
                "0 0 b:1 1 91 0 none c:2 1 50 0 none",
                "0 0 a:1 1 100 0 none c:2 1 50 0 none",
                "0 0 a:1 41 100 0 none b:1 31 90 0 none");

        assertThat(summary.missing()).isEqualTo(1);
    }

    @Test
    void counts_a_publisher_that_a_node_has_never_heard() {
        report("0 0 c:2 1 50 0 none", "0 0 a:1 1 100 0 none c:2 1 50 0 none", "0 0 a:1 41 100 0 none b:1 31 90 0 none");

        assertThat(summary.missing()).isEqualTo(90);
    }

    @Test
    void is_not_complete_while_the_node_that_came_back_has_not_heard_everybody() {
        report("0 0 b:1 1 90 0 none c:2 1 50 0 none", "0 0 a:1 1 100 0 none c:2 1 50 0 none", "0 0 b:1 31 90 0 none");

        assertThat(summary.isComplete()).isFalse();
    }

    @Test
    void counts_what_came_twice_or_out_of_order() {
        report(
                "0 0 b:1 1 90 3 none c:2 1 50 0 none",
                "0 0 a:1 1 100 0 none c:2 1 50 0 none",
                "0 0 a:1 41 100 0 none b:1 31 90 0 none");

        assertThat(summary.missing()).isEqualTo(3);
    }

    @Test
    void counts_what_one_node_has_of_the_killed_incarnation_and_another_has_not() {
        report(
                "1 0 b:1 1 90 0 none c:1 1 20 0 7-8 c:2 1 50 0 none",
                "0 0 a:1 1 100 0 none c:1 1 19 0 none c:2 1 50 0 none",
                "0 0 a:1 41 100 0 none b:1 31 90 0 none");

        assertThat(summary.missing()).isEqualTo(3);
    }

    @Test
    void does_not_count_what_died_with_the_killed_incarnation() {
        report(
                "1 0 b:1 1 90 0 none c:1 1 20 0 7-8 c:2 1 50 0 none",
                "1 0 a:1 1 100 0 none c:1 1 20 0 7-8 c:2 1 50 0 none",
                "0 0 a:1 41 100 0 none b:1 31 90 0 none c:1 15 20 0 none");

        assertThat(summary.missing()).isZero();
    }

    @Test
    void counts_what_the_viewer_has_not_received_of_a_nodes_own_topic() {
        reportFollowed("2 0 b:1 7 89 0 12-12 c:1 4 20 0 none c:2 1 50 0 none");

        assertThat(summary.missing()).isZero();
        assertThat(summary.missingOfFollowed()).isEqualTo(2);
        assertThat(summary.exitCode()).isEqualTo(1);
        assertThat(summary.print())
                .contains("delivered at the viewer: 149, missing: 2")
                .endsWith("WRONG: the sums do not fit");
    }

    @Test
    void counts_an_own_topic_that_the_viewer_has_never_heard() {
        reportFollowed("0 0 b:1 7 90 0 none c:1 4 20 0 none");

        assertThat(summary.missingOfFollowed()).isEqualTo(50);
        assertThat(summary.exitCode()).isEqualTo(1);
    }

    @Test
    void counts_what_came_twice_or_out_of_order_on_an_own_topic() {
        reportFollowed("0 0 b:1 7 90 0 none c:1 4 20 1 none c:2 1 50 0 none");

        assertThat(summary.missingOfFollowed()).isEqualTo(1);
        assertThat(summary.exitCode()).isEqualTo(1);
    }

    @Test
    void does_not_count_what_died_on_an_own_topic_with_the_killed_incarnation() {
        reportFollowed("2 0 b:1 7 90 0 none c:1 4 20 0 7-8 c:2 1 50 0 none");

        assertThat(summary.exitCode()).isZero();
    }

    @Test
    void is_not_complete_before_the_viewer_has_reported_what_it_followed() {
        summary.published("node-1", "a:1 100");
        summary.published("node-2", "b:1 90");
        summary.received("node-1", "0 0 b:1 1 90 0 none");
        summary.received("node-2", "0 0 a:1 1 100 0 none");

        assertThat(summary.missing()).isZero();
        assertThat(summary.exitCode()).isEqualTo(1);
    }

    @Test
    void is_not_complete_before_everybody_has_reported() {
        summary.published("node-1", "a:1 100");

        assertThat(summary.isComplete()).isFalse();
    }

    @Test
    void is_not_complete_when_nothing_was_published() {
        summary.published("node-1", "a:1 0");
        summary.received("node-1", "0 0");

        assertThat(summary.isComplete()).isFalse();
    }

    @Test
    void is_not_complete_when_somebody_fell_silent_with_the_root() {
        summary.rootDied("0 0 b:1 1 90 0 none c:2 1 30 0 none");
        report(
                "0 0 b:1 1 90 0 none c:2 1 50 0 none",
                "0 0 a:1 1 100 0 none c:2 1 50 0 none",
                "0 0 a:1 41 100 0 none b:1 31 90 0 none");

        assertThat(summary.missing()).isZero();
        assertThat(summary.exitCode()).isEqualTo(1);
    }

    @Test
    void is_complete_when_everybody_went_on_without_the_root() {
        summary.rootDied("0 0 b:1 1 89 0 none c:2 1 30 0 none");
        report(
                "0 0 b:1 1 90 0 none c:2 1 50 0 none",
                "0 0 a:1 1 100 0 none c:2 1 50 0 none",
                "0 0 a:1 41 100 0 none b:1 31 90 0 none");

        assertThat(summary.exitCode()).isZero();
    }

    @Test
    void tells_how_many_sources_a_node_has_heard() {
        assertThat(MeshSummary.sources("0 0")).isZero();
        assertThat(MeshSummary.sources("0 0 a:1 1 2 0 none b:1 1 9 0 3-4,7-7")).isEqualTo(2);
    }

    @Test
    void a_tally_reports_its_holes() {
        Tally tally = new Tally();
        for (long sequence : new long[] {3, 4, 8, 9, 11, 10}) {
            tally.onMessage(sequence);
        }

        assertThat(tally.holes()).extracting(Tally.Hole::toString).containsExactly("5-7", "10-10");
        assertThat(tally.first()).isEqualTo(3);
        assertThat(tally.last()).isEqualTo(11);
        assertThat(tally.disordered()).isEqualTo(1);
    }
}
