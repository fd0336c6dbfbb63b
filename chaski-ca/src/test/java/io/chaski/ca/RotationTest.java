package io.chaski.ca;

import static io.chaski.ca.ServedAuthority.MILL;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chaski.ca.AuthorityException.Problem;
import io.chaski.ca.CertificateAuthority.Surroundings;
import io.chaski.ca.internal.authority.Moment;
import io.chaski.ca.internal.authority.RemoteHost;
import io.chaski.ca.internal.bouncycastle.CertificateRequest;
import io.chaski.ca.internal.bouncycastle.KeyPairs;
import io.chaski.ca.internal.bouncycastle.TestAuthority;
import io.chaski.ca.internal.disk.SimulatedDisk;
import io.chaski.ca.internal.disk.SimulatedDisk.Loss;
import io.chaski.ca.internal.disk.SimulatedDisk.PowerFailure;
import io.chaski.ca.internal.node.CertificateAnswer;
import io.chaski.ca.internal.wire.Reply;
import io.chaski.ca.internal.wire.Request;
import io.chaski.core.security.CertificateVerifier;
import io.chaski.core.security.CertificateVerifier.Side;
import io.chaski.core.security.CertificateVerifier.Trust;
import io.chaski.core.security.Fingerprint;
import io.chaski.core.security.RevocationList;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;

