package io.chaski.ca;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.chaski.ca.internal.provider.TokenIdentityProvider;
import io.chaski.core.ChaskiNode;
import io.chaski.core.ConfigurationException;
import io.chaski.core.Environment;
import io.chaski.core.NodeBuilder;
import io.chaski.core.NodeEvent;
import io.chaski.core.NodeSnapshot;
import io.chaski.core.Subscription;
import io.chaski.core.Topic;
import io.chaski.core.Topology;
import io.chaski.core.internal.runtime.EnrolledStart;
import io.chaski.core.security.ChaskiUri;
import io.chaski.core.security.IdentityProvider;
import io.chaski.core.security.TrustMode;
import io.chaski.core.security.policy.Action;
import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.channels.ServerSocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.FutureTask;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.assertj.core.api.AbstractThrowableAssert;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Nodes that get their identities at their start, from an authority on another socket of this machine. */
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class EnrolledNodesIT {

    private static final Duration PATIENCE = Duration.ofSeconds(50);
    private static final ChaskiUri MILL = ServedAuthority.MILL;
    private static final ChaskiUri PUMP = ServedAuthority.PUMP;
    private static final byte[] TLS_HELLO = {22, 3}; // a record of a handshake

    private static final Topic<String> NEWS = Topic.of("news", String.class);

    @TempDir
    Path folder;

    private ServedAuthority ca;

    @BeforeEach
    void serve() {
        ca = ServedAuthority.inRealTime(folder.resolve("ca"));
    }

    @AfterEach
    void stop() {
        ca.close();
    }

    private NodeBuilder node(ChaskiUri name) {
        return ChaskiNode.builder()
                .dataDirectory(folder.resolve("nodes").resolve(name.name().get(0)));
    }

    /** U-FUN-4. */
    @Test
    void enrol_inline_and_talk_under_their_identities() throws InterruptedException {
        try (ChaskiNode mill = node(MILL).enroll(ca.token(MILL)).start();
                ChaskiNode pump = node(PUMP)
                        .enroll(ca.token(PUMP))
                        .bootstrap(mill.addresses().get(0))
                        .start()) {
            BlockingQueue<String> heard = new LinkedBlockingQueue<>();
            try (Subscription subscription = mill.subscribe(NEWS, message -> heard.add(message.payload()))) {
                assertThat(subscription).isNotNull();
                await().atMost(PATIENCE).until(() -> mill.edges().size() == 1);
                assertThat(mill.edges().get(0).identity().orElseThrow().uri()).contains(PUMP);
                assertThat(pump.edges().get(0).identity().orElseThrow().uri()).contains(MILL);
                await().atMost(PATIENCE).until(() -> {
                    pump.publish(NEWS, "it turns");
                    return "it turns".equals(heard.poll(200, TimeUnit.MILLISECONDS));
                });
            }
        }
    }

    /** Otherwise its ports and the lock of its directory are kept until the program ends. */
    @Test
    void are_closed_when_their_identity_is_damaged_while_they_start() {
        String token = ca.token(MILL);
        Path directory = folder.resolve("nodes").resolve("mill");
        List<ChaskiNode> started = new ArrayList<>();

        assertThatThrownBy(() -> EnrolledStart.start(
                        directory, token, Duration.ofSeconds(30), Environment.system(), identity -> {
                            started.add(node(MILL).security(identity.mode()).start());
                            damage(directory.resolve("identity.pem"));
                            return started.get(0);
                        }))
                .isInstanceOf(AuthorityException.class);

        try (ChaskiNode mill = started.get(0)) {
            assertThat(mill.state()).isEqualTo(NodeSnapshot.State.CLOSED);
        }
    }

    private static void damage(Path file) {
        try {
            Files.writeString(file, "damaged");
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void start_again_without_the_authority() {
        String token = ca.token(MILL);
        String id;
        try (ChaskiNode mill = node(MILL).enroll(token).start()) {
            id = mill.id().toString();
        }
        ca.stop();
        try (ChaskiNode mill = node(MILL).enroll(token).start()) {
            assertThat(mill.id()).hasToString(id);
        }
        ca.start();
    }

    /** U-FUN-5. */
    @Nested
    class Without_an_identity {

        private final int port = ServedAuthority.freePort();
        private ServerSocketChannel contact;

        @BeforeEach
        void listen() throws IOException {
            contact = ServerSocketChannel.open().bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            contact.configureBlocking(false);
        }

        @AfterEach
        void stopListening() throws IOException {
            contact.close();
        }

        private NodeBuilder mill(String token, Duration limit) throws IOException {
            int contactPort = ((InetSocketAddress) contact.getLocalAddress()).getPort();
            return node(MILL)
                    .listen("127.0.0.1:" + port)
                    .bootstrap("127.0.0.1:" + contactPort)
                    .enroll(token, limit);
        }

        private AbstractThrowableAssert<?, ?> assertDoesNotStart(NodeBuilder node, EnrolmentProblem problem) {
            return assertThatThrownBy(node::start)
                    .isInstanceOfSatisfying(
                            EnrolmentException.class,
                            e -> assertThat(e.problem()).isEqualTo(problem));
        }

        /** Nobody listens, and nobody was dialled. */
        private void assertIsSilent() throws IOException {
            new ServerSocket(port, 1, InetAddress.getLoopbackAddress()).close();
            new DatagramSocket(port, InetAddress.getLoopbackAddress()).close();
            assertThat(contact.accept()).isNull();
        }

        private void assertLeavesNothingButItsKey() throws IOException {
            assertIsSilent();
            try (Stream<Path> files = Files.list(folder.resolve("nodes").resolve("mill-3"))) {
                assertThat(files.map(file -> file.getFileName().toString()))
                        .containsExactlyInAnyOrder("identity.lock", "identity.next.pem");
            }
        }

        @Test
        void they_do_not_start_when_no_authority_answers() throws IOException {
            String token = ca.token(MILL);
            ca.stop();

            assertDoesNotStart(mill(token, Duration.ofMillis(700)), EnrolmentProblem.UNREACHABLE)
                    .hasMessageContaining("127.0.0.1:" + ca.port());

            assertLeavesNothingButItsKey();
            ca.start();
        }

        @Test
        void they_do_not_start_with_a_token_that_somebody_else_has_used() throws IOException {
            String token = ca.token(MILL);
            ca.node(folder.resolve("thief")).enrol(token);

            assertDoesNotStart(mill(token, PATIENCE), EnrolmentProblem.TOKEN_USED);

            assertLeavesNothingButItsKey();
        }

        @Test
        void they_say_nothing_but_TLS_to_the_authority_and_nothing_to_others_while_they_ask() throws Exception {
            String token = ca.token(MILL);
            ca.stop();
            try (ServerSocket asked = new ServerSocket(ca.port(), 1, InetAddress.getLoopbackAddress())) {
                FutureTask<byte[]> heard = new FutureTask<>(() -> {
                    try (Socket connection = asked.accept()) {
                        byte[] beginning = connection.getInputStream().readNBytes(TLS_HELLO.length);
                        assertIsSilent();
                        return beginning;
                    }
                });
                new Thread(heard).start();

                assertDoesNotStart(mill(token, Duration.ZERO), EnrolmentProblem.UNREACHABLE);

                assertThat(heard.get(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isEqualTo(TLS_HELLO);
            }
            ca.start();
        }

        @Test
        void they_ask_for_no_negative_time() {
            assertThatThrownBy(() -> node(MILL).enroll("chk1.AAAA", Duration.ofNanos(-1)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("limit");
        }
    }

    @Test
    void obey_a_deny_file_that_somebody_writes() throws IOException {
        try (ChaskiNode mill = node(MILL).enroll(ca.token(MILL)).start();
                ChaskiNode pump = node(PUMP)
                        .enroll(ca.token(PUMP))
                        .bootstrap(mill.addresses().get(0))
                        .start()) {
            await().atMost(PATIENCE)
                    .until(() -> mill.edges().size() == 1 && pump.edges().size() == 1);

            Files.writeString(folder.resolve("nodes").resolve("mill-3").resolve("deny"), PUMP + "\n");

            await().atMost(PATIENCE).until(() -> mill.edges().isEmpty());
        }
    }

    @Test
    void learn_from_each_other_whom_the_authority_has_revoked() {
        try (AuthorityNode authority = ca.authority.join(ChaskiNode.builder().name("authority"));
                ChaskiNode mill = node(MILL)
                        .enroll(ca.token(MILL))
                        .bootstrap(authority.node().addresses().get(0))
                        .start();
                ChaskiNode pump = node(PUMP)
                        .enroll(ca.token(PUMP))
                        .topology(Topology.MANUAL)
                        .bootstrap(mill.addresses().get(0))
                        .start()) {
            await().atMost(PATIENCE).until(() -> mill.edges().size() == 2);

            ca.authority.revoke(PUMP, "stolen");

            await().atMost(PATIENCE).until(() -> mill.edge(pump.id()).isEmpty());
            assertThat(mill.isConnectedTo(authority.node().id())).isTrue();
            assertThat(folder.resolve("nodes")
                            .resolve("mill-3")
                            .resolve("trust")
                            .resolve("revocations"))
                    .exists();
        }
    }

    @Test
    void follow_the_policy_that_the_authority_signs() {
        try (AuthorityNode authority = ca.authority.join(ChaskiNode.builder().name("authority"));
                ChaskiNode mill = node(MILL)
                        .enroll(ca.token(MILL))
                        .bootstrap(authority.node().addresses().get(0))
                        .start()) {
            ca.authority.signPolicy("{\"version\":4,\"domain\":\"plant-7.example\"}".getBytes(StandardCharsets.UTF_8));

            await().atMost(PATIENCE).until(() -> !maySubscribe(mill));
        }
    }

    private static boolean maySubscribe(ChaskiNode node) {
        return node.access().decide(node.id(), Action.SUBSCRIBE, NEWS.name()).isAllowed();
    }

    /** No neighbour has told them. */
    @Test
    void start_with_the_roots_and_the_policy_that_come_with_the_certificate() {
        ca.authority.signPolicy("{\"version\":4,\"domain\":\"plant-7.example\"}".getBytes(StandardCharsets.UTF_8));

        IdentityProvider.Enrolled identity = new TokenIdentityProvider()
                .enroll(folder.resolve("nodes").resolve("mill-3"), ca.token(MILL), PATIENCE, Clock.systemUTC());
        assertThat(identity.policy().orElseThrow().version())
                .as("before anybody is let in")
                .isEqualTo(4);
        assertThat(identity.mode().trust().roots()).containsExactly(ca.authority.root());

        try (ChaskiNode mill = node(MILL).enroll(ca.token(MILL)).start()) {
            assertThat(maySubscribe(mill)).isFalse();
            assertThat(mill.security().bundle().orElseThrow().number()).isEqualTo(1);
        }
    }

    /** What the node followed before has no root of its new certificate, and so does not believe the set that came with it. */
    @Test
    void start_with_the_later_set_of_roots_of_what_they_followed_and_what_a_new_token_has_brought() throws IOException {
        node(MILL).enroll(ca.token(MILL)).start().close();
        X509Certificate old = ca.authority.root();
        goBelowTheNextRoot();
        Path directory = folder.resolve("nodes").resolve("mill-3");
        byte[] older = Files.readAllBytes(directory.resolve("identity.roots"));
        Files.delete(directory.resolve("identity.pem"));
        List<NodeEvent> events = new CopyOnWriteArrayList<>();

        String token = ca.token(MILL);
        try (ChaskiNode mill = node(MILL).enroll(token).onEvent(events::add).start()) {
            assertThat(roots(mill)).containsExactlyInAnyOrder(old, ca.authority.root());
        }
        assertThat(events).noneMatch(event -> event instanceof NodeEvent.OwnRootDropped);

        ca.stop();
        Files.write(directory.resolve("identity.roots"), older);
        try (ChaskiNode mill = node(MILL).enroll(token).start()) {
            assertThat(roots(mill)).containsExactlyInAnyOrder(old, ca.authority.root());
        }
        ca.start();
    }

    private void goBelowTheNextRoot() {
        ca.authority.addRoot(ServedAuthority.PASSWORD);
        ca.authority.rotateIssuing(ServedAuthority.PASSWORD, true);
        ca.server.renewOwn(); // as it does every half minute
    }

    /** A crash has stored the set, and not the certificate that came with it. */
    @Test
    void start_without_a_set_of_roots_that_leaves_them_out() throws IOException {
        Path directory = Files.createDirectory(folder.resolve("nodes")).resolve("mill-3");
        String token = ca.token(MILL);
        ca.node(directory).enrol(token);
        X509Certificate old = ca.authority.root();
        goBelowTheNextRoot();
        ca.authority.dropRoot(true);
        ca.node(directory).learn(ca.authority.signedBundle());

        try (ChaskiNode mill = node(MILL).enroll(token).start()) {
            assertThat(roots(mill)).containsExactly(old);
            assertThat(mill.security().bundle()).isEmpty();
        }
    }

    private static Set<X509Certificate> roots(ChaskiNode node) {
        return ((TrustMode.Ca) node.security().mode()).trust().roots();
    }

    /** The list came with the certificate of one node, and the other has an older one. */
    @Test
    void hand_on_the_list_that_came_with_a_certificate() throws IOException {
        String millsToken = ca.token(MILL);
        Path nodes = Files.createDirectory(folder.resolve("nodes"));
        ca.node(nodes.resolve("mill-3")).enrol(millsToken);
        ca.authority.revoke(ChaskiUri.parse("chaski://plant-7.example/node/press"), "stolen");
        BlockingQueue<NodeEvent> events = new LinkedBlockingQueue<>();
        try (ChaskiNode pump = node(PUMP).enroll(ca.token(PUMP)).start();
                ChaskiNode mill = node(MILL)
                        .enroll(millsToken)
                        .bootstrap(pump.addresses().get(0))
                        .onEvent(events::add)
                        .start()) {
            long older = ca.node(nodes.resolve("mill-3"))
                    .storedRevocations()
                    .orElseThrow()
                    .number();
            assertThat(older).isLessThan(number(pump));
            await().atMost(PATIENCE)
                    .until(() -> events.contains(
                            new NodeEvent.TrustUpdated(NodeEvent.TrustDocument.REVOCATIONS, number(pump))));
        }
    }

    private static long number(ChaskiNode node) {
        return ((TrustMode.Ca) node.security().mode())
                .trust()
                .revocations()
                .orElseThrow()
                .number();
    }

    @Test
    void need_a_data_directory_and_one_identity() {
        assertThatThrownBy(() -> ChaskiNode.builder().enroll("chk1.AAAA").start())
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("dataDirectory");
        assertThatThrownBy(() -> node(MILL).enroll("chk1.AAAA").start())
                .isInstanceOfSatisfying(
                        EnrolmentException.class,
                        e -> assertThat(e.problem()).isEqualTo(EnrolmentProblem.TOKEN_INVALID));
        assertThat(Optional.of(folder.resolve("nodes").resolve("mill-3").resolve("identity.pem")))
                .hasValueSatisfying(file -> assertThat(file).doesNotExist());
    }
}
