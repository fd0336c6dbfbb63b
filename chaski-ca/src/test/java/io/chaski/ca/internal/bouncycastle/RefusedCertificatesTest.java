package io.chaski.ca.internal.bouncycastle;

import static io.chaski.ca.internal.bouncycastle.TestAuthority.NOW;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chaski.ca.LeafUsage;
import io.chaski.core.internal.module.JdkCertificates;
import io.chaski.core.security.CertificateProblem;
import io.chaski.core.security.CertificateRefusedException;
import io.chaski.core.security.CertificateVerifier;
import io.chaski.core.security.CertificateVerifier.Side;
import io.chaski.core.security.CertificateVerifier.Trust;
import io.chaski.core.security.DenyList;
import io.chaski.core.security.Fingerprint;
import io.chaski.core.security.Identity;
import io.chaski.core.security.RevocationList;
import java.io.ByteArrayInputStream;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Security;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.PKIXParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.util.Collections;
import java.util.Date;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the verifier of core makes of chains: rows 10 to 22, 25 and 26 of the list of bad input. */
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class RefusedCertificatesTest {

    private static final String MILL = TestAuthority.MILL.toString();

    /** Shared, because keys cost time and certificates do not change. */
    private static final TestAuthority OURS = new TestAuthority(1);

    private static final TestAuthority THEIRS = new TestAuthority(2);

    @Nested
    class A_proper_chain {
        private final X509Certificate leaf = OURS.leaf(KeyPairs.generate().getPublic(), LeafUsage.BOTH);

        @Test
        void is_an_identity_on_both_sides() {
            Identity expected = new Identity(
                    TestAuthority.MILL,
                    leaf.getSerialNumber(),
                    Fingerprint.of(leaf.getPublicKey()),
                    leaf.getNotAfter().toInstant());

            assertThat(OURS.verifier().verify(OURS.chain(leaf), Side.CLIENT, NOW))
                    .isEqualTo(expected);
            assertThat(OURS.verifier().verify(OURS.chain(leaf), Side.SERVER, NOW))
                    .isEqualTo(expected);
        }

        @Test
        void may_leave_the_root_out() {
            assertThat(OURS.verifier()
                            .verify(List.of(leaf, OURS.issuing), Side.CLIENT, NOW)
                            .uri())
                    .isEqualTo(TestAuthority.MILL);
        }

        @Test
        void may_have_names_for_browsers() throws Exception {
            X509Certificate also = OddCertificate.named(MILL)
                    .alsoNamed(GeneralName.dNSName, "mill-3.plant-7.example")
                    .alsoNamed(GeneralName.iPAddress, "10.0.0.7")
                    .issuedBy(OURS);

            assertThat(OURS.verifier()
                            .verify(OURS.chain(also), Side.CLIENT, NOW)
                            .uri())
                    .isEqualTo(TestAuthority.MILL);
        }

        @Test
        void is_good_to_the_last_moment() {
            assertThatCode(() -> OURS.verifier()
                            .verify(
                                    OURS.chain(leaf),
                                    Side.CLIENT,
                                    leaf.getNotBefore().toInstant()))
                    .doesNotThrowAnyException();
            assertThatCode(() -> OURS.verifier()
                            .verify(
                                    OURS.chain(leaf),
                                    Side.CLIENT,
                                    leaf.getNotAfter().toInstant()))
                    .doesNotThrowAnyException();
        }

        @Test
        void survives_being_sent() throws Exception {
            X509Certificate received = (X509Certificate) CertificateFactory.getInstance("X.509")
                    .generateCertificate(new ByteArrayInputStream(leaf.getEncoded())); // by whatever provider

            assertThat(OURS.verifier()
                            .verify(OURS.chain(received), Side.CLIENT, NOW)
                            .uri())
                    .isEqualTo(TestAuthority.MILL);
        }
    }

    @Nested
    class Rows_10_to_17 {
        @Test
        void no_certificate() {
            assertRefused(List.of(), CertificateProblem.NO_CERTIFICATE);
        }

        @Test
        void an_expired_one() throws Exception {
            assertRefused(
                    leaf(OddCertificate.named(MILL).valid(NOW.minus(Duration.ofDays(2)), NOW.minusSeconds(1))),
                    CertificateProblem.EXPIRED);
        }

        @Test
        void one_below_an_expired_authority() throws Exception {
            List<X509Certificate> chain =
                    leaf(OddCertificate.named(MILL).valid(NOW.minusSeconds(60), NOW.plus(Duration.ofDays(400))));

            assertThatCode(() -> OURS.verifier().verify(chain, Side.CLIENT, NOW.plus(Duration.ofDays(364))))
                    .doesNotThrowAnyException();
            assertThatThrownBy(() -> OURS.verifier().verify(chain, Side.CLIENT, NOW.plus(Duration.ofDays(366))))
                    .isInstanceOfSatisfying(
                            CertificateRefusedException.class,
                            refused -> assertThat(refused.problem()).isEqualTo(CertificateProblem.EXPIRED));
        }

        /** Whether the root was shown or not: the JDK does not look at its dates. */
        @Test
        void one_below_a_root_that_has_ended_or_is_denied() throws Exception {
            KeyPair rootKeys = KeyPairs.generate();
            X509Certificate root = OddCertificate.named()
                    .subject("CN=short")
                    .authority()
                    .keyUsage(KeyUsage.keyCertSign)
                    .valid(NOW.minusSeconds(60), NOW.plusSeconds(60))
                    .selfSigned(rootKeys);
            KeyPair issuingKeys = KeyPairs.generate();
            X509Certificate issuing = OddCertificate.named()
                    .subject("CN=issuing")
                    .authority()
                    .keyUsage(KeyUsage.keyCertSign)
                    .build(issuingKeys.getPublic(), root.getSubjectX500Principal(), rootKeys.getPrivate());
            X509Certificate leaf = OddCertificate.named(MILL)
                    .build(
                            KeyPairs.generate().getPublic(),
                            issuing.getSubjectX500Principal(),
                            issuingKeys.getPrivate());
            CertificateVerifier verifier =
                    new CertificateVerifier(Trust.of(TestAuthority.DOMAIN, Set.of(root, OURS.root)));
            DenyList denied = new DenyList(Set.of(), Set.of(Fingerprint.of(rootKeys.getPublic())), Set.of());
            CertificateVerifier denying = new CertificateVerifier(
                    new Trust(TestAuthority.DOMAIN, Set.of(root), Optional.empty(), false, denied));
            for (List<X509Certificate> chain : List.of(List.of(leaf, issuing), List.of(leaf, issuing, root))) {
                assertThat(verifier.verify(chain, Side.CLIENT, NOW).notAfter())
                        .as("ends with the root")
                        .isEqualTo(NOW.plusSeconds(60));
                assertRefused(denying, chain, CertificateProblem.REVOKED);
                assertThatThrownBy(() -> new CertificateVerifier(Trust.of(TestAuthority.DOMAIN, Set.of(root)))
                                .verify(chain, Side.CLIENT, NOW.plusSeconds(61)))
                        .isInstanceOfSatisfying(
                                CertificateRefusedException.class,
                                refused -> assertThat(refused.problem()).isEqualTo(CertificateProblem.EXPIRED));
                assertThatThrownBy(() -> verifier.verify(chain, Side.CLIENT, NOW.plusSeconds(61)))
                        .isInstanceOf(CertificateRefusedException.class);
            }
        }

        @Test
        void one_that_begins_later() throws Exception {
            assertRefused(
                    leaf(OddCertificate.named(MILL).valid(NOW.plusSeconds(1), NOW.plus(Duration.ofDays(1)))),
                    CertificateProblem.NOT_YET_VALID);
        }

        @Test
        void one_of_another_authority() {
            X509Certificate leaf = THEIRS.leaf(KeyPairs.generate().getPublic(), LeafUsage.BOTH);

            assertRefused(THEIRS.chain(leaf), CertificateProblem.UNTRUSTED);
            assertRefused(List.of(leaf, OURS.issuing, OURS.root), CertificateProblem.UNTRUSTED);
            assertRefused(List.of(leaf), CertificateProblem.UNTRUSTED);
        }

        @Test
        void a_self_signed_one() throws Exception {
            X509Certificate selfSigned = OddCertificate.named(MILL).selfSigned(KeyPairs.generate());

            assertRefused(List.of(selfSigned), CertificateProblem.SELF_SIGNED);
            assertRefused(OURS.chain(selfSigned), CertificateProblem.SELF_SIGNED);
        }

        @Test
        void a_revoked_one() {
            X509Certificate leaf = OURS.leaf(KeyPairs.generate().getPublic(), LeafUsage.BOTH);
            RevocationList list =
                    new RevocationList(1, NOW, NOW.plus(Duration.ofDays(1)), Set.of(leaf.getSerialNumber()));
            Trust trust = new Trust(TestAuthority.DOMAIN, Set.of(OURS.root), Optional.of(list), false, DenyList.EMPTY);

            assertRefused(new CertificateVerifier(trust), OURS.chain(leaf), CertificateProblem.REVOKED);
        }

        @Test
        void one_that_is_denied_here_by_number_key_or_identity() {
            X509Certificate leaf = OURS.leaf(KeyPairs.generate().getPublic(), LeafUsage.BOTH);
            for (DenyList denied : List.of(
                    new DenyList(Set.of(leaf.getSerialNumber()), Set.of(), Set.of()),
                    new DenyList(Set.of(), Set.of(Fingerprint.of(leaf.getPublicKey())), Set.of()),
                    new DenyList(Set.of(), Set.of(), Set.of(TestAuthority.MILL)),
                    new DenyList(Set.of(OURS.issuing.getSerialNumber()), Set.of(), Set.of()))) {
                Trust trust = new Trust(TestAuthority.DOMAIN, Set.of(OURS.root), Optional.empty(), false, denied);

                assertRefused(new CertificateVerifier(trust), OURS.chain(leaf), CertificateProblem.REVOKED);
            }
        }

        @Test
        void anyone_while_a_list_is_required_and_there_is_none_or_an_old_one() {
            X509Certificate leaf = OURS.leaf(KeyPairs.generate().getPublic(), LeafUsage.BOTH);
            RevocationList old = new RevocationList(1, NOW.minusSeconds(9), NOW.minusSeconds(1), Set.of());
            for (Optional<RevocationList> list : List.of(Optional.<RevocationList>empty(), Optional.of(old))) {
                Trust strict = new Trust(TestAuthority.DOMAIN, Set.of(OURS.root), list, true, DenyList.EMPTY);
                Trust soft = new Trust(TestAuthority.DOMAIN, Set.of(OURS.root), list, false, DenyList.EMPTY);

                assertRefused(
                        new CertificateVerifier(strict), OURS.chain(leaf), CertificateProblem.REVOCATIONS_UNKNOWN);
                assertThatCode(() -> new CertificateVerifier(soft).verify(OURS.chain(leaf), Side.CLIENT, NOW))
                        .doesNotThrowAnyException();
            }
        }

        @Test
        void one_of_another_trust_domain() throws Exception {
            // Signed by our own key: the name constraint would refuse it too, but is not what we rely on.
            assertRefused(
                    leaf(OddCertificate.named("chaski://plant-8.example/node/mill-3")),
                    CertificateProblem.WRONG_TRUST_DOMAIN);
        }

        @Test
        void an_authority_as_a_peer() throws Exception {
            assertRefused(leaf(OddCertificate.named(MILL).authority()), CertificateProblem.AUTHORITY_AS_PEER);
            assertRefused(List.of(OURS.issuing, OURS.root), CertificateProblem.AUTHORITY_AS_PEER);
            assertRefused(List.of(OURS.root), CertificateProblem.AUTHORITY_AS_PEER);
        }

        @Test
        void one_that_may_sign_others() throws Exception {
            for (int usage : new int[] {KeyUsage.keyCertSign, KeyUsage.cRLSign, KeyUsage.keyAgreement}) {
                assertRefused(
                        leaf(OddCertificate.named(MILL).keyUsage(KeyUsage.digitalSignature | usage)),
                        CertificateProblem.WRONG_USAGE);
            }
        }

        @Test
        void one_below_a_leaf() throws Exception {
            var keys = KeyPairs.generate();
            X509Certificate parent =
                    OddCertificate.named(MILL).subject("CN=parent").issuedBy(OURS, keys.getPublic());
            X509Certificate child = OddCertificate.named(MILL)
                    .build(KeyPairs.generate().getPublic(), parent.getSubjectX500Principal(), keys.getPrivate());

            assertRefused(List.of(child, parent, OURS.issuing), CertificateProblem.UNTRUSTED);
        }

        @Test
        void one_below_an_authority_that_the_issuing_one_has_made() throws Exception {
            var keys = KeyPairs.generate();
            X509Certificate below = OddCertificate.named()
                    .subject("CN=below")
                    .authority()
                    .keyUsage(KeyUsage.keyCertSign)
                    .issuedBy(OURS, keys.getPublic());
            X509Certificate leaf = OddCertificate.named(MILL)
                    .build(KeyPairs.generate().getPublic(), below.getSubjectX500Principal(), keys.getPrivate());

            assertRefused(List.of(leaf, below, OURS.issuing), CertificateProblem.UNTRUSTED);
        }
    }

    @Nested
    class Rows_18_to_22 {
        @Test
        void two_identities() throws Exception {
            assertRefused(
                    leaf(OddCertificate.named(MILL, "chaski://plant-7.example/admin/root")),
                    CertificateProblem.SEVERAL_IDENTITIES);
            assertRefused(leaf(OddCertificate.named(MILL, MILL)), CertificateProblem.SEVERAL_IDENTITIES);
        }

        @Test
        void no_identity() throws Exception {
            assertRefused(leaf(OddCertificate.named()), CertificateProblem.NO_IDENTITY);
            assertRefused(
                    leaf(OddCertificate.named().alsoNamed(GeneralName.dNSName, "mill-3.plant-7.example")),
                    CertificateProblem.NO_IDENTITY);
        }

        /** A name in the subject is no identity (CVE-2026-33248). */
        @Test
        void an_identity_in_the_subject_alone() throws Exception {
            assertRefused(leaf(OddCertificate.named().subject("CN=" + MILL)), CertificateProblem.NO_IDENTITY);
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "chaski://plant_7.example/node/mill-3",
                    "chaski://plant%2d7.example/node/mill-3",
                    "chaski://plant-7.example:443/node/mill-3",
                    "chaski://root@plant-7.example/node/mill-3",
                    "chaski://PLANT-7.example/node/mill-3",
                    "chaski://plant-7.example/node/../admin/root",
                    "https://plant-7.example/node/mill-3",
                    "chaski://10.0.0.7/node/mill-3",
                })
        void an_identity_that_is_none(String uri) throws Exception {
            assertRefused(leaf(OddCertificate.named(uri)), CertificateProblem.BAD_IDENTITY);
            assertRefused(leaf(OddCertificate.named(uri).nameNotCritical()), CertificateProblem.IDENTITY_NOT_CRITICAL);
        }

        /** In a critical extension the JDK does not read it, so that the TLS engine fails before our check. */
        @ParameterizedTest
        @ValueSource(strings = {"chaski://plant-7.example./node/mill-3", "chaski://other.example./node/mill-3"})
        void a_host_with_a_dot_at_its_end(String uri) throws Exception {
            assertThatThrownBy(
                            () -> JdkCertificates.read(OddCertificate.named(uri).encodedBy(OURS)))
                    .isInstanceOf(CertificateException.class);
            assertRefused(leaf(OddCertificate.named(uri).nameNotCritical()), CertificateProblem.IDENTITY_NOT_CRITICAL);
        }

        @Test
        void an_identity_that_may_be_skipped() throws Exception {
            assertRefused(leaf(OddCertificate.named(MILL).nameNotCritical()), CertificateProblem.IDENTITY_NOT_CRITICAL);
        }

        @Test
        void a_name_of_an_unknown_kind_beside_the_identity() throws Exception {
            assertRefused(
                    leaf(OddCertificate.named(MILL).alsoNamed(GeneralName.rfc822Name, "a@plant-7.example")),
                    CertificateProblem.BAD_IDENTITY);
        }

        /** Why the trust domain is compared by us and the name must be critical. */
        @Test
        void what_the_JDK_alone_would_let_in() throws Exception {
            X509Certificate leaf = JdkCertificates.read(OddCertificate.named("chaski://other.example./node/mill-3")
                    .nameNotCritical()
                    .encodedBy(OURS));
            PKIXParameters parameters = new PKIXParameters(Set.of(new TrustAnchor(OURS.root, null)));
            parameters.setRevocationEnabled(false);
            parameters.setDate(Date.from(NOW));

            assertThat(leaf.getSubjectAlternativeNames()).isNull();
            assertThatCode(() -> JdkCertificates.validator()
                            .validate(
                                    JdkCertificates.factory().generateCertPath(List.of(leaf, OURS.issuing)),
                                    parameters))
                    .doesNotThrowAnyException();
            assertRefused(OURS.chain(leaf), CertificateProblem.IDENTITY_NOT_CRITICAL);
        }
    }

    @Nested
    class Rows_25_and_26 {
        @Test
        void fifty_certificates() {
            X509Certificate leaf = OURS.leaf(KeyPairs.generate().getPublic(), LeafUsage.BOTH);

            assertRefused(Collections.nCopies(50, leaf), CertificateProblem.CHAIN_TOO_LONG);
            assertRefused(Collections.nCopies(4, leaf), CertificateProblem.CHAIN_TOO_LONG);
        }

        @Test
        void a_certificate_of_a_megabyte() throws Exception {
            assertRefused(leaf(OddCertificate.named(MILL).padded(1 << 20)), CertificateProblem.CHAIN_TOO_LARGE);
            assertRefused(leaf(OddCertificate.named(MILL).padded(8 << 10)), CertificateProblem.CHAIN_TOO_LARGE);
        }

        @Test
        void a_key_that_takes_no_part() throws Exception {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(new ECGenParameterSpec("secp521r1"));
            assertRefused(
                    OURS.chain(OddCertificate.named(MILL)
                            .issuedBy(OURS, generator.generateKeyPair().getPublic())),
                    CertificateProblem.KEY_REJECTED);
            assertRefused(
                    OURS.chain(OddCertificate.named(MILL).issuedBy(OURS, OddKeys.rsa(16_384))),
                    CertificateProblem.KEY_REJECTED);
        }

        /** The JDK alone does not even read them, and the TLS engine fails before our check. Other providers do. */
        @Test
        void explicit_curve_parameters() throws Exception {
            List<X509Certificate> chain = OURS.chain(OddCertificates.withExplicitCurve(OURS));
            boolean isReadByTheJdk = Security.getProvider(BouncyCastleProvider.PROVIDER_NAME) != null;

            assertRefused(() -> CertificateVerifier.checkForm(chain), CertificateProblem.KEY_REJECTED);
            assertRefused(chain, isReadByTheJdk ? CertificateProblem.KEY_REJECTED : CertificateProblem.MALFORMED);
        }

        @Test
        void a_signature_by_SHA_1() throws Exception {
            assertRefused(
                    leaf(OddCertificate.named(MILL).signedWith("SHA1withECDSA")), CertificateProblem.KEY_REJECTED);
        }

        @Test
        void an_extension_that_must_be_understood() throws Exception {
            assertRefused(
                    leaf(OddCertificate.named(MILL).unknownCriticalExtension()),
                    CertificateProblem.UNKNOWN_CRITICAL_EXTENSION);
        }
    }

    @Nested
    class Usages {
        @Test
        void are_those_of_the_side() {
            X509Certificate client = OURS.leaf(KeyPairs.generate().getPublic(), LeafUsage.CLIENT);
            X509Certificate server = OURS.leaf(KeyPairs.generate().getPublic(), LeafUsage.SERVER);

            assertThatCode(() -> OURS.verifier().verify(OURS.chain(client), Side.CLIENT, NOW))
                    .doesNotThrowAnyException();
            assertThatCode(() -> OURS.verifier().verify(OURS.chain(server), Side.SERVER, NOW))
                    .doesNotThrowAnyException();
            assertRefused(OURS.chain(server), CertificateProblem.WRONG_USAGE);
            assertThatThrownBy(() -> OURS.verifier().verify(OURS.chain(client), Side.SERVER, NOW))
                    .isInstanceOf(CertificateRefusedException.class);
        }

        @Test
        void must_be_there() throws Exception {
            assertRefused(leaf(OddCertificate.named(MILL).purposes()), CertificateProblem.WRONG_USAGE);
            assertRefused(
                    leaf(OddCertificate.named(MILL).purposes(KeyPurposeId.anyExtendedKeyUsage)),
                    CertificateProblem.WRONG_USAGE);
            assertRefused(leaf(OddCertificate.named(MILL).keyUsage(0)), CertificateProblem.WRONG_USAGE);
            assertRefused(leaf(OddCertificate.named(MILL).keyUsageNotCritical()), CertificateProblem.WRONG_USAGE);
        }
    }

    private static List<X509Certificate> leaf(OddCertificate odd) throws Exception {
        return OURS.chain(odd.issuedBy(OURS));
    }

    private static void assertRefused(List<X509Certificate> chain, CertificateProblem problem) {
        assertRefused(OURS.verifier(), chain, problem);
    }

    private static void assertRefused(
            CertificateVerifier verifier, List<X509Certificate> chain, CertificateProblem problem) {
        assertRefused(() -> verifier.verify(chain, Side.CLIENT, NOW), problem);
    }

    private static void assertRefused(ThrowingCallable check, CertificateProblem problem) {
        assertThatThrownBy(check)
                .isInstanceOfSatisfying(
                        CertificateRefusedException.class,
                        refused -> assertThat(refused.problem()).isEqualTo(problem));
    }
}
