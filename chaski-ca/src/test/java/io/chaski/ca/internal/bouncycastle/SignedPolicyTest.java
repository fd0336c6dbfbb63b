package io.chaski.ca.internal.bouncycastle;

import static io.chaski.ca.internal.bouncycastle.TestAuthority.NOW;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chaski.ca.LeafUsage;
import io.chaski.ca.internal.bouncycastle.IssuingAuthority.Leaf;
import io.chaski.core.security.CertificateProblem;
import io.chaski.core.security.CertificateRefusedException;
import io.chaski.core.security.CertificateVerifier;
import io.chaski.core.security.CertificateVerifier.Trust;
import io.chaski.core.security.ChaskiUri;
import io.chaski.core.security.DenyList;
import io.chaski.core.security.Fingerprint;
import io.chaski.core.security.TrustDomain;
import io.chaski.core.security.policy.Action;
import io.chaski.core.security.policy.Decision;
import io.chaski.core.security.policy.Policy;
import io.chaski.core.security.policy.PolicyDocument;
import io.chaski.core.security.policy.PolicyFormatException;
import io.chaski.core.security.policy.PolicyRefusedException;
import io.chaski.core.security.policy.PolicyRefusedException.Problem;
import io.chaski.core.security.policy.SignedPolicy;
import io.chaski.core.security.policy.Subject;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.KeyPair;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whose signature under a policy counts, and which policies follow which. */
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class SignedPolicyTest {

    /** Shared, because keys cost time and certificates do not change. */
    private static final TestAuthority OURS = new TestAuthority(1);

    private static final TestAuthority THEIRS = new TestAuthority(2);
    private static final KeyPair KEYS = KeyPairs.generate();

    private static byte[] text(int version) {
        return text(version, "plant-7.example", "");
    }

    private static byte[] text(int version, String domain, String more) {
        return ("{\"version\":" + version + ",\"domain\":\"" + domain + "\"" + more + "}")
                .getBytes(StandardCharsets.UTF_8);
    }

    private static List<X509Certificate> chain(TestAuthority authority, OddCertificate leaf) throws Exception {
        return authority.chain(leaf.issuedBy(authority, KEYS.getPublic()));
    }

    private static List<X509Certificate> ana() throws Exception {
        return chain(OURS, OddCertificate.named("chaski://plant-7.example/admin/ana"));
    }

    private static SignedPolicy signed(byte[] text) throws Exception {
        return SignedPolicy.sign(text, KEYS.getPrivate(), ana());
    }

    private static void assertRefused(SignedPolicy policy, Problem problem) {
        assertThatThrownBy(() -> policy.verify(OURS.verifier(), NOW))
                .isInstanceOfSatisfying(PolicyRefusedException.class, refused -> {
                    assertThat(refused.problem()).isEqualTo(problem);
                    assertThat(refused.reason()).isEqualTo("POLICY_" + problem);
                });
    }

    private static void assertNotBelieved(
            SignedPolicy policy, CertificateVerifier verifier, CertificateProblem problem) {
        assertThatThrownBy(() -> policy.verify(verifier, NOW))
                .isInstanceOfSatisfying(
                        CertificateRefusedException.class,
                        refused -> assertThat(refused.problem()).isEqualTo(problem));
    }

    @Nested
    class Believed {
        @ParameterizedTest
        @ValueSource(strings = {"admin/ana", "ca/issuing"})
        void are_those_of_administrators_and_authorities(String path) throws Exception {
            List<X509Certificate> chain = chain(OURS, OddCertificate.named("chaski://plant-7.example/" + path));
            SignedPolicy sent = SignedPolicy.sign(text(7), KEYS.getPrivate(), chain);
            SignedPolicy received = SignedPolicy.read(sent.toBytes());

            assertThat(received.toBytes()).isEqualTo(sent.toBytes());
            assertThat(received.text()).isEqualTo(text(7));
            assertThat(received.chain()).isEqualTo(chain);
            assertThat(received.verify(OURS.verifier(), NOW).version()).isEqualTo(7);
        }

        @Test
        void need_no_root_in_the_chain_and_no_side_of_a_connection() throws Exception {
            X509Certificate server = OddCertificate.named("chaski://plant-7.example/ca/issuing")
                    .purposes(KeyPurposeId.id_kp_serverAuth)
                    .issuedBy(OURS, KEYS.getPublic());
            SignedPolicy policy = SignedPolicy.sign(text(7), KEYS.getPrivate(), List.of(server, OURS.issuing));

            assertThat(policy.verify(OURS.verifier(), NOW).version()).isEqualTo(7);
        }
    }

    @Nested
    class Refused {
        @Test
        void is_the_policy_of_a_node() throws Exception {
            List<X509Certificate> chain = chain(OURS, OddCertificate.named(TestAuthority.MILL.toString()));

            assertRefused(SignedPolicy.sign(text(7), KEYS.getPrivate(), chain), Problem.SIGNER);
        }

        @Test
        void is_one_of_another_authority() throws Exception {
            List<X509Certificate> chain = chain(THEIRS, OddCertificate.named("chaski://plant-7.example/admin/ana"));

            assertNotBelieved(
                    SignedPolicy.sign(text(7), KEYS.getPrivate(), chain),
                    OURS.verifier(),
                    CertificateProblem.UNTRUSTED);
        }

        @Test
        void is_one_of_an_authority_that_is_for_another_domain_below_the_same_root() {
            IssuingAuthority foreign = OURS.issuingFor(new TrustDomain("plant-8.example"));
            X509Certificate leaf = foreign.sign(new Leaf(
                    ChaskiUri.parse("chaski://plant-7.example/admin/ana"),
                    KEYS.getPublic(),
                    LeafUsage.CLIENT,
                    BigInteger.TEN,
                    NOW,
                    NOW.plusSeconds(60),
                    1));

            assertNotBelieved(
                    SignedPolicy.sign(text(7), KEYS.getPrivate(), List.of(leaf, foreign.certificate())),
                    OURS.verifier(),
                    CertificateProblem.UNTRUSTED);
        }

        @Test
        void is_none_that_nobody_has_signed() {
            assertThatThrownBy(() -> SignedPolicy.sign(text(7), KEYS.getPrivate(), List.of()))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("chain");
        }

        @Test
        void is_one_of_an_administrator_who_was_revoked_or_whose_certificate_has_ended() throws Exception {
            CertificateVerifier denying = new CertificateVerifier(new Trust(
                    TestAuthority.DOMAIN,
                    Set.of(OURS.root),
                    Optional.empty(),
                    false,
                    new DenyList(Set.of(), Set.of(Fingerprint.of(KEYS.getPublic())), Set.of())));
            List<X509Certificate> ended = chain(
                    OURS,
                    OddCertificate.named("chaski://plant-7.example/admin/ana")
                            .valid(NOW.minus(Duration.ofDays(1)), NOW.minusSeconds(1)));

            assertNotBelieved(signed(text(7)), denying, CertificateProblem.REVOKED);
            assertNotBelieved(
                    SignedPolicy.sign(text(7), KEYS.getPrivate(), ended), OURS.verifier(), CertificateProblem.EXPIRED);
        }

        @Test
        void is_a_text_that_was_not_signed() throws Exception {
            byte[] bytes = signed(text(7)).toBytes();
            byte[] other = text(8);
            System.arraycopy(other, 0, bytes, 5, other.length);

            assertRefused(SignedPolicy.read(bytes), Problem.SIGNATURE);
        }

        @Test
        void is_a_signature_of_another_key() throws Exception {
            KeyPair stranger = KeyPairs.generate();

            assertRefused(SignedPolicy.sign(text(7), stranger.getPrivate(), ana()), Problem.SIGNATURE);
        }

        @Test
        void is_one_for_another_domain() throws Exception {
            assertRefused(signed(text(7, "plant-8.example", "")), Problem.DOMAIN);
        }

        @Test
        void is_one_that_names_no_domain_when_it_is_signed() {
            byte[] text = "{\"version\":7}".getBytes(StandardCharsets.UTF_8);

            assertThatThrownBy(() -> SignedPolicy.sign(text, KEYS.getPrivate(), ana()))
                    .isInstanceOf(PolicyRefusedException.class);
        }

        @ParameterizedTest
        @ValueSource(strings = {",\"notBefore\":\"2026-11-26T12:00:01Z\"", ",\"expires\":\"2026-11-26T12:00:00Z\""})
        void is_one_for_another_time(String more) throws Exception {
            assertRefused(signed(text(7, "plant-7.example", more)), Problem.NOT_IN_FORCE);
        }

        @Test
        void is_what_is_no_policy_when_it_is_signed() {
            assertThatThrownBy(() -> SignedPolicy.sign(new byte[] {'x'}, KEYS.getPrivate(), ana()))
                    .isInstanceOf(PolicyFormatException.class);
        }
    }

    /** Otherwise nodes that are newer than what their authority has signed would not start, and turn from older ones. */
    @Nested
    class With_patterns_that_come_twice {
        private final SignedPolicy earlier = EarlierPolicy.signed(KEYS, ana());

        With_patterns_that_come_twice() throws Exception {}

        @Test
        void are_taken_and_what_is_denied_stays_so() {
            Policy policy = earlier.verify(OURS.verifier(), NOW);

            Subject mill = new Subject(TestAuthority.MILL.toString());
            assertThat(policy.decide(mill, Action.PUBLISH, "speed").isAllowed()).isTrue();
            assertThat(policy.decide(mill, Action.RPC_CALL, "turbine/stop").cause())
                    .isEqualTo(Decision.Cause.DENIED);
            PolicyDocument.Role role = policy.document().roles().get(0);
            assertThat(role.match()).hasSize(1);
            assertThat(role.grants().allow().get(Action.PUBLISH)).containsExactly("speed", "heat");
            assertThat(earlier.policy().document()).isEqualTo(policy.document());
        }

        @Test
        void follow_others_and_are_followed() throws Exception {
            earlier.checkFollows(signed(text(6)));
            signed(text(8)).checkFollows(earlier);
        }

        @Test
        void can_be_signed_again_and_not_anew() throws Exception {
            SignedPolicy again = earlier.signAgain(KEYS.getPrivate(), ana());

            assertThat(again.text()).isEqualTo(earlier.text());
            assertThat(again.verify(OURS.verifier(), NOW).version()).isEqualTo(7);
            assertThatThrownBy(() -> SignedPolicy.sign(earlier.text(), KEYS.getPrivate(), ana()))
                    .isInstanceOf(PolicyFormatException.class)
                    .hasMessageContaining("comes twice");
        }
    }

    @Nested
    class The_next_one {
        @Test
        void has_a_higher_version_or_the_same_text() throws Exception {
            SignedPolicy known = signed(text(7));

            signed(text(8)).checkFollows(known);
            signed(text(7)).checkFollows(known);
            assertDoesNotFollow(signed(text(6)), known, Problem.ROLLBACK);
            assertDoesNotFollow(signed(text(7, "plant-7.example", ",\"newcomer\":{}")), known, Problem.CONFLICT);
        }

        private void assertDoesNotFollow(SignedPolicy next, SignedPolicy known, Problem problem) {
            assertThatThrownBy(() -> next.checkFollows(known))
                    .isInstanceOfSatisfying(
                            PolicyRefusedException.class,
                            refused -> assertThat(refused.problem()).isEqualTo(problem));
        }
    }

    @Nested
    class Bytes {
        @Test
        void that_are_cut_or_go_on_are_malformed() throws Exception {
            byte[] whole = signed(text(7)).toBytes();

            for (int length = 0; length < whole.length; length++) {
                assertMalformed(Arrays.copyOf(whole, length));
            }
            assertMalformed(Arrays.copyOf(whole, whole.length + 1));
        }

        @Test
        void that_announce_more_than_there_may_be_are_malformed_before_anything_is_allocated() throws Exception {
            byte[] whole = signed(text(7)).toBytes();
            for (int length : new int[] {Integer.MAX_VALUE, -1, 0, Policy.MAX_BYTES + 1}) {
                assertMalformed(ByteBuffer.wrap(whole.clone()).putInt(1, length).array());
            }
            int count = 5 + text(7).length;
            for (int certificates : new int[] {0, 4, 255}) {
                byte[] changed = whole.clone();
                changed[count] = (byte) certificates;
                assertMalformed(changed);
            }
        }

        @Test
        void that_were_changed_are_never_another_policy() throws Exception {
            byte[] whole = signed(text(7)).toBytes();
            Random random = new Random(3);
            int refused = 0;
            for (int i = 0; i < 300; i++) {
                byte[] changed = whole.clone();
                int at = random.nextInt(changed.length);
                changed[at] ^= (byte) (1 << random.nextInt(8));
                try {
                    SignedPolicy policy = SignedPolicy.read(changed);
                    policy.verify(OURS.verifier(), NOW);
                    assertThat(policy.text()).as("byte %d", at).isEqualTo(text(7));
                } catch (PolicyRefusedException | CertificateRefusedException e) {
                    refused++;
                }
            }
            assertThat(refused)
                    .as("the root in the chain is not needed, everything else is")
                    .isGreaterThan(150);
        }

        private void assertMalformed(byte[] bytes) {
            assertThatThrownBy(() -> SignedPolicy.read(bytes))
                    .isInstanceOfSatisfying(
                            PolicyRefusedException.class,
                            refused -> assertThat(refused.problem()).isEqualTo(Problem.MALFORMED));
        }
    }
}
