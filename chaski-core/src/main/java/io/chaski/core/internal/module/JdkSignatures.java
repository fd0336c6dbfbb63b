package io.chaski.core.internal.module;

import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.SignatureException;
import java.security.interfaces.ECPublicKey;

/** Signatures over parts of a text, by the JDK. The algorithm follows from the key, so nobody chooses it. Stateless. */
public final class JdkSignatures {

    private static final int P256_BITS = 256;

    private JdkSignatures() {}

    /**
     * Signs.
     *
     * @param key the private key
     * @param signer the public key that belongs to it
     * @param parts what is signed, one behind the other
     * @throws GeneralSecurityException if the key cannot sign
     */
    public static byte[] sign(PrivateKey key, PublicKey signer, byte[]... parts) throws GeneralSecurityException {
        Signature signature = Signature.getInstance(algorithm(signer));
        signature.initSign(key);
        for (byte[] part : parts) {
            signature.update(part);
        }
        return signature.sign();
    }

    /**
     * Whether a signature is that of a key.
     *
     * @param signer the public key
     * @param made what may be a signature
     * @param parts what may have been signed, one behind the other
     */
    public static boolean isValid(PublicKey signer, byte[] made, byte[]... parts) {
        try {
            Signature signature = Signature.getInstance(algorithm(signer));
            signature.initVerify(signer);
            for (byte[] part : parts) {
                signature.update(part);
            }
            return signature.verify(made);
        } catch (InvalidKeyException | SignatureException e) {
            return false; // the bytes are no signature of such a key at all
        } catch (GeneralSecurityException e) {
            throw new AssertionError("every Java platform has these algorithms", e);
        }
    }

    /**
     * Whether what one key signs the other one verifies.
     *
     * @param key a private key
     * @param signer a public key
     */
    public static boolean isPair(PrivateKey key, PublicKey signer) {
        try {
            return isValid(signer, sign(key, signer));
        } catch (GeneralSecurityException e) {
            return false; // a key of another kind
        }
    }

    private static String algorithm(PublicKey signer) {
        if (signer instanceof ECPublicKey ec) {
            int bits = ec.getParams().getCurve().getField().getFieldSize();
            return bits == P256_BITS ? "SHA256withECDSA" : "SHA384withECDSA";
        }
        return "SHA256withRSA";
    }
}
