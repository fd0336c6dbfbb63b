package io.chaski.core.internal.netty;

import static org.assertj.core.api.Assertions.assertThat;

import io.chaski.core.internal.runtime.LogLimiter;
import io.netty.channel.embedded.EmbeddedChannel;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;

/** Row 106 of the table of bad input: no file descriptor is left for a new connection. */
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class AcceptPauseTest {

    private final EmbeddedChannel server =
            new EmbeddedChannel(new AcceptPause(new LogLimiter("node", System::nanoTime)));

    AcceptPauseTest() {
        server.freezeTime();
    }

    @Test
    void accepting_stops_and_goes_on() {
        runOutOfDescriptors();
        assertThat(server.config().isAutoRead()).isFalse();

        advanceMillis(AcceptPause.SHORTEST_MILLIS);

        assertThat(server.config().isAutoRead()).isTrue();
    }

    @Test
    void pauses_grow_to_a_second_and_shrink_after_a_success() {
        List<Long> pauses = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            pauses.add(pauseMillis());
        }
        server.writeInbound("a connection");
        pauses.add(pauseMillis());

        assertThat(pauses).containsExactly(100L, 200L, 400L, 800L, 1_000L, 1_000L, 100L);
    }

    @Test
    void several_failures_at_once_are_one_pause() {
        runOutOfDescriptors();
        runOutOfDescriptors();
        runOutOfDescriptors();

        advanceMillis(AcceptPause.SHORTEST_MILLIS);

        assertThat(server.config().isAutoRead()).isTrue();
        assertThat(pauseMillis()).isEqualTo(200);
    }

    private long pauseMillis() {
        runOutOfDescriptors();
        long millis = 0;
        while (!server.config().isAutoRead()) {
            advanceMillis(50);
            millis += 50;
        }
        return millis;
    }

    private void runOutOfDescriptors() {
        server.pipeline().fireExceptionCaught(new IOException("Too many open files"));
    }

    private void advanceMillis(long millis) {
        server.advanceTimeBy(millis, TimeUnit.MILLISECONDS);
        server.runScheduledPendingTasks();
    }
}
