package io.chaski.core.security;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPairGenerator;
import java.security.spec.AlgorithmParameterSpec;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.RSAKeyGenParameterSpec;
import java.security.spec.RSAPublicKeySpec;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class PublicKeyRulesTest {

    @ParameterizedTest
    @ValueSource(strings = {"secp256r1", "secp384r1"})
    void two_named_curves_take_part(String curve) throws GeneralSecurityException {
        assertThat(PublicKeyRules.isAllowed(generate("EC", new ECGenParameterSpec(curve))))
                .isTrue();
    }

    @Test
    void no_other_curve_does() throws GeneralSecurityException {
        assertThat(PublicKeyRules.isAllowed(generate("EC", new ECGenParameterSpec("secp521r1"))))
                .isFalse();
        assertThat(PublicKeyRules.isAllowed(KeyPairGenerator.getInstance("Ed25519")
                        .generateKeyPair()
                        .getPublic()
                        .getEncoded()))
                .isFalse();
    }

    /** The moduli are made up: nothing computes with them. */
    @ParameterizedTest
    @CsvSource({
        "2047, 65537, false",
        "2048, 65537, true",
        "3072, 65537, true",
        "4096, 65537, true",
        "4097, 65537, false",
        "16384, 65537, false",
        "2048, 3, false",
        "2048, 65539, false",
    })
    void RSA_is_neither_short_nor_long(int bits, int exponent, boolean isAllowed) throws GeneralSecurityException {
        assertThat(PublicKeyRules.isAllowed(rsa(bits, exponent))).isEqualTo(isAllowed);
    }

    @Test
    void real_RSA_keys_take_part() throws GeneralSecurityException {
        assertThat(PublicKeyRules.isAllowed(
                        generate("RSA", new RSAKeyGenParameterSpec(2048, BigInteger.valueOf(65537)))))
                .isTrue();
    }

    /** P-256 with its curve spelled out: sequences in place of the name (RFC 3279, section 2.3.5). */
    @Test
    void explicit_curve_parameters_take_no_part() throws GeneralSecurityException {
        byte[] named = generate("EC", new ECGenParameterSpec("secp256r1"));
        byte[] explicit = HexFormat.of()
                .parseHex("30820100" + "3006" + "06072a8648ce3d0201" + "3000"
                        + HexFormat.of().formatHex(named, 23, named.length));

        assertThat(PublicKeyRules.isAllowed(explicit)).isFalse();
    }

    /** sect283k1, 1.3.132.0.16. */
    @Test
    void binary_curves_take_no_part() {
        byte[] binary = HexFormat.of().parseHex("305e301006072a8648ce3d020106052b81040010034a0004" + "11".repeat(72));

        assertThat(PublicKeyRules.isAllowed(binary)).isFalse();
    }

    @Test
    void compressed_points_take_no_part() {
        byte[] compressed = HexFormat.of()
                .parseHex("3039301306072a8648ce3d020106082a8648ce3d030107032200" + "02" + "11".repeat(32));

        assertThat(PublicKeyRules.isAllowed(compressed)).isFalse();
    }

    @Test
    void no_prefix_and_no_extension_of_a_key_takes_part() throws GeneralSecurityException {
        for (byte[] key : new byte[][] {generate("EC", new ECGenParameterSpec("secp256r1")), rsa(2048, 65537)}) {
            for (int length = 0; length < key.length; length++) {
                assertThat(PublicKeyRules.isAllowed(Arrays.copyOf(key, length))).isFalse();
            }
            assertThat(PublicKeyRules.isAllowed(Arrays.copyOf(key, key.length + 1)))
                    .isFalse();
        }
    }

    @Test
    void fuzzed_keys_are_allowed_or_not() throws GeneralSecurityException {
        byte[] key = rsa(2048, 65537);
        Random random = new Random(25);
        int refused = 0;
        for (int i = 0; i < 20_000; i++) {
            byte[] mutated = key.clone();
            for (int flips = 1 + random.nextInt(3); flips > 0; flips--) {
                mutated[random.nextInt(48)] = (byte) random.nextInt();
            }
            refused += PublicKeyRules.isAllowed(mutated) ? 0 : 1;
        }
        assertThat(refused).isGreaterThan(10_000);
    }

    @Test
    void signatures_by_SHA_1_and_PSS_do_not_count() {
        assertThat(PublicKeyRules.isAllowedSignature("1.2.840.10045.4.3.2")).isTrue();
        assertThat(PublicKeyRules.isAllowedSignature("1.2.840.10045.4.1")).isFalse();
        assertThat(PublicKeyRules.isAllowedSignature("1.2.840.113549.1.1.10")).isFalse();
        assertThat(PublicKeyRules.isAllowedSignature("1.3.101.112")).isFalse();
    }

    private static byte[] generate(String algorithm, AlgorithmParameterSpec parameters)
            throws GeneralSecurityException {
        KeyPairGenerator generator = KeyPairGenerator.getInstance(algorithm);
        generator.initialize(parameters);
        return generator.generateKeyPair().getPublic().getEncoded();
    }

    private static byte[] rsa(int bits, int exponent) throws GeneralSecurityException {
        BigInteger modulus = BigInteger.ONE.shiftLeft(bits - 1).setBit(0);
        return KeyFactory.getInstance("RSA")
                .generatePublic(new RSAPublicKeySpec(modulus, BigInteger.valueOf(exponent)))
                .getEncoded();
    }
}
