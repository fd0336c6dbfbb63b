package io.chaski.ca.internal.bouncycastle;

import static io.chaski.ca.internal.bouncycastle.TestAuthority.DOMAIN;
import static io.chaski.ca.internal.bouncycastle.TestAuthority.NOW;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chaski.ca.LeafUsage;
import io.chaski.core.security.BundleRefusedException;
import io.chaski.core.security.BundleRefusedException.Problem;
import io.chaski.core.security.CertificateProblem;
import io.chaski.core.security.CertificateRefusedException;
import io.chaski.core.security.CertificateVerifier.Trust;
import io.chaski.core.security.DenyList;
import io.chaski.core.security.Fingerprint;
import io.chaski.core.security.SignedBundle;
import io.chaski.core.security.TrustDomain;
import java.security.KeyPair;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** Whose signature under a set of roots counts, and which sets follow which. */
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class SignedBundleTest {

    /** Shared, because keys cost time and certificates do not change. */
    private static final TestAuthority OURS = new TestAuthority(1);

    private static final TestAuthority NEXT = new TestAuthority(2);
    private static final KeyPair KEYS = KeyPairs.generate();
    private static final X509Certificate LEAF = OURS.leaf(KEYS.getPublic(), LeafUsage.BOTH);

    private static SignedBundle signed(long number, List<X509Certificate> roots) {
        return SignedBundle.sign(
                DOMAIN, number, roots, OURS.issuingKeys.getPrivate(), List.of(OURS.issuing, OURS.root));
    }

    private static SignedBundle both() {
        return signed(2, List.of(OURS.root, NEXT.root));
    }

    private static void assertRefused(SignedBundle bundle, Problem problem) {
        assertThatThrownBy(() -> bundle.verify(OURS.trust(), NOW))
                .isInstanceOfSatisfying(BundleRefusedException.class, refused -> {
                    assertThat(refused.problem()).isEqualTo(problem);
                    assertThat(refused.reason()).isEqualTo("BUNDLE_" + problem);
                });
    }

    private static void assertNotBelieved(SignedBundle bundle, Trust trust, Instant now, CertificateProblem problem) {
        assertThatThrownBy(() -> bundle.verify(trust, now))
                .isInstanceOfSatisfying(
                        CertificateRefusedException.class,
                        refused -> assertThat(refused.problem()).isEqualTo(problem));
    }

    @Nested
    class Believed {
        @Test
        void is_what_an_issuing_authority_below_a_trusted_root_has_signed() {
            SignedBundle received = SignedBundle.read(both().toBytes());

            received.verify(OURS.trust(), NOW);
            assertThat(received.number()).isEqualTo(2);
            assertThat(received.trustDomain()).isEqualTo(DOMAIN);
            assertThat(received.roots()).containsExactly(OURS.root, NEXT.root);
            assertThat(received.issuers()).containsExactly(OURS.issuing, OURS.root);
        }

        @Test
        void is_one_without_the_root_of_its_signer_in_the_chain() {
            SignedBundle bundle = SignedBundle.sign(
                    DOMAIN, 2, List.of(NEXT.root), OURS.issuingKeys.getPrivate(), List.of(OURS.issuing));

            assertThatCode(() -> bundle.verify(OURS.trust(), NOW)).doesNotThrowAnyException();
        }

        @Test
        void are_as_many_roots_as_there_may_be() {
            List<X509Certificate> most = Stream.concat(
                            Stream.of(OURS.root),
                            Stream.iterate(10L, seed -> seed + 1).map(seed -> new TestAuthority(seed).root))
                    .limit(SignedBundle.MAX_ROOTS)
                    .toList();

            assertThat(SignedBundle.read(signed(2, most).toBytes()).roots()).containsExactlyElementsOf(most);
        }
    }

    @Nested
    class Refused {
        @Test
        void is_one_of_a_stranger() {
            SignedBundle stranger = SignedBundle.sign(
                    DOMAIN,
                    2,
                    List.of(OURS.root, NEXT.root),
                    NEXT.issuingKeys.getPrivate(),
                    List.of(NEXT.issuing, NEXT.root));

            assertNotBelieved(stranger, OURS.trust(), NOW, CertificateProblem.UNTRUSTED);
        }

        @Test
        void is_one_of_a_node_or_of_a_root() {
            List<X509Certificate> roots = List.of(OURS.root, NEXT.root);

            assertRefused(SignedBundle.sign(DOMAIN, 2, roots, KEYS.getPrivate(), OURS.chain(LEAF)), Problem.SIGNER);
            assertRefused(
                    SignedBundle.sign(DOMAIN, 2, roots, OURS.rootKeys.getPrivate(), List.of(OURS.root)),
                    Problem.SIGNER);
        }

        @Test
        void is_one_of_an_authority_that_is_for_another_domain_below_the_same_root() {
            TrustDomain other = new TrustDomain("plant-8.example");
            List<X509Certificate> roots = List.of(OURS.root, NEXT.root);
            SignedBundle foreign = OURS.issuingFor(other).sign(DOMAIN, 2, roots);

            assertNotBelieved(foreign, OURS.trust(), NOW, CertificateProblem.WRONG_TRUST_DOMAIN);
            OURS.issuingFor(other).sign(other, 2, roots).verify(Trust.of(other, Set.of(OURS.root)), NOW);
        }

        /** Whoever shows a chain may leave the root out. */
        @Test
        void is_one_below_a_root_that_is_for_another_domain_and_not_shown() {
            TestAuthority.Constrained constrained = OURS.constrained();
            SignedBundle signed = constrained.issuing().sign(DOMAIN, 2, List.of(OURS.root));

            assertThat(signed.issuers()).doesNotContain(constrained.root());
            assertNotBelieved(
                    signed, Trust.of(DOMAIN, Set.of(constrained.root())), NOW, CertificateProblem.WRONG_TRUST_DOMAIN);
        }

        @Test
        void is_one_of_an_authority_that_has_ended_or_is_denied() {
            Instant end = OURS.issuing.getNotAfter().toInstant();
            Trust denying = new Trust(
                    DOMAIN,
                    Set.of(OURS.root),
                    Optional.empty(),
                    false,
                    new DenyList(Set.of(), Set.of(Fingerprint.of(OURS.issuing.getPublicKey())), Set.of()));

            assertNotBelieved(both(), OURS.trust(), end.plusSeconds(1), CertificateProblem.EXPIRED);
            assertNotBelieved(both(), denying, NOW, CertificateProblem.REVOKED);
        }

        @Test
        void is_another_signature_and_one_for_another_purpose() {
            SignedBundle other = SignedBundle.sign(
                    DOMAIN, 2, List.of(NEXT.root), KEYS.getPrivate(), List.of(OURS.issuing, OURS.root));

            assertRefused(other, Problem.SIGNATURE);
        }

        @Test
        void is_one_for_another_domain() {
            SignedBundle foreign = SignedBundle.sign(
                    new TrustDomain("plant-8.example"),
                    2,
                    List.of(OURS.root),
                    OURS.issuingKeys.getPrivate(),
                    List.of(OURS.issuing));

            assertRefused(foreign, Problem.DOMAIN);
        }

        @Test
        void are_roots_that_are_none_or_come_twice() {
            assertRefused(signed(2, List.of(OURS.root, LEAF)), Problem.ROOTS);
            assertRefused(signed(2, List.of(OURS.root, NEXT.issuing)), Problem.ROOTS);
            assertRefused(signed(2, List.of(OURS.root, OURS.root)), Problem.ROOTS);
        }

        @Test
        void is_none_that_nobody_has_signed() {
            assertThatThrownBy(() ->
                            SignedBundle.sign(DOMAIN, 2, List.of(OURS.root), OURS.issuingKeys.getPrivate(), List.of()))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("issuers");
        }

        @Test
        void is_a_set_without_roots_or_without_a_number() {
            assertMalformed(() -> signed(2, List.of()));
            assertMalformed(() -> signed(0, List.of(OURS.root)));
            assertMalformed(() -> signed(-1, List.of(OURS.root)));
        }

        @Test
        void is_one_with_more_roots_than_there_may_be() {
            List<X509Certificate> many = Stream.iterate(20L, seed -> seed + 1)
                    .map(seed -> new TestAuthority(seed).root)
                    .limit(SignedBundle.MAX_ROOTS + 1L)
                    .toList();

            assertMalformed(() -> signed(2, many));
        }
    }

    /** As at a restart, long after its signer has ended. */
    @Nested
    class Believed_before {
        private final KeyPair stolen = OURS.rootKeys;
        private final DenyList denied = new DenyList(Set.of(), Set.of(Fingerprint.of(stolen.getPublic())), Set.of());

        private SignedBundle signedBelow(List<X509Certificate> shown, X509Certificate... roots) {
            return SignedBundle.sign(DOMAIN, 1_000_000, List.of(roots), OURS.issuingKeys.getPrivate(), shown);
        }

        private Trust denying(X509Certificate configured) {
            return new Trust(DOMAIN, Set.of(configured), Optional.empty(), false, denied);
        }

        private static void assertRevoked(SignedBundle bundle, Trust trust) {
            assertThatThrownBy(() -> bundle.verifyAgain(trust))
                    .isInstanceOfSatisfying(
                            CertificateRefusedException.class,
                            refused -> assertThat(refused.problem()).isEqualTo(CertificateProblem.REVOKED));
        }

        @Test
        void is_none_below_a_root_that_is_denied_by_now_also_if_it_was_not_shown() {
            assertRevoked(signedBelow(List.of(OURS.issuing, OURS.root), NEXT.root), denying(NEXT.root));
            assertRevoked(signedBelow(List.of(OURS.issuing), OURS.root, NEXT.root), denying(NEXT.root));
            assertRevoked(signedBelow(List.of(OURS.issuing), NEXT.root), denying(OURS.root));
        }

        /** With another root in its place, which is trusted when the set comes and not any more at the restart. */
        @Test
        void is_none_below_a_denied_root_with_another_one_behind_its_signer() {
            TestAuthority gone = new TestAuthority(3);
            SignedBundle bundle = signedBelow(List.of(OURS.issuing, gone.root), OURS.root, NEXT.root);
            bundle.verify(Trust.of(DOMAIN, Set.of(OURS.root, gone.root)), NOW);

            assertRevoked(bundle, denying(NEXT.root));
        }

        @Test
        void is_one_below_another_root_than_the_denied_one_or_an_unknown_root() {
            SignedBundle ours = signedBelow(List.of(OURS.issuing), NEXT.root);
            SignedBundle next = SignedBundle.sign(
                    DOMAIN,
                    3,
                    List.of(OURS.root, NEXT.root),
                    NEXT.issuingKeys.getPrivate(),
                    List.of(NEXT.issuing, NEXT.root));

            assertThatCode(() -> ours.verifyAgain(denying(NEXT.root))).doesNotThrowAnyException();
            assertThatCode(() -> next.verifyAgain(denying(OURS.root))).doesNotThrowAnyException();
        }
    }

    @Nested
    class The_next_one {
        @Test
        void has_a_higher_number_or_the_same_roots() {
            signed(3, List.of(NEXT.root)).checkFollows(both());
            signed(2, List.of(NEXT.root, OURS.root)).checkFollows(both());
            assertDoesNotFollow(signed(1, List.of(OURS.root)), Problem.ROLLBACK);
            assertDoesNotFollow(signed(2, List.of(NEXT.root)), Problem.CONFLICT);
        }

        private void assertDoesNotFollow(SignedBundle next, Problem problem) {
            assertThatThrownBy(() -> next.checkFollows(both()))
                    .isInstanceOfSatisfying(
                            BundleRefusedException.class,
                            refused -> assertThat(refused.problem()).isEqualTo(problem));
        }

        @Test
        void does_not_shut_out_who_takes_it() {
            Instant ended = NOW.plus(Duration.ofDays(9));

            both().checkVouchesFor(OURS.chain(LEAF), NOW);
            both().checkVouchesFor(List.of(LEAF, OURS.issuing), ended); // it was in until then
            assertThatThrownBy(() -> signed(3, List.of(NEXT.root)).checkVouchesFor(OURS.chain(LEAF), NOW))
                    .isInstanceOfSatisfying(
                            BundleRefusedException.class,
                            refused -> assertThat(refused.problem()).isEqualTo(Problem.OWN_ROOT));
        }
    }

    @Nested
    class Bytes {
        private final byte[] whole = both().toBytes();

        @Test
        void that_are_cut_or_go_on_are_malformed() {
            for (int length = 0; length < whole.length; length++) {
                byte[] cut = Arrays.copyOf(whole, length);
                assertMalformed(() -> SignedBundle.read(cut));
            }
            assertMalformed(() -> SignedBundle.read(Arrays.copyOf(whole, whole.length + 1)));
        }

        @Test
        void that_announce_more_than_there_may_be_are_malformed() {
            int roots = 1 + 1 + DOMAIN.name().length() + Long.BYTES;
            for (int count : new int[] {0, SignedBundle.MAX_ROOTS + 1, 255}) {
                byte[] changed = whole.clone();
                changed[roots] = (byte) count;
                assertMalformed(() -> SignedBundle.read(changed));
            }
            byte[] named = whole.clone();
            named[2] = '_';
            assertMalformed(() -> SignedBundle.read(named));
        }

        @Test
        void that_were_changed_are_never_another_set() {
            Random random = new Random(3);
            int refused = 0;
            for (int i = 0; i < 300; i++) {
                byte[] changed = whole.clone();
                int at = random.nextInt(changed.length);
                changed[at] ^= (byte) (1 << random.nextInt(8));
                try {
                    SignedBundle bundle = SignedBundle.read(changed);
                    bundle.verify(OURS.trust(), NOW);
                    assertThat(bundle.roots()).as("byte %d", at).containsExactly(OURS.root, NEXT.root);
                    assertThat(bundle.number()).isEqualTo(2);
                } catch (BundleRefusedException | CertificateRefusedException e) {
                    refused++;
                }
            }
            assertThat(refused)
                    .as("the root in the chain of the signer is not needed, everything else is")
                    .isGreaterThan(200);
        }
    }

    private static void assertMalformed(org.assertj.core.api.ThrowableAssert.ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        BundleRefusedException.class,
                        refused -> assertThat(refused.problem()).isEqualTo(Problem.MALFORMED));
    }
}
