package io.chaski.core.internal.runtime;

import io.chaski.core.Presence;
import java.nio.ByteBuffer;
import java.time.Duration;

/**
 * The payload of an announcement of presence: one byte, and behind that of somebody who is there the milliseconds for which it
 * counts, in four bytes, unless it is the usual time. A later version may say more, which is ignored. Stateless.
 */
final class PresenceWord {

    private static final byte HERE = 1;
    private static final byte LEAVING = 2;
    private static final int LENGTH_WITH_LEASE = 1 + Integer.BYTES;

    private PresenceWord() {}

    static byte[] here(Duration lease) {
        if (lease.equals(Presence.LEASE)) {
            return new byte[] {HERE};
        }
        return ByteBuffer.allocate(LENGTH_WITH_LEASE)
                .put(HERE)
                .putInt(Math.toIntExact(lease.toMillis()))
                .array();
    }

    static byte[] leaving() {
        return new byte[] {LEAVING};
    }

    static boolean isHere(byte[] word) {
        return word.length > 0 && word[0] == HERE;
    }

    static boolean isLeaving(byte[] word) {
        return word.length > 0 && word[0] == LEAVING;
    }

    /** For how long somebody who is there counts. Nobody counts for ever, or comes and goes all the time. */
    static Duration lease(byte[] here) {
        if (here.length < LENGTH_WITH_LEASE) {
            return Presence.LEASE;
        }
        Duration said =
                Duration.ofMillis(Integer.toUnsignedLong(ByteBuffer.wrap(here).getInt(1)));
        if (said.compareTo(Presence.MIN_LEASE) < 0) {
            return Presence.MIN_LEASE;
        }
        return said.compareTo(Presence.MAX_LEASE) > 0 ? Presence.MAX_LEASE : said;
    }
}
