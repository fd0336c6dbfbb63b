package io.chaski.ca.internal.bouncycastle;

import io.chaski.ca.AuthorityException;
import io.chaski.ca.AuthorityException.Problem;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.Provider;
import java.security.spec.PKCS8EncodedKeySpec;
import org.bouncycastle.asn1.ASN1OctetString;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.DEROctetString;
import org.bouncycastle.asn1.nist.NISTObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.bouncycastle.openssl.PKCS8Generator;
import org.bouncycastle.openssl.jcajce.JceOpenSSLPKCS8EncryptorBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.pkcs.PKCS8EncryptedPrivateKeyInfo;
import org.bouncycastle.pkcs.PKCSException;
import org.bouncycastle.pkcs.jcajce.JcePKCSPBEInputDecryptorProviderBuilder;
import org.jspecify.annotations.Nullable;

/**
 * Keys under a password: PKCS #8 with PBES2, AES-256-CBC and PBKDF2 over HMAC-SHA-256 (RFC 8018), which the JDK and
 * OpenSSL read too. Thread-safe.
 */
public final class KeyProtection {

    /** What OWASP recommends for PBKDF2 with HMAC-SHA-256; most of a second for whoever guesses. */
    static final int ROUNDS = 600_000;

    /** An instance of our own: a library does not change the providers of its program. */
    private static final Provider PROVIDER = new BouncyCastleProvider();

    private static final AlgorithmIdentifier HMAC_SHA256 =
            new AlgorithmIdentifier(PKCSObjectIdentifiers.id_hmacWithSHA256, DERNull.INSTANCE);

    private final int rounds;

    /** For tests: in the field it is {@link #standard()}. */
    KeyProtection(int rounds) {
        this.rounds = rounds;
    }

    /** The only one in the field. */
    public static KeyProtection standard() {
        return new KeyProtection(ROUNDS);
    }

    /** Of Bouncy Castle. */
    public static String libraryVersion() {
        return PROVIDER.getVersionStr();
    }

    /** Encrypts a private key. */
    public byte[] encrypt(PrivateKey key, char[] password) {
        return encrypt(PrivateKeyInfo.getInstance(key.getEncoded()), password);
    }

    /** Encrypts a key for authentication codes, in the same form. */
    public byte[] encryptSecret(byte[] secret, char[] password) {
        try {
            return encrypt(new PrivateKeyInfo(HMAC_SHA256, new DEROctetString(secret)), password);
        } catch (IOException e) {
            throw new IllegalStateException("a secret that cannot be encoded", e);
        }
    }

    private byte[] encrypt(PrivateKeyInfo info, char[] password) {
        try {
            return new PKCS8Generator(
                            info,
                            new JceOpenSSLPKCS8EncryptorBuilder(NISTObjectIdentifiers.id_aes256_CBC)
                                    .setProvider(PROVIDER)
                                    .setPRF(HMAC_SHA256)
                                    .setIterationCount(rounds)
                                    .setPassword(password)
                                    .build())
                    .generate()
                    .getContent();
        } catch (OperatorCreationException | IOException e) {
            throw new IllegalStateException("a key that cannot be encrypted", e);
        }
    }

    /**
     * Decrypts a private key on an elliptic curve.
     *
     * @throws AuthorityException with WRONG_PASSWORD if the password does not open it
     */
    public PrivateKey decrypt(byte[] encrypted, char[] password) {
        PrivateKeyInfo info = open(encrypted, password);
        if (!info.getPrivateKeyAlgorithm().getAlgorithm().equals(X9ObjectIdentifiers.id_ecPublicKey)) {
            throw wrongPassword(null);
        }
        try {
            return KeyFactory.getInstance("EC").generatePrivate(new PKCS8EncodedKeySpec(info.getEncoded()));
        } catch (GeneralSecurityException | IOException e) {
            throw wrongPassword(e);
        }
    }

    /**
     * Decrypts a key for authentication codes.
     *
     * @throws AuthorityException with WRONG_PASSWORD if the password does not open it
     */
    public byte[] decryptSecret(byte[] encrypted, char[] password) {
        PrivateKeyInfo info = open(encrypted, password);
        if (!info.getPrivateKeyAlgorithm().equals(HMAC_SHA256)) {
            throw wrongPassword(null);
        }
        try {
            return ASN1OctetString.getInstance(info.parsePrivateKey()).getOctets();
        } catch (IOException | IllegalArgumentException e) {
            throw wrongPassword(e);
        }
    }

    private static PrivateKeyInfo open(byte[] encrypted, char[] password) {
        try {
            return new PKCS8EncryptedPrivateKeyInfo(encrypted)
                    .decryptPrivateKeyInfo(new JcePKCSPBEInputDecryptorProviderBuilder()
                            .setProvider(PROVIDER)
                            .build(password));
        } catch (PKCSException | IOException | IllegalArgumentException e) {
            throw wrongPassword(e);
        }
    }

    /** One password in 256 decrypts to something; what it is then shows that it was the wrong one. */
    private static AuthorityException wrongPassword(@Nullable Throwable cause) {
        return new AuthorityException(Problem.WRONG_PASSWORD, "the password does not open the key", cause);
    }
}
