package io.chaski.ca;

import static io.chaski.ca.ServedAuthority.MILL;
import static io.chaski.ca.SimulatedAuthority.assertProblem;
import static io.chaski.ca.SimulatedAuthority.token;
import static org.assertj.core.api.Assertions.assertThat;

import io.chaski.ca.AuthorityException.Problem;
import io.chaski.ca.internal.bouncycastle.CertificateRequest;
import io.chaski.ca.internal.bouncycastle.KeyPairs;
import io.chaski.ca.internal.bouncycastle.TestAuthority;
import io.chaski.ca.internal.disk.SimulatedDisk;
import io.chaski.ca.internal.disk.SimulatedDisk.Loss;
import io.chaski.ca.internal.disk.SimulatedDisk.PowerFailure;
import io.chaski.ca.internal.wire.Reply;
import io.chaski.core.security.CertificateVerifier;
import io.chaski.core.security.CertificateVerifier.Side;
import io.chaski.core.security.CertificateVerifier.Trust;
import io.chaski.core.security.Fingerprint;
import io.chaski.core.security.RevocationList;
import java.security.KeyPair;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;

/** Another issuing key: what nodes notice of it, and what is left when the power ends on the way. */
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class RotationTest {

    private static final PasswordSource PASSWORD = SimulatedAuthority.PASSWORD;
    private static final KeyPair NODE = KeyPairs.generate();
    private static final KeyPair OTHER = KeyPairs.generate();

    private final SimulatedAuthority ca = new SimulatedAuthority(
            81,
            AuthorityOptions.builder(TestAuthority.DOMAIN)
                    .subject(new SubjectAttributes(
                            Optional.of("PE"),
                            Optional.empty(),
                            Optional.empty(),
                            Optional.of("Plant, 7"),
                            Optional.of("Mill")))
                    .build());

    @Test
    void nodes_of_both_keys_accept_each_other() {
        try (CertificateAuthority authority = ca.open()) {
            List<X509Certificate> before = authority.issue(MILL, CertificateRequest.write(NODE, MILL), LeafUsage.BOTH);
            authority.rotateIssuing(PASSWORD);
            List<X509Certificate> after = authority.issue(MILL, CertificateRequest.write(OTHER, MILL), LeafUsage.BOTH);

            assertThat(after.get(1)).isNotEqualTo(before.get(1));
            assertThat(after.get(1).getSubjectX500Principal().getName())
                    .contains("C=PE", "Plant\\, 7", "CN=Mill issuing");
            CertificateVerifier verifier =
                    new CertificateVerifier(Trust.of(TestAuthority.DOMAIN, Set.of(authority.root())));
            for (List<X509Certificate> chain : List.of(before, after)) {
                assertThat(verifier.verify(chain, Side.CLIENT, ca.time).uri()).isEqualTo(MILL);
            }
        }
    }

    /** ADR 24: the answer carries the certificate that has signed, and the list that of who signs now. */
    @Test
    void a_repeated_request_gets_the_certificate_of_before_with_its_signer() {
        String token;
        Reply.Granted first;
        try (CertificateAuthority authority = ca.open()) {
            token = token(authority, MILL);
            first = ca.enrol(authority, token, MILL, NODE);
            authority.rotateIssuing(PASSWORD);
            assertAgain(authority, token, first);
        }
        try (CertificateAuthority authority = ca.open()) {
            assertAgain(authority, token, first);
        }
    }

    private void assertAgain(CertificateAuthority authority, String token, Reply.Granted first) {
        Reply.Granted again = ca.enrol(authority, token, MILL, NODE);
        assertThat(again.leaf()).isEqualTo(first.leaf());
        assertThat(again.issuing()).isEqualTo(first.issuing()).isNotEqualTo(authority.issuing());
        assertThat(again.lister()).isEqualTo(authority.issuing());
        assertThat(TestAuthority.accept(Fingerprint.of(authority.root()), MILL, NODE, again, ca.time)
                        .chain())
                .containsExactly(first.leaf(), first.issuing(), authority.root());
    }

    @Test
    void revocations_go_on_under_the_next_key_with_the_next_number() {
        try (CertificateAuthority authority = ca.open()) {
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
                ca.time);
    }

    @Test
    void the_key_before_is_gone_at_once_and_its_certificate_when_nobody_needs_it() {
        try (CertificateAuthority authority = ca.open()) {
            authority.issue(MILL, CertificateRequest.write(NODE, MILL), LeafUsage.BOTH);
            authority.rotateIssuing(PASSWORD);
        }
        ca.open().close();
        assertThat(ca.exists("issuing.key.pem")).isFalse();
        assertThat(ca.exists("issuing.pem")).isTrue();

        try (CertificateAuthority authority = ca.open()) {
            authority.rotateIssuing(PASSWORD);
            authority.rotateIssuing(PASSWORD);
        }
        ca.open().close();
        assertThat(ca.exists("issuing.pem")).isTrue();
        assertThat(ca.exists("issuing-2.pem")).isFalse(); // has signed nothing
        assertThat(ca.exists("issuing-3.key.pem")).isFalse();
        assertThat(ca.exists("issuing-4.key.pem")).isTrue();
    }

    @Test
    void a_root_that_was_put_away_is_asked_for() {
        byte[] rootKey = ca.disk.content(SimulatedAuthority.DIRECTORY.resolve("root.key.pem"));
        try (CertificateAuthority authority = ca.open()) {
            ca.disk.put(SimulatedAuthority.DIRECTORY.resolve("root.key.pem"), new byte[0]);
            assertProblem(() -> authority.rotateIssuing(PASSWORD), Problem.DAMAGED);
            ca.disk.put(SimulatedAuthority.DIRECTORY.resolve("root.key.pem"), rootKey);
            assertProblem(() -> authority.rotateIssuing("wrong"::toCharArray), Problem.WRONG_PASSWORD);
            authority.rotateIssuing(PASSWORD);
            assertThat(authority.issue(MILL, CertificateRequest.write(NODE, MILL), LeafUsage.BOTH))
                    .hasSize(3);
        }
    }

    /** One key or the other signs, whatever was lost, and what was given out is given out again. */
    @Test
    void a_crash_at_any_operation_leaves_a_working_authority() {
        SimulatedDisk made = ca.disk;
        boolean isComplete = false;
        int crashes = 0;
        for (int operation = 0; !isComplete; operation++) {
            ca.disk = made.afterPowerFailure(Loss.NONE, new Random(operation));
            ca.time = TestAuthority.NOW;
            Reply.Granted first;
            String token;
            X509Certificate old;
            try (CertificateAuthority authority = ca.open()) {
                token = token(authority, MILL);
                first = ca.enrol(authority, token, MILL, NODE);
                old = authority.issuing();
                ca.disk.endPowerAt(operation);
                isComplete = isRotated(authority);
            }
            SimulatedDisk crashed = ca.disk;
            for (Loss loss : Loss.values()) {
                ca.disk = crashed.afterPowerFailure(loss, new Random(operation));
                try (CertificateAuthority authority = ca.open()) {
                    assertThat(authority.issuing().equals(old) && isComplete)
                            .as("forgotten, %s", crashed.trace())
                            .isFalse();
                    assertThat(ca.enrol(authority, token, MILL, NODE).leaf()).isEqualTo(first.leaf());
                    assertThat(ca.enrol(authority, token(authority, MILL), MILL, OTHER)
                                    .issuing())
                            .isEqualTo(authority.issuing());
                    authority.rotateIssuing(PASSWORD);
                    assertThat(ca.enrol(authority, token, MILL, NODE).issuing()).isEqualTo(first.issuing());
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
}
