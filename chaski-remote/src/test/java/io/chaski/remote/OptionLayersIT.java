package io.chaski.remote;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Options of a remote, a proxy, a method and a call. */
class OptionLayersIT {

    interface Told {
        long plain();

        @Deadline(value = 4, unit = TimeUnit.MINUTES)
        long annotated();

        Map<String, String> headers();
    }

    private static final class RealTold implements Told {
        @Override
        public long plain() {
            return RemoteContext.current().remaining().orElseThrow().toSeconds();
        }

        @Override
        public long annotated() {
            return plain();
        }

        @Override
        public Map<String, String> headers() {
            return new TreeMap<>(RemoteContext.current().headers());
        }
    }

    private final Remotes remotes = Remotes.inProcess();
    private ChaskiRemote server;
    private ChaskiRemote client;

    @BeforeEach
    void serve() throws Exception {
        server = remotes.remote("server");
        client = remotes.remote(
                "client", RemoteOptions.builder().calls(layer(8, "remote")).build());
        Remotes.connect(client, server);
        server.serve("told", Told.class, new RealTold());
    }

    @AfterEach
    void close() {
        remotes.close();
    }

    private static CallOptions layer(int minutes, String name) {
        return CallOptions.builder()
                .deadline(Duration.ofMinutes(minutes))
                .header("nearest", name)
                .header(name, "yes")
                .build();
    }

    @Test
    @DisplayName("D27: call, method, proxy, remote: what is said nearest to the call wins, and headers add up")
    void four() {
        RemotePeer peer = client.at(server.node().id());
        Told ofRemote = peer.proxy("told", Told.class);
        Told ofProxy = peer.proxy("told", Told.class, layer(6, "proxy"));
        Told ofCall = ChaskiRemote.with(ofProxy, layer(2, "call"));

        // What is left is rounded on its way, and a busy machine may take its time.
        assertThat(ofRemote.plain()).isBetween(420L, 480L);
        assertThat(ofProxy.plain()).isBetween(300L, 360L);
        assertThat(ofProxy.annotated()).isBetween(180L, 240L);
        assertThat(ofCall.annotated()).isBetween(60L, 120L);
        assertThat(ofCall.headers())
                .isEqualTo(Map.of("nearest", "call", "remote", "yes", "proxy", "yes", "call", "yes"));
    }
}
