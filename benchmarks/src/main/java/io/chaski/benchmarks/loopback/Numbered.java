package io.chaski.benchmarks.loopback;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.function.IntToLongFunction;

/**
 * Messages that carry their number, counting from 0: in their first eight bytes, every 4 KiB after them with the place added, and in
 * their last eight with all bits the other way round, so that it shows if a part is missing, misplaced or another message's.
 */
final class Numbered {

    /** A message has at least room for its number at both ends. */
    static final int LEAST_BYTES = 2 * Long.BYTES;

    /** Between two looks: a page. What is smaller and lies between them is not seen. */
    private static final int STRIDE = 4096;

    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

    private Numbered() {}

    static void write(byte[] message, long number) {
        LONG.set(message, 0, number);
        for (int at = STRIDE; at <= message.length - LEAST_BYTES; at += STRIDE) {
            LONG.set(message, at, number + at);
        }
        LONG.set(message, message.length - Long.BYTES, ~number);
    }

    static long read(byte[] message) {
        return longAt(message, 0);
    }

    static boolean isWhole(byte[] message) {
        return isWhole(message.length, at -> longAt(message, at));
    }

    /**
     * Whether all that was written is there.
     *
     * @param length of the message, {@link #LEAST_BYTES} or more
     * @param longAt reads eight bytes of it, the highest first
     */
    static boolean isWhole(int length, IntToLongFunction longAt) {
        long number = longAt.applyAsLong(0);
        for (int at = STRIDE; at <= length - LEAST_BYTES; at += STRIDE) {
            if (longAt.applyAsLong(at) != number + at) {
                return false;
            }
        }
        return longAt.applyAsLong(length - Long.BYTES) == ~number;
    }

    private static long longAt(byte[] message, int at) {
        return (long) LONG.get(message, at);
    }
}
