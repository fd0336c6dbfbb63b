package io.chaski.ca.internal.bouncycastle;

import java.math.BigInteger;
import java.security.KeyPair;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import javax.security.auth.x500.X500Principal;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.DEROctetString;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/** A proper leaf until something is changed about it. */
final class OddCertificate {

    private final List<GeneralName> names = new ArrayList<>();
    private boolean isNameCritical = true;
    private int keyUsage = KeyUsage.digitalSignature;
    private boolean isKeyUsageCritical = true;
    private List<KeyPurposeId> purposes = List.of(KeyPurposeId.id_kp_serverAuth, KeyPurposeId.id_kp_clientAuth);
    private boolean isAuthority;
    private boolean hasUnknownExtension;
    private int padding;
    private Instant notBefore = TestAuthority.NOW.minusSeconds(60);
    private Instant notAfter = TestAuthority.NOW.plus(Duration.ofDays(1));
    private String algorithm = "SHA256withECDSA";
    /** The JDK does not even read one with neither a subject nor a critical name. */
    private String subject = "CN=mill";

    static OddCertificate named(String... uris) {
        OddCertificate odd = new OddCertificate();
        for (String uri : uris) {
            odd.names.add(new GeneralName(GeneralName.uniformResourceIdentifier, uri));
        }
        return odd;
    }

    OddCertificate alsoNamed(int kind, String name) {
        names.add(new GeneralName(kind, name));
        return this;
    }

    OddCertificate nameNotCritical() {
        isNameCritical = false;
        return this;
    }

    OddCertificate keyUsage(int bits) {
        keyUsage = bits;
        return this;
    }

    OddCertificate keyUsageNotCritical() {
        isKeyUsageCritical = false;
        return this;
    }

    OddCertificate purposes(KeyPurposeId... wanted) {
        purposes = List.of(wanted);
        return this;
    }

    OddCertificate authority() {
        isAuthority = true;
        return this;
    }

    OddCertificate unknownCriticalExtension() {
        hasUnknownExtension = true;
        return this;
    }

    OddCertificate padded(int bytes) {
        padding = bytes;
        return this;
    }

    OddCertificate valid(Instant from, Instant until) {
        notBefore = from;
        notAfter = until;
        return this;
    }

    OddCertificate signedWith(String signatureAlgorithm) {
        algorithm = signatureAlgorithm;
        return this;
    }

    OddCertificate subject(String name) {
        subject = name;
        return this;
    }

    X509Certificate selfSigned(KeyPair keys) throws Exception {
        return build(keys.getPublic(), new X500Principal(subject), keys.getPrivate());
    }

    X509Certificate issuedBy(TestAuthority authority) throws Exception {
        return issuedBy(authority, KeyPairs.generate().getPublic());
    }

    X509Certificate issuedBy(TestAuthority authority, PublicKey key) throws Exception {
        return build(key, authority.issuing.getSubjectX500Principal(), authority.issuingKeys.getPrivate());
    }

    /** For one that a parser may refuse. */
    byte[] encodedBy(TestAuthority authority) throws Exception {
        return holder(
                        KeyPairs.generate().getPublic(),
                        authority.issuing.getSubjectX500Principal(),
                        authority.issuingKeys.getPrivate())
                .getEncoded();
    }

    /** Read by the first provider of the program, as a TLS engine does. */
    X509Certificate build(PublicKey key, X500Principal issuer, PrivateKey issuerKey) throws Exception {
        return new JcaX509CertificateConverter().getCertificate(holder(key, issuer, issuerKey));
    }

    private X509CertificateHolder holder(PublicKey key, X500Principal issuer, PrivateKey issuerKey) throws Exception {
        X509v3CertificateBuilder builder = new JcaX509v3CertificateBuilder(
                issuer,
                BigInteger.valueOf(4711),
                Date.from(notBefore),
                Date.from(notAfter),
                new X500Principal(subject),
                key);
        if (!names.isEmpty()) {
            builder.addExtension(
                    Extension.subjectAlternativeName,
                    isNameCritical,
                    new GeneralNames(names.toArray(new GeneralName[0])));
        }
        if (keyUsage != 0) {
            builder.addExtension(Extension.keyUsage, isKeyUsageCritical, new KeyUsage(keyUsage));
        }
        if (!purposes.isEmpty()) {
            builder.addExtension(
                    Extension.extendedKeyUsage, false, new ExtendedKeyUsage(purposes.toArray(new KeyPurposeId[0])));
        }
        builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(isAuthority));
        if (hasUnknownExtension || padding > 0) {
            builder.addExtension(
                    new ASN1ObjectIdentifier("1.2.3.4"),
                    hasUnknownExtension,
                    new DEROctetString(new byte[padding]).getEncoded());
        }
        return builder.build(new JcaContentSignerBuilder(algorithm).build(issuerKey));
    }
}
