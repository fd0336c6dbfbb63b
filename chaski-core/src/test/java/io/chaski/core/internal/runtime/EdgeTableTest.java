package io.chaski.core.internal.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.chaski.core.Address;
import io.chaski.core.ConnectFailedException;
import io.chaski.core.Edge;
import io.chaski.core.NodeEvent.DialFailure;
import io.chaski.core.NodeSnapshot;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class EdgeTableTest {

    private static final Address ADDRESS = Address.tcp("10.66.66.66", 8511);

    private final FakeNodeLoop loop = new FakeNodeLoop();
    private final Callbacks callbacks = Callbacks.on(Runnable::run, loop::nanoTime);
    private final Queries queries = new Queries("me", loop, new Queries.ApplicationSide() {
        @Override
        public List<NodeSnapshot.QueueSnapshot> queues() {
            return List.of();
        }

        @Override
        public Map<String, Long> counters() {
            return Map.of();
        }
    });
    private final EdgeTable table = new EdgeTable(loop, new Pending("me", loop, callbacks), queries, 1_000, () -> {});

    @BeforeEach
    void start() {
        loop.inLoop((protocol, nowNanos) -> protocol.start(nowNanos));
    }

    private CompletableFuture<Edge> connect(Address address) {
        CompletableFuture<Edge> edge = table.connect(address);
        loop.run();
        return edge;
    }

    private static DialFailure failure(CompletableFuture<Edge> edge) {
        assertThat(edge).isCompletedExceptionally();
        Throwable cause =
                catchThrowableOfType(CompletionException.class, edge::join).getCause();
        assertThat(cause).isInstanceOf(ConnectFailedException.class);
        return ((ConnectFailedException) cause).failure();
    }

    @Test
    void a_dial_beyond_the_budget_does_not_repeat_what_the_one_before_came_to() {
        CompletableFuture<Edge> refused = connect(ADDRESS);
        int link = 0; // the first of a node
        loop.inLoop((protocol, nowNanos) -> protocol.onDialFailed(link, DialFailure.REFUSED, nowNanos));
        assertThat(failure(refused)).isEqualTo(DialFailure.REFUSED);

        for (int i = 0; i < 512; i++) {
            var unused = connect(Address.tcp("10.77." + i / 256 + '.' + i % 256, 8511));
        }
        assertThat(failure(connect(ADDRESS))).isEqualTo(DialFailure.OTHER);
    }
}
