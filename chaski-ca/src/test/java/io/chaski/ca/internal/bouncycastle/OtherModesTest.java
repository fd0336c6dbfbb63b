package io.chaski.ca.internal.bouncycastle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chaski.core.security.CertificateProblem;
import io.chaski.core.security.CertificateRefusedException;
import io.chaski.core.security.CertificateVerifier.Side;
import io.chaski.core.security.Credentials;
import io.chaski.core.security.Fingerprint;
import io.chaski.core.security.PeerIdentity;
import io.chaski.core.security.TrustMode;
import java.security.KeyPair;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Whom the modes believe that do without an authority of ours. */
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class OtherModesTest {

    static final TestAuthority COMPANY = new TestAuthority(1);
    static final String MILL = "https://plant-7.example/mill";
    static final KeyPair KEYS = KeyPairs.generate();

    private static OddCertificate named(String... uris) {
        return OddCertificate.named(uris).nameNotCritical();
    }

    private static void assertRefused(
            TrustMode.Authenticated mode, List<X509Certificate> chain, CertificateProblem why) {
        assertThatThrownBy(() -> mode.verify(chain, Side.CLIENT, TestAuthority.NOW))
                .isInstanceOfSatisfying(
                        CertificateRefusedException.class,
                        refused -> assertThat(refused.problem()).isEqualTo(why));
    }

    @Nested
    class Certificates_of_somebody_else {
        final TrustMode.External mode =
                TrustMode.external(new Credentials(KEYS.getPrivate(), chain(named(MILL))), Set.of(COMPANY.root));

        static List<X509Certificate> chain(OddCertificate certificate) {
            try {
                return List.of(certificate.issuedBy(COMPANY, KEYS.getPublic()), COMPANY.issuing);
            } catch (Exception e) {
                throw new AssertionError(e);
            }
        }

        private String name(OddCertificate certificate) {
            return mode.verify(chain(certificate), Side.SERVER, TestAuthority.NOW)
                    .name();
        }

        @Test
        void are_the_only_URI_or_the_only_DNS_name() {
            assertThat(name(named(MILL))).isEqualTo("uri:" + MILL);
            assertThat(name(named(MILL)
                            .alsoNamed(GeneralName.dNSName, "a.example")
                            .alsoNamed(GeneralName.dNSName, "b.example")))
                    .isEqualTo("uri:" + MILL);
            assertThat(name(named().alsoNamed(GeneralName.dNSName, "mill.example")))
                    .isEqualTo("dns:mill.example");
            assertThat(name(named(MILL).alsoNamed(GeneralName.rfc822Name, "x@a.example")))
                    .isEqualTo("uri:" + MILL);
        }

        @Test
        void need_no_usages_but_keep_to_those_they_have() {
            assertThat(name(named(MILL).keyUsage(0).purposes())).isEqualTo("uri:" + MILL);
            assertThat(name(named(MILL).purposes(KeyPurposeId.anyExtendedKeyUsage)))
                    .isEqualTo("uri:" + MILL);
        }

        @Test
        void have_the_same_id_with_another_key() throws Exception {
            PeerIdentity one = mode.verify(chain(named(MILL)), Side.SERVER, TestAuthority.NOW);
            PeerIdentity other = mode.verify(
                    List.of(named(MILL).issuedBy(COMPANY), COMPANY.issuing), Side.SERVER, TestAuthority.NOW);

            assertThat(other.key()).isNotEqualTo(one.key());
            assertThat(other.nodeId()).isEqualTo(one.nodeId());
        }

        static Stream<Arguments> refused() {
            Instant now = TestAuthority.NOW;
            return Stream.of(
                    Arguments.of(named(), CertificateProblem.NO_IDENTITY),
                    Arguments.of(named(MILL, MILL + "2"), CertificateProblem.SEVERAL_IDENTITIES),
                    Arguments.of(
                            named().alsoNamed(GeneralName.dNSName, "a.example")
                                    .alsoNamed(GeneralName.dNSName, "b.example"),
                            CertificateProblem.SEVERAL_IDENTITIES),
                    Arguments.of(named().alsoNamed(GeneralName.dNSName, "*.example"), CertificateProblem.BAD_IDENTITY),
                    Arguments.of(
                            named().alsoNamed(GeneralName.dNSName, "Mill.example"), CertificateProblem.BAD_IDENTITY),
                    Arguments.of(named(MILL).keyUsage(KeyUsage.keyAgreement), CertificateProblem.WRONG_USAGE),
                    Arguments.of(named(MILL).purposes(KeyPurposeId.id_kp_serverAuth), CertificateProblem.WRONG_USAGE),
                    Arguments.of(named(MILL).authority(), CertificateProblem.AUTHORITY_AS_PEER),
                    Arguments.of(
                            named(MILL).valid(now.minusSeconds(9), now.minusSeconds(1)), CertificateProblem.EXPIRED),
                    Arguments.of(
                            named(MILL).valid(now.plusSeconds(1), now.plusSeconds(9)),
                            CertificateProblem.NOT_YET_VALID),
                    Arguments.of(named(MILL).padded(9_000), CertificateProblem.CHAIN_TOO_LARGE));
        }

        @ParameterizedTest
        @MethodSource("refused")
        void are_refused_when_something_is_against_them(OddCertificate certificate, CertificateProblem why) {
            assertRefused(mode, chain(certificate), why);
        }

        @Test
        void are_refused_without_a_path_to_whom_is_trusted() throws Exception {
            TestAuthority other = new TestAuthority(2);

            assertRefused(mode, List.of(named(MILL).issuedBy(other), other.issuing), CertificateProblem.UNTRUSTED);
            assertRefused(mode, List.of(), CertificateProblem.NO_CERTIFICATE);
        }

        @Test
        void may_be_trusted_one_by_one() throws Exception {
            X509Certificate single = named(MILL).selfSigned(KEYS);
            TrustMode.External singles =
                    TrustMode.external(new Credentials(KEYS.getPrivate(), List.of(single)), Set.of(single));

            assertThat(singles.verify(List.of(single), Side.CLIENT, TestAuthority.NOW)
                            .name())
                    .isEqualTo("uri:" + MILL);
        }
    }

    @Nested
    class Pinned_keys {
        final KeyPair peerKeys = KeyPairs.generate();
        final TrustMode.Pinned mode = TrustMode.pinned(
                new Credentials(KEYS.getPrivate(), List.of(selfSigned(KEYS))),
                Set.of(Fingerprint.of(peerKeys.getPublic())));

        static X509Certificate selfSigned(KeyPair keys) {
            try {
                return OddCertificate.named().selfSigned(keys);
            } catch (Exception e) {
                throw new AssertionError(e);
            }
        }

        @Test
        void are_their_own_names() {
            PeerIdentity peer = mode.verify(List.of(selfSigned(peerKeys)), Side.CLIENT, TestAuthority.NOW);

            assertThat(peer.name()).isEqualTo("sha256:" + Fingerprint.of(peerKeys.getPublic()));
            assertThat(peer.kind()).isEqualTo(PeerIdentity.Kind.PINNED);
        }

        @Test
        void are_refused_if_they_are_others_or_have_ended_or_somebody_else_has_signed() throws Exception {
            assertRefused(mode, List.of(selfSigned(KeyPairs.generate())), CertificateProblem.UNTRUSTED);
            assertRefused(
                    mode,
                    List.of(OddCertificate.named()
                            .valid(
                                    TestAuthority.NOW.minus(Duration.ofDays(2)),
                                    TestAuthority.NOW.minus(Duration.ofDays(1)))
                            .selfSigned(peerKeys)),
                    CertificateProblem.EXPIRED);
            assertRefused(
                    mode,
                    List.of(OddCertificate.named().issuedBy(COMPANY, peerKeys.getPublic())),
                    CertificateProblem.UNTRUSTED);
            assertRefused(mode, List.of(selfSigned(peerKeys), selfSigned(peerKeys)), CertificateProblem.CHAIN_TOO_LONG);
        }
    }

    @Test
    void credentials_belong_together_and_print_no_key() {
        List<X509Certificate> chain = List.of(Pinned_keys.selfSigned(KEYS));

        assertThatThrownBy(() -> new Credentials(KeyPairs.generate().getPrivate(), chain))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new Credentials(KEYS.getPrivate(), List.of()))
                .isInstanceOf(IllegalArgumentException.class);
        assertThat(new Credentials(KEYS.getPrivate(), chain).toString()).isEqualTo("Credentials of 1 certificates");
        assertThatThrownBy(() -> TrustMode.external(new Credentials(KEYS.getPrivate(), chain), Set.of()))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
