package io.chaski.core.internal.protocol.edge;

import io.chaski.core.internal.protocol.Outbox;
import io.chaski.core.internal.protocol.proof.Chains;
import io.chaski.core.internal.wire.ArrayPayload;
import io.chaski.core.internal.wire.ChainHash;
import io.chaski.core.internal.wire.EdgeFrame.SignerChain;
import org.jspecify.annotations.Nullable;

/**
 * The certificates of publishers that the two sides of one connection have announced to each other: a chain travels again
 * only when the window has forgotten it, and proofs name it by its hash. Confined to the node's event loop.
 */
final class LinkChains {

    private final int link;
    private final Outbox outbox;
    private final ChainWindow ours = new ChainWindow();
    private final ChainWindow theirs = new ChainWindow();

    LinkChains(int link, Outbox outbox) {
        this.link = link;
        this.outbox = outbox;
    }

    /**
     * Announces a chain, unless the peer still has it.
     *
     * @param known what this node knows
     * @return false if the chain is not known any more
     */
    boolean announce(ChainHash hash, Chains known) {
        if (ours.find(hash) != null) {
            return true;
        }
        ArrayPayload chain = known.find(hash);
        if (chain == null) {
            return false;
        }
        ours.add(hash, chain);
        outbox.send(link, new SignerChain(chain));
        return true;
    }

    /** A chain that the peer has announced lately. */
    @Nullable
    ArrayPayload find(ChainHash hash) {
        return theirs.find(hash);
    }

    /** Takes a chain of the peer; it is believed when a proof needs it. */
    void onSignerChain(SignerChain announced) {
        theirs.add(ChainHash.of(announced.chain()), announced.chain());
    }
}
