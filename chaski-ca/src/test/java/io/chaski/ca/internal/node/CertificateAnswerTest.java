package io.chaski.ca.internal.node;

import static io.chaski.ca.internal.bouncycastle.TestAuthority.MILL;
import static io.chaski.ca.internal.bouncycastle.TestAuthority.NOW;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chaski.ca.EnrolmentException;
import io.chaski.ca.EnrolmentProblem;
import io.chaski.ca.LeafUsage;
import io.chaski.ca.NodeCredentials;
import io.chaski.ca.internal.bouncycastle.IssuingAuthority;
import io.chaski.ca.internal.bouncycastle.KeyPairs;
import io.chaski.ca.internal.bouncycastle.TestAuthority;
import io.chaski.ca.internal.token.ProvisionerKeys;
import io.chaski.ca.internal.token.TokenClaims;
import io.chaski.ca.internal.token.TokenFixture;
import io.chaski.ca.internal.wire.Reply;
import io.chaski.core.security.CertificateVerifier.Side;
import io.chaski.core.security.ChaskiUri;
import io.chaski.core.security.DenyList;
import io.chaski.core.security.Fingerprint;
import java.math.BigInteger;
import java.security.KeyPair;
import java.security.cert.X509CRL;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class CertificateAnswerTest {

    private static final TestAuthority OURS = new TestAuthority(50);
    private static final TestAuthority THEIRS = new TestAuthority(51);
    private static final KeyPair KEYS = KeyPairs.generate();
    private static final Fingerprint PIN = Fingerprint.of(OURS.root);
    private static final X509Certificate LEAF = OURS.leaf(KEYS.getPublic(), LeafUsage.BOTH);

    private static KnownAuthority known(X509Certificate... denied) {
        Set<Fingerprint> keys = Stream.of(denied)
                .map(each -> Fingerprint.of(each.getPublicKey()))
                .collect(Collectors.toSet());
        return new KnownAuthority(Set.of(PIN), TestAuthority.DOMAIN, new DenyList(Set.of(), keys, Set.of()));
    }

    private static Reply granted(TestAuthority authority, X509Certificate leaf, List<X509Certificate> roots) {
        return granted(authority, leaf, roots, Map.of());
    }

    private static Reply granted(
            TestAuthority authority,
            X509Certificate leaf,
            List<X509Certificate> roots,
            Map<BigInteger, Instant> revoked) {
        X509CRL revocations = authority.authority.sign(1, NOW, NOW.plusSeconds(60), revoked);
        return new Reply.Granted(
                leaf,
                authority.issuing,
                roots,
                1,
                authority.issuing,
                revocations,
                List.of(),
                NOW,
                Optional.empty(),
                Optional.empty());
    }

    /** An answer with a set of the root that is pinned and another one. */
    private static Reply below(TestAuthority authority, IssuingAuthority signer, X509Certificate root) {
        X509Certificate leaf = authority.leaf(KEYS.getPublic(), LeafUsage.BOTH);
        Reply.Granted plain = (Reply.Granted) granted(authority, leaf, List.of(OURS.root, authority.root));
        List<X509Certificate> roots = root.equals(OURS.root) ? List.of(root) : List.of(OURS.root, root);
        return new Reply.Granted(
                plain.leaf(),
                plain.issuing(),
                plain.roots(),
                2,
                plain.lister(),
                plain.revocations(),
                plain.addresses(),
                plain.serverTime(),
                Optional.of(signer.sign(TestAuthority.DOMAIN, 2, roots)),
                Optional.empty());
    }

    @Nested
    class Taken_is {
        @Test
        void a_certificate_that_leads_to_the_root_of_the_token() {
            NodeCredentials credentials =
                    TestAuthority.accept(PIN, MILL, KEYS, granted(OURS, LEAF, List.of(THEIRS.root, OURS.root)), NOW);

            assertThat(credentials)
                    .isEqualTo(new NodeCredentials(KEYS.getPrivate(), List.of(LEAF, OURS.issuing, OURS.root)));
        }

        /** The authority serves them too, and a token that was used up for nothing is of no use to anybody. */
        @Test
        void an_answer_that_is_ahead_by_what_clocks_may_differ() {
            Reply reply = granted(OURS, LEAF, List.of(OURS.root));

            for (Duration late : List.of(Duration.ofMinutes(2), Duration.ofMinutes(5))) {
                assertThat(TestAuthority.accept(PIN, MILL, KEYS, reply, NOW.minus(late)))
                        .isNotNull();
            }
        }

        /** The roots were replaced since the token was made, or the certificate before. */
        @Test
        void a_certificate_below_another_root_of_a_set_that_is_signed_below_the_one_that_is_known() {
            NodeCredentials credentials =
                    TestAuthority.accept(PIN, MILL, KEYS, below(THEIRS, OURS.authority, THEIRS.root), NOW);

            assertThat(credentials.root()).isEqualTo(THEIRS.root);
        }

        @Test
        void the_renewal_of_a_certificate_for_one_side() {
            for (LeafUsage usage : List.of(LeafUsage.CLIENT, LeafUsage.SERVER)) {
                X509Certificate leaf = OURS.leaf(KEYS.getPublic(), usage);
                Set<Side> sides = CertificateAnswer.sides(leaf);

                assertThat(sides).hasSize(1);
                assertThat(CertificateAnswer.accept(
                                known(), MILL, sides, KEYS, granted(OURS, leaf, List.of(OURS.root)), NOW))
                        .isNotNull();
            }
            assertThat(CertificateAnswer.sides(LEAF)).containsExactlyInAnyOrder(Side.values());
        }
    }

    @Nested
    class Refused_is {
        /** The pin is all that protects the first contact. */
        @Test
        void another_root() {
            assertUntrusted(granted(THEIRS, THEIRS.leaf(KEYS.getPublic(), LeafUsage.BOTH), List.of(THEIRS.root)));
            assertUntrusted(
                    granted(THEIRS, THEIRS.leaf(KEYS.getPublic(), LeafUsage.BOTH), List.of(THEIRS.root, OURS.root)));
        }

        @Test
        void another_root_in_a_set_that_nobody_has_signed_who_is_trusted() {
            assertUntrusted(below(THEIRS, THEIRS.authority, THEIRS.root));
            assertUntrusted(below(THEIRS, new IssuingAuthority(OURS.issuing, KEYS.getPrivate()), THEIRS.root));
            assertUntrusted(below(THEIRS, OURS.authority, OURS.root)); // without the root that is needed
        }

        /** Whoever has the key: he would say who is trusted from now on, or that nobody is revoked. */
        @Test
        void whatever_was_signed_with_a_key_that_is_denied() {
            TestAuthority next = OURS.withNextKey(54);
            Reply.Granted plain = (Reply.Granted) granted(OURS, LEAF, List.of(OURS.root));
            Reply listedByNext = new Reply.Granted(
                    plain.leaf(),
                    plain.issuing(),
                    plain.roots(),
                    1,
                    next.issuing,
                    next.authority.sign(1, NOW, NOW.plusSeconds(60), Map.of()),
                    List.of(),
                    NOW,
                    Optional.empty(),
                    Optional.empty());

            assertDenied(plain, OURS.issuing);
            assertDenied(plain, OURS.root);
            assertDenied(listedByNext, next.issuing);
            assertDenied(below(THEIRS, OURS.authority, THEIRS.root), OURS.issuing); // signer of the set alone
            assertThat(accept(listedByNext, known())).isNotNull();
        }

        private static NodeCredentials accept(Reply reply, KnownAuthority known) {
            return CertificateAnswer.accept(known, MILL, Set.of(Side.values()), KEYS, reply, NOW);
        }

        private static void assertDenied(Reply reply, X509Certificate denied) {
            assertProblem(() -> accept(reply, known(denied)), EnrolmentProblem.UNTRUSTED_CA);
            assertThatThrownBy(() -> accept(reply, known(denied))).hasMessageContaining("denied here");
        }

        @Test
        void a_certificate_for_another_key() {
            X509Certificate other = OURS.leaf(KeyPairs.generate().getPublic(), LeafUsage.BOTH);

            assertUntrusted(granted(OURS, other, List.of(OURS.root)));
        }

        @Test
        void a_certificate_for_another_identity() {
            ChaskiUri pump = ChaskiUri.parse("chaski://plant-7.example/node/pump-1");

            assertProblem(
                    () -> TestAuthority.accept(PIN, pump, KEYS, granted(OURS, LEAF, List.of(OURS.root)), NOW),
                    EnrolmentProblem.UNTRUSTED_CA);
        }

        @Test
        void a_certificate_that_is_of_no_use() {
            assertUntrusted(granted(OURS, OURS.leaf(KEYS.getPublic(), LeafUsage.CLIENT), List.of(OURS.root)));
            assertUntrusted(granted(OURS, LEAF, List.of(OURS.root), Map.of(LEAF.getSerialNumber(), NOW)));
            assertProblem(
                    () -> CertificateAnswer.accept(
                            known(),
                            MILL,
                            Set.of(Side.SERVER),
                            KEYS,
                            granted(OURS, OURS.leaf(KEYS.getPublic(), LeafUsage.CLIENT), List.of(OURS.root)),
                            NOW),
                    EnrolmentProblem.UNTRUSTED_CA);
        }

        /** Not an impostor: the operator looks at the clock. */
        @Test
        void a_certificate_that_is_of_another_time() {
            for (Instant now : List.of(NOW.plus(Duration.ofDays(2)), NOW.minus(Duration.ofMinutes(6)))) {
                assertProblem(
                        () -> TestAuthority.accept(PIN, MILL, KEYS, granted(OURS, LEAF, List.of(OURS.root)), now),
                        EnrolmentProblem.CLOCK_SKEW);
            }
        }

        @Test
        void an_answer_that_is_wanted_for_no_side() {
            assertThatThrownBy(() -> CertificateAnswer.accept(
                            known(), MILL, Set.of(), KEYS, granted(OURS, LEAF, List.of(OURS.root)), NOW))
                    .isInstanceOf(IllegalArgumentException.class);
        }

        @Test
        void what_the_authority_refuses() {
            assertProblem(
                    () -> TestAuthority.accept(
                            PIN, MILL, KEYS, new Reply.Refused(EnrolmentProblem.TOKEN_USED, Duration.ZERO, NOW), NOW),
                    EnrolmentProblem.TOKEN_USED);
        }

        private void assertUntrusted(Reply reply) {
            assertProblem(() -> TestAuthority.accept(PIN, MILL, KEYS, reply, NOW), EnrolmentProblem.UNTRUSTED_CA);
        }
    }

    @Nested
    class A_token {
        private final TokenClaims claims = TokenFixture.claims(MILL, NOW);
        private final String token = ProvisionerKeys.generate(new Random(1)).sign(claims);

        @Test
        void is_read_without_its_secret() {
            assertThat(CertificateAnswer.readToken(token)).isEqualTo(claims);
        }

        @Test
        void that_is_mistyped_or_has_ended_is_not_even_sent() {
            assertProblem(() -> CertificateAnswer.readToken(token + "A"), EnrolmentProblem.TOKEN_INVALID);
            assertProblem(
                    () -> CertificateAnswer.checkHasNotEnded(claims, NOW.plus(Duration.ofHours(1))),
                    EnrolmentProblem.TOKEN_EXPIRED);
        }
    }

    @Nested
    class Renewal_times {
        @Test
        void are_at_two_thirds_of_the_life_and_a_little_later() {
            Random random = new Random(52);
            Instant earliest = NOW.plus(Duration.ofHours(16));
            for (int i = 0; i < 1_000; i++) {
                assertThat(RenewalTime.of(NOW, NOW.plus(Duration.ofHours(24)), random))
                        .isBetween(earliest, earliest.plus(Duration.ofMinutes(72)));
            }
        }

        @Test
        void are_drawn_apart_after_failures() {
            Random random = new Random(53);
            for (int failures = 1; failures < 40; failures++) {
                Duration bound = Duration.ofSeconds(Math.min(1800, 30L << Math.min(failures - 1, 10)));
                assertThat(RenewalTime.pause(failures, random)).isBetween(Duration.ZERO, bound);
            }
        }
    }

    private static void assertProblem(ThrowingCallable call, EnrolmentProblem problem) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        EnrolmentException.class, e -> assertThat(e.problem()).isEqualTo(problem));
    }
}
