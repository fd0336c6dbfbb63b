package io.chaski.ca.tls;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import io.chaski.ca.CapturedLog;
import io.chaski.core.ChaskiNode;
import io.chaski.core.CloseReason;
import io.chaski.core.NodeEvent;
import io.chaski.core.NodeId;
import io.chaski.core.OverflowPolicy;
import io.chaski.core.SubscribeOptions;
import io.chaski.core.Topic;
import io.chaski.core.internal.netty.tls.TlsEngine;
import io.netty.handler.ssl.OpenSsl;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;

/** Connections with TLS below them do what others do: carry a lot, and end in order or not. */
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class TlsTransportIT {

    private static final Topic<byte[]> BYTES = Topic.bytes("t");

    private final TlsNodes nodes = new TlsNodes();

    @AfterEach
    void close() {
        nodes.close();
    }

    private List<CloseReason> ends(ChaskiNode node) {
        return nodes.events(node, NodeEvent.EdgeDown.class).stream()
                .map(NodeEvent.EdgeDown::reason)
                .toList();
    }

    @Test
    void what_was_published_before_a_node_closes_arrives() throws Exception {
        ChaskiNode mill = nodes.start("mill");
        ChaskiNode press = nodes.start("press");
        Queue<Integer> heard = new ConcurrentLinkedQueue<>();
        mill.subscribe(
                BYTES,
                message -> heard.add(message.payload().length),
                SubscribeOptions.builder().overflow(OverflowPolicy.BLOCK).build());
        press.subscribe(BYTES, message -> {});
        TlsNodes.connect(press, mill);
        TlsNodes.await("paired", () -> press.isPaired(BYTES));

        for (int i = 0; i < 5; i++) {
            press.publish(BYTES, new byte[100_000 + i]);
        }
        press.close();

        TlsNodes.await("all messages", () -> heard.size() == 5);
        assertThat(heard).startsWith(100_000).endsWith(100_004);
        TlsNodes.await("the end", () -> ends(mill).equals(List.of(CloseReason.LEAVING)));
    }

    @Test
    void an_end_in_order_and_one_that_somebody_else_may_have_made_are_told_apart() throws Exception {
        ChaskiNode mill = nodes.start("mill");
        NodeId id = TlsNodes.uri("press").nodeId();
        Stranger press = new Stranger(nodes.credentials("press"));
        try (Stranger.Call call = press.call(TlsNodes.addressOf(mill))) {
            call.greet(nodes.cluster, id, 1).acknowledge();
            TlsNodes.await("the edge", () -> mill.isConnectedTo(id));
        }
        TlsNodes.await("the end", () -> ends(mill).equals(List.of(CloseReason.END_OF_STREAM)));

        try (Stranger.Call call = press.call(TlsNodes.addressOf(mill))) {
            call.greet(nodes.cluster, id, 2).acknowledge();
            TlsNodes.await("the edge", () -> mill.isConnectedTo(id));
            call.cut();
            TlsNodes.await("the cut", () -> ends(mill).equals(List.of(CloseReason.END_OF_STREAM, CloseReason.RESET)));
        }
    }

    /** The library is on the class path with the profile native-tls only; then it has to work. */
    @Test
    void the_engine_is_that_of_the_JDK_unless_the_native_library_is_there_and_the_log_says_which() {
        TlsEngine expected = OpenSsl.isAvailable() ? TlsEngine.NATIVE : TlsEngine.JDK;
        try (CapturedLog log = new CapturedLog("io.chaski.core.internal.netty.tls.TlsEngine", Level.INFO)) {
            nodes.start("mill");

            assertThat(log.lines())
                    .singleElement()
                    .asString()
                    .matches(
                            expected == TlsEngine.JDK
                                    ? "TLS is done by the JDK"
                                    : "TLS is done by the native library, BoringSSL.*");
        }
        assertThat(TlsEngine.best(nodes.credentials("mill"))).isEqualTo(expected);
    }
}
