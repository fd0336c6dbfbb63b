package io.chaski.core.internal.protocol.edge;

import io.chaski.core.internal.protocol.DatagramCipher;
import io.chaski.core.internal.wire.ArrayPayload;
import io.chaski.core.internal.wire.Datagram.SealedMessage;
import org.jspecify.annotations.Nullable;

/** A key that a peer has given this node, and the numbers used under it. Confined to the node's event loop. */
final class OutgoingKey {

    /**
     * Last number under a key. RFC 9001, section 6.6, lets AES-GCM protect 2^23 packets of any size that UDP has; for ours
     * it would be 2^28 (its appendix B.1), and NIST SP 800-38D, section 8.3, stops at 2^32.
     */
    static final long LAST_SEQ = 1L << 23;

    private final long id;
    private final DatagramCipher cipher;
    private long next;

    /**
     * A key nothing was sent under.
     *
     * @param id as the peer gave it
     * @param cipher made of its secret
     */
    OutgoingKey(long id, DatagramCipher cipher) {
        this(id, cipher, 1);
    }

    /** A key under which the numbers below {@code next} were used. */
    OutgoingKey(long id, DatagramCipher cipher, long next) {
        this.id = id;
        this.cipher = cipher;
        this.next = next;
    }

    /**
     * Seals a message under the next number.
     *
     * @param message what to send
     * @return null if the key is used up
     */
    @Nullable
    SealedMessage seal(ArrayPayload message) {
        return next > LAST_SEQ ? null : cipher.seal(id, next++, message);
    }
}
