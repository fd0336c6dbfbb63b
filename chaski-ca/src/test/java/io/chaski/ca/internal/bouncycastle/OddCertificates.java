package io.chaski.ca.internal.bouncycastle;

import java.security.KeyPair;
import java.security.PublicKey;
import java.security.cert.X509Certificate;

/** Certificates as others make them, for tests outside of this package. */
public final class OddCertificates {

    private OddCertificates() {}

    /** As of a company: a name that is not of ours, in an extension that is not critical. */
    public static X509Certificate withUri(TestAuthority company, String uri, PublicKey key) throws Exception {
        return OddCertificate.named(uri).nameNotCritical().issuedBy(company, key);
    }

    /** Of a node that vouches for itself. */
    public static X509Certificate selfSigned(KeyPair keys) throws Exception {
        return OddCertificate.named().selfSigned(keys);
    }
}
