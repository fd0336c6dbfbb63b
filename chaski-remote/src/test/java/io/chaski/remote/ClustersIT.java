package io.chaski.remote;

import static io.chaski.remote.Remotes.LIMIT;
import static io.chaski.remote.Remotes.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chaski.core.ConnectFailedException;
import io.chaski.core.NodeId;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Two systems on one machine whose nodes can reach each other's addresses. */
class ClustersIT {

    private final Remotes blue = Remotes.overTcp();
    private final Remotes red = Remotes.overTcp();

    @AfterEach
    void close() {
        blue.close();
        red.close();
    }

    private static ChaskiRemote server(Remotes remotes, String colour) {
        ChaskiRemote server = remotes.remote("server");
        server.attach("colour", String.class, String.class, word -> word + " " + colour);
        return server;
    }

    @Test
    @DisplayName("D42: nodes of different clusters neither find nor call each other")
    void isolated() throws Exception {
        ChaskiRemote blueServer = server(blue, "blue");
        ChaskiRemote redServer = server(red, "red");
        ChaskiRemote blueClient = blue.remote("client");
        Remotes.connect(blueClient, blueServer);
        ChaskiRemote redClient = red.remote("client");
        Remotes.connect(redClient, redServer);
        assertThatThrownBy(() -> get(
                        redClient.node().connect(blueServer.node().addresses().get(0))))
                .hasCauseInstanceOf(ConnectFailedException.class);

        assertThat(blueClient.awaitService("colour", 1, LIMIT))
                .extracting(Provider::node)
                .containsExactly(blueServer.node().id());
        assertThat(redClient.awaitService("colour", 1, LIMIT))
                .extracting(Provider::node)
                .containsExactly(redServer.node().id());
        assertThat(redClient.function("colour", String.class, String.class).apply("it is"))
                .isEqualTo("it is red");
        NodeId stranger = blueServer.node().id();
        assertThatThrownBy(() -> redClient
                        .at(stranger)
                        .function("colour", String.class, String.class, CallOptions.within(LIMIT))
                        .apply("it is"))
                .isInstanceOf(NoProviderException.class);
        assertThat(redClient.providers("colour")).hasSize(1);
    }
}
