package io.chaski.ca.internal.authority;

import io.chaski.ca.LeafUsage;
import io.chaski.core.internal.module.JdkCertificates;
import io.chaski.core.security.ChaskiUri;
import io.chaski.core.security.Fingerprint;
import java.math.BigInteger;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Base64;

/**
 * A certificate that was given to somebody.
 *
 * @param uri to whom
 * @param key fingerprint of the public key
 * @param serial its number
 * @param notAfter when it ends
 * @param usage which side of a connection it is for
 * @param base64 the certificate in DER: a node that never got the answer gets it again
 */
public record IssuedCertificate(
        ChaskiUri uri, Fingerprint key, BigInteger serial, Instant notAfter, LeafUsage usage, String base64) {

    /** Whether it is of no use any more. */
    boolean hasEnded(Instant now) {
        return now.isAfter(notAfter);
    }

    /** The certificate. */
    X509Certificate certificate() {
        try {
            return JdkCertificates.read(Base64.getDecoder().decode(base64));
        } catch (CertificateException e) {
            throw new IllegalStateException("a certificate of our own that is none", e);
        }
    }
}
