package io.chaski.ca.internal.bouncycastle;

import io.chaski.ca.LeafUsage;
import io.chaski.core.internal.module.JdkCertificates;
import io.chaski.core.security.ChaskiUri;
import io.chaski.core.security.SignedBundle;
import io.chaski.core.security.TrustDomain;
import java.io.IOException;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.cert.X509CRL;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.Map;
import javax.security.auth.x500.X500Principal;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.CRLNumber;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.X509v2CRLBuilder;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.cert.jcajce.JcaX509ExtensionUtils;
import org.bouncycastle.cert.jcajce.JcaX509v2CRLBuilder;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/** The key that signs certificates of nodes and revocation lists. Decides nothing. Thread-safe. */
public final class IssuingAuthority {

    /** Number of the journal's record; under an arc that a UUID owns (ITU-T X.667), so nobody had to be asked. */
    static final ASN1ObjectIdentifier ISSUANCE_ID =
            new ASN1ObjectIdentifier("2.25.121024632191764097313645282895773538855");

    private final X509Certificate certificate;
    private final PrivateKey key;

    /**
     * What is to be signed.
     *
     * @param uri the only identity
     * @param key of its owner
     * @param usage which side of a connection
     * @param serial number of the certificate
     * @param notBefore when it begins, whole seconds
     * @param notAfter when it ends, whole seconds
     * @param issuance number of the last record before it: the one that allows it, if it was enrolled or renewed
     */
    public record Leaf(
            ChaskiUri uri,
            PublicKey key,
            LeafUsage usage,
            BigInteger serial,
            Instant notBefore,
            Instant notAfter,
            long issuance) {}

    /** The authority of a certificate, with its private key. */
    public IssuingAuthority(X509Certificate certificate, PrivateKey key) {
        this.certificate = certificate;
        this.key = key;
    }

    /** The certificate of this authority. */
    public X509Certificate certificate() {
        return certificate;
    }

    /** Signs the certificate of a node: no subject, one identity that nobody may skip, and no right to sign others. */
    public X509Certificate sign(Leaf leaf) {
        try {
            JcaX509ExtensionUtils identifiers = new JcaX509ExtensionUtils();
            X509v3CertificateBuilder builder = new JcaX509v3CertificateBuilder(
                            certificate.getSubjectX500Principal(),
                            leaf.serial(),
                            Date.from(leaf.notBefore()),
                            Date.from(leaf.notAfter()),
                            new X500Principal(""),
                            leaf.key())
                    .addExtension(
                            Extension.subjectAlternativeName,
                            true,
                            new GeneralNames(new GeneralName(
                                    GeneralName.uniformResourceIdentifier,
                                    leaf.uri().toString())))
                    .addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.digitalSignature))
                    .addExtension(Extension.extendedKeyUsage, false, new ExtendedKeyUsage(purposes(leaf.usage())))
                    .addExtension(Extension.basicConstraints, true, new BasicConstraints(false))
                    .addExtension(
                            Extension.subjectKeyIdentifier, false, identifiers.createSubjectKeyIdentifier(leaf.key()))
                    .addExtension(
                            Extension.authorityKeyIdentifier,
                            false,
                            identifiers.createAuthorityKeyIdentifier(certificate))
                    .addExtension(ISSUANCE_ID, false, new ASN1Integer(leaf.issuance()));
            return AuthorityCertificates.sign(builder, key);
        } catch (IOException | GeneralSecurityException e) {
            throw new IllegalStateException("extensions of our own that cannot be encoded", e);
        }
    }

    private static KeyPurposeId[] purposes(LeafUsage usage) {
        return switch (usage) {
            case CLIENT -> new KeyPurposeId[] {KeyPurposeId.id_kp_clientAuth};
            case SERVER -> new KeyPurposeId[] {KeyPurposeId.id_kp_serverAuth};
            case BOTH -> new KeyPurposeId[] {KeyPurposeId.id_kp_serverAuth, KeyPurposeId.id_kp_clientAuth};
        };
    }

    /**
     * Signs a set of roots.
     *
     * @param trustDomain for whose nodes
     * @param number counts the sets up
     * @param roots whom to trust
     */
    public SignedBundle sign(TrustDomain trustDomain, long number, List<X509Certificate> roots) {
        return SignedBundle.sign(trustDomain, number, roots, key, List.of(certificate));
    }

    /**
     * Signs a revocation list (RFC 5280, section 5).
     *
     * @param number counts the lists up
     * @param thisUpdate when it is made
     * @param nextUpdate when the next one is due
     * @param revoked times of revocation by number of the certificate
     */
    public X509CRL sign(long number, Instant thisUpdate, Instant nextUpdate, Map<BigInteger, Instant> revoked) {
        try {
            X509v2CRLBuilder builder =
                    new JcaX509v2CRLBuilder(certificate.getSubjectX500Principal(), Date.from(thisUpdate));
            builder.setNextUpdate(Date.from(nextUpdate));
            // No reason code: it would only tell the world more.
            revoked.forEach((serial, time) -> builder.addCRLEntry(serial, Date.from(time), 0));
            builder.addExtension(Extension.cRLNumber, false, new CRLNumber(BigInteger.valueOf(number)));
            builder.addExtension(
                    Extension.authorityKeyIdentifier,
                    false,
                    new JcaX509ExtensionUtils().createAuthorityKeyIdentifier(certificate));
            return JdkCertificates.readList(
                    builder.build(new JcaContentSignerBuilder(SignatureAlgorithms.forKey(key)).build(key))
                            .getEncoded());
        } catch (IOException | GeneralSecurityException | OperatorCreationException e) {
            throw new IllegalStateException("the key of the authority cannot sign", e);
        }
    }
}
