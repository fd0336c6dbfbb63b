package io.chaski.benchmarks.loopback;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * Messages that carry their number, counting from 0: in their first eight bytes, and its lowest byte once more at the
 * end, so that a message of which a part is missing shows.
 */
final class Numbered {

    /** A message has at least room for its number and the byte at its end. */
    static final int LEAST_BYTES = Long.BYTES + 1;

    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

    private Numbered() {}

    static void write(byte[] message, long number) {
        LONG.set(message, 0, number);
        message[message.length - 1] = (byte) number;
    }

    static long read(byte[] message) {
        return (long) LONG.get(message, 0);
    }

    static byte end(byte[] message) {
        return message[message.length - 1];
    }
}
