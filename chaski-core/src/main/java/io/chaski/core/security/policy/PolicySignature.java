package io.chaski.core.security.policy;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.SignatureException;
import java.security.interfaces.ECPublicKey;

/** Signatures over the text of a policy, by the JDK. The algorithm follows from the key, so nobody chooses it. */
final class PolicySignature {

    /** In front of the text, so that a signature for another purpose is none of a policy. */
    private static final byte[] CONTEXT = "chaski-policy-v1\0".getBytes(StandardCharsets.US_ASCII);

    private static final int P256_BITS = 256;

    private PolicySignature() {}

    static byte[] make(byte[] text, PrivateKey key, PublicKey signer) throws GeneralSecurityException {
        Signature signature = Signature.getInstance(algorithm(signer));
        signature.initSign(key);
        signature.update(CONTEXT);
        signature.update(text);
        return signature.sign();
    }

    static boolean isValid(byte[] text, byte[] made, PublicKey signer) {
        try {
            Signature signature = Signature.getInstance(algorithm(signer));
            signature.initVerify(signer);
            signature.update(CONTEXT);
            signature.update(text);
            return signature.verify(made);
        } catch (InvalidKeyException | SignatureException e) {
            return false; // the bytes are no signature of such a key at all
        } catch (GeneralSecurityException e) {
            throw new AssertionError("every Java platform has these algorithms", e);
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
