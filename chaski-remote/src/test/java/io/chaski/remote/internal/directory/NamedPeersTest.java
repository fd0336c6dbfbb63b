package io.chaski.remote.internal.directory;

import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chaski.core.NodeClosedException;
import io.chaski.core.NodeId;
import io.chaski.core.RequestRefusedException;
import io.chaski.core.RequestTimeoutException;
import io.chaski.remote.Service;
import io.chaski.testkit.ChaskiNetwork;
import io.chaski.testkit.Layout;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Nodes by name, in virtual time: alice has an edge to bob, and bob one to carol. */
class NamedPeersTest {

    private final ChaskiNetwork net = ChaskiNetwork.builder()
            .nodes("alice", "bob", "carol")
            .topology(Layout.LINE)
            .start();
    private ServiceDirectory directory;
    private NamedPeers<NodeId> peers;

    @BeforeEach
    void start() {
        directory = ServiceDirectory.on(net.node("alice"));
        peers = new NamedPeers<>(net.node("alice"), directory, id -> id);
    }

    @AfterEach
    void close() {
        net.close();
    }

    private NodeId id(String name) {
        return net.node(name).id();
    }

    @Test
    void a_node_with_an_edge_is_there_at_once() throws Exception {
        Duration before = net.now();
        assertThat(peers.await("bob", ofSeconds(5))).isEqualTo(id("bob"));
        assertThat(net.now()).isEqualTo(before);
    }

    @Test
    @DisplayName("D02, D29: a node without an edge is there when it serves something")
    void served() throws Exception {
        ServiceDirectory.on(net.node("bob"));
        ServiceDirectory carol = ServiceDirectory.on(net.node("carol"));
        CompletableFuture<NodeId> waiting = peers.when("carol", ofSeconds(30));
        net.advance(ofSeconds(3));
        assertThat(waiting).isNotDone();
        carol.announce(new Service("calculator", "", 1));
        net.await("carol", () -> directory.named("carol").isPresent(), ofSeconds(20));
        net.advance(ofMillis(1)); // it does not wait for the next look
        assertThat(waiting).isCompletedWithValue(id("carol"));
    }

    @Test
    @DisplayName("D02, D29: nobody of that name is a timeout, exactly then, with the names that are known")
    void nobody() {
        Duration before = net.now();
        CompletableFuture<NodeId> longer = peers.when("dave", ofSeconds(50));
        assertThatThrownBy(() -> peers.await("eve", ofMillis(300)))
                .isInstanceOfSatisfying(
                        RequestTimeoutException.class,
                        late -> assertThat(late.limit()).isEqualTo(ofMillis(300)))
                .hasMessageContaining("'eve'")
                .hasMessageContaining("[bob]");
        assertThat(net.now().minus(before)).isEqualTo(ofMillis(300));
        net.advance(ofSeconds(50));
        assertThat(longer).isCompletedExceptionally();
    }

    @Test
    void an_edge_is_found_without_an_event_as_well() {
        net.crash("bob");
        net.advance(ofSeconds(1));
        CompletableFuture<NodeId> waiting = peers.when("bob", ofSeconds(60));
        assertThat(waiting).isNotDone();
        net.restart("bob");
        net.await("bob", waiting::isDone, ofSeconds(59));
        assertThat(waiting).isCompletedWithValue(id("bob"));
    }

    @Test
    void ten_thousand_may_wait_and_whoever_gives_up_makes_room() {
        CompletableFuture<NodeId> first = peers.when("dave", ofSeconds(50));
        for (int i = 1; i < NamedPeers.MAX_WAITS; i++) {
            peers.add("dave", ofSeconds(50), new CompletableFuture<>());
        }
        assertThatThrownBy(() -> peers.when("dave", ofSeconds(50))).isInstanceOf(RequestRefusedException.class);
        first.cancel(false);
        assertThat(peers.when("dave", ofSeconds(50))).isNotDone();
    }

    @Test
    void the_end_of_the_remote_and_of_the_node_ends_all_waits() {
        CompletableFuture<NodeId> waiting = peers.when("dave", ofSeconds(50));
        peers.close();
        net.advance(ofMillis(1));
        assertThatThrownBy(waiting::join).hasCauseInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> peers.when("bob", ofSeconds(1))).isInstanceOf(IllegalStateException.class);
        net.node("alice").close();
        assertThatThrownBy(() -> peers.when("bob", ofSeconds(1))).isInstanceOf(NodeClosedException.class);
    }
}
