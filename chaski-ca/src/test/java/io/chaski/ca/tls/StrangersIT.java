package io.chaski.ca.tls;

import static org.assertj.core.api.Assertions.assertThat;

import io.chaski.ca.LeafUsage;
import io.chaski.ca.internal.bouncycastle.KeyPairs;
import io.chaski.ca.internal.bouncycastle.OddCertificates;
import io.chaski.ca.internal.bouncycastle.TestAuthority;
import io.chaski.core.Address;
import io.chaski.core.ChaskiNode;
import io.chaski.core.CloseReason;
import io.chaski.core.NodeEvent;
import io.chaski.core.NodeId;
import io.chaski.core.security.CertificateProblem;
import io.chaski.core.security.Credentials;
import io.chaski.core.security.TrustMode;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PublicKey;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Who is not let in by a node with an identity, and what he learns. */
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class StrangersIT {

    /** Handshake record, TLS 1.0 as its version says, 512 bytes; and the beginning of a ClientHello. */
    private static final byte[] BEGINNING_OF_TLS = {22, 3, 1, 2, 0, 1, 0, 1, (byte) 252, 3, 3};

    private static final String PRESS = TlsNodes.uri("press").toString();

    private final TlsNodes nodes = new TlsNodes();
    private ChaskiNode mill;
    private ChaskiNode plain;

    @BeforeAll
    void start() {
        mill = nodes.start("mill");
        plain = nodes.start(nodes.builder("plain", TrustMode.INSECURE));
    }

    @AfterAll
    void close() {
        nodes.close();
    }

    private Address address() {
        return TlsNodes.addressOf(mill);
    }

    private static long tls(ChaskiNode node, String why) {
        return TlsNodes.counter(node, "tls." + why);
    }

    /** Calls, greets properly, and is refused for one reason. */
    private void assertRefused(Credentials shown, CertificateProblem problem) throws Exception {
        assertRefused(shown, problem, CloseReason.UNTRUSTED);
    }

    private void assertRefused(Credentials shown, CertificateProblem problem, CloseReason told) throws Exception {
        long before = tls(mill, problem.name());
        try (Stranger.Call call = new Stranger(shown).call(address())) {
            call.greet(nodes.cluster, TlsNodes.uri("press").nodeId(), 1);
            assertThat(call.end()).contains(told);
            assertThat(call.hasLearned()).isFalse();
        }
        TlsNodes.await(problem.name(), () -> tls(mill, problem.name()) == before + 1);
        assertThat(mill.edges()).isEmpty();
    }

    /** Made for a key that the stranger has. */
    private interface Certificate {
        X509Certificate of(PublicKey key) throws Exception;
    }

    private void assertRefused(Certificate certificate, CertificateProblem problem) throws Exception {
        KeyPair keys = KeyPairs.generate();
        assertRefused(
                new Credentials(keys.getPrivate(), nodes.authority.chain(certificate.of(keys.getPublic()))), problem);
    }

    private void assertRefusedWithin(Certificate certificate, String... why) throws Exception {
        KeyPair keys = KeyPairs.generate();
        assertRefusedWithin(
                new Stranger(keys.getPrivate(), nodes.authority.chain(certificate.of(keys.getPublic()))), why);
    }

    /** Refused in the handshake for one of a few reasons, before the stranger has proved anything: it gets not one frame. */
    private void assertRefusedWithin(Stranger stranger, String... why) throws Exception {
        long before = countOf(why);
        try (Stranger.Call call = stranger.call(address())) {
            assertThat(call.end()).isEmpty();
            assertThat(call.hasLearned()).isFalse();
        }
        TlsNodes.await(String.join(" or ", why), () -> countOf(why) == before + 1);
        assertThat(mill.edges()).isEmpty();
    }

    private long countOf(String... why) {
        return Stream.of(why).mapToLong(each -> tls(mill, each)).sum();
    }

    @Test
    void rows_4_and_5_clear_text_gets_no_answer() throws Exception {
        long before = tls(mill, "not-tls");
        try (Socket socket = new Socket(address().host(), address().port())) {
            socket.setSoTimeout((int) TlsNodes.LIMIT.toMillis());
            socket.getOutputStream().write("GET / HTTP/1.1\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            assertThat(bytesUntilEnd(socket)).isZero();
        }
        TlsNodes.await("the counter", () -> tls(mill, "not-tls") == before + 1);
    }

    @Test
    void rows_4_and_5_a_node_without_an_identity_and_one_with_do_not_talk() {
        assertThat(failure(plain, mill)).isNotNull();
        assertThat(failure(mill, plain)).isEqualTo(CloseReason.TLS);
        assertThat(mill.edges()).isEmpty();
        assertThat(plain.edges()).isEmpty();
    }

    private static CloseReason failure(ChaskiNode from, ChaskiNode to) {
        try {
            from.connect(TlsNodes.addressOf(to)).get(TlsNodes.LIMIT.toSeconds(), TimeUnit.SECONDS);
            throw new AssertionError("connected");
        } catch (ExecutionException e) {
            return ((io.chaski.core.ConnectFailedException) e.getCause())
                    .refusal()
                    .orElseThrow();
        } catch (InterruptedException | java.util.concurrent.TimeoutException e) {
            throw new AssertionError(e);
        }
    }

    private static int bytesUntilEnd(Socket socket) {
        int count = 0;
        try {
            InputStream in = socket.getInputStream();
            while (in.read() >= 0) {
                count++;
            }
        } catch (IOException reset) {
            return count;
        }
        return count;
    }

    @Test
    void row_3_a_client_hello_in_small_pieces_ends_at_the_deadline() throws Exception {
        long before = tls(mill, "timeout");
        try (Socket socket = new Socket(address().host(), address().port())) {
            socket.setSoTimeout(20);
            for (byte next : BEGINNING_OF_TLS) {
                socket.getOutputStream().write(next);
            }
            TlsNodes.await("the deadline", () -> tls(mill, "timeout") == before + 1);
        }
    }

    @Test
    void row_8_an_older_TLS() throws Exception {
        long before = tls(mill, "version");
        try (Stranger.Call call = new Stranger(nodes.credentials("press"))
                .speaking("TLSv1.2", "chaski/1")
                .call(address())) {
            call.end();
        }
        TlsNodes.await("the counter", () -> tls(mill, "version") == before + 1);
    }

    @Test
    void row_9_another_protocol_above_TLS_or_none() throws Exception {
        long before = tls(mill, "protocol");
        Stranger press = new Stranger(nodes.credentials("press"));
        try (Stranger.Call call = press.speaking("TLSv1.3", "chaski/2").call(address())) {
            call.end();
        }
        try (Stranger.Call call = press.speaking("TLSv1.3").call(address())) {
            assertThat(call.end()).isEmpty();
        }
        TlsNodes.await("the counter", () -> tls(mill, "protocol") == before + 2);
    }

    @Test
    void row_10_no_certificate() throws Exception {
        assertRefusedWithin(new Stranger(null), "certificate");
    }

    @Test
    void row_11_expired() throws Exception {
        assertRefused(nodes.credentials("press", Duration.ofSeconds(-1)), CertificateProblem.EXPIRED);
    }

    @Test
    void row_12_not_yet_valid() throws Exception {
        Instant tomorrow = nodes.clock.instant().plus(Duration.ofDays(1));
        assertRefused(
                key -> OddCertificates.from(tomorrow, nodes.authority, PRESS, key), CertificateProblem.NOT_YET_VALID);
    }

    @Test
    void row_13_of_another_authority() throws Exception {
        TestAuthority other = new TestAuthority(2);
        KeyPair keys = KeyPairs.generate();
        assertRefused(
                new Credentials(
                        keys.getPrivate(),
                        other.chain(other.leaf(
                                TlsNodes.uri("press"),
                                keys.getPublic(),
                                LeafUsage.BOTH,
                                TestAuthority.NOW.plus(Duration.ofDays(1))))),
                CertificateProblem.UNTRUSTED);
    }

    @Test
    void row_14_self_signed() throws Exception {
        KeyPair keys = KeyPairs.generate();
        assertRefused(
                new Credentials(keys.getPrivate(), List.of(OddCertificates.selfSigned(keys, PRESS))),
                CertificateProblem.SELF_SIGNED);
    }

    @Test
    void row_16_of_another_trust_domain() throws Exception {
        assertRefused(
                key -> OddCertificates.named(nodes.authority, key, "chaski://plant-8.example/node/press"),
                CertificateProblem.WRONG_TRUST_DOMAIN);
    }

    @Test
    void a_certificate_for_the_other_side_of_a_connection() throws Exception {
        assertRefused(
                key -> nodes.authority.leaf(
                        TlsNodes.uri("press"), key, LeafUsage.SERVER, TestAuthority.NOW.plus(Duration.ofDays(1))),
                CertificateProblem.WRONG_USAGE);
    }

    @Test
    void row_17_an_authority() throws Exception {
        long before = tls(mill, "AUTHORITY_AS_PEER") + tls(mill, "certificate");
        Credentials issuing = new Credentials(
                nodes.authority.issuingKeys.getPrivate(), List.of(nodes.authority.issuing, nodes.authority.root));
        try (Stranger.Call call = new Stranger(issuing).call(address())) {
            call.end();
            assertThat(call.hasLearned()).isFalse();
        }
        // The native library sees by itself that the key may not sign this.
        TlsNodes.await("the counter", () -> tls(mill, "AUTHORITY_AS_PEER") + tls(mill, "certificate") == before + 1);
    }

    @Test
    void row_18_two_identities() throws Exception {
        assertRefused(
                key -> OddCertificates.named(nodes.authority, key, PRESS, "chaski://plant-7.example/admin/root"),
                CertificateProblem.SEVERAL_IDENTITIES);
    }

    @Test
    void row_19_no_identity_but_in_the_subject() throws Exception {
        assertRefused(key -> OddCertificates.named(nodes.authority, key), CertificateProblem.NO_IDENTITY);
    }

    /** The engine cannot even read it. */
    @Test
    void row_20_a_dot_behind_the_host() throws Exception {
        assertRefusedWithin(key -> OddCertificates.withDotBehindHost(nodes.authority), "certificate");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "chaski://plant_7.example/node/press",
                "chaski://plant%2d7.example/node/press",
                "chaski://plant-7.example:443/node/press",
                "chaski://root@plant-7.example/node/press",
            })
    void row_21_a_host_that_is_none(String uri) throws Exception {
        assertRefused(key -> OddCertificates.named(nodes.authority, key, uri), CertificateProblem.BAD_IDENTITY);
    }

    @Test
    void row_22_an_identity_that_may_be_skipped() throws Exception {
        assertRefused(
                key -> OddCertificates.withUri(nodes.authority, PRESS, key), CertificateProblem.IDENTITY_NOT_CRITICAL);
    }

    @Test
    void row_25_too_many_certificates() throws Exception {
        KeyPair keys = KeyPairs.generate();
        X509Certificate leaf = nodes.authority.leaf(
                TlsNodes.uri("press"), keys.getPublic(), LeafUsage.BOTH, TestAuthority.NOW.plus(Duration.ofDays(1)));
        TestAuthority by = nodes.authority;

        assertRefusedWithin(
                new Stranger(keys.getPrivate(), List.of(leaf, by.issuing, by.root, by.root)), "certificate");
        assertRefusedWithin(new Stranger(keys.getPrivate(), Collections.nCopies(50, leaf)), "certificate");
    }

    @Test
    void row_25_too_large_certificates() throws Exception {
        assertRefusedWithin(key -> OddCertificates.padded(8 << 10, nodes.authority, PRESS, key), "certificate");
        assertRefusedWithin(key -> OddCertificates.padded(1 << 20, nodes.authority, PRESS, key), "too-much");
    }

    /** What the verifier would call KEY_REJECTED, had anybody computed with the key first. */
    @Test
    void row_26_a_key_that_takes_no_part() throws Exception {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
        generator.initialize(1024);
        KeyPair keys = generator.generateKeyPair();
        X509Certificate leaf = OddCertificates.named(nodes.authority, keys.getPublic(), PRESS);

        assertRefusedWithin(new Stranger(keys.getPrivate(), nodes.authority.chain(leaf)), "certificate");
        // The native library does not read it either, and says so in words of its own.
        assertRefusedWithin(key -> OddCertificates.withExplicitCurve(nodes.authority), "certificate", "other");
    }

    @Test
    void row_27_a_flood_of_key_updates() throws Exception {
        NodeId id = TlsNodes.uri("drill").nodeId();
        try (Stranger.Call call = new Stranger(nodes.credentials("drill")).call(address())) {
            assertThat(call.greet(nodes.cluster, id, 1).acknowledge().isWelcome())
                    .isTrue();
            TlsNodes.await("the edge", () -> mill.isConnectedTo(id));
            try {
                for (int i = 0; i < 100_000 && mill.isConnectedTo(id); i++) {
                    call.socket.startHandshake(); // with TLS 1.3, and the handshake behind it, this updates a key
                }
            } catch (IOException closed) {
                assertThat(closed).isNotNull();
            }
        }
        // The native library has a limit of its own, and ends TLS.
        TlsNodes.await(
                "the end",
                () -> nodes.events(mill, NodeEvent.EdgeDown.class).stream()
                        .filter(down -> down.peer().equals(id))
                        .anyMatch(down ->
                                down.reason() == CloseReason.CONTROL_FLOOD || down.reason() == CloseReason.TLS));
    }

    @Test
    void row_29_an_id_that_is_not_that_of_the_certificate() throws Exception {
        try (Stranger.Call call = new Stranger(nodes.credentials("press")).call(address())) {
            call.greet(nodes.cluster, TlsNodes.uri("another").nodeId(), 1);
            assertThat(call.end()).contains(CloseReason.IDENTITY);
            assertThat(call.hasLearned()).isFalse();
        }
        try (Stranger.Call call = new Stranger(nodes.credentials("press")).call(address())) {
            call.greet(nodes.cluster, mill.id(), 1);
            assertThat(call.end()).contains(CloseReason.IDENTITY);
        }
        assertThat(nodes.events(mill, NodeEvent.DuplicateId.class)).isEmpty();
    }

    @Test
    void row_30_the_own_identity_from_outside_is_an_alarm() throws Exception {
        try (Stranger.Call call = new Stranger(nodes.credentials("mill")).call(address())) {
            call.greet(nodes.cluster, mill.id(), 1);
            assertThat(call.end()).contains(CloseReason.DUPLICATE_ID);
        }
        TlsNodes.await(
                "the event",
                () -> !nodes.events(mill, NodeEvent.DuplicateId.class).isEmpty());
        nodes.events.get(mill).clear();
    }

    @Test
    void row_31_two_keys_at_a_time_are_an_alarm() throws Exception {
        NodeId id = TlsNodes.uri("saw").nodeId();
        try (Stranger.Call one = new Stranger(nodes.credentials("saw")).call(address());
                Stranger.Call other = new Stranger(nodes.credentials("saw")).call(address())) {
            assertThat(one.greet(nodes.cluster, id, 5).acknowledge().isWelcome())
                    .isTrue();
            TlsNodes.await("the edge", () -> mill.isConnectedTo(id));
            assertThat(other.greet(nodes.cluster, id, 6).acknowledge().isWelcome())
                    .isTrue();
            TlsNodes.await(
                    "the alarm",
                    () -> nodes.events(mill, NodeEvent.TwoKeys.class).stream()
                            .anyMatch(alarm -> alarm.peer().equals(id)));
            assertThat(one.end()).contains(CloseReason.SUPERSEDED);
        }
        TlsNodes.await("the end", () -> !mill.isConnectedTo(id));
    }

    @Test
    void who_shows_a_certificate_of_the_authority_and_greets_is_let_in() throws Exception {
        NodeId id = TlsNodes.uri("lathe").nodeId();
        try (Stranger.Call call = new Stranger(nodes.credentials("lathe")).call(address())) {
            assertThat(call.greet(nodes.cluster, id, 1).acknowledge().isWelcome())
                    .isTrue();
            TlsNodes.await("the edge", () -> mill.isConnectedTo(id));
            assertThat(mill.edge(id).flatMap(edge -> edge.identity()))
                    .map(identity -> identity.name())
                    .isEqualTo(Optional.of(TlsNodes.uri("lathe").toString()));
        }
        TlsNodes.await("the end", () -> !mill.isConnectedTo(id));
    }
}
