package io.chaski.core.security;

import io.chaski.core.internal.module.JdkSignatures;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Objects;

/**
 * What a node proves with who it is: a private key and the certificates of its public half. Immutable.
 *
 * @param key the private key: ECDSA on P-256 or P-384, or RSA of 2,048 to 4,096 bits
 * @param chain the certificate of the key first, then those that vouch for it, 1 to
 *     {@value CertificateVerifier#MAX_CHAIN_LENGTH}; the root may be missing
 */
public record Credentials(PrivateKey key, List<X509Certificate> chain) {

    /**
     * Copies the chain.
     *
     * @throws IllegalArgumentException if there is no certificate or there are too many, or the first is not that of the
     *     key
     */
    public Credentials {
        Objects.requireNonNull(key, "key");
        chain = List.copyOf(chain);
        if (chain.isEmpty() || chain.size() > CertificateVerifier.MAX_CHAIN_LENGTH) {
            throw new IllegalArgumentException(
                    "a chain has 1 to " + CertificateVerifier.MAX_CHAIN_LENGTH + " certificates, not " + chain.size());
        }
        if (!JdkSignatures.isPair(key, chain.get(0).getPublicKey())) {
            throw new IllegalArgumentException("the first certificate is not that of the key");
        }
    }

    /** Names no key. */
    @Override
    public String toString() {
        return "Credentials of " + chain.size() + " certificates";
    }
}
