package io.chaski.ca.internal.bouncycastle;

import io.chaski.ca.SubjectAttributes;
import io.chaski.core.internal.module.JdkCertificates;
import io.chaski.core.security.TrustDomain;
import java.io.IOException;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Date;
import java.util.Optional;
import java.util.random.RandomGenerator;
import javax.security.auth.x500.X500Principal;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.ASN1String;
import org.bouncycastle.asn1.x500.RDN;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.X500NameBuilder;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralSubtree;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.asn1.x509.NameConstraints;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.cert.jcajce.JcaX509ExtensionUtils;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/**
 * The two tiers of an authority: a root that can be put away, and an issuing authority that works. The issuing key can be
 * replaced without a word to any node, because nodes trust the root.
 */
public final class AuthorityCertificates {

    /** A root outlives the machines that trust it. */
    public static final Duration ROOT_LIFETIME = Duration.ofDays(3650);

    /** A year: short enough to be practised, long enough not to be forgotten in between. */
    public static final Duration ISSUING_LIFETIME = Duration.ofDays(365);

    /** Machines whose clocks are late by up to this take a new certificate at once: all that the authority serves. */
    public static final Duration BACKDATING = Duration.ofMinutes(5);

    private AuthorityCertificates() {}

    /** A root that vouches for itself, and for authorities that vouch for no others (path length 1). */
    public static X509Certificate root(
            KeyPair keys, SubjectAttributes attributes, Instant now, RandomGenerator random) {
        BigInteger serial = SerialNumbers.draw(random);
        X500Name name = name(attributes, "root", serial);
        X509v3CertificateBuilder builder = new JcaX509v3CertificateBuilder(
                name, serial, from(now), until(now, ROOT_LIFETIME), name, keys.getPublic());
        return sign(withExtensions(builder, 1, keys.getPublic()), keys.getPrivate());
    }

    /** An issuing authority for the identities of one trust domain, which vouches for leaves only (path length 0). */
    public static X509Certificate issuing(
            PublicKey key,
            TrustDomain trustDomain,
            SubjectAttributes attributes,
            X509Certificate root,
            PrivateKey rootKey,
            Instant now,
            RandomGenerator random) {
        BigInteger serial = SerialNumbers.draw(random);
        X509v3CertificateBuilder builder = new JcaX509v3CertificateBuilder(
                root.getSubjectX500Principal(),
                serial,
                from(now),
                Date.from(earlier(now.plus(ISSUING_LIFETIME), root.getNotAfter().toInstant())),
                new X500Principal(encoded(name(attributes, "issuing", serial))),
                key);
        GeneralName host = new GeneralName(GeneralName.uniformResourceIdentifier, trustDomain.name());
        try {
            withExtensions(builder, 0, key)
                    .addExtension(
                            Extension.nameConstraints,
                            true,
                            new NameConstraints(new GeneralSubtree[] {new GeneralSubtree(host)}, null))
                    .addExtension(
                            Extension.authorityKeyIdentifier,
                            false,
                            new JcaX509ExtensionUtils().createAuthorityKeyIdentifier(root));
        } catch (IOException | GeneralSecurityException e) {
            throw new IllegalStateException("extensions of our own that cannot be encoded", e);
        }
        return sign(builder, rootKey);
    }

    private static X509v3CertificateBuilder withExtensions(
            X509v3CertificateBuilder builder, int pathLength, PublicKey key) {
        try {
            return builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(pathLength))
                    .addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.keyCertSign | KeyUsage.cRLSign))
                    .addExtension(
                            Extension.subjectKeyIdentifier,
                            false,
                            new JcaX509ExtensionUtils().createSubjectKeyIdentifier(key));
        } catch (IOException | GeneralSecurityException e) {
            throw new IllegalStateException("extensions of our own that cannot be encoded", e);
        }
    }

    /** No two authorities have the same name, or a verifier may take one for the other. */
    private static X500Name name(SubjectAttributes attributes, String tier, BigInteger serial) {
        X500NameBuilder name = new X500NameBuilder(BCStyle.INSTANCE);
        attributes.country().ifPresent(value -> name.addRDN(BCStyle.C, value));
        attributes.state().ifPresent(value -> name.addRDN(BCStyle.ST, value));
        attributes.locality().ifPresent(value -> name.addRDN(BCStyle.L, value));
        attributes.organisation().ifPresent(value -> name.addRDN(BCStyle.O, value));
        String label = attributes.commonName().orElse("Chaski");
        return name.addRDN(BCStyle.CN, label + " " + tier + " " + String.format("%08x", serial.intValue()))
                .build();
    }

    /** Which of some roots vouches for an authority: the one that it names. Says nothing about signatures. */
    public static Optional<X509Certificate> rootOf(X509Certificate authority, Collection<X509Certificate> roots) {
        return roots.stream()
                .filter(root -> root.getSubjectX500Principal().equals(authority.getIssuerX500Principal()))
                .findFirst();
    }

    private static byte[] encoded(X500Name name) {
        try {
            return name.getEncoded();
        } catch (IOException e) {
            throw new IllegalStateException("a name of our own that cannot be encoded", e);
        }
    }

    /** The words for people in the certificate of a root, for an issuing authority that is made later. */
    public static SubjectAttributes attributes(X509Certificate root) {
        X500Name name = X500Name.getInstance(root.getSubjectX500Principal().getEncoded());
        return new SubjectAttributes(
                attribute(name, BCStyle.C),
                attribute(name, BCStyle.ST),
                attribute(name, BCStyle.L),
                attribute(name, BCStyle.O),
                attribute(name, BCStyle.CN).map(label -> label.replaceFirst(" root [0-9a-f]{8}$", "")));
    }

    private static Optional<String> attribute(X500Name name, ASN1ObjectIdentifier type) {
        RDN[] found = name.getRDNs(type);
        return found.length > 0 && found[0].getFirst().getValue() instanceof ASN1String text
                ? Optional.of(text.getString())
                : Optional.empty();
    }

    private static Instant earlier(Instant a, Instant b) {
        return a.isBefore(b) ? a : b;
    }

    static Date from(Instant now) {
        return Date.from(now.minus(BACKDATING));
    }

    private static Date until(Instant now, Duration lifetime) {
        return Date.from(now.plus(lifetime));
    }

    static X509Certificate sign(X509v3CertificateBuilder builder, PrivateKey key) {
        try {
            return JdkCertificates.read(
                    builder.build(new JcaContentSignerBuilder(SignatureAlgorithms.forKey(key)).build(key))
                            .getEncoded());
        } catch (OperatorCreationException | GeneralSecurityException | IOException e) {
            throw new IllegalStateException("the key of the authority cannot sign", e);
        }
    }
}
