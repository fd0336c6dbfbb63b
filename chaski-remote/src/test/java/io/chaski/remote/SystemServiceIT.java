package io.chaski.remote;

import static io.chaski.remote.Remotes.LIMIT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the upstream's tests do with modules of the other side: list a directory, read a name. */
class SystemServiceIT {

    interface OperatingSystem {
        List<String> list(String directory);

        Names names();
    }

    interface Names {
        String host();
    }

    private static final class RealSystem implements OperatingSystem {
        @Override
        public List<String> list(String directory) {
            try (Stream<Path> files = Files.list(Path.of(directory))) {
                return files.map(file -> file.getFileName().toString()).sorted().toList();
            } catch (IOException failed) {
                throw new UncheckedIOException(failed);
            }
        }

        @Override
        public Names names() {
            return () -> "galileo";
        }
    }

    private static final int ROUNDS = 10;

    @TempDir
    Path directory;

    private final Remotes remotes = Remotes.inProcess();
    private ChaskiRemote server;
    private ChaskiRemote client;

    @BeforeEach
    void start() throws Exception {
        for (String name : List.of("b.txt", "a.txt", "c")) {
            Files.createFile(directory.resolve(name));
        }
        server = remotes.remote("server");
        client = remotes.remote("client");
        Remotes.connect(client, server);
    }

    @AfterEach
    void close() {
        remotes.close();
    }

    @Test
    @DisplayName("U-REM-1: a node that serves nothing has no system, typed or untyped")
    void nothing() {
        RemotePeer peer = client.at(server.node().id());
        assertThatThrownBy(() -> peer.proxy("system", OperatingSystem.class).list("."))
                .isInstanceOf(NoProviderException.class);
        assertThatThrownBy(() -> peer.dynamic("system").call("list", ".")).isInstanceOf(NoProviderException.class);
        assertThatThrownBy(() -> peer.dynamic("system").get("names").get("host").value())
                .isInstanceOf(NoProviderException.class);
    }

    @Test
    @DisplayName("U-REM-2, U-REM-3: a directory and a name, ten rounds of both, typed and untyped, always right")
    void rounds() throws Exception {
        server.serve("system", OperatingSystem.class, new RealSystem());
        client.awaitService("system", 1, LIMIT);
        OperatingSystem system = client.proxy("system", OperatingSystem.class, CallOptions.within(LIMIT));
        DynamicService untyped = client.dynamic("system").with(CallOptions.within(LIMIT));
        List<String> expected = List.of("a.txt", "b.txt", "c");
        for (int round = 0; round < ROUNDS; round++) {
            assertThat(system.list(directory.toString())).isEqualTo(expected);
            assertThat(system.names().host()).isEqualTo("galileo");
            assertThat(untyped.call("list", directory.toString()).value()).isEqualTo(expected);
            assertThat(untyped.get("names").get("host").value()).isEqualTo("galileo");
        }
        assertThatThrownBy(() -> system.list(directory.resolve("nowhere").toString()))
                .isInstanceOf(RemoteCallException.class);
    }
}
