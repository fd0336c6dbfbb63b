package io.chaski.core.internal.protocol.proof;

import io.chaski.core.NodeEvent.ProofProblem;
import io.chaski.core.internal.protocol.Computation;
import io.chaski.core.internal.protocol.Source;
import io.chaski.core.internal.wire.ArrayPayload;
import io.chaski.core.internal.wire.ChainHash;
import io.chaski.core.internal.wire.MessageProof;
import io.chaski.core.internal.wire.ProtocolException;
import io.chaski.core.security.CertificateRefusedException;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Looks whether messages that came from one neighbour are their publishers' own, in the order in which they came. Made and
 * finished on the loop, computed anywhere in between.
 */
public final class ProofCheck implements Computation {

    /**
     * Chains and roots that one check looks at: a neighbour that forges makes each of its messages cost a signature, and others'
     * checks come in between.
     */
    static final int MAX_ROOTS = 16;

    /** A message, and what was found. Immutable until the check computes; read afterwards. */
    public static final class Item {
        private final Source source;
        private final long seq;
        private final int hop;
        private final int hopLimit;
        private final int flags;
        private final ArrayPayload body;
        private final ChainHash hash;
        private final ArrayPayload chain;
        private ArrayPayload content;
        private OriginKeys.@Nullable Owner owner;
        private @Nullable ProofProblem problem;

        /**
         * A message to be checked.
         *
         * @param source whose it claims to be
         * @param seq its number
         * @param hop edges crossed
         * @param hopLimit largest hop at which it may be delivered
         * @param flags as it came
         * @param body proof and content
         * @param hash of the chain that the proof names
         * @param chain that chain
         */
        public Item(
                Source source,
                long seq,
                int hop,
                int hopLimit,
                int flags,
                ArrayPayload body,
                ChainHash hash,
                ArrayPayload chain) {
            this.source = source;
            this.seq = seq;
            this.hop = hop;
            this.hopLimit = hopLimit;
            this.flags = flags;
            this.body = body;
            this.hash = hash;
            this.chain = chain;
            this.content = body;
        }

        /** Whose it claims to be. */
        public Source source() {
            return source;
        }

        /** Its number. */
        public long seq() {
            return seq;
        }

        /** Edges crossed. */
        public int hop() {
            return hop;
        }

        /** Largest hop at which it may be delivered. */
        public int hopLimit() {
            return hopLimit;
        }

        /** As it came. */
        public int flags() {
            return flags;
        }

        /** Proof and content. */
        public ArrayPayload body() {
            return body;
        }

        /** Hash of its chain. */
        public ChainHash hash() {
            return hash;
        }

        /** Certificates of its publisher. */
        public ArrayPayload chain() {
            return chain;
        }

        /** What is signed, once the message was found to be good. */
        public ArrayPayload content() {
            return content;
        }

        /** Who signed it, once it was found to be good. */
        public OriginKeys.Owner owner() {
            return Objects.requireNonNull(owner, "not checked, or forged");
        }

        /** What is wrong with it; null if it is good. */
        public @Nullable ProofProblem problem() {
            return problem;
        }
    }

    /** What the last message was found under: most of a batch arrive one behind the other. */
    private record Root(ChainHash hash, ArrayPayload statement, ArrayPayload signature) {}

    private final OriginKeys keys;
    private final String cluster;
    private final List<Item> items;
    private final Consumer<ProofCheck> whenChecked;
    private int checked;
    private int roots;
    private @Nullable ChainHash lastChain;
    private @Nullable Root lastRoot;
    private boolean isDone;

    /**
     * A check that has not begun.
     *
     * @param keys whom to believe
     * @param cluster of this node
     * @param items messages, 1 or more
     * @param whenChecked called on the loop, whatever has come of it
     */
    public ProofCheck(OriginKeys keys, String cluster, List<Item> items, Consumer<ProofCheck> whenChecked) {
        this.keys = keys;
        this.cluster = cluster;
        this.items = List.copyOf(items);
        this.whenChecked = whenChecked;
    }

    @Override
    public void compute() {
        Statements statements = new Statements(cluster);
        while (checked < items.size() && roots < MAX_ROOTS) {
            Item item = items.get(checked);
            item.problem = check(item, statements);
            checked++;
        }
        isDone = true;
    }

    @Override
    public void finish() {
        whenChecked.accept(this);
    }

    /** All messages of the check. */
    public List<Item> items() {
        return items;
    }

    /** How many of them were looked at, the first ones; at least one. */
    public int checked() {
        return checked;
    }

    /** Whether it has come to its end; otherwise nothing that it says counts. */
    public boolean isDone() {
        return isDone;
    }

    private @Nullable ProofProblem check(Item item, Statements statements) {
        MessageProof proof;
        try {
            proof = MessageProof.read(item.body);
        } catch (ProtocolException malformed) {
            return ProofProblem.MALFORMED;
        }
        OriginKeys.Owner owner = ownerOf(item);
        if (owner == null) {
            return ProofProblem.UNTRUSTED;
        }
        if (!owner.node().equals(item.source.origin())) {
            return ProofProblem.FORGED;
        }
        ArrayPayload content = proof.contentOf(item.body);
        byte[] leaf = statements.leaf(item.source, item.seq, content);
        byte[] root = MerkleTree.root(
                statements.digest(),
                leaf,
                proof.index(),
                proof.batchSize(),
                proof.path().toByteArray());
        if (!isSigned(item, proof, Statements.batch(proof.batchSize(), root))) {
            return ProofProblem.FORGED;
        }
        item.content = content;
        item.owner = owner;
        return null;
    }

    private OriginKeys.@Nullable Owner ownerOf(Item item) {
        if (!item.hash.equals(lastChain)) {
            lastChain = item.hash;
            roots++;
        }
        try {
            return keys.owner(item.hash, item.chain);
        } catch (CertificateRefusedException refused) {
            return null;
        }
    }

    private boolean isSigned(Item item, MessageProof proof, byte[] statement) {
        Root root = new Root(item.hash, ArrayPayload.owning(statement), proof.signature());
        if (root.equals(lastRoot)) {
            return true;
        }
        roots++;
        if (!keys.hasSigned(item.hash, item.chain, statement, proof.signature())) {
            return false;
        }
        lastRoot = root;
        return true;
    }
}
