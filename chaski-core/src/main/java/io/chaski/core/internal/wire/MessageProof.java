package io.chaski.core.internal.wire;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.Objects;

/**
 * What stands in front of the content of a signed message: the way from the message up to the root of a Merkle tree over
 * its batch, and the signature of the publisher under that root. Nobody on the way changes it. {@code docs/protocol.md}
 * defines its bytes. Immutable.
 *
 * @param chain which certificates vouch for the key
 * @param batchSize how many messages were signed together, 1 to {@value #MAX_BATCH}
 * @param index which of them this one is, from 0
 * @param path the hashes beside the way, lowest first, {@link Sha256#BYTES} each; as many as size and index make necessary
 * @param signature of the key, 1 to {@value #MAX_SIGNATURE_BYTES} bytes
 */
public record MessageProof(ChainHash chain, int batchSize, int index, ArrayPayload path, ArrayPayload signature) {

    /** One signature for so many messages costs each of them less than its hashes; more would only make paths longer. */
    public static final int MAX_BATCH = 256;

    /** RSA of 4,096 bits, the largest key there may be; P-256 takes some 71. */
    public static final int MAX_SIGNATURE_BYTES = 512;

    /** Largest proof: hash, size, index, eight hashes, length and signature. */
    public static final int MAX_BYTES = ChainHash.BYTES + 2 + 2 + 8 * Sha256.BYTES + 2 + MAX_SIGNATURE_BYTES;

    /** Checks the bounds. */
    public MessageProof {
        Objects.requireNonNull(chain, "chain");
        if (batchSize < 1 || batchSize > MAX_BATCH || index < 0 || index >= batchSize) {
            throw new IllegalArgumentException("message " + index + " of a batch of " + batchSize);
        }
        if (path.size() != pathHashes(batchSize, index) * Sha256.BYTES) {
            throw new IllegalArgumentException("a path of " + path.size() + " bytes");
        }
        if (signature.size() < 1 || signature.size() > MAX_SIGNATURE_BYTES) {
            throw new IllegalArgumentException("a signature of " + signature.size() + " bytes");
        }
    }

    /**
     * How many hashes the way from a leaf to the root needs: on each level one, unless the node is the last one there and
     * has nobody beside it (RFC 6962 section 2.1.1).
     *
     * @param batchSize number of leaves
     * @param index of the leaf
     */
    public static int pathHashes(int batchSize, int index) {
        int hashes = 0;
        int at = index;
        for (int count = batchSize; count > 1; count = count + 1 >>> 1) {
            hashes += (at ^ 1) < count ? 1 : 0;
            at >>>= 1;
        }
        return hashes;
    }

    /** Number of bytes it takes in front of a content. */
    public int size() {
        return ChainHash.BYTES
                + WireWriter.varintSize(batchSize)
                + WireWriter.varintSize(index)
                + path.size()
                + WireWriter.varintSize(signature.size())
                + signature.size();
    }

    /**
     * The body of a message: this proof, and the content behind it.
     *
     * @param content what was signed
     */
    public ArrayPayload before(ArrayPayload content) {
        byte[] bytes = new byte[size() + content.size()];
        ByteBuf buffer = Unpooled.wrappedBuffer(bytes).clear();
        WireWriter out = new WireWriter().to(buffer);
        chain.write(out);
        out.varint(batchSize);
        out.varint(index);
        out.payload(path);
        out.varint(signature.size());
        out.payload(signature);
        out.payload(content);
        return ArrayPayload.owning(bytes);
    }

    /**
     * Reads the proof in front of a body; {@link #contentOf} is what stands behind it.
     *
     * @param body proof and content
     * @throws ProtocolException if it is none
     */
    public static MessageProof read(ArrayPayload body) {
        WireReader in = body.reader();
        ChainHash chain = ChainHash.read(in);
        int batchSize = (int) in.varint(1, MAX_BATCH);
        int index = (int) in.varint(0, batchSize - 1L);
        ArrayPayload path = in.payload(pathHashes(batchSize, index) * Sha256.BYTES);
        ArrayPayload signature = in.payload((int) in.varint(1, MAX_SIGNATURE_BYTES));
        return new MessageProof(chain, batchSize, index, path, signature);
    }

    /**
     * What stands behind this proof, in the same array.
     *
     * @param body that this proof was read from
     */
    public ArrayPayload contentOf(ArrayPayload body) {
        return body.from(size());
    }
}
