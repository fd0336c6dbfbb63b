package io.chaski.core.internal.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chaski.core.NodeClosedException;
import io.chaski.core.internal.protocol.stream.StreamSettings;
import io.chaski.core.stream.Stream;
import io.chaski.core.stream.StreamHandler;
import io.chaski.core.stream.StreamListener;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class RuntimeStreamsTest {

    private static final StreamHandler NOBODY = stream -> new StreamListener() {
        @Override
        public void onMessage(Stream same, byte[] message) {}
    };

    private final FakeNodeLoop loop = new FakeNodeLoop();
    private final RuntimeStreams streams =
            new RuntimeStreams("node", loop, Callbacks.on(Runnable::run, loop::nanoTime), StreamSettings.DEFAULTS);

    @Test
    void a_protocol_is_served_when_serve_returns() {
        streams.serve("echo", NOBODY);

        assertThat(loop.waiting()).isZero();
    }

    @Test
    void on_an_event_loop_serve_does_not_wait() {
        loop.inLoop((protocol, nowNanos) -> streams.serve("echo", NOBODY));

        assertThat(loop.waiting()).isEqualTo(1);
    }

    @Test
    void an_interrupt_is_kept_and_the_protocol_is_served_soon() {
        Thread.currentThread().interrupt();
        streams.serve("echo", NOBODY);

        assertThat(Thread.interrupted()).isTrue();
        assertThat(loop.waiting()).isEqualTo(1);
    }

    @Test
    void a_protocol_is_served_once_at_a_time() {
        var registration = streams.serve("echo", NOBODY);
        assertThatThrownBy(() -> streams.serve("echo", NOBODY)).isInstanceOf(IllegalStateException.class);

        registration.close();
        streams.serve("echo", NOBODY);
    }

    @Test
    void a_closed_node_serves_nothing() {
        loop.isClosed = true;

        assertThatThrownBy(() -> streams.serve("echo", NOBODY)).isInstanceOf(NodeClosedException.class);
    }
}
