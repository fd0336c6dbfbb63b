package io.chaski.core.internal.protocol.proof;

import io.chaski.core.NodeId;
import io.chaski.core.internal.protocol.Source;
import io.chaski.core.internal.wire.ArrayPayload;
import io.chaski.core.internal.wire.Sha256;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import org.jspecify.annotations.Nullable;

/**
 * What is signed: messages with all that says whose and which they are, and the root over them. Texts in front keep what
 * is signed for one purpose from being of use for another. Confined to one thread.
 */
final class Statements {

    private static final byte[] MESSAGE = "chaski-message-v1\0".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] BATCH = "chaski-batch-v1\0".getBytes(StandardCharsets.US_ASCII);

    private final byte[] cluster;
    private final MessageDigest digest = Sha256.create();

    /** What stands in front of the number of each message of the source below. */
    private byte[] prefix = new byte[0];

    private @Nullable Source prefixOf;

    /**
     * Statements of one cluster.
     *
     * @param cluster its name: a message is not moved from one to another
     */
    Statements(String cluster) {
        this.cluster = cluster.getBytes(StandardCharsets.UTF_8);
    }

    MessageDigest digest() {
        return digest;
    }

    /** Hash of the leaf of a message. */
    byte[] leaf(Source source, long seq, ArrayPayload content) {
        if (source != prefixOf) {
            prefix = prefix(source);
            prefixOf = source;
        }
        digest.update(MerkleTree.LEAF);
        digest.update(prefix);
        for (int shift = Long.SIZE - Byte.SIZE; shift >= 0; shift -= Byte.SIZE) {
            digest.update((byte) (seq >>> shift));
        }
        content.addTo(digest);
        return digest.digest();
    }

    /** What the key signs for a batch. */
    static byte[] batch(int size, byte[] root) {
        return ByteBuffer.allocate(BATCH.length + Short.BYTES + root.length)
                .put(BATCH)
                .putShort((short) size)
                .put(root)
                .array();
    }

    private byte[] prefix(Source source) {
        byte[] topic = source.topic().name().getBytes(StandardCharsets.UTF_8);
        int size = MESSAGE.length + 2 * Short.BYTES + cluster.length + topic.length + NodeId.BYTES + Long.BYTES;
        return ByteBuffer.allocate(size)
                .put(MESSAGE)
                .putShort((short) cluster.length)
                .put(cluster)
                .putShort((short) topic.length)
                .put(topic)
                .putLong(source.origin().high())
                .putLong(source.origin().low())
                .putLong(source.epoch())
                .array();
    }
}
