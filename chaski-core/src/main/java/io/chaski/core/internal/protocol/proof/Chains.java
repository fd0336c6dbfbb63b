package io.chaski.core.internal.protocol.proof;

import io.chaski.core.internal.wire.ArrayPayload;
import io.chaski.core.internal.wire.ChainHash;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Certificates of publishers whose messages were good, this node's own among them: whoever is sent such a message is sent
 * them first. Confined to the node's event loop.
 */
public final class Chains {

    /**
     * Twice what one topic's busy sources are, some 1,500 bytes each and 8 KiB at most. Beyond, the one that was of no use for the
     * longest is forgotten; what is still kept of its messages is not sent any more, which is counted.
     */
    static final int MAX = 4_096;

    private final Map<ChainHash, ArrayPayload> chains = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<ChainHash, ArrayPayload> eldest) {
            return size() > MAX;
        }
    };

    /**
     * A message under this chain was good.
     *
     * @param hash of the chain
     * @param chain the chain
     */
    public void put(ChainHash hash, ArrayPayload chain) {
        chains.putIfAbsent(hash, chain);
    }

    /**
     * The chain with a hash, if it is known.
     *
     * @param hash any hash
     */
    public @Nullable ArrayPayload find(ChainHash hash) {
        return chains.get(hash);
    }
}
