package io.chaski.core.internal.protocol.proof;

import io.chaski.core.internal.wire.ArrayPayload;
import io.chaski.core.internal.wire.Sha256;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.List;

/**
 * A hash tree over a batch (RFC 6962 section 2.1): the root commits to every leaf and its place, and a leaf is proved by
 * the hashes beside its way up. Prefixes tell leaves from nodes, so that no node passes for a message. Built level by
 * level, the last node of an odd level moving up as it is, which gives the same tree as the recursive definition.
 * Immutable.
 */
final class MerkleTree {

    /** In front of what is hashed to a leaf. */
    static final byte LEAF = 0;

    /** In front of two hashes that become one. */
    static final byte NODE = 1;

    private final List<byte[][]> levels = new ArrayList<>();

    /**
     * The tree over some leaves.
     *
     * @param leaves their hashes, 1 or more
     */
    MerkleTree(byte[][] leaves) {
        MessageDigest digest = Sha256.create();
        byte[][] level = leaves;
        levels.add(level);
        while (level.length > 1) {
            byte[][] above = new byte[level.length + 1 >>> 1][];
            for (int i = 0; i < above.length; i++) {
                above[i] = 2 * i + 1 < level.length ? node(digest, level[2 * i], level[2 * i + 1]) : level[2 * i];
            }
            level = above;
            levels.add(level);
        }
    }

    byte[] root() {
        return levels.get(levels.size() - 1)[0];
    }

    /** The hashes beside the way from a leaf to the root, lowest first. */
    ArrayPayload path(int index) {
        byte[] path = new byte[(levels.size() - 1) * Sha256.BYTES];
        int length = 0;
        int at = index;
        for (byte[][] level : levels) {
            int beside = at ^ 1;
            if (level.length > 1 && beside < level.length) {
                System.arraycopy(level[beside], 0, path, length, Sha256.BYTES);
                length += Sha256.BYTES;
            }
            at >>>= 1;
        }
        return ArrayPayload.owning(path, 0, length);
    }

    /**
     * The root of the tree in which a leaf has a place (RFC 9162 section 2.1.3.2).
     *
     * @param digest for hashing
     * @param leaf hash of the leaf
     * @param index its place
     * @param size number of leaves
     * @param path as many hashes as the place makes necessary
     */
    static byte[] root(MessageDigest digest, byte[] leaf, int index, int size, byte[] path) {
        byte[] hash = leaf;
        int used = 0;
        int at = index;
        for (int count = size; count > 1; count = count + 1 >>> 1) {
            if ((at ^ 1) < count) {
                digest.update(NODE);
                if ((at & 1) == 0) {
                    digest.update(hash);
                    digest.update(path, used, Sha256.BYTES);
                } else {
                    digest.update(path, used, Sha256.BYTES);
                    digest.update(hash);
                }
                hash = digest.digest();
                used += Sha256.BYTES;
            }
            at >>>= 1;
        }
        return hash;
    }

    private static byte[] node(MessageDigest digest, byte[] left, byte[] right) {
        digest.update(NODE);
        digest.update(left);
        digest.update(right);
        return digest.digest();
    }
}
