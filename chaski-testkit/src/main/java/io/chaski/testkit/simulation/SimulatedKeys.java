package io.chaski.testkit.simulation;

import io.chaski.core.NodeId;
import io.chaski.core.internal.protocol.proof.OriginKeys;
import io.chaski.core.internal.wire.ArrayPayload;
import io.chaski.core.internal.wire.ChainHash;
import io.chaski.core.internal.wire.Sha256;
import io.chaski.core.security.CertificateProblem;
import io.chaski.core.security.CertificateRefusedException;
import io.chaski.core.security.Fingerprint;
import io.chaski.core.security.PeerIdentity;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * Keys of nodes that know each other, without certificates: a chain is the id of its owner and the number of the key, and a
 * signature a hash over a secret that the owner, and whoever checks it here, can make. Everything is done at once. Confined to
 * the simulation's thread.
 */
public final class SimulatedKeys {

    private static final int CHAIN_BYTES = NodeId.BYTES + Integer.BYTES;

    private final long secret;
    private final Map<NodeId, Integer> renewals = new HashMap<>();
    private final Set<NodeId> revoked = new HashSet<>();

    /**
     * Keys that nobody else has.
     *
     * @param secret they are made from
     */
    public SimulatedKeys(long secret) {
        this.secret = secret;
    }

    /**
     * The keys of one node.
     *
     * @param node its id
     */
    public OriginKeys of(NodeId node) {
        return new Keys(node);
    }

    /**
     * Gives a node another key; the one before stays good.
     *
     * @param node its id
     */
    public void renew(NodeId node) {
        renewals.merge(node, 1, Integer::sum);
    }

    /**
     * Nobody believes a node any more.
     *
     * @param node its id
     */
    public void revoke(NodeId node) {
        revoked.add(node);
    }

    private ArrayPayload chain(NodeId node) {
        return ArrayPayload.owning(ByteBuffer.allocate(CHAIN_BYTES)
                .putLong(node.high())
                .putLong(node.low())
                .putInt(renewals.getOrDefault(node, 0))
                .array());
    }

    private ArrayPayload signature(ArrayPayload chain, byte[] statement) {
        MessageDigest digest = Sha256.create();
        digest.update(ByteBuffer.allocate(Long.BYTES).putLong(0, secret));
        chain.addTo(digest);
        digest.update(statement);
        return ArrayPayload.owning(digest.digest());
    }

    private final class Keys implements OriginKeys {
        private final NodeId self;

        Keys(NodeId self) {
            this.self = self;
        }

        @Override
        public Signed sign(byte[] statement) {
            ArrayPayload chain = chain(self);
            return new Signed(ChainHash.of(chain), chain, signature(chain, statement));
        }

        @Override
        public Owner owner(ChainHash hash, ArrayPayload chain) {
            if (chain.size() != CHAIN_BYTES) {
                throw new CertificateRefusedException(CertificateProblem.MALFORMED, "no chain of the simulation");
            }
            ByteBuffer in = chain.toByteBuffer();
            NodeId node = new NodeId(in.getLong(), in.getLong());
            if (revoked.contains(node)) {
                throw new CertificateRefusedException(CertificateProblem.REVOKED, "in the simulation");
            }
            Fingerprint key = new Fingerprint(node.high(), node.low(), in.getInt(), 0);
            PeerIdentity identity =
                    new PeerIdentity(PeerIdentity.Kind.PINNED, "sha256:" + key, BigInteger.ONE, key, Instant.MAX);
            return new Owner(identity, node);
        }

        @Override
        public boolean hasSigned(ChainHash hash, ArrayPayload chain, byte[] statement, ArrayPayload signature) {
            return Arrays.equals(signature(chain, statement).toByteArray(), signature.toByteArray());
        }
    }
}
