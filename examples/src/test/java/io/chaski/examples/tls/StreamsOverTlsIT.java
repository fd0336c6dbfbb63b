package io.chaski.examples.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertThrowsExactly;

import io.chaski.ca.AuthorityOptions;
import io.chaski.ca.CertificateAuthority;
import io.chaski.ca.LeafUsage;
import io.chaski.ca.NodeCredentials;
import io.chaski.ca.SubjectAttributes;
import io.chaski.ca.internal.bouncycastle.AuthorityCertificates;
import io.chaski.ca.internal.bouncycastle.IssuingAuthority;
import io.chaski.ca.internal.bouncycastle.KeyPairs;
import io.chaski.ca.internal.cli.AuthorityCommand;
import io.chaski.core.Address;
import io.chaski.core.ChaskiNode;
import io.chaski.core.CloseReason;
import io.chaski.core.ConnectFailedException;
import io.chaski.core.NodeBuilder;
import io.chaski.core.Topic;
import io.chaski.core.Topology;
import io.chaski.core.security.CertificateVerifier.Trust;
import io.chaski.core.security.ChaskiUri;
import io.chaski.core.security.Credentials;
import io.chaski.core.security.TrustDomain;
import io.chaski.core.security.TrustMode;
import io.chaski.examples.process.FreePorts;
import io.chaski.streamer.ChaskiStreamer;
import io.chaski.streamer.MessageStream;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Streams between nodes that have proved who they are. Here, because neither of their modules needs the other. */
@DisplayName("Streams over TLS")
class StreamsOverTlsIT {

    /** Only failures take so long: the machine is shared. */
    private static final Duration LIMIT = Duration.ofSeconds(50);

    private static final Topic<String> TEXT = Topic.text("t");

    private static final TrustDomain DOMAIN = new TrustDomain("plant-7.example");
    private static final String PASSWORD = "correct horse";

    @TempDir
    static Path folder;

    private final String cluster = "test-" + UUID.randomUUID();
    private final List<ChaskiNode> nodes = new ArrayList<>();

    @AfterEach
    void closeNodes() {
        nodes.forEach(ChaskiNode::close);
    }

    /** Tokens carry the address of the authority, so its port is chosen before it listens. */
    private static ChaskiUri uri(String name) {
        return ChaskiUri.parse("chaski://" + DOMAIN.name() + "/node/" + name);
    }

    private static void assertSees(ChaskiStreamer one, String other) {
        assertThat(one.node().edges())
                .extracting(edge -> edge.identity().orElseThrow().uri())
                .containsExactly(Optional.of(uri(other)));
    }

    // ---- certificates in files

    /** An authority that is nowhere on a disk: keys under a password take seconds to make. */
    private static final class Signer {
        private final Random random = new Random(1);
        private final Instant now = Instant.now().truncatedTo(ChronoUnit.SECONDS);
        private final KeyPair rootKeys = KeyPairs.generate();
        private final KeyPair issuingKeys = KeyPairs.generate();
        private final X509Certificate root = AuthorityCertificates.root(rootKeys, SubjectAttributes.NONE, now, random);
        private final X509Certificate issuing = AuthorityCertificates.issuing(
                issuingKeys.getPublic(), DOMAIN, SubjectAttributes.NONE, root, rootKeys.getPrivate(), now, random);

        private void write(String name) {
            KeyPair keys = KeyPairs.generate();
            X509Certificate leaf = new IssuingAuthority(issuing, issuingKeys.getPrivate())
                    .sign(new IssuingAuthority.Leaf(
                            uri(name),
                            keys.getPublic(),
                            LeafUsage.BOTH,
                            new BigInteger(64, random),
                            now.minus(AuthorityCertificates.BACKDATING),
                            now.plus(Duration.ofDays(1)),
                            1));
            new NodeCredentials(keys.getPrivate(), List.of(leaf, issuing, root)).write(folder.resolve(name + ".pem"));
        }
    }

    private NodeBuilder ofFile(String name) {
        NodeCredentials read = NodeCredentials.read(folder.resolve(name + ".pem"));
        return manual(name)
                .security(
                        TrustMode.ca(new Credentials(read.key(), read.chain()), Trust.of(DOMAIN, Set.of(read.root()))));
    }

    private NodeBuilder manual(String name) {
        return ChaskiNode.builder().name(name).cluster(cluster).topology(Topology.MANUAL);
    }

    private ChaskiStreamer start(NodeBuilder builder) {
        ChaskiNode node = builder.start();
        nodes.add(node);
        return ChaskiStreamer.on(node);
    }

