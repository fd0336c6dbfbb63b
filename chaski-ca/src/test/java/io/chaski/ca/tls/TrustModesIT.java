package io.chaski.ca.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chaski.ca.internal.bouncycastle.KeyPairs;
import io.chaski.ca.internal.bouncycastle.OddCertificates;
import io.chaski.ca.internal.bouncycastle.TestAuthority;
import io.chaski.core.Address;
import io.chaski.core.ChaskiNode;
import io.chaski.core.CloseReason;
import io.chaski.core.ConfigurationException;
import io.chaski.core.ConnectFailedException;
import io.chaski.core.Edge;
import io.chaski.core.NodeBuilder;
import io.chaski.core.NodeId;
import io.chaski.core.Topic;
import io.chaski.core.security.CertificateRefusedException;
import io.chaski.core.security.Credentials;
import io.chaski.core.security.Fingerprint;
import io.chaski.core.security.PeerIdentity;
import io.chaski.core.security.TrustMode;
import java.nio.file.Path;
import java.security.KeyPair;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Nodes that prove who they are, in each mode and over each kind of connection. */
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class TrustModesIT {

    private static final Topic<String> TEXT = Topic.text("t");

    private final TlsNodes nodes = new TlsNodes();

    @TempDir
    Path folder;

    @AfterEach
    void close() {
        nodes.close();
    }

    private Address listen(String transport) {
        return switch (transport) {
            case "unix" -> Address.parse("unix:" + folder.resolve("s"));
            case "inproc" -> Address.parse("inproc:" + UUID.randomUUID());
            default -> Address.tcp("127.0.0.1", 0);
        };
    }

    @ParameterizedTest
    @ValueSource(strings = {"tcp", "unix", "inproc"})
    void know_each_other_and_talk(String transport) throws Exception {
        ChaskiNode mill = nodes.start(nodes.builder("mill", nodes.ca("mill")).listen(listen(transport)));
        ChaskiNode press = nodes.start("press");
        Queue<String> heard = new ConcurrentLinkedQueue<>();
        mill.subscribe(TEXT, message -> heard.add(message.payload()));
        press.subscribe(TEXT, message -> {});

        Edge edge = TlsNodes.connect(press, mill);

        assertThat(mill.id()).isEqualTo(TlsNodes.uri("mill").nodeId());
        assertThat(edge.identity())
                .map(PeerIdentity::name)
                .contains(TlsNodes.uri("mill").toString());
        assertThat(edge.identity()).isEqualTo(mill.security().identity());
        assertThat(mill.edge(press.id()).flatMap(Edge::identity))
                .isEqualTo(press.security().identity());
        assertThat(edge.snapshot().flatMap(look -> look.identity())).isEqualTo(edge.identity());
        TlsNodes.await("paired", () -> press.isPaired(TEXT));
        press.publish(TEXT, "x".repeat(200_000));
        TlsNodes.await("the message", () -> !heard.isEmpty());
    }

    @Test
    void are_probed_without_an_edge() throws Exception {
        ChaskiNode mill = nodes.start("mill");
        ChaskiNode press = nodes.start("press");

        assertThat(press.probe(TlsNodes.addressOf(mill), TlsNodes.LIMIT)
                        .get(TlsNodes.LIMIT.toSeconds(), TimeUnit.SECONDS)
                        .id())
                .isEqualTo(mill.id());
        assertThat(press.edges()).isEmpty();
    }

    @Test
    void with_certificates_of_somebody_else() throws Exception {
        TestAuthority company = new TestAuthority(3);
        TrustMode one = external(company, "https://plant-7.example/mill");
        TrustMode other = external(company, "https://plant-7.example/press");
        ChaskiNode mill = nodes.start(nodes.builder("mill", one));
        ChaskiNode press = nodes.start(nodes.builder("press", other));

        Edge edge = TlsNodes.connect(press, mill);

        assertThat(edge.identity()).map(PeerIdentity::name).contains("uri:https://plant-7.example/mill");
        assertThat(edge.identity()).map(PeerIdentity::kind).contains(PeerIdentity.Kind.EXTERNAL);
        assertThat(edge.identity()).map(PeerIdentity::nodeId).contains(mill.id());
        assertThat(refusal(
                        nodes.start(nodes.builder("x", external(new TestAuthority(4), "https://plant-7.example/x"))),
                        mill))
                .contains(CloseReason.UNTRUSTED);
    }

    private static TrustMode external(TestAuthority company, String uri) throws Exception {
        KeyPair keys = KeyPairs.generate();
        return TrustMode.external(
                new Credentials(
                        keys.getPrivate(),
                        List.of(OddCertificates.withUri(company, uri, keys.getPublic()), company.issuing)),
                Set.of(company.root));
    }

    @Test
    void with_pinned_keys() throws Exception {
        Credentials one = selfSigned();
        Credentials other = selfSigned();
        ChaskiNode mill = nodes.start(nodes.builder("mill", TrustMode.pinned(one, Set.of(pin(other)))));
        ChaskiNode press = nodes.start(nodes.builder("press", TrustMode.pinned(other, Set.of(pin(one)))));
        ChaskiNode saw = nodes.start(nodes.builder("saw", TrustMode.pinned(selfSigned(), Set.of(pin(one)))));

        Edge edge = TlsNodes.connect(press, mill);

        assertThat(edge.identity()).map(PeerIdentity::name).contains("sha256:" + pin(one));
        assertThat(edge.identity()).map(PeerIdentity::nodeId).contains(mill.id());
        assertThat(refusal(saw, mill)).contains(CloseReason.UNTRUSTED);

        mill.security().update(TrustMode.pinned(one, Set.of()));

        TlsNodes.await("the end", () -> !press.isConnectedTo(mill.id()));
    }

    private static Credentials selfSigned() throws Exception {
        KeyPair keys = KeyPairs.generate();
        return new Credentials(keys.getPrivate(), List.of(OddCertificates.selfSigned(keys)));
    }

    private static Fingerprint pin(Credentials credentials) {
        return Fingerprint.of(credentials.chain().get(0).getPublicKey());
    }

    @Test
    void of_different_kinds_never_talk() throws Exception {
        ChaskiNode mill = nodes.start("mill");
        Credentials own = selfSigned();
        Credentials ofMill = ((TrustMode.Authenticated) mill.security().mode()).credentials();
        ChaskiNode press = nodes.start(nodes.builder("press", TrustMode.pinned(own, Set.of(pin(ofMill)))));

        assertThat(refusal(press, mill)).contains(CloseReason.UNTRUSTED);
        assertThat(refusal(mill, press)).contains(CloseReason.UNTRUSTED);
    }

    @Test
    void in_one_process_pass_the_same_checks() throws Exception {
        ChaskiNode mill = nodes.start(nodes.builder("mill", nodes.ca("mill")).listen(listen("inproc")));
        ChaskiNode plain =
                nodes.start(nodes.builder("plain", TrustMode.INSECURE).listen(listen("inproc")));
        ChaskiNode stranger = nodes.start(
                nodes.builder("stranger", external(new TestAuthority(5), "https://plant-7.example/stranger")));

        assertThat(refusal(stranger, mill)).contains(CloseReason.UNTRUSTED);
        assertThat(refusal(plain, mill)).contains(CloseReason.TLS);
        assertThat(refusal(mill, plain)).contains(CloseReason.TLS);
        assertThat(mill.edges()).isEmpty();
    }

    @Test
    void need_a_certificate_that_they_would_believe_themselves() {
        Credentials old = nodes.credentials("mill", Duration.ofSeconds(-1));

        assertThatThrownBy(() ->
                        nodes.builder("mill", TrustMode.ca(old, nodes.trust())).start())
                .isInstanceOf(ConfigurationException.class)
                .hasCauseInstanceOf(CertificateRefusedException.class)
                .hasMessageContaining("EXPIRED");
    }

    /** Without one, a node has to say {@code insecure()} for it. */
    @Test
    void may_listen_off_loopback() throws Exception {
        ChaskiNode mill = nodes.start(nodes.builder("mill", nodes.ca("mill")).listen("0.0.0.0:0"));
        ChaskiNode press = nodes.start("press");
        Address onLoopback = Address.tcp("127.0.0.1", TlsNodes.addressOf(mill).port());

        assertThat(press.connect(onLoopback)
                        .get(TlsNodes.LIMIT.toSeconds(), TimeUnit.SECONDS)
                        .identity())
                .isEqualTo(mill.security().identity());
    }

    @Test
    void have_the_id_of_their_identity_and_no_other() {
        NodeBuilder builder = nodes.builder("mill", nodes.ca("mill"));

        assertThatThrownBy(() -> builder.id(new NodeId(1, 2)).start())
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("leave id out");
        assertThat(nodes.start(builder.id(TlsNodes.uri("mill").nodeId())).id())
                .isEqualTo(TlsNodes.uri("mill").nodeId());
    }

    private static Optional<CloseReason> refusal(ChaskiNode from, ChaskiNode to) throws Exception {
        try {
            from.connect(TlsNodes.addressOf(to)).get(TlsNodes.LIMIT.toSeconds(), TimeUnit.SECONDS);
            throw new AssertionError("connected");
        } catch (ExecutionException e) {
            return ((ConnectFailedException) e.getCause()).refusal();
        }
    }
}
