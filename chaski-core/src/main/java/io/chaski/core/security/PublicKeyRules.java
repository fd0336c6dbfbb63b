package io.chaski.core.security;

import io.chaski.core.security.DerReader.MalformedDerException;
import java.math.BigInteger;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Set;

/**
 * Which public keys and signature algorithms take part. Decides on the bytes, before anybody computes with a key:
 * explicit curve parameters, binary curves and gigantic moduli cost their verifier minutes (CVE-2024-29857).
 */
public final class PublicKeyRules {

    /** No key that is allowed is longer in its {@code SubjectPublicKeyInfo} form: RSA of 4,096 bits has 550 bytes. */
    private static final int MAX_ENCODED_BYTES = 600;

    /** Everything in front of the coordinates of an uncompressed point: algorithm, named curve, lengths. */
    private static final byte[] P256_PREFIX =
            HexFormat.of().parseHex("3059301306072a8648ce3d020106082a8648ce3d03010703420004");

    private static final int P256_BYTES = P256_PREFIX.length + 64;
    private static final byte[] P384_PREFIX =
            HexFormat.of().parseHex("3076301006072a8648ce3d020106052b8104002203620004");
    private static final int P384_BYTES = P384_PREFIX.length + 96;

    /** rsaEncryption, 1.2.840.113549.1.1.1. */
    private static final byte[] RSA = HexFormat.of().parseHex("2a864886f70d010101");

    private static final int MIN_RSA_BITS = 2048;
    private static final int MAX_RSA_BITS = 4096;
    private static final BigInteger RSA_EXPONENT = BigInteger.valueOf(65537);

    private static final Set<String> SIGNATURE_ALGORITHMS = Set.of(
            "1.2.840.10045.4.3.2", // ecdsa-with-SHA256
            "1.2.840.10045.4.3.3", // ecdsa-with-SHA384
            "1.2.840.113549.1.1.11", // sha256WithRSAEncryption
            "1.2.840.113549.1.1.12", // sha384WithRSAEncryption
            "1.2.840.113549.1.1.13"); // sha512WithRSAEncryption

    private PublicKeyRules() {}

    /**
     * Whether a key is one of: P-256 or P-384 by name, as an uncompressed point; RSA of 2,048 to 4,096 bits with the
     * exponent 65,537.
     *
     * @param subjectPublicKeyInfo the key in DER, as {@link java.security.PublicKey#getEncoded()} gives it
     */
    public static boolean isAllowed(byte[] subjectPublicKeyInfo) {
        return isPoint(subjectPublicKeyInfo, P256_PREFIX, P256_BYTES)
                || isPoint(subjectPublicKeyInfo, P384_PREFIX, P384_BYTES)
                || subjectPublicKeyInfo.length <= MAX_ENCODED_BYTES && isRsa(subjectPublicKeyInfo);
    }

    /**
     * Whether signatures made by an algorithm count: ECDSA or RSA (PKCS #1 v1.5) with SHA-256 or SHA-384, RSA also with
     * SHA-512.
     *
     * @param oid object identifier, such as {@code 1.2.840.10045.4.3.2}
     */
    public static boolean isAllowedSignature(String oid) {
        return SIGNATURE_ALGORITHMS.contains(oid);
    }

    private static boolean isPoint(byte[] key, byte[] prefix, int length) {
        return key.length == length && Arrays.equals(key, 0, prefix.length, prefix, 0, prefix.length);
    }

    private static boolean isRsa(byte[] key) {
        try {
            DerReader whole = new DerReader(key);
            DerReader info = whole.enter(DerReader.SEQUENCE);
            whole.end();
            DerReader algorithm = info.enter(DerReader.SEQUENCE);
            boolean isRsa = Arrays.equals(algorithm.take(DerReader.OBJECT_IDENTIFIER), RSA);
            algorithm.enter(DerReader.NULL).end();
            algorithm.end();
            byte[] bits = info.take(DerReader.BIT_STRING);
            info.end();
            return isRsa
                    && bits.length > 0
                    && bits[0] == 0
                    && isAllowedModulus(Arrays.copyOfRange(bits, 1, bits.length));
        } catch (MalformedDerException e) {
            return false;
        }
    }

    private static boolean isAllowedModulus(byte[] rsaPublicKey) throws MalformedDerException {
        DerReader whole = new DerReader(rsaPublicKey);
        DerReader numbers = whole.enter(DerReader.SEQUENCE);
        whole.end();
        BigInteger modulus = positive(numbers.take(DerReader.INTEGER));
        BigInteger exponent = positive(numbers.take(DerReader.INTEGER));
        numbers.end();
        return modulus.bitLength() >= MIN_RSA_BITS
                && modulus.bitLength() <= MAX_RSA_BITS
                && modulus.testBit(0)
                && exponent.equals(RSA_EXPONENT);
    }

    private static BigInteger positive(byte[] integer) throws MalformedDerException {
        if (integer.length == 0 || integer[0] < 0) {
            throw new MalformedDerException("not a positive number");
        }
        return new BigInteger(integer);
    }
}
