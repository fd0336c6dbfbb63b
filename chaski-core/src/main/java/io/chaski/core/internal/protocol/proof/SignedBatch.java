package io.chaski.core.internal.protocol.proof;

import io.chaski.core.internal.protocol.Computation;
import io.chaski.core.internal.protocol.Source;
import io.chaski.core.internal.wire.ArrayPayload;
import io.chaski.core.internal.wire.MessageProof;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Messages of this node that get one signature together. Made and finished on the loop, computed anywhere in between.
 */
public final class SignedBatch implements Computation {

    private final OriginKeys keys;
    private final String cluster;
    private final Source source;
    private final long firstSeq;
    private final List<ArrayPayload> contents;
    private final Consumer<SignedBatch> whenSigned;
    private OriginKeys.@Nullable Signed signed;
    private List<ArrayPayload> bodies = List.of();

    /**
     * A batch that is not signed yet.
     *
     * @param keys who signs
     * @param cluster of this node
     * @param source this node, on a topic
     * @param firstSeq number that the first message will have; the others follow
     * @param contents 1 to {@value MessageProof#MAX_BATCH} messages
     * @param whenSigned called on the loop, whatever has come of it
     */
    public SignedBatch(
            OriginKeys keys,
            String cluster,
            Source source,
            long firstSeq,
            List<ArrayPayload> contents,
            Consumer<SignedBatch> whenSigned) {
        this.keys = keys;
        this.cluster = cluster;
        this.source = source;
        this.firstSeq = firstSeq;
        this.contents = List.copyOf(contents);
        this.whenSigned = whenSigned;
    }

    @Override
    public void compute() {
        Statements statements = new Statements(cluster);
        byte[][] leaves = new byte[contents.size()][];
        for (int i = 0; i < leaves.length; i++) {
            leaves[i] = statements.leaf(source, firstSeq + i, contents.get(i));
        }
        MerkleTree tree = new MerkleTree(leaves);
        OriginKeys.Signed made = keys.sign(Statements.batch(leaves.length, tree.root()));
        List<ArrayPayload> proved = new ArrayList<>(leaves.length);
        for (int i = 0; i < leaves.length; i++) {
            MessageProof proof = new MessageProof(made.hash(), leaves.length, i, tree.path(i), made.signature());
            proved.add(proof.before(contents.get(i)));
        }
        bodies = proved;
        signed = made;
    }

    @Override
    public void finish() {
        whenSigned.accept(this);
    }

    /** Whose messages they are. */
    public Source source() {
        return source;
    }

    /** Number of the first one. */
    public long firstSeq() {
        return firstSeq;
    }

    /** How many there are. */
    public int size() {
        return contents.size();
    }

    /** What was signed; null if that has failed. */
    public OriginKeys.@Nullable Signed signed() {
        return signed;
    }

    /** Proof and content of each message, in order; empty if signing has failed. */
    public List<ArrayPayload> bodies() {
        return bodies;
    }
}
