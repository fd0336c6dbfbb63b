package io.chaski.core.internal.protocol.proof;

import io.chaski.core.NodeId;
import io.chaski.core.internal.wire.ArrayPayload;
import io.chaski.core.internal.wire.ChainHash;
import io.chaski.core.security.CertificateRefusedException;
import io.chaski.core.security.PeerIdentity;
import java.util.Objects;

/**
 * The keys behind proofs of origin: this node's own, and whom it believes. Implemented by the runtime with the keys of the
 * node's identity, and by simulators. Asked where computations run, so thread-safe; what it has found is remembered within
 * bounds, so asking again costs little.
 */
public interface OriginKeys {

    /**
     * What a key has signed.
     *
     * @param hash of the chain
     * @param chain certificates of the key, see {@link io.chaski.core.internal.wire.EdgeFrame.SignerChain}
     * @param signature under the statement
     */
    record Signed(ChainHash hash, ArrayPayload chain, ArrayPayload signature) {
        /** Nothing may be missing. */
        public Signed {
            Objects.requireNonNull(hash, "hash");
            Objects.requireNonNull(chain, "chain");
            Objects.requireNonNull(signature, "signature");
        }
    }

    /**
     * Whose key it is.
     *
     * @param identity what the chain proves
     * @param node the id that follows from it
     */
    record Owner(PeerIdentity identity, NodeId node) {
        /** Nothing may be missing. */
        public Owner {
            Objects.requireNonNull(identity, "identity");
            Objects.requireNonNull(node, "node");
        }
    }

    /**
     * Signs with the key that this node uses now.
     *
     * @param statement what to sign
     * @throws IllegalStateException if the key does not sign
     */
    Signed sign(byte[] statement);

    /**
     * Decides who the owner of a chain is, as of now: an answer of a moment ago does not count when trust has changed or a
     * certificate has ended.
     *
     * @param hash of the chain
     * @param chain as it came
     * @throws CertificateRefusedException if it is not believed
     */
    Owner owner(ChainHash hash, ArrayPayload chain);

    /**
     * Whether the first key of a chain has signed a statement.
     *
     * @param hash of the chain
     * @param chain one that {@link #owner} has just believed
     * @param statement what was signed
     * @param signature anything
     */
    boolean hasSigned(ChainHash hash, ArrayPayload chain, byte[] statement, ArrayPayload signature);
}
