package io.chaski.core.internal.runtime;

import io.chaski.core.internal.protocol.DatagramCipher;
import io.chaski.core.internal.wire.ArrayPayload;
import io.chaski.core.internal.wire.Datagram.SealedMessage;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * AES-256-GCM of the JDK (NIST SP 800-38D), with the header of the datagram as associated data. The nonce is the number of
 * the datagram, mixed by exclusive or into twelve bytes of the secret, as in TLS 1.3 (RFC 8446, section 5.3). One cipher and
 * its buffers are kept for each key; for each datagram the JDK wants new parameters, and the result needs an array. Confined
 * to the node's event loop: a message takes about a microsecond, less than handing it to another thread and back.
 */
public final class AesGcm implements DatagramCipher {

    private static final int KEY_BYTES = 32;
    private static final int NONCE_BYTES = 12;

    private final SecretKeySpec key;
    private final long vectorLow;
    private final ByteBuffer nonce = ByteBuffer.allocate(NONCE_BYTES);
    private final ByteBuffer header = ByteBuffer.allocate(SealedMessage.HEADER_BYTES);
    private final Cipher cipher;

    /**
     * A cipher.
     *
     * @param secret what a DATAGRAM_KEY brings: the key, and behind it what numbers are mixed into
     */
    public AesGcm(ArrayPayload secret) {
        ByteBuffer bytes = secret.toByteBuffer();
        byte[] ofKey = new byte[KEY_BYTES];
        bytes.get(ofKey);
        key = new SecretKeySpec(ofKey, "AES");
        nonce.putInt(bytes.getInt());
        vectorLow = bytes.getLong();
        try {
            cipher = Cipher.getInstance("AES/GCM/NoPadding");
        } catch (GeneralSecurityException missing) {
            throw new IllegalStateException("this Java has no AES-GCM, which all have since Java 8", missing);
        }
    }

    @Override
    public SealedMessage seal(long keyId, long seq, ArrayPayload message) {
        byte[] box = new byte[message.size() + SealedMessage.TAG_BYTES];
        try {
            begin(Cipher.ENCRYPT_MODE, keyId, seq);
            cipher.doFinal(message.array(), 0, message.size(), box, 0);
        } catch (GeneralSecurityException bug) {
            throw new IllegalStateException("a datagram cannot be sealed", bug);
        }
        return new SealedMessage(keyId, seq, ArrayPayload.owning(box));
    }

    @Override
    public @Nullable ArrayPayload open(SealedMessage message) {
        ArrayPayload box = message.box();
        byte[] opened = new byte[box.size() - SealedMessage.TAG_BYTES];
        try {
            begin(Cipher.DECRYPT_MODE, message.key(), message.seq());
            cipher.doFinal(box.array(), 0, box.size(), opened, 0);
        } catch (AEADBadTagException forged) {
            return null; // who counts it is told by this
        } catch (GeneralSecurityException bug) {
            throw new IllegalStateException("a datagram cannot be opened", bug);
        }
        return ArrayPayload.owning(opened);
    }

    private void begin(int mode, long keyId, long seq) throws GeneralSecurityException {
        nonce.putLong(Integer.BYTES, vectorLow ^ seq);
        cipher.init(mode, key, new GCMParameterSpec(SealedMessage.TAG_BYTES * Byte.SIZE, nonce.array()));
        SealedMessage.writeHeader(keyId, seq, header.clear());
        cipher.updateAAD(header.array());
    }
}
