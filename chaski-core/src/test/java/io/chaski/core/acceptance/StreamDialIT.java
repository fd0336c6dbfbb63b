package io.chaski.core.acceptance;

import static io.chaski.core.acceptance.TestNodes.soon;
import static io.chaski.core.acceptance.TestNodes.until;
import static org.assertj.core.api.Assertions.assertThat;

import io.chaski.core.Address;
import io.chaski.core.ChaskiNode;
import io.chaski.core.NodeId;
import io.chaski.core.NodeSnapshot.EdgeSnapshot;
import io.chaski.core.stream.Stream;
import io.chaski.core.stream.StreamException;
import io.chaski.core.stream.StreamListener;
import io.chaski.core.stream.StreamOptions;
import java.nio.charset.StandardCharsets;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** A node that is known, has no edge any more, and does not answer yet when it is dialled. */
@DisplayName("A stream to a node that is still dialled")
class StreamDialIT {

    private static final String PROTOCOL = "echo";

    private final TestNodes nodes = new TestNodes("127.0.0.1 without UDP");
    private final Queue<String> served = new ConcurrentLinkedQueue<>();
    private final Queue<String> heard = new ConcurrentLinkedQueue<>();

    private Gate gate;
    private ChaskiNode asker;
    private ChaskiNode echo;

    @BeforeEach
    void loseTheEdge() throws Exception {
        Address behind = TestNodes.free("127.0.0.1");
        gate = new Gate(behind);
        echo = nodes.add(
                nodes.builder("echo").listen(behind).advertise(gate.address()).start());
        echo.streams().serve(PROTOCOL, stream -> echoing());
        // It is not found where it says it is, so that only its own dials can bring the edge back.
        asker = nodes.add(nodes.builder("asker")
                .bootstrap(gate.address())
                .advertise(TestNodes.free("127.0.0.1"))
                .start());
        soon(() -> assertThat(TestNodes.areConnected(asker, echo)).isTrue());
        gate.shut();
        soon(() -> {
            assertThat(asker.edges()).isEmpty();
            assertThat(echo.edges()).isEmpty();
        });
    }

    @AfterEach
    void closeAll() throws Exception {
        nodes.close();
        gate.close();
    }

    @DisplayName("is not opened if its request is cancelled meanwhile, and the edge serves the next one")
    @Test
    void requestIsCancelled() throws Exception {
        CompletableFuture<byte[]> first = ask("first");
        awaitDial(first);

        assertThat(first.cancel(false)).isTrue();
        theDialSucceedsInVain();
        assertThat(first).isCancelled();
    }

    @DisplayName("is not opened if it is cancelled meanwhile, and its listener hears nothing")
    @Test
    void openingIsCancelled() throws Exception {
        CompletableFuture<Stream> first = asker.streams()
                .open(echo.id(), PROTOCOL, StreamOptions.DEFAULTS, new StreamListener() {
                    @Override
                    public void onMessage(Stream stream, byte[] message) {
                        heard.add("message");
                    }

                    @Override
                    public void onFailed(Stream stream, StreamException cause) {
                        heard.add("failure " + cause.code());
                    }
                });
        awaitDial(first);

        assertThat(first.cancel(false)).isTrue();
        theDialSucceedsInVain();
        assertThat(first).isCancelled();
        assertThat(heard).isEmpty();
    }

    /** The loop has taken the wish and somebody waits at the gate. */
    private void awaitDial(CompletableFuture<?> opened) {
        soon(() -> assertThat(gate.waiting()).isPositive());
        assertThat(asker.snapshot().edges()).isEmpty();
        assertThat(opened).isNotDone();
    }

    private void theDialSucceedsInVain() throws Exception {
        gate.open();
        soon(() -> assertThat(TestNodes.areConnected(asker, echo)).isTrue());
        until(() -> {
            assertThat(openStreams(asker, echo.id())).isZero();
            assertThat(openStreams(echo, asker.id())).isZero();
        });
        // What travels on one edge keeps its order, so a stream of the first one would have been served before.
        assertThat(ask("second").get(TestNodes.LIMIT.toSeconds(), TimeUnit.SECONDS))
                .asString(StandardCharsets.UTF_8)
                .isEqualTo("second");
        assertThat(served).containsExactly("second");
    }

    private CompletableFuture<byte[]> ask(String question) {
        return asker.streams().request(echo.id(), PROTOCOL, question.getBytes(StandardCharsets.UTF_8), TestNodes.LIMIT);
    }

    private StreamListener echoing() {
        return (stream, message) -> {
            served.add(new String(message, StandardCharsets.UTF_8));
            stream.offer(message);
            stream.end();
        };
    }

    private static int openStreams(ChaskiNode node, NodeId peer) {
        return node.snapshot().edges().stream()
                .filter(edge -> edge.peer().equals(peer))
                .mapToInt(EdgeSnapshot::streams)
                .sum();
    }
}
