package io.chaski.core.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import io.chaski.core.ChaskiNode;
import io.chaski.core.Dispatch;
import io.chaski.core.stream.StreamOptions;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What modules above the core ask before they wait. */
class EventLoopIT {

    private static final StreamOptions INLINE =
            StreamOptions.builder().dispatch(Dispatch.INLINE).build();

    private final TestNodes nodes = new TestNodes("127.0.0.1 without UDP");
    private final CompletableFuture<Boolean> inline = new CompletableFuture<>();
    private final CompletableFuture<Boolean> callback = new CompletableFuture<>();

    @AfterEach
    void closeAll() {
        nodes.close();
    }

    @Test
    void only_inline_listeners_are_on_an_event_loop_whichever_node_is_asked() throws Exception {
        ChaskiNode server = nodes.add(nodes.builder("server").start());
        ChaskiNode client = nodes.add(
                nodes.builder("client").bootstrap(server.addresses().get(0)).start());
        client.connect(server.addresses().get(0)).get(50, TimeUnit.SECONDS);
        server.streams().serve("inline", INLINE, stream -> {
            inline.complete(client.streams().inEventLoop());
            return (same, message) -> {};
        });
        server.streams().serve("callback", stream -> {
            callback.complete(client.streams().inEventLoop());
            return (same, message) -> {};
        });

        var first = client.streams().request(server.id(), "inline", new byte[0], Duration.ofSeconds(50));
        var second = client.streams().request(server.id(), "callback", new byte[0], Duration.ofSeconds(50));

        assertThat(inline.get(50, TimeUnit.SECONDS)).isTrue();
        assertThat(callback.get(50, TimeUnit.SECONDS)).isFalse();
        assertThat(client.streams().inEventLoop()).isFalse();
        first.cancel(false);
        second.cancel(false);
    }
}