    private ChaskiStreamer startNextTo(ChaskiStreamer other, NodeBuilder builder) throws Exception {
        ChaskiStreamer started = start(builder);
        started.node().connect(other.node().addresses().get(0)).get(LIMIT.toSeconds(), TimeUnit.SECONDS);
        return started;
    }

    /** U-STR-1: each answers what it hears with the next number, up to test5. */
    private static void pingPong(ChaskiStreamer one, ChaskiStreamer two) throws InterruptedException {
        try (MessageStream<String> atOne = one.open(TEXT);
                MessageStream<String> atTwo = two.open(TEXT)) {
            atOne.awaitPaired(LIMIT);
            atTwo.awaitPaired(LIMIT);
            List<String> heard = new ArrayList<>();
            for (int number = 0; number <= 5; number++) {
                boolean isOnes = number % 2 == 0;
                (isOnes ? one : two).push(TEXT, "test" + number);
                heard.add((isOnes ? atTwo : atOne).poll(LIMIT).orElseThrow().payload());
            }
            assertThat(heard).containsExactly("test0", "test1", "test2", "test3", "test4", "test5");
            assertThat(atOne.statistics().delivered()).isEqualTo(3);
            assertThat(atTwo.statistics().delivered()).isEqualTo(3);
        }
    }

    private ConnectFailedException refusal(ChaskiStreamer by, NodeBuilder builder) {
        return assertThrowsExactly(ConnectFailedException.class, () -> {
            try {
                startNextTo(by, builder);
            } catch (ExecutionException e) {
                throw e.getCause();
            }
        });
    }

    @DisplayName("U-FUN-3: with certificates in files all is as without, but for others, who are refused")
    @Test
    void certificatesInFiles() throws Exception {
        Signer signer = new Signer();
        signer.write("mill");
        signer.write("pump");
        new Signer().write("stranger");
        ChaskiStreamer mill = start(ofFile("mill"));
        ChaskiStreamer pump = startNextTo(mill, ofFile("pump"));

        pingPong(mill, pump);

        assertThat(refusal(mill, manual("plain"))).isNotNull(); // it is not told why
        await().atMost(LIMIT)
                .untilAsserted(
                        () -> assertThat(mill.node().snapshot().counters()).containsEntry("tls.not-tls", 1L));
        assertThat(refusal(mill, ofFile("stranger")).refusal()).contains(CloseReason.UNTRUSTED);
        assertSees(mill, "pump");
        assertSees(pump, "mill");
    }

    // ---- an authority that is a process

    private NodeBuilder enrolling(String name, String token) {
        return manual(name).dataDirectory(folder.resolve(name)).enroll(token, LIMIT);
    }

    /** Makes an authority, and a token for each name. */
    private static List<String> makeAuthority(Address address, String... names) {
        AuthorityOptions options =
                AuthorityOptions.builder(DOMAIN).address(address.toString()).build();
        CertificateAuthority.init(folder.resolve("ca"), options, PASSWORD::toCharArray);
        try (CertificateAuthority authority = CertificateAuthority.open(folder.resolve("ca"), PASSWORD::toCharArray)) {
            return Stream.of(names)
                    .map(name -> authority.createToken(uri(name), Duration.ofMinutes(15), Optional.empty()))
                    .toList();
        }
    }

    private static Process serve(Address address) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:+UseSerialGC",
                        "-cp",
                        System.getProperty("java.class.path"),
                        AuthorityCommand.class.getName(),
                        "serve",
                        "--dir",
                        folder.resolve("ca").toString(),
                        "--listen",
                        address.toString(),
                        "--password-env",
                        "PASSWORD")
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("ca.log").toFile());
        builder.environment().put("PASSWORD", PASSWORD);
        return builder.start();
    }

    @DisplayName("U-FUN-4, U-CA-4: nodes that enrol at a process get the identities that they see of each other")
    @Test
    void enrolledInline() throws Exception {
        Address address = Address.tcp("127.0.0.1", FreePorts.one());
        List<String> tokens = makeAuthority(address, "mill", "pump");
        Process authority = serve(address);
        try {
            ChaskiStreamer mill = start(enrolling("mill", tokens.get(0))); // asks until the process is there
            ChaskiStreamer pump = startNextTo(mill, enrolling("pump", tokens.get(1)));

            pingPong(mill, pump);

            assertSees(mill, "pump");
            assertSees(pump, "mill");
        } finally {
            authority.destroyForcibly().waitFor();
        }
    }
}
