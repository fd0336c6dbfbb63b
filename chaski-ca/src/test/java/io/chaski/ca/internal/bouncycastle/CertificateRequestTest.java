package io.chaski.ca.internal.bouncycastle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chaski.ca.EnrolmentException;
import io.chaski.ca.EnrolmentProblem;
import io.chaski.core.security.ChaskiUri;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.spec.ECGenParameterSpec;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;
import java.util.Random;
import org.bouncycastle.asn1.ASN1EncodableVector;
import org.bouncycastle.asn1.DERBitString;
import org.bouncycastle.asn1.DERSequence;
import org.bouncycastle.asn1.pkcs.CertificationRequest;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.ExtensionsGenerator;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.pkcs.PKCS10CertificationRequest;
import org.bouncycastle.pkcs.PKCS10CertificationRequestBuilder;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class CertificateRequestTest {

    private static final KeyPair KEYS = KeyPairs.generate();
    private static final KeyPair OTHERS = KeyPairs.generate();
    /** Made once, because RSA keys take their time. */
    private static final KeyPair RSA = OddKeys.realRsa();

    private static final ChaskiUri MILL = TestAuthority.MILL;

    @Nested
    class Taken_is {
        @Test
        void what_we_write() {
            byte[] request = CertificateRequest.write(KEYS, MILL);

            assertThat(CertificateRequest.read(request))
                    .isEqualTo(new CertificateRequest(KEYS.getPublic(), Optional.of(MILL)));
            assertThat(request).hasSizeLessThan(400);
        }

        @Test
        void a_request_without_a_name() throws Exception {
            assertThat(CertificateRequest.read(request(KEYS, new GeneralName[0])))
                    .isEqualTo(new CertificateRequest(KEYS.getPublic(), Optional.empty()));
        }

        @Test
        void a_key_on_P_384_or_of_RSA() throws Exception {
            KeyPairGenerator curve = KeyPairGenerator.getInstance("EC");
            curve.initialize(new ECGenParameterSpec("secp384r1"));
            for (KeyPair keys : new KeyPair[] {curve.generateKeyPair(), RSA}) {
                assertThat(CertificateRequest.read(CertificateRequest.write(keys, MILL))
                                .key())
                        .isEqualTo(keys.getPublic());
            }
        }

        /** Whatever subject and extensions it asks for: they are not even looked at. */
        @Test
        void a_request_that_asks_for_more() throws Exception {
            ExtensionsGenerator extensions = new ExtensionsGenerator();
            extensions.addExtension(Extension.basicConstraints, true, new BasicConstraints(true));
            byte[] request = builder(KEYS, "CN=root,O=Somebody else")
                    .addAttribute(PKCSObjectIdentifiers.pkcs_9_at_extensionRequest, extensions.generate())
                    .build(new JcaContentSignerBuilder("SHA256withECDSA").build(KEYS.getPrivate()))
                    .getEncoded();

            assertThat(CertificateRequest.read(request).name()).isEmpty();
        }
    }

    @Nested
    class Refused_is {
        @Test
        void more_than_8_KiB() {
            assertRefused(new byte[CertificateRequest.MAX_BYTES + 1], EnrolmentProblem.CSR_INVALID);
        }

        @ParameterizedTest
        @ValueSource(strings = {"", "00", "3000", "3080", "30800000", "308400000001", "0500", "ffffffff", "30820000"})
        void what_is_no_request(String hex) {
            assertRefused(HexFormat.of().parseHex(hex), EnrolmentProblem.CSR_INVALID);
        }

        @Test
        void deep_nesting() {
            byte[] nested = new byte[CertificateRequest.MAX_BYTES];
            for (int i = 0; i + 1 < nested.length; i += 2) {
                nested[i] = 0x30;
                nested[i + 1] = (byte) 0x80;
            }
            assertRefused(nested, EnrolmentProblem.CSR_INVALID);

            byte[] definite = {0x05, 0x00};
            for (int i = 0; i < 60; i++) {
                byte[] outer = new byte[definite.length + 2];
                outer[0] = 0x30;
                outer[1] = (byte) definite.length;
                System.arraycopy(definite, 0, outer, 2, definite.length);
                definite = outer;
            }
            assertRefused(definite, EnrolmentProblem.CSR_INVALID);
        }

        @Test
        void a_request_that_another_key_has_signed() throws Exception {
            assertRefused(request(KEYS, OTHERS.getPrivate(), "SHA256withECDSA"), EnrolmentProblem.CSR_INVALID);
        }

        /** CVE-2026-5588. */
        @Test
        void an_empty_signature() throws Exception {
            assertRefused(withSignature(new byte[0]), EnrolmentProblem.CSR_INVALID);
        }

        @ParameterizedTest
        @ValueSource(strings = {"00", "3000", "3006020100020100", "3006020101020101"})
        void a_signature_of_zeros_and_the_like(String hex) throws Exception {
            assertRefused(withSignature(HexFormat.of().parseHex(hex)), EnrolmentProblem.CSR_INVALID);
        }

        @Test
        void a_signature_by_SHA_1() throws Exception {
            assertRefused(request(KEYS, KEYS.getPrivate(), "SHA1withECDSA"), EnrolmentProblem.CSR_INVALID);
        }

        @Test
        void a_signature_algorithm_of_another_kind_of_key() throws Exception {
            assertRefused(request(KEYS, RSA.getPrivate(), "SHA256withRSA"), EnrolmentProblem.CSR_INVALID);
        }

        @Test
        void a_key_that_takes_no_part() throws Exception {
            for (SubjectPublicKeyInfo key : new SubjectPublicKeyInfo[] {
                OddKeys.explicitCurve("secp256r1"),
                OddKeys.explicitCurve("sect283k1"),
                OddKeys.binaryCurve(),
                OddKeys.ofUnknownAlgorithm(),
                SubjectPublicKeyInfo.getInstance(OddKeys.rsa(1024).getEncoded()),
                SubjectPublicKeyInfo.getInstance(OddKeys.rsa(8192).getEncoded()),
                SubjectPublicKeyInfo.getInstance(KeyPairGenerator.getInstance("Ed25519")
                        .generateKeyPair()
                        .getPublic()
                        .getEncoded())
            }) {
                byte[] request = new PKCS10CertificationRequestBuilder(new X500Name("CN=mill"), key)
                        .build(new JcaContentSignerBuilder("SHA256withECDSA").build(KEYS.getPrivate()))
                        .getEncoded();
                assertRefused(request, EnrolmentProblem.KEY_REJECTED);
            }
        }

        @Test
        void a_point_that_is_not_on_the_curve() throws Exception {
            byte[] key = KEYS.getPublic().getEncoded();
            key[key.length - 1] ^= 1;
            byte[] request = new PKCS10CertificationRequestBuilder(
                            new X500Name("CN=mill"), SubjectPublicKeyInfo.getInstance(key))
                    .build(new JcaContentSignerBuilder("SHA256withECDSA").build(KEYS.getPrivate()))
                    .getEncoded();

            assertThatThrownBy(() -> CertificateRequest.read(request)).isInstanceOf(EnrolmentException.class);
        }

        @Test
        void another_name_than_one_identity() throws Exception {
            GeneralName mill = new GeneralName(GeneralName.uniformResourceIdentifier, MILL.toString());
            GeneralName host = new GeneralName(GeneralName.dNSName, "mill.example");
            GeneralName dotted =
                    new GeneralName(GeneralName.uniformResourceIdentifier, "chaski://plant-7.example./node/mill-3");
            for (GeneralName[] names : new GeneralName[][] {{mill, mill}, {mill, host}, {host}, {dotted}}) {
                assertRefused(request(KEYS, names), EnrolmentProblem.NAME_MISMATCH);
            }
        }

        @Test
        void a_second_list_of_extensions() throws Exception {
            ExtensionsGenerator extensions = new ExtensionsGenerator();
            extensions.addExtension(
                    Extension.subjectAlternativeName,
                    true,
                    new GeneralNames(new GeneralName(GeneralName.uniformResourceIdentifier, MILL.toString())));
            byte[] request = builder(KEYS, "CN=mill")
                    .addAttribute(PKCSObjectIdentifiers.pkcs_9_at_extensionRequest, extensions.generate())
                    .addAttribute(PKCSObjectIdentifiers.pkcs_9_at_extensionRequest, extensions.generate())
                    .build(new JcaContentSignerBuilder("SHA256withECDSA").build(KEYS.getPrivate()))
                    .getEncoded();

            assertRefused(request, EnrolmentProblem.CSR_INVALID);
        }

        @Test
        void bytes_behind_the_request() {
            byte[] request = CertificateRequest.write(KEYS, MILL);

            assertRefused(Arrays.copyOf(request, request.length + 1), EnrolmentProblem.CSR_INVALID);
        }

        @Test
        void a_request_cut_anywhere() {
            byte[] request = CertificateRequest.write(KEYS, MILL);
            for (int length = 0; length < request.length; length++) {
                assertRefused(Arrays.copyOf(request, length), EnrolmentProblem.CSR_INVALID);
            }
        }

        /** Nothing in a request is outside its signature. */
        @Test
        void a_request_with_any_byte_flipped() {
            byte[] request = CertificateRequest.write(KEYS, MILL);
            for (int i = 0; i < request.length; i++) {
                byte[] flipped = request.clone();
                flipped[i] ^= 1;
                assertThatThrownBy(() -> CertificateRequest.read(flipped)).isInstanceOf(EnrolmentException.class);
            }
        }

        @Test
        void what_a_fuzzer_makes_of_a_request() {
            byte[] request = CertificateRequest.write(KEYS, MILL);
            Random random = new Random(108);
            for (int i = 0; i < 1_000; i++) {
                byte[] mutated = Arrays.copyOf(request, request.length + random.nextInt(3));
                for (int edits = 1 + random.nextInt(4); edits > 0; edits--) {
                    mutated[random.nextInt(mutated.length)] = (byte) random.nextInt();
                }
                if (!Arrays.equals(mutated, request)) {
                    assertThatThrownBy(() -> CertificateRequest.read(mutated)).isInstanceOf(EnrolmentException.class);
                }
            }
        }
    }

    private static PKCS10CertificationRequestBuilder builder(KeyPair keys, String subject) {
        return new PKCS10CertificationRequestBuilder(
                new X500Name(subject),
                SubjectPublicKeyInfo.getInstance(keys.getPublic().getEncoded()));
    }

    private static byte[] request(KeyPair keys, PrivateKey signer, String algorithm) throws Exception {
        return builder(keys, "CN=mill")
                .build(new JcaContentSignerBuilder(algorithm).build(signer))
                .getEncoded();
    }

    private static byte[] request(KeyPair keys, GeneralName[] names) throws Exception {
        PKCS10CertificationRequestBuilder builder = builder(keys, "CN=mill");
        if (names.length > 0) {
            ExtensionsGenerator extensions = new ExtensionsGenerator();
            extensions.addExtension(Extension.subjectAlternativeName, true, new GeneralNames(names));
            builder.addAttribute(PKCSObjectIdentifiers.pkcs_9_at_extensionRequest, extensions.generate());
        }
        return builder.build(new JcaContentSignerBuilder("SHA256withECDSA").build(keys.getPrivate()))
                .getEncoded();
    }

    private static byte[] withSignature(byte[] signature) throws Exception {
        CertificationRequest request =
                new PKCS10CertificationRequest(CertificateRequest.write(KEYS, MILL)).toASN1Structure();
        ASN1EncodableVector parts = new ASN1EncodableVector();
        parts.add(request.getCertificationRequestInfo());
        parts.add(request.getSignatureAlgorithm());
        parts.add(new DERBitString(signature));
        return new DERSequence(parts).getEncoded();
    }

    private static void assertRefused(byte[] request, EnrolmentProblem problem) {
        assertThatThrownBy(() -> CertificateRequest.read(request))
                .isInstanceOfSatisfying(
                        EnrolmentException.class,
                        refused -> assertThat(refused.problem()).isEqualTo(problem));
    }
}
