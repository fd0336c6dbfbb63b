package io.chaski.remote;

import static io.chaski.remote.Remotes.soon;
import static org.assertj.core.api.Assertions.assertThat;

import io.chaski.core.ChaskiNode;
import io.chaski.core.CloseReason;
import io.chaski.core.NodeEvent;
import io.chaski.core.Registration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What a node hears from its start to its end. */
class LifecycleIT {

    private final Remotes remotes = Remotes.inProcess();
    private final List<String> heard = new CopyOnWriteArrayList<>();

    @AfterEach
    void close() {
        remotes.close();
    }

    private void onNode(NodeEvent event) {
        if (event instanceof NodeEvent.Started) {
            heard.add("started");
        } else if (event instanceof NodeEvent.EdgeUp up) {
            heard.add(up.name() + " connected");
        } else if (event instanceof NodeEvent.EdgeDown down) {
            heard.add("disconnected: " + down.reason());
        } else if (event instanceof NodeEvent.Closed) {
            heard.add("closed");
        }
    }

    private void onService(ServiceEvent event) {
        if (event instanceof ServiceEvent.Joined joined) {
            heard.add(joined.provider().service().name() + " up");
        } else if (event instanceof ServiceEvent.Left left) {
            heard.add(left.provider().service().name() + " down");
        }
    }

    private void lastIs(String event) {
        soon(() -> assertThat(heard).endsWith(event));
    }

    @Test
    @DisplayName("D30: started, peer connected, service up, service down, peer disconnected with the reason, closed")
    void all() throws Exception {
        ChaskiNode node = remotes.node("node", builder -> builder.onEvent(this::onNode));
        lastIs("started");
        ChaskiRemote remote = ChaskiRemote.on(node);
        remote.onServiceEvent(this::onService);
        ChaskiRemote peer = remotes.remote("peer");
        Remotes.connect(remote, peer);
        lastIs("peer connected");
        Registration served = peer.attach("square", Integer.class, Integer.class, x -> x * x);
        lastIs("square up");
        served.close();
        lastIs("square down");
        peer.node().close();
        lastIs("disconnected: " + CloseReason.LEAVING);
        node.close();
        lastIs("closed");
        assertThat(heard).hasSize(6);
    }
}
