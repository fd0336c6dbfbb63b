package io.chaski.core.internal.protocol.proof;

import io.chaski.core.NodeId;
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
import java.security.ProviderException;
import java.time.Instant;
import java.util.Arrays;

/** The key of one node: its chain is its id, a signature a hash that everybody in the test can make. */
public final class TestKeys implements OriginKeys {

    /** Nodes whose keys are not believed any more are those with this upper half of their id. */
    public static final long REVOKED = 0xdead;

    private final ArrayPayload chain;

    /** How many signatures were made, and how many were looked at. */
    public int signed;

    public int looked;

    /** Whether signing fails, as that of a key which is not in this process may. */
    public boolean isBroken;

    public TestKeys(NodeId self) {
        chain = ArrayPayload.owning(ByteBuffer.allocate(NodeId.BYTES)
                .putLong(self.high())
                .putLong(self.low())
                .array());
    }

    public ArrayPayload chain() {
        return chain;
    }

    @Override
    public Signed sign(byte[] statement) {
        if (isBroken) {
            throw new ProviderException("no key today");
        }
        signed++;
        return new Signed(ChainHash.of(chain), chain, ArrayPayload.owning(signature(chain, statement)));
    }

    @Override
    public Owner owner(ChainHash hash, ArrayPayload its) {
        ByteBuffer in = its.toByteBuffer();
        NodeId node = new NodeId(in.getLong(), in.getLong());
        if (node.high() == REVOKED) {
            throw new CertificateRefusedException(CertificateProblem.REVOKED, "in this test");
        }
        Fingerprint key = new Fingerprint(node.high(), node.low(), 0, 0);
        return new Owner(
                new PeerIdentity(PeerIdentity.Kind.PINNED, "sha256:" + key, BigInteger.ONE, key, Instant.MAX), node);
    }

    @Override
    public boolean hasSigned(ChainHash hash, ArrayPayload its, byte[] statement, ArrayPayload signature) {
        looked++;
        return Arrays.equals(signature(its, statement), signature.toByteArray());
    }

    private static byte[] signature(ArrayPayload chain, byte[] statement) {
        MessageDigest digest = Sha256.create();
        chain.addTo(digest);
        digest.update(statement);
        return digest.digest();
    }
}
