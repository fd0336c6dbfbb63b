package io.chaski.core.internal.netty;

import io.chaski.core.internal.wire.ArrayPayload;
import java.util.Random;
import java.util.zip.CRC32;

/** Bodies of messages and what tests compare of them. */
final class Bodies {

    private Bodies() {}

    static byte[] ofSize(int bytes) {
        byte[] body = new byte[bytes];
        new Random(bytes).nextBytes(body);
        return body;
    }

    static ArrayPayload payload(int bytes) {
        return ArrayPayload.owning(ofSize(bytes));
    }

    /** Size and checksum. */
    static String print(byte[] body) {
        CRC32 checksum = new CRC32();
        checksum.update(body);
        return body.length + " bytes, " + checksum.getValue();
    }
}
