package io.chaski.ca.tls;

import static org.assertj.core.api.Assertions.assertThat;

import io.chaski.core.Address;
import io.chaski.core.ChaskiNode;
import io.chaski.core.Edge;
import io.chaski.core.Topic;
import io.chaski.core.security.PeerIdentity;
import java.nio.file.Path;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Nodes that prove who they are, in each mode and over each kind of connection. */
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class TrustModesIT {

    private static final Topic<String> TEXT = Topic.text("t");

    private final TlsNodes nodes = new TlsNodes();

    @TempDir
    Path folder;

    @AfterEach
    void close() {
        nodes.close();
    }

    private Address listen(String transport) {
        return switch (transport) {
            case "unix" -> Address.parse("unix:" + folder.resolve("s"));
            case "inproc" -> Address.parse("inproc:" + UUID.randomUUID());
            default -> Address.tcp("127.0.0.1", 0);
        };
    }

    @ParameterizedTest
    @ValueSource(strings = {"tcp", "unix", "inproc"})
    void know_each_other_and_talk(String transport) throws Exception {
        ChaskiNode mill = nodes.start(nodes.builder("mill", nodes.ca("mill")).listen(listen(transport)));
        ChaskiNode press = nodes.start("press");
        Queue<String> heard = new ConcurrentLinkedQueue<>();
        mill.subscribe(TEXT, message -> heard.add(message.payload()));
        press.subscribe(TEXT, message -> {});

        Edge edge = TlsNodes.connect(press, mill);

        assertThat(mill.id()).isEqualTo(TlsNodes.uri("mill").nodeId());
        assertThat(edge.identity())
                .map(PeerIdentity::name)
                .contains(TlsNodes.uri("mill").toString());
        assertThat(edge.identity()).isEqualTo(mill.security().identity());
        assertThat(mill.edge(press.id()).flatMap(Edge::identity))
                .isEqualTo(press.security().identity());
        assertThat(edge.snapshot().flatMap(look -> look.identity())).isEqualTo(edge.identity());
        TlsNodes.await("paired", () -> press.isPaired(TEXT));
        press.publish(TEXT, "x".repeat(200_000));
        TlsNodes.await("the message", () -> !heard.isEmpty());
    }
}
