package io.chaski.core.internal.protocol.edge;

import io.chaski.core.internal.wire.ArrayPayload;
import io.chaski.core.internal.wire.ChainHash;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The chains that one side of a connection has announced to the other, the last ones. Both sides forget by the same rule, so
 * the sender knows what the receiver has, and announces again what that has forgotten. Confined to the node's event loop.
 */
final class ChainWindow {

    /** So many publishers may take turns on one connection before their chains have to be announced again. */
    static final int MAX = 256;

    /** Some 170 chains as our authority makes them; what a peer can have this node keep. */
    static final int MAX_BYTES = 256 << 10;

    private final Map<ChainHash, ArrayPayload> chains = new LinkedHashMap<>();
    private int bytes;

    /** The chain with a hash, if it is within the window. */
    @Nullable
    ArrayPayload find(ChainHash hash) {
        return chains.get(hash);
    }

    /** One more was announced; one that is known already becomes the last, and stays the one object that messages wait with. */
    void add(ChainHash hash, ArrayPayload chain) {
        ArrayPayload before = chains.remove(hash);
        bytes += before == null ? chain.size() : 0;
        chains.put(hash, before == null ? chain : before);
        Iterator<ArrayPayload> oldest = chains.values().iterator();
        while (chains.size() > MAX || bytes > MAX_BYTES) {
            bytes -= oldest.next().size();
            oldest.remove();
        }
    }
}
