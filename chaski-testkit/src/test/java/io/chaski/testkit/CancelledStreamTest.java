package io.chaski.testkit;

import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;

import io.chaski.core.ChaskiNode;
import io.chaski.core.NodeSnapshot.EdgeSnapshot;
import io.chaski.core.stream.Stream;
import io.chaski.core.stream.StreamCode;
import io.chaski.core.stream.StreamException;
import io.chaski.core.stream.StreamListener;
import io.chaski.core.stream.StreamOptions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;

/** Here and not in the core, because only virtual time stops between the opening of a stream and the news of it. */
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class CancelledStreamTest {

    private final ChaskiNetwork net =
            ChaskiNetwork.builder().nodes("a", "b").topology(Layout.LINE).start();
    private final ChaskiNode a = net.node("a");
    private final ChaskiNode b = net.node("b");
    private final List<StreamCode> failuresAtB = new ArrayList<>();

    @BeforeEach
    void serve() {
        b.streams().serve("any", stream -> new StreamListener() {
            @Override
            public void onMessage(Stream same, byte[] message) {}

            @Override
            public void onFailed(Stream same, StreamException cause) {
                failuresAtB.add(cause.code());
            }
        });
    }

    @AfterEach
    void close() {
        net.close();
    }

    @Test
    void is_reset_although_its_opener_has_not_heard_yet_that_it_is_open() {
        CompletableFuture<Stream> opening =
                a.streams().open(b.id(), "any", StreamOptions.DEFAULTS, (stream, message) -> {});
        net.await("the stream is open", () -> openStreams(a) == 1, ofSeconds(10));
        assertThat(opening).isNotDone();

        opening.cancel(false);
        net.await("nothing is left of it", () -> !failuresAtB.isEmpty() && openStreams(a) == 0, ofSeconds(10));
        assertThat(failuresAtB).containsExactly(StreamCode.CANCELLED);
        assertThat(openStreams(b)).isZero();
        assertThat(opening).isCancelled();
    }

    private static int openStreams(ChaskiNode node) {
        return node.snapshot().edges().stream().mapToInt(EdgeSnapshot::streams).sum();
    }
}
