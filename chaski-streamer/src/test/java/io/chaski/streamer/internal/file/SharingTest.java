package io.chaski.streamer.internal.file;

import static org.assertj.core.api.Assertions.assertThat;

import io.chaski.core.ChaskiNode;
import io.chaski.core.NodeClosedException;
import io.chaski.testkit.ChaskiTest;
import io.chaski.testkit.Node;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("Sharing")
@ChaskiTest
class SharingTest {

    @TempDir
    Path temp;

    private static Sharing sharing(ChaskiNode node) {
        return new Sharing(node, new Holdings(), Runnable::run, () -> 0);
    }

    /** Something of which one method fails. */
    private static <T> T failing(Class<T> type, T real, String name, Throwable failure) {
        return type.cast(
                Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, (proxy, method, arguments) -> {
                    if (method.getName().equals(name)) {
                        throw failure;
                    }
                    return method.invoke(real, arguments);
                }));
    }

    @Test
    @DisplayName("answers who asks for its own files if a directory cannot be read for whatever reason")
    void errorWhileReading(@Node("a") ChaskiNode node) {
        Sharing sharing = sharing(node);
        sharing.share(failing(Path.class, temp, "getFileSystem", new OutOfMemoryError("heap")));

        assertThat(sharing.own(Wildcard.of("*")))
                .failsWithin(Duration.ZERO)
                .withThrowableThat()
                .withCauseInstanceOf(OutOfMemoryError.class);
        sharing.close();
    }

    @Test
    @DisplayName("fails who asks others while the node closes, and does not throw")
    void closing(@Node("a") ChaskiNode node) {
        Sharing sharing = sharing(failing(ChaskiNode.class, node, "edges", new NodeClosedException("a")));

        assertThat(sharing.ask(new byte[0], Duration.ofSeconds(1)))
                .failsWithin(Duration.ZERO)
                .withThrowableThat()
                .withCauseInstanceOf(NodeClosedException.class);
        sharing.close();
    }
}
