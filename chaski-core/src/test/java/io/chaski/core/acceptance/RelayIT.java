package io.chaski.core.acceptance;

import static io.chaski.core.acceptance.TestNodes.addressOf;
import static io.chaski.core.acceptance.TestNodes.areConnected;
import static io.chaski.core.acceptance.TestNodes.inbox;
import static io.chaski.core.acceptance.TestNodes.soon;
import static io.chaski.core.acceptance.TestNodes.until;
import static org.assertj.core.api.Assertions.assertThat;

import io.chaski.core.Address;
import io.chaski.core.ChaskiNode;
import io.chaski.core.NodeSnapshot.TopicSnapshot;
import io.chaski.core.Topic;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("Relay")
class RelayIT {

    private static final Topic<String> TOPIC = Topic.text("t");
    private static final int MESSAGES = 100;

    private final TestNodes nodes = new TestNodes();

    @AfterEach
    void closeAll() {
        nodes.close();
    }

    @DisplayName("two nodes that nobody can dial hear each other through a root that carries their topic")
    @Test
    void betweenTwoThatNobodyCanDial() throws Exception {
        ChaskiNode root = nodes.add(nodes.builder("root").root().relay().start());
        try (Deaf deaf = new Deaf()) {
            ChaskiNode alice = behindNat("alice", deaf, root);
            ChaskiNode bob = behindNat("bob", deaf, root);
            Queue<String> heardByAlice = inbox(alice, "t");
            Queue<String> heardByBob = inbox(bob, "t");
            soon(() -> {
                assertThat(topic(alice).flatMap(TopicSnapshot::relay)).contains(root.id());
                assertThat(topic(bob).flatMap(TopicSnapshot::relay)).contains(root.id());
            });

            for (int i = 0; i < MESSAGES; i++) {
                alice.publish(TOPIC, "from alice " + i);
                bob.publish(TOPIC, "from bob " + i);
            }
            until(() -> {
                assertThat(heardByBob).containsExactlyElementsOf(numbered("from alice "));
                assertThat(heardByAlice).containsExactlyElementsOf(numbered("from bob "));
            });
            assertThat(areConnected(alice, bob)).isFalse();
            assertThat(alice.isPaired(TOPIC)).isFalse();
            assertThat(topic(root)).hasValueSatisfying(topic -> {
                assertThat(topic.subscribed()).isFalse();
                assertThat(topic.delivered()).isZero();
                assertThat(topic.clients()).isEqualTo(2);
            });

            alice.close();
            bob.close();
            soon(() -> assertThat(topic(root)).isEmpty());
        }
    }

    private ChaskiNode behindNat(String name, Deaf deaf, ChaskiNode root) {
        return nodes.add(nodes.builder(name)
                .advertise(deaf.address())
                .bootstrap(addressOf(root))
                .start());
    }

    private static Optional<TopicSnapshot> topic(ChaskiNode node) {
        return node.snapshot().topics().stream()
                .filter(topic -> topic.name().equals(TOPIC.name()))
                .findFirst();
    }

    private static List<String> numbered(String what) {
        return IntStream.range(0, MESSAGES).mapToObj(i -> what + i).toList();
    }

    /** An address at which whoever dials is hung up on, and that nobody else takes meanwhile. */
    private static final class Deaf implements AutoCloseable {
        private final ServerSocket door = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());

        Deaf() throws IOException {
            Thread thread = new Thread(this::hangUp, "deaf");
            thread.setDaemon(true);
            thread.start();
        }

        Address address() {
            return Address.tcp(door.getInetAddress().getHostAddress(), door.getLocalPort());
        }

        private void hangUp() {
            while (!door.isClosed()) {
                try {
                    door.accept().close();
                } catch (IOException closed) {
                    return;
                }
            }
        }

        @Override
        public void close() throws IOException {
            door.close();
        }
    }
}
