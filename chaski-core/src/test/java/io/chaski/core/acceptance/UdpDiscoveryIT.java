package io.chaski.core.acceptance;

import static io.chaski.core.acceptance.TestNodes.addressOf;
import static io.chaski.core.acceptance.TestNodes.areConnected;
import static io.chaski.core.acceptance.TestNodes.inbox;
import static io.chaski.core.acceptance.TestNodes.soon;
import static org.assertj.core.api.Assertions.assertThat;

import io.chaski.core.Address;
import io.chaski.core.ChaskiNode;
import io.chaski.core.Topic;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.SocketAddress;
import java.util.Queue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("Discovery over UDP")
class UdpDiscoveryIT {

    private TestNodes nodes = new TestNodes();

    @AfterEach
    void closeAll() {
        nodes.close();
    }

    @DisplayName("members are found through a root whose TCP port lets nobody in")
    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "::1"})
    void throughDatagramsOnly(String host) throws Exception {
        nodes = new TestNodes(host);
        ChaskiNode root = nodes.add(nodes.builder("root").root().start());
        ChaskiNode bob = nodes.automatic("bob", addressOf(root));
        Queue<String> heardByBob = inbox(bob, "t");
        soon(() -> assertThat(areConnected(bob, root)).isTrue());

        try (DatagramsOnly door = new DatagramsOnly(host, addressOf(root))) {
            ChaskiNode alice = nodes.automatic("alice", door.address());
            inbox(alice, "t");
            soon(() -> assertThat(alice.isPaired(Topic.text("t"))).isTrue());

            assertThat(areConnected(alice, bob)).isTrue();
            alice.publish(Topic.text("t"), "found");
            soon(() -> assertThat(heardByBob).containsExactly("found"));
        }
    }

    /** Another address of a node that passes datagrams and leaves connections waiting. */
    private static final class DatagramsOnly implements AutoCloseable {
        private final ServerSocket nobody;
        private final DatagramSocket socket;
        private final SocketAddress behind;

        DatagramsOnly(String host, Address node) throws IOException {
            InetAddress here = InetAddress.getByName(host);
            behind = new InetSocketAddress(here, node.port());
            nobody = new ServerSocket(0, 1, here);
            socket = new DatagramSocket(nobody.getLocalPort(), here);
            Thread thread = new Thread(this::pass, "datagrams-only");
            thread.setDaemon(true);
            thread.start();
        }

        Address address() {
            return Address.tcp(nobody.getInetAddress().getHostAddress(), nobody.getLocalPort());
        }

        private void pass() {
            SocketAddress before = behind;
            byte[] buffer = new byte[2_000];
            while (!socket.isClosed()) {
                try {
                    DatagramPacket packet = new DatagramPacket(buffer, buffer.length);
                    socket.receive(packet);
                    boolean isAnswer = packet.getSocketAddress().equals(behind);
                    if (!isAnswer) {
                        before = packet.getSocketAddress();
                    }
                    packet.setSocketAddress(isAnswer ? before : behind);
                    socket.send(packet);
                } catch (IOException e) {
                    // A refusal of an earlier packet, or closed: the loop ends with the socket.
                }
            }
        }

        @Override
        public void close() throws IOException {
            socket.close();
            nobody.close();
        }
    }
}
