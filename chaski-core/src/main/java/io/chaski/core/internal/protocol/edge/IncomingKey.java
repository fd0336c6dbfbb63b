package io.chaski.core.internal.protocol.edge;

import io.chaski.core.internal.protocol.DatagramCipher;
import io.chaski.core.internal.wire.ArrayPayload;
import io.chaski.core.internal.wire.Datagram.SealedMessage;
import org.jspecify.annotations.Nullable;

/** A key that this node has given a peer, and what has come under it. Confined to the node's event loop. */
final class IncomingKey {

    private final long id;
    private final DatagramCipher cipher;
    private final ReplayWindow window = new ReplayWindow();

    IncomingKey(long id, DatagramCipher cipher) {
        this.id = id;
        this.cipher = cipher;
    }

    long id() {
        return id;
    }

    /**
     * Why a number cannot be that of a datagram that counts.
     *
     * @param seq any bits
     * @return the name of a counter, or null if it can
     */
    @Nullable
    String objectionTo(long seq) {
        if (seq < 0 || seq > OutgoingKey.LAST_SEQ) {
            return "datagram.beyond-limit";
        }
        if (window.isTooOld(seq)) {
            return "datagram.too-old";
        }
        return window.isTaken(seq) ? "datagram.replayed" : null;
    }

    /**
     * Opens a datagram, and remembers its number if it is what it seems.
     *
     * @param message one to whose number there is no objection
     * @return null if it is forged
     */
    @Nullable
    ArrayPayload open(SealedMessage message) {
        ArrayPayload opened = cipher.open(message);
        if (opened != null) {
            window.take(message.seq());
        }
        return opened;
    }
}
