package io.chaski.testkit;

import static java.time.Duration.ofMinutes;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chaski.core.ChaskiNode;
import io.chaski.core.CloseReason;
import io.chaski.core.NodeEvent;
import io.chaski.core.NodeEvent.EdgeDown;
import io.chaski.core.stream.Stream;
import io.chaski.core.stream.StreamCode;
import io.chaski.core.stream.StreamException;
import io.chaski.core.stream.StreamOptions;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;

/**
 * An edge that nobody uses is ended by the node that dialled it. Here and not in the core, because only virtual time stops
 * while the news of it is on its way.
 */
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class IdleEdgeTest {

    private static final byte[] REQUEST = {42};

    /** More than a node needs neighbours, so that some of the edges over which they have met are not used afterwards. */
    private static final int NODES = 12;

    private static final Duration LIMIT = ofSeconds(10);

    private @Nullable BiFunction<ChaskiNode, ChaskiNode, CompletableFuture<?>> use;
    private @Nullable CompletableFuture<?> crossed;
    private final ChaskiNetwork net = start();

    private ChaskiNetwork start() {
        NetworkBuilder builder = ChaskiNetwork.builder();
        for (int i = 0; i < NODES; i++) {
            String name = "n" + i;
            builder.node(name, options -> options.onEvent(event -> onEvent(name, event)));
        }
        return builder.start();
    }

    @AfterEach
    void close() {
        net.close();
    }

    /** The first that ends an edge knows of it before the other end, which uses it just now. */
    private void onEvent(String name, NodeEvent event) {
        if (use != null && crossed == null && event instanceof EdgeDown down && down.reason() == CloseReason.IDLE) {
            ChaskiNode ending = net.node(name);
            ChaskiNode other = net.nodes().stream()
                    .filter(node -> node.id().equals(down.peer()))
                    .findAny()
                    .orElseThrow();
            assertThat(other.edges()).anyMatch(edge -> edge.peer().equals(ending.id()));
            crossed = use.apply(other, ending);
        }
    }

    private CompletableFuture<?> whenCrossing(BiFunction<ChaskiNode, ChaskiNode, CompletableFuture<?>> use) {
        for (ChaskiNode node : net.nodes()) {
            node.streams().serve("echo", stream -> (same, message) -> {
                assertThat(same.offer(message)).isTrue();
                same.end();
            });
        }
        this.use = use;
        net.await("an edge has ended", () -> crossed != null, ofMinutes(3));
        return crossed;
    }

    @Test
    void a_request_that_crosses_the_end_is_answered_over_another_edge() {
        CompletableFuture<?> answer =
                whenCrossing((from, to) -> from.streams().request(to.id(), "echo", REQUEST, LIMIT));
        assertThat(net.await(answer, LIMIT)).isEqualTo(REQUEST);
    }

    @Test
    void a_stream_that_crosses_it_hears_that_the_other_side_has_not_seen_it() {
        CompletableFuture<?> closed = whenCrossing((from, to) -> from.streams()
                .open(to.id(), "echo", StreamOptions.DEFAULTS, (stream, message) -> {})
                .thenCompose(Stream::closed));
        assertThatThrownBy(() -> net.await(closed, LIMIT))
                .hasRootCauseInstanceOf(StreamException.class)
                .rootCause()
                .extracting(cause -> ((StreamException) cause).code())
                .isEqualTo(StreamCode.PEER_UNREACHABLE);
    }
}
