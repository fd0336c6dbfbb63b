package io.chaski.core.internal.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chaski.core.NodeClosedException;
import io.chaski.core.NodeId;
import io.chaski.core.Registration;
import io.chaski.core.internal.protocol.stream.StreamSettings;
import io.chaski.core.stream.Stream;
import io.chaski.core.stream.StreamHandler;
import io.chaski.core.stream.StreamListener;
import io.chaski.core.stream.StreamOptions;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class RuntimeStreamsTest {

    private static final StreamHandler HANDLER = stream -> (StreamListener) (same, message) -> {};

    private static final NodeId PEER = new NodeId(0, 2);

    /** Runs its tasks without a protocol, which is a bug. */
    private static final class BrokenLoop extends FakeNodeLoop {
        @Override
        void inLoop(Task task) {
            task.run(null, nanoTime());
        }
    }

    private final ManualExecutor executor = new ManualExecutor();
    private final FakeNodeLoop loop = new FakeNodeLoop();
    private final RuntimeStreams streams = streamsOn(loop);

    private RuntimeStreams streamsOn(FakeNodeLoop some) {
        return new RuntimeStreams(
                "test", some, Callbacks.on(executor, some::nanoTime), StreamSettings.DEFAULTS, new OpenAccess());
    }

    @Test
    void a_protocol_is_served_when_the_call_returns_however_busy_the_loop_is() {
        streams.serve("echo", HANDLER);

        assertThat(loop.waiting()).as("commands the loop has not taken").isZero();
        assertThat(streams.acceptor("echo")).isNotNull();
        assertThat(streams.acceptor("other")).isNull();
    }

    @Test
    void a_protocol_is_served_once() {
        streams.serve("echo", HANDLER);

        assertThatIllegalStateException()
                .isThrownBy(() -> streams.serve("echo", HANDLER))
                .withMessageContaining("echo");
    }

    @Test
    void a_registration_that_has_ended_does_not_end_the_next_one() {
        Registration first = streams.serve("echo", HANDLER);
        first.close();
        assertThat(streams.acceptor("echo")).isNull();

        streams.serve("echo", HANDLER);
        first.close();
        assertThat(streams.acceptor("echo")).isNotNull();
    }

    @Test
    void a_closed_node_serves_nothing_more() {
        loop.isClosed = true;

        assertThatThrownBy(() -> streams.serve("echo", HANDLER)).isInstanceOf(NodeClosedException.class);
        assertThat(streams.acceptor("echo")).isNull();
        assertThatThrownBy(() -> streams.open(PEER, "echo", StreamOptions.DEFAULTS, (stream, message) -> {}))
                .isInstanceOf(NodeClosedException.class);
        assertThatThrownBy(() -> streams.request(PEER, "echo", new byte[0], Duration.ofSeconds(1)))
                .isInstanceOf(NodeClosedException.class);
    }

    @Test
    void a_bug_while_opening_is_told_to_whoever_waits_and_to_the_loop() {
        FakeNodeLoop broken = new BrokenLoop();
        CompletableFuture<Stream> opened =
                streamsOn(broken).open(PEER, "echo", StreamOptions.DEFAULTS, (stream, message) -> {});
        assertThatThrownBy(broken::run).isInstanceOf(NullPointerException.class);
        CompletableFuture<byte[]> answer = streamsOn(broken).request(PEER, "echo", new byte[0], Duration.ofSeconds(1));
        assertThatThrownBy(broken::run).isInstanceOf(NullPointerException.class);
        executor.runAll();

        assertThat(opened).isDone();
        assertThatThrownBy(opened::join).hasCauseInstanceOf(NullPointerException.class);
        assertThat(answer).isDone();
        assertThatThrownBy(answer::join).hasCauseInstanceOf(NullPointerException.class);
    }

    @Test
    void inline_streams_complete_on_the_loop_while_callbacks_are_busy() {
        FakeNodeLoop broken = new BrokenLoop();
        CompletableFuture<Stream> opened =
                streamsOn(broken).inline().open(PEER, "echo", StreamOptions.DEFAULTS, (stream, message) -> {});
        assertThatThrownBy(broken::run).isInstanceOf(NullPointerException.class);
        CompletableFuture<byte[]> answer =
                streamsOn(broken).inline().request(PEER, "echo", new byte[0], Duration.ofSeconds(1));
        assertThatThrownBy(broken::run).isInstanceOf(NullPointerException.class);

        assertThat(opened).isCompletedExceptionally();
        assertThat(answer).isCompletedExceptionally();
        assertThat(executor.waiting()).isZero();
    }

    @Test
    void what_is_served_is_served_by_inline_streams_too() {
        streams.inline().serve("echo", HANDLER);
        assertThat(streams.acceptor("echo")).isNotNull();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "\ud800"})
    void a_protocol_that_no_frame_can_name_is_refused_at_the_call(String protocol) {
        assertThatIllegalArgumentException().isThrownBy(() -> streams.serve(protocol, HANDLER));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> streams.request(PEER, protocol, new byte[0], Duration.ofSeconds(1)));
        assertThat(loop.waiting()).isZero();
    }
}
