package io.chaski.core.internal.protocol;

import io.chaski.core.internal.wire.ArrayPayload;
import io.chaski.core.internal.wire.Datagram.SealedMessage;
import org.jspecify.annotations.Nullable;

/**
 * Encryption with authentication under one key, for one direction. It remembers nothing: that a number is never used twice
 * is up to whoever seals, that none is taken twice to whoever opens. Confined to the node's event loop.
 */
public interface DatagramCipher {

    /** Makes ciphers; from the same secret ciphers that understand each other. */
    @FunctionalInterface
    interface Factory {
        /**
         * A cipher.
         *
         * @param secret what a DATAGRAM_KEY brings
         */
        DatagramCipher create(ArrayPayload secret);
    }

    /**
     * Encrypts a message, and authenticates it together with the header that it is going to have.
     *
     * @param key id of the key, for the header
     * @param seq the number, never used before under this key
     * @param message what to send
     */
    SealedMessage seal(long key, long seq, ArrayPayload message);

    /**
     * Decrypts a message.
     *
     * @param message what came
     * @return null if anything of it, its header included, is not what was sealed under this key
     */
    @Nullable
    ArrayPayload open(SealedMessage message);
}
