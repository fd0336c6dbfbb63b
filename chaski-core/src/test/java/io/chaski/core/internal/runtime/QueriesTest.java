package io.chaski.core.internal.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chaski.core.NodeClosedException;
import io.chaski.core.NodeSnapshot.QueueSnapshot;
import io.chaski.core.RequestTimeoutException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class QueriesTest {

    /** Takes questions and never gets to them. */
    private static final class BusyLoop extends FakeNodeLoop {
        @Override
        public boolean execute(Task task) {
            return true;
        }
    }

    private static final class NothingToTell implements Queries.ApplicationSide {
        @Override
        public List<QueueSnapshot> queues() {
            return List.of();
        }

        @Override
        public Map<String, Long> counters() {
            return Map.of();
        }
    }

    private static Queries queries(NodeLoop loop) {
        return new Queries("mill", loop, new NothingToTell());
    }

    @Test
    void a_loop_that_is_busy_is_a_timeout_with_its_limit() {
        assertThatThrownBy(() -> queries(new BusyLoop()).diagnose("t"))
                .isInstanceOfSatisfying(
                        RequestTimeoutException.class,
                        timeout -> assertThat(timeout.limit()).isEqualTo(Duration.ofSeconds(10)))
                .hasMessageContaining("mill");
    }

    @Test
    void a_loop_that_ended_with_the_question_in_its_queue_is_a_closed_node() {
        BusyLoop loop = new BusyLoop();
        loop.isClosed = true;
        assertThatThrownBy(() -> queries(loop).diagnose("t")).isInstanceOf(NodeClosedException.class);
    }

    @Test
    void an_interrupted_caller_is_told_and_stays_interrupted() {
        Thread.currentThread().interrupt();
        assertThatThrownBy(() -> queries(new BusyLoop()).snapshot()).isInstanceOf(CancellationException.class);
        assertThat(Thread.interrupted()).isTrue();
    }
}
