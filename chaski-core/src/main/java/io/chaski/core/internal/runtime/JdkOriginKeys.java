package io.chaski.core.internal.runtime;

import io.chaski.core.internal.module.FieldReader;
import io.chaski.core.internal.module.FieldReader.MalformedFieldsException;
import io.chaski.core.internal.module.FieldWriter;
import io.chaski.core.internal.module.JdkSignatures;
import io.chaski.core.internal.protocol.proof.OriginKeys;
import io.chaski.core.internal.wire.ArrayPayload;
import io.chaski.core.internal.wire.ChainHash;
import io.chaski.core.security.CertificateProblem;
import io.chaski.core.security.CertificateRefusedException;
import io.chaski.core.security.CertificateVerifier;
import io.chaski.core.security.CertificateVerifier.Side;
import io.chaski.core.security.Credentials;
import io.chaski.core.security.PeerIdentity;
import java.security.GeneralSecurityException;
import java.security.PublicKey;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Proofs of origin with the key of the node's identity, and with whom the node believes now, by the JDK. The algorithm follows
 * from the key, so nobody chooses it. Thread-safe.
 */
final class JdkOriginKeys implements OriginKeys {

    /** Chains whose owners are remembered: as many as one topic has sources; some 5 KiB each with the key. */
    private static final int MAX_OWNERS = 4_096;

    /** Signatures that were good: what a node hears again by another neighbour, or after a repair. Some 300 bytes each. */
    private static final int MAX_SIGNATURES = 4_096;

    /** How long a chain is believed before it is looked at again: a list of revocations may be overdue by then. */
    private static final Duration BELIEVED = Duration.ofSeconds(10);

    private final LiveSecurity security;

    /** Guarded by itself, as the next one. */
    private final Map<ChainHash, Known> owners = bounded(MAX_OWNERS);

    private final Map<Good, Boolean> signatures = bounded(MAX_SIGNATURES);

    private volatile @Nullable Own own;

    /** An owner as of a state of trust and a time. */
    private record Known(Owner owner, PublicKey key, long generation, Instant from, Instant until) {
        static Known of(PeerIdentity identity, PublicKey key, long generation, Instant now) {
            Instant latest = now.plus(BELIEVED);
            Instant end = identity.notAfter();
            return new Known(
                    new Owner(identity, identity.nodeId()), key, generation, now, end.isBefore(latest) ? end : latest);
        }

        boolean isValid(long present, Instant now) {
            return generation == present && !now.isBefore(from) && !now.isAfter(until);
        }
    }

    private record Good(ChainHash chain, ArrayPayload statement, ArrayPayload signature) {}

    /** The node's own chain as it travels. */
    private record Own(Credentials credentials, ChainHash hash, ArrayPayload chain) {}

    JdkOriginKeys(LiveSecurity security) {
        this.security = security;
    }

    @Override
    public Signed sign(byte[] statement) {
        Credentials credentials = security.state().authenticated().credentials();
        Own present = own;
        if (present == null || !present.credentials.equals(credentials)) {
            ArrayPayload chain = encode(credentials.chain());
            present = new Own(credentials, ChainHash.of(chain), chain);
            own = present;
        }
        try {
            byte[] signature = JdkSignatures.sign(
                    credentials.key(), credentials.chain().get(0).getPublicKey(), statement);
            return new Signed(present.hash, present.chain, ArrayPayload.owning(signature));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("the key of this node does not sign", e);
        }
    }

    @Override
    public Owner owner(ChainHash hash, ArrayPayload chain) {
        return known(hash, chain).owner;
    }

    private Known known(ChainHash hash, ArrayPayload chain) {
        LiveSecurity.State state = security.state();
        Instant now = security.now();
        Known known = get(owners, hash);
        if (known == null || !known.isValid(state.generation(), now)) {
            List<X509Certificate> certificates = decode(chain);
            PeerIdentity identity = state.authenticated().verify(certificates, Side.CLIENT, now);
            known = Known.of(identity, certificates.get(0).getPublicKey(), state.generation(), now);
            put(owners, hash, known);
        }
        return known;
    }

    @Override
    public boolean hasSigned(ChainHash hash, ArrayPayload chain, byte[] statement, ArrayPayload signature) {
        Good good = new Good(hash, ArrayPayload.owning(statement), signature);
        if (get(signatures, good) != null) {
            return true;
        }
        boolean isGood = JdkSignatures.isValid(known(hash, chain).key, signature.toByteArray(), statement);
        if (isGood) {
            put(signatures, good, true);
        }
        return isGood;
    }

    /** See {@link io.chaski.core.internal.wire.EdgeFrame.SignerChain}. */
    static ArrayPayload encode(List<X509Certificate> chain) {
        return ArrayPayload.owning(new FieldWriter().certificates(chain).toBytes());
    }

    /** What a stranger says are certificates; how many and how large they are is judged before anything is read. */
    static List<X509Certificate> decode(ArrayPayload chain) {
        byte[] bytes = chain.toByteArray();
        int count = Byte.toUnsignedInt(bytes[0]);
        if (count > CertificateVerifier.MAX_CHAIN_LENGTH) {
            throw new CertificateRefusedException(CertificateProblem.CHAIN_TOO_LONG, count + " certificates");
        }
        if (count == 0 && bytes.length == 1) {
            return List.of();
        }
        FieldReader in = new FieldReader(bytes);
        try {
            List<X509Certificate> certificates = in.certificates(count, CertificateVerifier.MAX_CHAIN_BYTES);
            in.end();
            return certificates;
        } catch (MalformedFieldsException e) {
            throw new CertificateRefusedException(CertificateProblem.MALFORMED, "not certificates", e);
        }
    }

    private static <K, V> Map<K, V> bounded(int most) {
        return new LinkedHashMap<>(16, 0.75f, true) {
            private static final long serialVersionUID = 1L;

            @Override
            protected boolean removeEldestEntry(Map.Entry<K, V> eldest) {
                return size() > most;
            }
        };
    }

    private static <K, V> @Nullable V get(Map<K, V> map, K key) {
        synchronized (map) {
            return map.get(key);
        }
    }

    private static <K, V> void put(Map<K, V> map, K key, V value) {
        synchronized (map) {
            map.put(key, value);
        }
    }
}
