package io.chaski.core.internal.protocol.datagram;

import io.chaski.core.Address;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;

/**
 * Proof that a source address receives what is sent to it, without remembering anything about it: a keyed hash over
 * address and minute (the idea of SYN cookies, Bernstein 1996). Confined to the node's event loop.
 */
final class Cookies {

    private static final long PERIOD_NANOS = TimeUnit.MINUTES.toNanos(1);

    private final long keyHigh;
    private final long keyLow;

    Cookies(RandomGenerator random) {
        this.keyHigh = random.nextLong();
        this.keyLow = random.nextLong();
    }

    long cookie(Address from, long nowNanos) {
        return hash(from, Math.floorDiv(nowNanos, PERIOD_NANOS));
    }

    /** Cookies of this minute and of the one before are accepted. */
    boolean isValid(long cookie, Address from, long nowNanos) {
        long period = Math.floorDiv(nowNanos, PERIOD_NANOS);
        return cookie == hash(from, period) || cookie == hash(from, period - 1);
    }

    private long hash(Address from, long period) {
        byte[] host = from.host().getBytes(StandardCharsets.UTF_8);
        // Key first and last, so that a hash cannot be continued by somebody who does not know the key.
        ByteBuffer text = ByteBuffer.allocate(host.length + 3 * Long.BYTES + Integer.BYTES)
                .putLong(keyHigh)
                .putLong(period)
                .putInt(from.port())
                .put(host)
                .putLong(keyLow);
        try {
            long hash = ByteBuffer.wrap(MessageDigest.getInstance("SHA-256").digest(text.array()))
                    .getLong();
            return hash == 0 ? 1 : hash; // 0 means "no cookie yet"
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every Java platform has SHA-256", e);
        }
    }
}
