package io.chaski.ca.internal.bouncycastle;

import static io.chaski.ca.internal.bouncycastle.TestAuthority.NOW;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chaski.ca.LeafUsage;
import io.chaski.ca.SubjectAttributes;
import io.chaski.core.security.CertificateProblem;
import io.chaski.core.security.CertificateRefusedException;
import io.chaski.core.security.CertificateVerifier.Trust;
import io.chaski.core.security.Fingerprint;
import io.chaski.core.security.RevocationList;
import io.chaski.core.security.TrustDomain;
import java.math.BigInteger;
import java.security.cert.X509CRL;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class IssuedCertificatesTest {

    private static final TestAuthority OURS = new TestAuthority(3);
    private static final TestAuthority THEIRS = new TestAuthority(4);

    @Nested
    class A_root {
        @Test
        void vouches_for_itself_and_one_tier_below() throws Exception {
            OURS.root.verify(OURS.rootKeys.getPublic());

            assertThat(OURS.root.getBasicConstraints()).isOne();
            assertThat(usages(OURS.root)).containsExactly(5, 6);
            assertThat(OURS.root.getCriticalExtensionOIDs()).containsExactlyInAnyOrder("2.5.29.15", "2.5.29.19");
            assertThat(lifetime(OURS.root)).isEqualTo(Duration.ofDays(3650).plusMinutes(5));
        }

        @Test
        void has_the_words_for_people_that_were_asked_for() {
            SubjectAttributes attributes = new SubjectAttributes(
                    Optional.of("PE"),
                    Optional.of("Cusco"),
                    Optional.of("Ollantaytambo"),
                    Optional.of("Mills, Ltd"),
                    Optional.of("Plant 7"));

            String name = AuthorityCertificates.root(OURS.rootKeys, attributes, NOW, new Random(1))
                    .getSubjectX500Principal()
                    .toString();

            assertThat(name)
                    .contains("C=PE", "ST=Cusco", "L=Ollantaytambo", "O=\"Mills, Ltd\"")
                    .containsPattern("CN=Plant 7 root [0-9a-f]{8}");
        }
    }

    /** RFC 5280, appendix A.1: ub-common-name. */
    @Test
    void the_longest_label_makes_a_name_of_64_characters() {
        SubjectAttributes longest = new SubjectAttributes(
                Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(), Optional.of("x".repeat(47)));

        assertThat(AuthorityCertificates.issuing(
                                OURS.issuingKeys.getPublic(),
                                TestAuthority.DOMAIN,
                                longest,
                                OURS.root,
                                OURS.rootKeys.getPrivate(),
                                NOW,
                                new Random(1))
                        .getSubjectX500Principal()
                        .getName())
                .hasSize("CN=".length() + 64);
        assertThatThrownBy(() -> new SubjectAttributes(
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.of("x".repeat(48))))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Nested
    class An_issuing_authority {
        @Test
        void vouches_for_leaves_of_one_trust_domain() throws Exception {
            OURS.issuing.verify(OURS.rootKeys.getPublic());

            assertThat(OURS.issuing.getBasicConstraints()).isZero();
            assertThat(usages(OURS.issuing)).containsExactly(5, 6);
            assertThat(OURS.issuing.getCriticalExtensionOIDs())
                    .containsExactlyInAnyOrder("2.5.29.15", "2.5.29.19", "2.5.29.30");
            assertThat(OURS.issuing.getExtensionValue("2.5.29.30")).asString().contains("plant-7.example");
            assertThat(lifetime(OURS.issuing)).isEqualTo(Duration.ofDays(365).plusMinutes(5));
        }

        @Test
        void has_a_name_of_its_own() {
            assertThat(OURS.issuing.getSubjectX500Principal()).isNotEqualTo(THEIRS.issuing.getSubjectX500Principal());
        }
    }

    @Nested
    class A_leaf {
        private final X509Certificate leaf = OURS.leaf(KeyPairs.generate().getPublic(), LeafUsage.BOTH);

        @Test
        void has_one_identity_that_must_be_read_and_no_subject() throws Exception {
            assertThat(leaf.getSubjectX500Principal().getName()).isEmpty();
            assertThat(leaf.getSubjectAlternativeNames()).containsExactly(List.of(6, TestAuthority.MILL.toString()));
            assertThat(leaf.getCriticalExtensionOIDs())
                    .containsExactlyInAnyOrder("2.5.29.15", "2.5.29.17", "2.5.29.19");
            assertThat(leaf.getNonCriticalExtensionOIDs())
                    .containsExactlyInAnyOrder(
                            "2.5.29.14", "2.5.29.35", "2.5.29.37", IssuingAuthority.ISSUANCE_ID.getId());
        }

        @Test
        void may_open_connections_and_nothing_else() throws Exception {
            assertThat(usages(leaf)).containsExactly(0);
            assertThat(leaf.getExtendedKeyUsage()).containsExactly("1.3.6.1.5.5.7.3.1", "1.3.6.1.5.5.7.3.2");
            assertThat(leaf.getBasicConstraints()).isEqualTo(-1);
        }

        @Test
        void is_for_one_side_if_that_was_asked_for() throws Exception {
            var key = KeyPairs.generate().getPublic();
            assertThat(OURS.leaf(key, LeafUsage.SERVER).getExtendedKeyUsage()).containsExactly("1.3.6.1.5.5.7.3.1");
            assertThat(OURS.leaf(key, LeafUsage.CLIENT).getExtendedKeyUsage()).containsExactly("1.3.6.1.5.5.7.3.2");
        }

        @Test
        void begins_five_minutes_ago() {
            assertThat(leaf.getNotBefore().toInstant()).isEqualTo(NOW.minus(Duration.ofMinutes(5)));
        }

        @Test
        void names_its_issuance() {
            // OCTET STRING around INTEGER 7
            assertThat(leaf.getExtensionValue(IssuingAuthority.ISSUANCE_ID.getId()))
                    .containsExactly(4, 3, 2, 1, 7);
        }
    }

    @Test
    void serial_numbers_have_127_bits_and_come_once() {
        Random random = new Random(5);
        Set<BigInteger> serials = new HashSet<>();
        int longest = 0;
        for (int i = 0; i < 10_000; i++) {
            BigInteger serial = SerialNumbers.draw(random);
            assertThat(serial.signum()).isOne();
            longest = Math.max(longest, serial.bitLength());
            serials.add(serial);
        }
        assertThat(longest).isEqualTo(127);
        assertThat(serials).hasSize(10_000);
    }

    @Nested
    class A_revocation_list {
        private final Instant next = NOW.plus(Duration.ofDays(1));

        @Test
        void is_read_back_with_its_number() throws Exception {
            Map<BigInteger, Instant> revoked = Map.of(BigInteger.valueOf(11), NOW, BigInteger.valueOf(12), NOW);

            RevocationList list = read(OURS.authority.sign(9, NOW, next, revoked));

            assertThat(list).isEqualTo(new RevocationList(9, NOW, next, revoked.keySet()));
        }

        @Test
        void may_be_empty() throws Exception {
            assertThat(read(OURS.authority.sign(1, NOW, next, Map.of())).serials())
                    .isEmpty();
        }

        @Test
        void counts_to_the_end_of_long() throws Exception {
            assertThat(read(OURS.authority.sign(Long.MAX_VALUE, NOW, next, Map.of()))
                            .number())
                    .isEqualTo(Long.MAX_VALUE);
        }

        @Test
        void of_another_authority_is_refused() throws Exception {
            byte[] theirs = THEIRS.authority.sign(9, NOW, next, Map.of()).getEncoded();

            assertProblem(theirs, List.of(OURS.issuing, OURS.root), CertificateProblem.UNTRUSTED);
            assertProblem(theirs, List.of(THEIRS.issuing, THEIRS.root), CertificateProblem.UNTRUSTED);
        }

        @Test
        void of_an_authority_that_is_for_another_domain_below_the_same_root_is_refused() throws Exception {
            IssuingAuthority foreign = OURS.issuingFor(new TrustDomain("plant-8.example"));

            assertProblem(
                    foreign.sign(9, NOW, next, Map.of()).getEncoded(),
                    List.of(foreign.certificate()),
                    CertificateProblem.WRONG_TRUST_DOMAIN);
        }

        /** Whoever shows a chain may leave the root out. */
        @Test
        void below_a_root_that_is_for_another_domain_and_not_shown_is_refused() throws Exception {
            TestAuthority.Constrained constrained = OURS.constrained();
            byte[] list = constrained.issuing().sign(9, NOW, next, Map.of()).getEncoded();

            assertThatThrownBy(() -> RevocationList.read(
                            list,
                            List.of(constrained.issuing().certificate()),
                            Trust.of(TestAuthority.DOMAIN, Set.of(constrained.root())),
                            NOW))
                    .isInstanceOfSatisfying(
                            CertificateRefusedException.class,
                            e -> assertThat(e.problem()).isEqualTo(CertificateProblem.WRONG_TRUST_DOMAIN));
        }

        @Test
        void of_a_leaf_is_refused() throws Exception {
            var keys = KeyPairs.generate();
            X509Certificate leaf =
                    OddCertificate.named(TestAuthority.MILL.toString()).issuedBy(OURS, keys.getPublic());
            byte[] list = new IssuingAuthority(leaf, keys.getPrivate())
                    .sign(9, NOW, next, Map.of())
                    .getEncoded();

            assertProblem(list, List.of(leaf, OURS.issuing, OURS.root), CertificateProblem.UNTRUSTED);
        }

        @Test
        void is_refused_with_any_byte_flipped() throws Exception {
            byte[] list = OURS.authority
                    .sign(9, NOW, next, Map.of(BigInteger.valueOf(11), NOW))
                    .getEncoded();
            for (int i = 0; i < list.length; i++) {
                byte[] flipped = list.clone();
                flipped[i] ^= 1;
                assertThatThrownBy(
                                () -> RevocationList.read(flipped, List.of(OURS.issuing, OURS.root), OURS.trust(), NOW))
                        .isInstanceOf(CertificateRefusedException.class);
            }
        }

        @Test
        void is_refused_with_bytes_behind_it_or_above_a_megabyte() throws Exception {
            byte[] list = OURS.authority.sign(9, NOW, next, Map.of()).getEncoded();

            assertProblem(
                    Arrays.copyOf(list, list.length + 1),
                    List.of(OURS.issuing, OURS.root),
                    CertificateProblem.MALFORMED);
            assertProblem(
                    new byte[RevocationList.MAX_BYTES + 1],
                    List.of(OURS.issuing, OURS.root),
                    CertificateProblem.CHAIN_TOO_LARGE);
        }

        @Test
        void has_some_fifty_bytes_an_entry() throws Exception {
            Map<BigInteger, Instant> revoked = new HashMap<>();
            Random random = new Random(6);
            while (revoked.size() < 1_000) {
                revoked.put(SerialNumbers.draw(random), NOW);
            }

            assertThat(OURS.authority.sign(9, NOW, next, revoked).getEncoded().length)
                    .isLessThan(RevocationList.MAX_BYTES / 21);
        }

        private RevocationList read(X509CRL list) throws Exception {
            return RevocationList.read(list.getEncoded(), List.of(OURS.issuing, OURS.root), OURS.trust(), NOW);
        }

        private void assertProblem(byte[] list, List<X509Certificate> issuers, CertificateProblem problem) {
            assertThatThrownBy(() -> RevocationList.read(list, issuers, OURS.trust(), NOW))
                    .isInstanceOfSatisfying(
                            CertificateRefusedException.class,
                            refused -> assertThat(refused.problem()).isEqualTo(problem));
        }
    }

    @Test
    void a_root_is_known_by_its_fingerprint() {
        assertThat(Fingerprint.of(OURS.root)).isNotEqualTo(Fingerprint.of(THEIRS.root));
    }

    private static List<Integer> usages(X509Certificate certificate) {
        boolean[] usages = certificate.getKeyUsage();
        return IntStream.range(0, usages.length)
                .filter(usage -> usages[usage])
                .boxed()
                .toList();
    }

    private static Duration lifetime(X509Certificate certificate) {
        return Duration.between(
                certificate.getNotBefore().toInstant(),
                certificate.getNotAfter().toInstant());
    }
}
