package io.chaski.core.internal.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import io.chaski.core.NodeEvent;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;

/** N49: who hears of what happens, and when. */
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class EventBusTest {

    private static final NodeEvent FIRST = new NodeEvent.Paired("first");
    private static final NodeEvent SECOND = new NodeEvent.Paired("second");

    private final ManualExecutor executor = new ManualExecutor();
    private final FakeNodeLoop loop = new FakeNodeLoop();
    private final Callbacks callbacks = Callbacks.on(executor, loop::nanoTime);
    private final EventBus bus = new EventBus(callbacks);
    private final List<NodeEvent> heard = new ArrayList<>();

    @BeforeEach
    void listen() {
        callbacks.retryOn(loop);
        bus.listen(heard::add);
        executor.runAll();
    }

    @Test
    void an_executor_that_refuses_delays_events_and_loses_none() {
        executor.isRefusing = true;
        bus.emit(FIRST);
        executor.isRefusing = false;
        bus.emit(SECOND);
        executor.runAll();

        assertThat(heard).containsExactly(FIRST, SECOND);
        assertThat(callbacks.refusals()).isEqualTo(1);
        assertThat(bus.dropped()).isZero();
    }

    @Test
    void an_event_that_was_refused_arrives_without_another_one() {
        executor.isRefusing = true;
        bus.emit(FIRST);
        loop.advance(Duration.ofSeconds(1));
        executor.isRefusing = false;
        loop.advance(Duration.ofNanos(PatientExecutor.RETRY_NANOS));
        executor.runAll();

        assertThat(heard).containsExactly(FIRST);
        assertThat(loop.timers()).isZero();
    }

    @Test
    void an_executor_that_refuses_for_long_costs_the_events_beyond_the_queue_only() {
        executor.isRefusing = true;
        for (int i = 0; i < 2 * EventBus.CAPACITY; i++) {
            bus.emit(FIRST);
        }
        executor.isRefusing = false;
        bus.emit(SECOND);
        executor.runAll();

        assertThat(heard).hasSize(EventBus.CAPACITY).containsOnly(FIRST);
        assertThat(bus.dropped()).isEqualTo(EventBus.CAPACITY + 1);
    }

    @Test
    void a_listener_that_came_while_the_executor_refused_hears_what_comes_later() {
        List<NodeEvent> late = new ArrayList<>();
        executor.isRefusing = true;
        bus.listen(late::add);
        executor.isRefusing = false;
        bus.emit(FIRST);
        executor.runAll();

        assertThat(late).containsExactly(FIRST);
    }

    @Test
    void closing_waits_for_nobody() {
        executor.isRefusing = true;
        bus.emit(FIRST);
        bus.close();
        bus.emit(SECOND);

        assertThat(heard).isEmpty();
        assertThat(bus.owes()).isTrue();
    }

    @Test
    void what_the_executor_refused_to_the_end_is_told_by_whoever_finishes() {
        executor.isRefusing = true;
        bus.emit(FIRST);
        bus.close();
        bus.finish();

        assertThat(heard).containsExactly(FIRST);
        assertThat(bus.owes()).isFalse();
    }
}
