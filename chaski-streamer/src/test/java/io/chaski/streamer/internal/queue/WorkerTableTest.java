package io.chaski.streamer.internal.queue;

import static org.assertj.core.api.Assertions.assertThat;

import io.chaski.core.NodeId;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class WorkerTableTest {

    private static final NodeId MILL = new NodeId(2, 1);

    private final WorkerTable table = new WorkerTable();

    @Test
    void a_worker_is_tried_at_once_and_once() {
        table.onWorks(MILL, 0);

        assertThat(table.takeDue(0)).containsExactly(MILL);
        assertThat(table.takeDue(1_000)).isEmpty();
        assertThat(table.nextMillis()).isEqualTo(JobEntry.NEVER);
    }

    @Test
    void one_that_cannot_be_reached_is_tried_again_after_longer_and_longer_pauses() {
        long now = 0;
        for (long pause : new long[] {100, 200, 400, 800, 1_600, 3_200, 5_000, 5_000}) {
            table.onWorks(MILL, now);
            assertThat(table.takeDue(now)).containsExactly(MILL);
            table.onEnded(MILL, now);
            assertThat(table.nextMillis()).isEqualTo(now + pause);
            assertThat(table.takeDue(now + pause - 1)).isEmpty();
            now += pause;
        }
        table.onReached(MILL);
        assertThat(table.takeDue(now)).containsExactly(MILL);
        table.onEnded(MILL, now);
        assertThat(table.nextMillis()).isEqualTo(now + 100);
    }

    @Test
    void one_that_is_silent_or_has_left_is_forgotten_when_its_stream_has_ended() {
        table.onWorks(MILL, 0);
        table.takeDue(0);
        table.onEnded(MILL, WorkerTable.LEASE_MILLIS);
        assertThat(table.takeDue(2 * WorkerTable.LEASE_MILLIS)).isEmpty();
        assertThat(table.nextMillis()).isEqualTo(JobEntry.NEVER);

        table.onWorks(MILL, 0);
        table.onLeft(MILL, 10);
        assertThat(table.takeDue(10)).isEmpty();
    }

    @Test
    void one_that_drains_is_tried_and_takes_no_jobs() {
        table.onWorks(MILL, 0);
        assertThat(table.isTaking(MILL, 0)).isTrue();
        assertThat(table.takeDue(0)).containsExactly(MILL);
        table.onDrains(MILL, 10);
        assertThat(table.isTaking(MILL, 10)).isFalse();

        table.onEnded(MILL, 20);

        assertThat(table.takeDue(20 + WorkerTable.FIRST_PAUSE_MILLIS)).containsExactly(MILL);
        assertThat(table.isTaking(MILL, 200)).isFalse();
    }

    @Test
    void one_that_was_not_heard_of_for_long_is_not_counted_on() {
        table.onWorks(MILL, 0);
        table.takeDue(0);

        assertThat(table.isTaking(MILL, WorkerTable.LEASE_MILLIS - 1)).isTrue();
        assertThat(table.isTaking(MILL, WorkerTable.LEASE_MILLIS)).isFalse();
    }

    @Test
    void there_is_room_for_so_many_and_for_more_when_some_were_silent() {
        for (int i = 0; i < WorkerTable.MAX_WORKERS; i++) {
            assertThat(table.onWorks(new NodeId(3, i), 0)).isTrue();
        }

        assertThat(table.onWorks(MILL, 1)).isFalse();
        assertThat(table.onWorks(MILL, WorkerTable.LEASE_MILLIS)).isTrue();
    }
}