/** Another issuing key: what nodes notice of it, and what is left when the power ends on the way. */
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class RotationTest {

    private static final Path DIRECTORY = Path.of("/ca");
    private static final PasswordSource PASSWORD = ServedAuthority.PASSWORD;
    private static final KeyPair NODE = KeyPairs.generate();
    private static final KeyPair OTHER = KeyPairs.generate();

    private SimulatedDisk disk = new SimulatedDisk();
    private Instant time = TestAuthority.NOW;
    private long seed = 81;

    @BeforeEach
    void init() {
        AuthorityOptions options = AuthorityOptions.builder(TestAuthority.DOMAIN)
                .subject(new SubjectAttributes(
                        Optional.of("PE"),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.of("Plant, 7"),
                        Optional.of("Mill")))
                .build();
        CertificateAuthority.init(DIRECTORY, options, PASSWORD, surroundings());
    }

    private Surroundings surroundings() {
        return new Surroundings(
                disk,
                TestAuthority.fastProtection(),
                () -> new Moment(time, time.toEpochMilli() * 1_000_000),
                new Random(seed++));
    }

    private CertificateAuthority open() {
        return CertificateAuthority.open(DIRECTORY, PASSWORD, surroundings());
    }

    private Reply.Granted enrol(CertificateAuthority authority, String token, KeyPair keys) {
        time = time.plusSeconds(2);
        return (Reply.Granted)
                authority.enrol(Request.enrol(token, time, CertificateRequest.write(keys, MILL)), RemoteHost.LOCAL);
    }

    private String token(CertificateAuthority authority) {
        return authority.createToken(MILL, Duration.ofMinutes(15), Optional.empty());
    }

    private boolean exists(String name) {
        return disk.exists(DIRECTORY.resolve(name));
    }

    @Test
    void nodes_of_both_keys_accept_each_other() {
        try (CertificateAuthority authority = open()) {
            List<X509Certificate> before = authority.issue(MILL, CertificateRequest.write(NODE, MILL), LeafUsage.BOTH);
            authority.rotateIssuing(PASSWORD);
            List<X509Certificate> after = authority.issue(MILL, CertificateRequest.write(OTHER, MILL), LeafUsage.BOTH);

            assertThat(after.get(1)).isNotEqualTo(before.get(1));
            assertThat(after.get(1).getSubjectX500Principal().getName())
                    .contains("C=PE", "Plant\\, 7", "CN=Mill issuing");
            CertificateVerifier verifier =
                    new CertificateVerifier(Trust.of(TestAuthority.DOMAIN, Set.of(authority.root())));
            for (List<X509Certificate> chain : List.of(before, after)) {
                assertThat(verifier.verify(chain, Side.CLIENT, time).uri()).isEqualTo(MILL);
            }
        }
    }

    /** ADR 24: the answer carries the certificate that has signed, and the list that of who signs now. */
    @Test
    void a_repeated_request_gets_the_certificate_of_before_with_its_signer() {
        String token;
        Reply.Granted first;
        try (CertificateAuthority authority = open()) {
            token = token(authority);
            first = enrol(authority, token, NODE);
            authority.rotateIssuing(PASSWORD);
            assertAgain(authority, token, first);
        }
        try (CertificateAuthority authority = open()) {
            assertAgain(authority, token, first);
        }
    }

    private void assertAgain(CertificateAuthority authority, String token, Reply.Granted first) {
        Reply.Granted again = enrol(authority, token, NODE);
        assertThat(again.leaf()).isEqualTo(first.leaf());
        assertThat(again.issuing()).isEqualTo(first.issuing()).isNotEqualTo(authority.issuing());
        assertThat(again.lister()).isEqualTo(authority.issuing());
        assertThat(CertificateAnswer.accept(Fingerprint.of(authority.root()), MILL, NODE, again, time)
                        .chain())
                .containsExactly(first.leaf(), first.issuing(), authority.root());
    }

    @Test
    void revocations_go_on_under_the_next_key_with_the_next_number() {
        try (CertificateAuthority authority = open()) {
            X509Certificate leaf = authority
                    .issue(MILL, CertificateRequest.write(NODE, MILL), LeafUsage.BOTH)
                    .get(0);
            authority.revoke(leaf.getSerialNumber(), "stolen");
            RevocationList before = list(authority);
            authority.rotateIssuing(PASSWORD);
            RevocationList after = list(authority);

            assertThat(after.number()).isGreaterThan(before.number());
            assertThat(after.serials()).containsExactly(leaf.getSerialNumber());
        }
    }

    private RevocationList list(CertificateAuthority authority) {
        return RevocationList.read(
                authority.revocationList(),
                List.of(authority.issuing(), authority.root()),
                Trust.of(TestAuthority.DOMAIN, Set.of(authority.root())),
                time);
    }

    @Test
    void the_key_before_is_gone_at_once_and_its_certificate_when_nobody_needs_it() {
        try (CertificateAuthority authority = open()) {
            authority.issue(MILL, CertificateRequest.write(NODE, MILL), LeafUsage.BOTH);
            authority.rotateIssuing(PASSWORD);
        }
        open().close();
        assertThat(exists("issuing.key.pem")).isFalse();
        assertThat(exists("issuing.pem")).isTrue();

        try (CertificateAuthority authority = open()) {
            authority.rotateIssuing(PASSWORD);
            authority.rotateIssuing(PASSWORD);
        }
        open().close();
        assertThat(exists("issuing.pem")).isTrue();
        assertThat(exists("issuing-2.pem")).isFalse(); // has signed nothing
        assertThat(exists("issuing-3.key.pem")).isFalse();
        assertThat(exists("issuing-4.key.pem")).isTrue();
    }

    @Test
    void a_root_that_was_put_away_is_asked_for() {
        byte[] rootKey = disk.content(DIRECTORY.resolve("root.key.pem"));
        try (CertificateAuthority authority = open()) {
            disk.put(DIRECTORY.resolve("root.key.pem"), new byte[0]);
            assertProblem(() -> authority.rotateIssuing(PASSWORD), Problem.DAMAGED);
            disk.put(DIRECTORY.resolve("root.key.pem"), rootKey);
            assertProblem(() -> authority.rotateIssuing("wrong"::toCharArray), Problem.WRONG_PASSWORD);
            authority.rotateIssuing(PASSWORD);
            assertThat(authority.issue(MILL, CertificateRequest.write(NODE, MILL), LeafUsage.BOTH))
                    .hasSize(3);
        }
    }

    /** One key or the other signs, whatever was lost, and what was given out is given out again. */
    @Test
    void a_crash_at_any_operation_leaves_a_working_authority() {
        SimulatedDisk made = disk;
        boolean isComplete = false;
        int crashes = 0;
        for (int operation = 0; !isComplete; operation++) {
            disk = made.afterPowerFailure(Loss.NONE, new Random(operation));
            time = TestAuthority.NOW;
            Reply.Granted first;
            String token;
            X509Certificate old;
            try (CertificateAuthority authority = open()) {
                token = token(authority);
                first = enrol(authority, token, NODE);
                old = authority.issuing();
                disk.endPowerAt(operation);
                isComplete = isRotated(authority);
            }
            SimulatedDisk crashed = disk;
            for (Loss loss : Loss.values()) {
                disk = crashed.afterPowerFailure(loss, new Random(operation));
                try (CertificateAuthority authority = open()) {
                    assertThat(authority.issuing().equals(old) && isComplete)
                            .as("forgotten, %s", crashed.trace())
                            .isFalse();
                    assertThat(enrol(authority, token, NODE).leaf()).isEqualTo(first.leaf());
                    assertThat(enrol(authority, token(authority), OTHER).issuing())
                            .isEqualTo(authority.issuing());
                    authority.rotateIssuing(PASSWORD);
                    assertThat(enrol(authority, token, NODE).issuing()).isEqualTo(first.issuing());
                }
                crashes++;
            }
        }
        assertThat(crashes).isGreaterThan(40);
    }

    private static boolean isRotated(CertificateAuthority authority) {
        try {
            authority.rotateIssuing(PASSWORD);
            return true;
        } catch (PowerFailure e) {
            return false;
        }
    }

    private static void assertProblem(org.assertj.core.api.ThrowableAssert.ThrowingCallable call, Problem problem) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        AuthorityException.class, e -> assertThat(e.problem()).isEqualTo(problem));
    }
}
