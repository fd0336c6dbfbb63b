package io.chaski.ca.tls;

import static org.assertj.core.api.Assertions.assertThat;

import io.chaski.core.ChaskiNode;
import io.chaski.core.Edge;
import io.chaski.core.NodeId;
import io.chaski.core.Topic;
import io.chaski.core.internal.netty.tls.TlsExecutor;
import java.io.IOException;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;

/**
 * Row 7: many strangers begin to shake hands. The machine is slower than any: the first of them keep every thread that
 * computes for handshakes busy until the test lets them go.
 */
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class HandshakeFloodIT {

    private static final Topic<String> TEXT = Topic.text("t");
    private static final int THREADS = 2 * Runtime.getRuntime().availableProcessors();
    private static final int TOO_MANY = 20;

    private final TlsNodes nodes = new TlsNodes();
    private final CountDownLatch busy = new CountDownLatch(THREADS);
    private final CountDownLatch end = new CountDownLatch(1);
    private final List<Stranger.Call> calls = new ArrayList<>();
    private final List<Socket> sockets = new ArrayList<>();
    private final Queue<String> heard = new ConcurrentLinkedQueue<>();
    private ChaskiNode mill;
    private ChaskiNode press;
    private Edge edge;

    @BeforeEach
    void connect() throws Exception {
        mill = nodes.start("mill");
        press = nodes.start("press");
        mill.subscribe(TEXT, message -> heard.add(message.payload()));
        press.subscribe(TEXT, message -> {});
        edge = TlsNodes.connect(press, mill);
        TlsNodes.await("paired", () -> press.isPaired(TEXT));
        press.publish(TEXT, "before");
        TlsNodes.await("the message", () -> heard.contains("before"));
        nodes.clock.whenAsked(() -> {
            if (Thread.currentThread().getName().equals("chaski-mill-tls")) {
                hold();
            }
        });
    }

    @AfterEach
    void close() throws Exception {
        end.countDown();
        for (Stranger.Call call : calls) {
            call.close();
        }
        for (Socket socket : sockets) {
            socket.close();
        }
        nodes.close();
    }

    private void hold() {
        busy.countDown();
        try {
            end.await();
        } catch (InterruptedException closed) {
            Thread.currentThread().interrupt();
        }
    }

    /** Begins to shake hands, and says no more. */
    private void begin(byte[] hello) throws Exception {
        Socket socket = new Socket(
                TlsNodes.addressOf(mill).host(), TlsNodes.addressOf(mill).port());
        sockets.add(socket);
        socket.getOutputStream().write(hello);
    }

    @Test
    void row_7_what_is_beyond_the_queue_is_closed_and_an_edge_that_is_there_goes_on() throws Exception {
        Stranger saw = new Stranger(nodes.credentials("saw"));
        for (int i = 0; i < THREADS; i++) {
            Stranger.Call call = saw.call(TlsNodes.addressOf(mill));
            calls.add(call);
            call.socket.startHandshake(); // whose certificate is looked at next
        }
        assertThat(busy.await(TlsNodes.LIMIT.toSeconds(), TimeUnit.SECONDS)).isTrue();
        byte[] hello = saw.hello();
        for (int i = 0; i < TlsExecutor.QUEUE + TOO_MANY; i++) {
            begin(hello);
        }

        TlsNodes.await("those that are too many", () -> TlsNodes.counter(mill, "tls.busy") == TOO_MANY);
        press.publish(TEXT, "meanwhile");
        edge.ping().get(TlsNodes.LIMIT.toSeconds(), TimeUnit.SECONDS);
        TlsNodes.await("the message", () -> heard.contains("meanwhile"));
        assertThat(end.getCount()).isEqualTo(1);

        end.countDown();
        NodeId id = TlsNodes.uri("saw").nodeId();
        // Perhaps not at once: those that waited are computed first.
        Awaitility.await("a stranger who is let in again")
                .atMost(TlsNodes.LIMIT)
                .ignoreExceptionsInstanceOf(IOException.class)
                .until(() -> {
                    try (Stranger.Call call = saw.call(TlsNodes.addressOf(mill))) {
                        return call.greet(nodes.cluster, id, 1).acknowledge().isWelcome();
                    }
                });
    }
}
