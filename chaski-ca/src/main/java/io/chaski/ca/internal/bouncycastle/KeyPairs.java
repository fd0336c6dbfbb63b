package io.chaski.ca.internal.bouncycastle;

import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.spec.ECGenParameterSpec;

/**
 * Makes keys: ECDSA on P-256, the one curve that every TLS engine in use takes from certificates. Ed25519 fails with
 * BoringSSL.
 */
public final class KeyPairs {

    private KeyPairs() {}

    /** A new key, from the platform's own source of chance. */
    public static KeyPair generate() {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(new ECGenParameterSpec("secp256r1"));
            return generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new AssertionError("every Java platform has P-256", e);
        }
    }
}
