package io.chaski.core.internal.protocol.proof;

import static org.assertj.core.api.Assertions.assertThat;

import io.chaski.core.internal.wire.MessageProof;
import io.chaski.core.internal.wire.Sha256;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class MerkleTreeTest {

    /** Leaves of the test data of Certificate Transparency (google/certificate-transparency, merkletree tests). */
    private static final String[] LEAVES = {
        "", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"
    };

    private final MessageDigest digest = Sha256.create();

    private byte[] leaf(byte[] data) {
        digest.update(MerkleTree.LEAF);
        return digest.digest(data);
    }

    private byte[][] leaves(int count) {
        byte[][] leaves = new byte[count][];
        for (int i = 0; i < count; i++) {
            leaves[i] = leaf(new byte[] {(byte) i, (byte) (i >> 8)});
        }
        return leaves;
    }

    /** The definition of RFC 6962 section 2.1, word for word. */
    private byte[] byDefinition(byte[][] leaves) {
        if (leaves.length == 1) {
            return leaves[0];
        }
        int k = Integer.highestOneBit(leaves.length - 1);
        byte[] left = byDefinition(Arrays.copyOf(leaves, k));
        byte[] right = byDefinition(Arrays.copyOfRange(leaves, k, leaves.length));
        digest.update((byte) 1);
        digest.update(left);
        return digest.digest(right);
    }

    @ParameterizedTest
    @CsvSource({
        "1, 6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        "2, fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
        "3, aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
        "8, 5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"
    })
    void gives_the_roots_of_certificate_transparency(int count, String root) {
        byte[][] leaves = new byte[count][];
        for (int i = 0; i < count; i++) {
            leaves[i] = leaf(HexFormat.of().parseHex(LEAVES[i]));
        }
        assertThat(HexFormat.of().formatHex(new MerkleTree(leaves).root())).isEqualTo(root);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8, 9, 31, 32, 33, 255, 256})
    void every_path_leads_to_the_root_and_to_no_other_place(int count) {
        byte[][] leaves = leaves(count);
        MerkleTree tree = new MerkleTree(leaves);
        assertThat(tree.root()).isEqualTo(byDefinition(leaves));
        for (int index = 0; index < count; index++) {
            byte[] path = tree.path(index).toByteArray();
            assertThat(path).hasSize(MessageProof.pathHashes(count, index) * Sha256.BYTES);
            assertThat(MerkleTree.root(digest, leaves[index], index, count, path))
                    .isEqualTo(tree.root());
            if ((index ^ 1) < count) {
                assertThat(MerkleTree.root(digest, leaves[index], index ^ 1, count, path))
                        .isNotEqualTo(tree.root());
            }
        }
    }

    @Test
    void no_node_passes_for_a_message() {
        byte[][] leaves = leaves(4);
        MerkleTree tree = new MerkleTree(leaves);
        byte[] inner = new byte[2 * Sha256.BYTES];
        System.arraycopy(leaves[0], 0, inner, 0, Sha256.BYTES);
        System.arraycopy(leaves[1], 0, inner, Sha256.BYTES, Sha256.BYTES);
        byte[] path = Arrays.copyOfRange(tree.path(0).toByteArray(), Sha256.BYTES, 2 * Sha256.BYTES);

        assertThat(MerkleTree.root(digest, leaf(inner), 0, 2, path)).isNotEqualTo(tree.root());
    }
}
