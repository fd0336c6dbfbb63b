package io.chaski.core.internal.module;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.SignatureException;
import java.security.interfaces.ECPublicKey;

/** Signatures under documents of an authority, by the JDK. The algorithm follows from the key, so nobody chooses it. */
public final class DocumentSignature {

    /** Longest in bytes: of RSA with 4,096 bits. */
    public static final int MAX_BYTES = 512;

    private static final int P256_BITS = 256;

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
        Signature signature = Signature.getInstance(algorithm(signer));
        signature.initSign(key);
        update(signature, purpose, document);
        return signature.sign();
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
        try {
            Signature signature = Signature.getInstance(algorithm(signer));
            signature.initVerify(signer);
            update(signature, purpose, document);
            return signature.verify(made);
        } catch (InvalidKeyException | SignatureException e) {
            return false; // the bytes are no signature of such a key at all
        } catch (GeneralSecurityException e) {
            throw new AssertionError("every Java platform has these algorithms", e);
        }
    }

    private static void update(Signature signature, String purpose, byte[] document) throws SignatureException {
        signature.update(purpose.getBytes(StandardCharsets.US_ASCII));
        signature.update((byte) 0);
        signature.update(document);
    }

    private static String algorithm(PublicKey signer) {
        if (signer instanceof ECPublicKey ec) {
            int bits = ec.getParams().getCurve().getField().getFieldSize();
            return bits == P256_BITS ? "SHA256withECDSA" : "SHA384withECDSA";
        }
        return "SHA256withRSA";
    }
}
