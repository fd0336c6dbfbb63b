package io.chaski.ca.internal.bouncycastle;

import java.security.KeyPair;
import java.security.PublicKey;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.jce.provider.BouncyCastleProvider;

/** Certificates as others make them, for tests outside of this package. */
public final class OddCertificates {

    private OddCertificates() {}

    /** As of a company: a name that is not of ours, in an extension that is not critical. */
    public static X509Certificate withUri(TestAuthority company, String uri, PublicKey key) throws Exception {
        return OddCertificate.named(uri).nameNotCritical().issuedBy(company, key);
    }

    /** Of a node that vouches for itself, and may say who it is. */
    public static X509Certificate selfSigned(KeyPair keys, String... uris) throws Exception {
        return OddCertificate.named(uris).selfSigned(keys);
    }

    /** With these identities, or with none but in its subject. */
    public static X509Certificate named(TestAuthority authority, PublicKey key, String... uris) throws Exception {
        return OddCertificate.named(uris).subject("CN=" + TestAuthority.MILL).issuedBy(authority, key);
    }

    /** That begins later. */
    public static X509Certificate from(Instant begin, TestAuthority authority, String uri, PublicKey key)
            throws Exception {
        return OddCertificate.named(uri)
                .valid(begin, begin.plus(Duration.ofDays(1)))
                .issuedBy(authority, key);
    }

    /** That carries so many bytes of nothing. */
    public static X509Certificate padded(int bytes, TestAuthority authority, String uri, PublicKey key)
            throws Exception {
        return OddCertificate.named(uri).padded(bytes).issuedBy(authority, key);
    }

    /** With a dot behind the host of its identity, in an extension that is critical: the JDK does not read it. */
    public static X509Certificate withDotBehindHost(TestAuthority authority) throws Exception {
        return byAnotherProvider(
                OddCertificate.named("chaski://plant-7.example./node/mill-3").encodedBy(authority));
    }

    /** Whose key has the numbers of its curve in place of the name: the JDK alone does not read it. */
    public static X509Certificate withExplicitCurve(TestAuthority authority) throws Exception {
        return byAnotherProvider(OddKeys.certificateWithExplicitCurve(authority));
    }

    private static X509Certificate byAnotherProvider(byte[] encoded) throws Exception {
        return new JcaX509CertificateConverter()
                .setProvider(new BouncyCastleProvider())
                .getCertificate(new X509CertificateHolder(encoded));
    }
}
