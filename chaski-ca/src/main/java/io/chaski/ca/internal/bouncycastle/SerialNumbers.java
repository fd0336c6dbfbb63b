package io.chaski.ca.internal.bouncycastle;

import java.math.BigInteger;
import java.util.random.RandomGenerator;

/** Numbers of certificates: 127 random bits, so that nobody can tell the next one and none comes twice. */
public final class SerialNumbers {

    private static final int BYTES = 16;

    private SerialNumbers() {}

    /** A positive number below 2^127. */
    public static BigInteger draw(RandomGenerator random) {
        byte[] bytes = new byte[BYTES];
        BigInteger serial;
        do {
            random.nextBytes(bytes);
            bytes[0] &= 0x7F;
            serial = new BigInteger(1, bytes);
        } while (serial.signum() == 0);
        return serial;
    }
}
