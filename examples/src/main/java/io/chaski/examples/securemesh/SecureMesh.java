package io.chaski.examples.securemesh;

import io.chaski.ca.AuthorityOptions;
import io.chaski.ca.AuthorityServer;
import io.chaski.ca.CertificateAuthority;
import io.chaski.ca.PasswordSource;
import io.chaski.core.Address;
import io.chaski.core.ChaskiNode;
import io.chaski.core.ConnectFailedException;
import io.chaski.core.Message;
import io.chaski.core.NodeBuilder;
import io.chaski.core.Subscription;
import io.chaski.core.Topic;
import io.chaski.core.security.ChaskiUri;
import io.chaski.core.security.TrustDomain;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Makes an authority, lets three nodes enrol with tokens, and lets them talk; a node without an identity is refused. */
public final class SecureMesh {

    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final Topic<String> READINGS = Topic.of("readings", String.class);
    private static final List<String> NAMES = List.of("mill", "pump", "gate");

    private SecureMesh() {}

    /**
     * Runs the example.
     *
     * @param arguments none
     */
    public static void main(String[] arguments) throws Exception {
        Path folder = Files.createTempDirectory("secure-mesh");
        PasswordSource password = "not so secret"::toCharArray;
        Address address = Address.tcp("127.0.0.1", freePort());
        CertificateAuthority.init(
                folder.resolve("ca"),
                AuthorityOptions.builder(new TrustDomain("plant-7.example"))
                        .address(address.toString())
                        .build(),
                password);
        try (CertificateAuthority authority = CertificateAuthority.open(folder.resolve("ca"), password);
                AuthorityServer server = authority.serve(address)) {
            System.out.println(
                    "the authority answers on loopback: " + server.address().isLocal());
            run(authority, folder);
        }
    }

    private static void run(CertificateAuthority authority, Path folder) throws InterruptedException, TimeoutException {
        CountDownLatch heard = new CountDownLatch(NAMES.size() - 1);
        List<ChaskiNode> nodes = new ArrayList<>();
        try {
            for (String name : NAMES) {
                ChaskiUri uri = ChaskiUri.parse("chaski://plant-7.example/node/" + name);
                // #region enrol
                String token = authority.createToken(uri, Duration.ofMinutes(5), Optional.empty());
                NodeBuilder node = ChaskiNode.builder()
                        .name(name)
                        .dataDirectory(folder.resolve(name))
                        .enroll(token);
                // #endregion
                if (!nodes.isEmpty()) {
                    node.bootstrap(nodes.get(0).addresses().get(0));
                }
                ChaskiNode started = node.start();
                nodes.add(started);
                System.out.println("enrolled "
                        + started.security().identity().orElseThrow().name());
            }
            talk(nodes, heard);
            System.out.println("a stranger is refused: " + isRefused(nodes.get(0)));
        } finally {
            nodes.forEach(ChaskiNode::close);
        }
    }

    private static void talk(List<ChaskiNode> nodes, CountDownLatch heard) throws InterruptedException {
        ChaskiNode mill = nodes.get(0);
        for (ChaskiNode node : nodes.subList(1, nodes.size())) {
            node.subscribe(READINGS, message -> hear(node, message, heard)); // ends with the node
        }
        Subscription own = mill.subscribe(READINGS, message -> {});
        own.awaitSubscribers(nodes.size() - 1, LIMIT);
        mill.publish(READINGS, "it turns");
        if (!heard.await(LIMIT.toSeconds(), TimeUnit.SECONDS)) {
            throw new IllegalStateException("not everybody has heard it");
        }
    }

    private static void hear(ChaskiNode node, Message<String> message, CountDownLatch heard) {
        System.out.println(node.name() + " hears from " + message.originName() + ": " + message.payload());
        heard.countDown();
    }

    /** A node without an identity gets no edge, whatever it tries. */
    private static boolean isRefused(ChaskiNode node) throws InterruptedException, TimeoutException {
        try (ChaskiNode stranger = ChaskiNode.builder().name("stranger").start()) {
            stranger.connect(node.addresses().get(0)).get(LIMIT.toSeconds(), TimeUnit.SECONDS);
            return false;
        } catch (ExecutionException e) {
            return e.getCause() instanceof ConnectFailedException;
        }
    }

    /** Tokens carry the address of the authority, so its port is chosen before it listens. */
    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
