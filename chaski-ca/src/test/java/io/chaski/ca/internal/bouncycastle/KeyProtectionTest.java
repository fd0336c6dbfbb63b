package io.chaski.ca.internal.bouncycastle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chaski.ca.AuthorityException;
import io.chaski.ca.AuthorityException.Problem;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.KeyPair;
import java.util.Arrays;
import javax.crypto.Cipher;
import javax.crypto.EncryptedPrivateKeyInfo;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.bouncycastle.asn1.pkcs.PBES2Parameters;
import org.bouncycastle.asn1.pkcs.PBKDF2Params;
import org.bouncycastle.pkcs.PKCS8EncryptedPrivateKeyInfo;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class KeyProtectionTest {

    private static final KeyPair KEYS = KeyPairs.generate();
    private static final char[] PASSWORD = "correct horse \u00fc".toCharArray();
    /** No rounds to speak of: many passwords are tried. */
    private static final KeyProtection FAST = new KeyProtection(10);

    @Test
    void a_key_comes_back() {
        assertThat(FAST.decrypt(FAST.encrypt(KEYS.getPrivate(), PASSWORD), PASSWORD))
                .isEqualTo(KEYS.getPrivate());
    }

    @Test
    void a_secret_comes_back() {
        byte[] secret = "a key for authentication codes..".getBytes(StandardCharsets.US_ASCII);

        assertThat(FAST.decryptSecret(FAST.encryptSecret(secret, PASSWORD), PASSWORD))
                .isEqualTo(secret);
    }

    @Test
    void the_field_uses_600_000_rounds() {
        byte[] encrypted = KeyProtection.standard().encrypt(KEYS.getPrivate(), PASSWORD);

        PBES2Parameters parameters = parameters(encrypted);
        PBKDF2Params derivation =
                PBKDF2Params.getInstance(parameters.getKeyDerivationFunc().getParameters());
        assertThat(derivation.getIterationCount().intValue()).isEqualTo(600_000);
        assertThat(derivation.getSalt().length).isGreaterThanOrEqualTo(16);
    }

    @Test
    void the_algorithms_are_AES_256_and_HMAC_SHA_256() {
        PBES2Parameters parameters = parameters(FAST.encrypt(KEYS.getPrivate(), PASSWORD));

        assertThat(parameters.getEncryptionScheme().getAlgorithm().getId()).isEqualTo("2.16.840.1.101.3.4.1.42");
        assertThat(PBKDF2Params.getInstance(parameters.getKeyDerivationFunc().getParameters())
                        .getPrf()
                        .getAlgorithm()
                        .getId())
                .isEqualTo("1.2.840.113549.2.9");
    }

    @Test
    void the_JDK_reads_it_too() throws Exception {
        EncryptedPrivateKeyInfo info =
                new EncryptedPrivateKeyInfo(FAST.encrypt(KEYS.getPrivate(), "ascii".toCharArray()));
        Cipher cipher = Cipher.getInstance("PBEWithHmacSHA256AndAES_256");
        cipher.init(
                Cipher.DECRYPT_MODE,
                SecretKeyFactory.getInstance("PBEWithHmacSHA256AndAES_256")
                        .generateSecret(new PBEKeySpec("ascii".toCharArray())),
                info.getAlgParameters());

        assertThat(info.getKeySpec(cipher).getEncoded())
                .isEqualTo(KEYS.getPrivate().getEncoded());
    }

    @Test
    void two_encryptions_of_one_key_differ() {
        assertThat(FAST.encrypt(KEYS.getPrivate(), PASSWORD)).isNotEqualTo(FAST.encrypt(KEYS.getPrivate(), PASSWORD));
    }

    /** Some of so many wrong passwords decrypt to something that ends like a key. */
    @Test
    void no_other_password_opens_it() {
        byte[] encrypted = FAST.encrypt(KEYS.getPrivate(), PASSWORD);
        for (int i = 0; i < 400; i++) {
            char[] wrong = ("wrong" + i).toCharArray();
            assertProblem(() -> FAST.decrypt(encrypted, wrong));
        }
    }

    @Test
    void a_secret_does_not_pass_for_a_key_nor_a_key_for_a_secret() {
        assertProblem(() -> FAST.decryptSecret(FAST.encrypt(KEYS.getPrivate(), PASSWORD), PASSWORD));
        assertProblem(() -> FAST.decrypt(FAST.encryptSecret(new byte[32], PASSWORD), PASSWORD));
    }

    @Test
    void what_is_no_key_is_refused() {
        byte[] encrypted = FAST.encrypt(KEYS.getPrivate(), PASSWORD);

        assertProblem(() -> FAST.decrypt(new byte[0], PASSWORD));
        assertProblem(() -> FAST.decrypt(new byte[100], PASSWORD));
        assertProblem(() -> FAST.decrypt(Arrays.copyOf(encrypted, encrypted.length / 2), PASSWORD));
    }

    private static PBES2Parameters parameters(byte[] encrypted) {
        try {
            return PBES2Parameters.getInstance(new PKCS8EncryptedPrivateKeyInfo(encrypted)
                    .getEncryptionAlgorithm()
                    .getParameters());
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static void assertProblem(ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        AuthorityException.class,
                        failure -> assertThat(failure.problem()).isEqualTo(Problem.WRONG_PASSWORD));
    }
}
