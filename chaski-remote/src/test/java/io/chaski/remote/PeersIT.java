package io.chaski.remote;

import static io.chaski.remote.Remotes.LIMIT;
import static io.chaski.remote.Remotes.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chaski.core.NodeClosedException;
import io.chaski.core.RequestTimeoutException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Nodes that are waited for by their names. */
class PeersIT {

    private final Remotes remotes = Remotes.inProcess();
    private ChaskiRemote client;

    @BeforeEach
    void start() {
        client = remotes.remote("client");
    }

    @AfterEach
    void close() {
        remotes.close();
    }

    @Test
    @DisplayName("D02, D29: whoever waits for a node by its name calls it when it has come")
    void comes() throws Exception {
        CompletableFuture<RemotePeer> waiting = client.whenPeer("server", LIMIT);
        ChaskiRemote server = remotes.remote("server");
        server.attach("square", Integer.class, Integer.class, x -> x * x);
        assertThat(waiting).isNotDone();
        Remotes.connect(client, server);
        RemotePeer peer = get(waiting);
        assertThat(peer.node()).isEqualTo(server.node().id());
        assertThat(peer.function("square", Integer.class, Integer.class).apply(3))
                .isEqualTo(9);
        assertThat(client.awaitPeer("server", LIMIT).node())
                .isEqualTo(server.node().id());
    }

    @Test
    void nobody_of_that_name_is_a_timeout_that_tells_who_is_there() throws Exception {
        Remotes.connect(client, remotes.remote("server"));
        assertThatThrownBy(() -> client.awaitPeer("sever", Duration.ofMillis(50)))
                .isInstanceOf(RequestTimeoutException.class)
                .hasMessageContaining("'sever'")
                .hasMessageContaining("[server]");
    }

    @Test
    void the_end_of_the_node_ends_the_wait() {
        CompletableFuture<RemotePeer> waiting = client.whenPeer("server", LIMIT);
        client.node().close();
        assertThatThrownBy(() -> get(waiting)).hasCauseInstanceOf(NodeClosedException.class);
    }
}
