package io.chaski.ca;

import static io.chaski.ca.ServedAuthority.MILL;
import static org.assertj.core.api.Assertions.assertThat;

import io.chaski.ca.CertificateAuthority.Surroundings;
import io.chaski.ca.internal.authority.Moment;
import io.chaski.ca.internal.authority.RemoteHost;
import io.chaski.ca.internal.bouncycastle.TestAuthority;
import io.chaski.ca.internal.disk.SimulatedDisk;
import io.chaski.ca.internal.disk.SimulatedDisk.Loss;
import io.chaski.ca.internal.disk.SimulatedDisk.PowerFailure;
import io.chaski.ca.internal.wire.Reply;
import io.chaski.ca.internal.wire.Request;
import io.chaski.core.security.CertificateVerifier;
import io.chaski.core.security.CertificateVerifier.Side;
import io.chaski.core.security.CertificateVerifier.Trust;
import io.chaski.core.security.Fingerprint;
import io.chaski.core.security.Identity;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.HashSet;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;

/** The machine of a node goes off at any moment of its enrolment and of its renewal; the authority stays. */
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class NodeEnrolmentCrashTest {

    private static final Path HOME = Path.of("/node");

    private CertificateAuthority authority;
    private long nanos;
    private SimulatedDisk disk;
    private int asked;
    private int diesAfterAnswer = -1;
    private Optional<Identity> shown = Optional.empty();

    @BeforeEach
    void open() {
        Surroundings surroundings = new Surroundings(
                new SimulatedDisk(),
                TestAuthority.fastProtection(),
                () -> new Moment(TestAuthority.NOW, nanos),
                new Random(90));
        AuthorityOptions options = AuthorityOptions.builder(TestAuthority.DOMAIN)
                .address("ca.example:8520")
                .build();
        CertificateAuthority.init(Path.of("/ca"), options, ServedAuthority.PASSWORD, surroundings);
        authority = CertificateAuthority.open(Path.of("/ca"), ServedAuthority.PASSWORD, surroundings);
    }

    /** A network that brings the request there and dies with the answer, when it is told to. */
    private Reply ask(Request request) {
        nanos += Duration.ofMinutes(2).toNanos();
        asked++;
        Reply reply = request.token().isPresent()
                ? authority.enrol(request, RemoteHost.LOCAL)
                : authority.renew(shown.orElseThrow(), request, RemoteHost.LOCAL);
        if (asked == diesAfterAnswer) {
            throw new PowerFailure();
        }
        return reply;
    }

    private NodeEnrolment node() {
        return new NodeEnrolment(
                disk, HOME, Clock.fixed(TestAuthority.NOW, ZoneOffset.UTC), (client, request, limit) -> ask(request));
    }

    @Test
    void an_enrolment_costs_one_certificate_whatever_happens() {
        int crashes = 0;
        for (Loss loss : Loss.values()) {
            boolean isComplete = false;
            for (int operation = 0; !isComplete; operation++) {
                String token = authority.createToken(MILL, Duration.ofMinutes(15), Optional.empty());
                int certificates = authority.list().size();
                disk = new SimulatedDisk();
                disk.endPowerAt(operation);
                isComplete = enrols(token);
                SimulatedDisk crashed = disk;
                disk = crashed.afterPowerFailure(loss, new Random(operation));
                NodeCredentials credentials = node().enrol(token);
                assertThat(credentials.uri()).isEqualTo(MILL);
                assertThat(authority.list()).as("%s", crashed.trace()).hasSize(certificates + 1);
                assertThat(node().stored()).contains(credentials);
                crashes++;
            }
        }
        assertThat(crashes).isGreaterThan(40);
    }

    @Test
    void an_answer_that_never_arrives_is_asked_for_again_with_the_same_key() {
        String token = authority.createToken(MILL, Duration.ofMinutes(15), Optional.empty());
        disk = new SimulatedDisk();
        diesAfterAnswer = asked + 1;
        assertThat(enrols(token)).isFalse();
        disk = disk.afterPowerFailure(Loss.ALL, new Random(1));

        assertThat(node().enrol(token).uri()).isEqualTo(MILL);
        assertThat(authority.list()).hasSize(1);
    }

    private boolean enrols(String token) {
        try {
            node().enrol(token);
            return true;
        } catch (PowerFailure e) {
            return false;
        }
    }

    /** At every moment the file has a key with its own certificate, the old pair or the new one. */
    @Test
    void a_renewal_leaves_the_old_identity_or_the_new_one() {
        boolean isComplete = false;
        for (int operation = 0; !isComplete; operation++) {
            open(); // an authority gives one name eight certificates at most that have not ended
            disk = new SimulatedDisk();
            NodeCredentials first = node().enrol(authority.createToken(MILL, Duration.ofMinutes(15), Optional.empty()));
            shown = Optional.of(new CertificateVerifier(Trust.of(TestAuthority.DOMAIN, Set.of(authority.root())))
                    .verify(first.chain(), Side.CLIENT, TestAuthority.NOW));
            disk = disk.afterPowerFailure(Loss.NONE, new Random(operation));
            disk.endPowerAt(operation);
            isComplete = renews();
            SimulatedDisk crashed = disk;
            for (Loss loss : Loss.values()) {
                disk = crashed.afterPowerFailure(loss, new Random(operation));
                NodeCredentials left = node().stored().orElseThrow();
                if (left.equals(first)) {
                    assertThat(isComplete).as("forgotten, %s", crashed.trace()).isFalse();
                    Set<X509Certificate> again = new HashSet<>(node().renew().chain());
                    assertThat(again).doesNotContain(first.chain().get(0));
                }
                assertThat(Fingerprint.of(
                                node().stored().orElseThrow().chain().get(0).getPublicKey()))
                        .isNotEqualTo(shown.get().key());
            }
        }
    }

    private boolean renews() {
        try {
            node().renew();
            return true;
        } catch (PowerFailure e) {
            return false;
        }
    }
}
