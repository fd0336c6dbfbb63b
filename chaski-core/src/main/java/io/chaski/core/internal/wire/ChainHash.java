package io.chaski.core.internal.wire;

import java.nio.ByteBuffer;
import java.security.MessageDigest;

/**
 * SHA-256 of the certificates of a publisher, in the form in which {@link EdgeFrame.SignerChain} carries them. Immutable.
 *
 * @param first bytes 0 to 7, big endian
 * @param second bytes 8 to 15
 * @param third bytes 16 to 23
 * @param fourth bytes 24 to 31
 */
public record ChainHash(long first, long second, long third, long fourth) {

    /** Size on the wire. */
    public static final int BYTES = 32;

    /**
     * The hash of a chain.
     *
     * @param chain as it travels
     */
    public static ChainHash of(ArrayPayload chain) {
        MessageDigest digest = Sha256.create();
        chain.addTo(digest);
        ByteBuffer hash = ByteBuffer.wrap(digest.digest());
        return new ChainHash(hash.getLong(), hash.getLong(), hash.getLong(), hash.getLong());
    }

    /**
     * The chain that the proof in front of a message speaks of.
     *
     * @param body proof and content; on loan
     * @throws ProtocolException if it is too short for a proof
     */
    public static ChainHash inFrontOf(PayloadView body) {
        if (body.size() < BYTES) {
            throw ProtocolException.malformed("too short for a proof");
        }
        return read(ArrayPayload.owning(body.head(BYTES)).reader());
    }

    static ChainHash read(WireReader in) {
        return new ChainHash(in.i64(), in.i64(), in.i64(), in.i64());
    }

    void write(WireWriter out) {
        out.i64(first);
        out.i64(second);
        out.i64(third);
        out.i64(fourth);
    }
}
