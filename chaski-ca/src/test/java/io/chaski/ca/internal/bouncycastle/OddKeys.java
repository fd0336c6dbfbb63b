package io.chaski.ca.internal.bouncycastle;

import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PublicKey;
import java.security.spec.RSAPublicKeySpec;
import java.util.Date;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.sec.SECNamedCurves;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.asn1.x9.X9ECParameters;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/** Keys that nobody should compute with. */
final class OddKeys {

    private OddKeys() {}

    /** A made-up modulus: making a real one takes minutes. */
    static PublicKey rsa(int bits) throws Exception {
        BigInteger modulus = BigInteger.ONE.shiftLeft(bits - 1).setBit(0);
        return KeyFactory.getInstance("RSA").generatePublic(new RSAPublicKeySpec(modulus, BigInteger.valueOf(65537)));
    }

    static KeyPair realRsa() {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
            generator.initialize(2048);
            return generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }

    /** The curve's numbers in place of its name. */
    static SubjectPublicKeyInfo explicitCurve(String curve) {
        X9ECParameters parameters = SECNamedCurves.getByName(curve);
        return new SubjectPublicKeyInfo(
                new AlgorithmIdentifier(X9ObjectIdentifiers.id_ecPublicKey, parameters),
                parameters.getG().getEncoded(false));
    }

    static SubjectPublicKeyInfo binaryCurve() {
        X9ECParameters parameters = SECNamedCurves.getByName("sect283k1");
        return new SubjectPublicKeyInfo(
                new AlgorithmIdentifier(X9ObjectIdentifiers.id_ecPublicKey, SECNamedCurves.getOID("sect283k1")),
                parameters.getG().getEncoded(false));
    }

    static SubjectPublicKeyInfo ofUnknownAlgorithm() {
        return new SubjectPublicKeyInfo(
                new AlgorithmIdentifier(X9ObjectIdentifiers.id_dsa, DERNull.INSTANCE), new byte[64]);
    }

    static byte[] certificateWithExplicitCurve(TestAuthority authority) throws Exception {
        X500Name issuer =
                X500Name.getInstance(authority.issuing.getSubjectX500Principal().getEncoded());
        return new X509v3CertificateBuilder(
                        issuer,
                        BigInteger.ONE,
                        Date.from(TestAuthority.NOW),
                        Date.from(TestAuthority.NOW.plusSeconds(60)),
                        new X500Name("CN=explicit"),
                        explicitCurve("secp256r1"))
                .build(new JcaContentSignerBuilder("SHA256withECDSA").build(authority.issuingKeys.getPrivate()))
                .getEncoded();
    }
}
