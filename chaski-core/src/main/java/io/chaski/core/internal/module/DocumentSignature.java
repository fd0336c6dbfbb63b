package io.chaski.core.internal.module;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.PublicKey;

/** Signatures under documents of an authority, each for one purpose. Stateless. */
public final class DocumentSignature {

    /** Longest in bytes: of RSA with 4,096 bits. */
    public static final int MAX_BYTES = 512;

    private DocumentSignature() {}

    /**
     * Signs a document.
     *
     * @param purpose stands in front of the document, so that a signature for another purpose is none for this one
     * @param document what is signed
     * @param key private half of the signer's key
     * @param signer public half
     * @throws GeneralSecurityException if the key cannot sign
     */
    public static byte[] make(String purpose, byte[] document, PrivateKey key, PublicKey signer)
            throws GeneralSecurityException {
        return JdkSignatures.sign(key, signer, prefix(purpose), document);
    }

    /**
     * Whether a signature is that of a key over a document.
     *
     * @param purpose as it was signed
     * @param document what is said to be signed
     * @param made the signature
     * @param signer public half of the signer's key
     */
    public static boolean isValid(String purpose, byte[] document, byte[] made, PublicKey signer) {
        return JdkSignatures.isValid(signer, made, prefix(purpose), document);
    }

    private static byte[] prefix(String purpose) {
        return (purpose + '\0').getBytes(StandardCharsets.US_ASCII);
    }
}
