package io.chaski.core.internal.protocol;

import io.chaski.core.Address;
import io.chaski.core.NodeId;
import io.chaski.core.internal.wire.Descriptor;
import java.util.Collection;
import org.jspecify.annotations.Nullable;

/** The edges of this node, as its topic overlays see them. Confined to the node's event loop. */
public interface Peers {

    /** Hears how an attempt to reach a node ended; exactly one of the methods is called, once, never re-entrantly. */
    interface Reach {
        /**
         * The edge is up.
         *
         * @param peer who answered; when an address was dialled this may be anybody
         */
        void onReached(Peer peer);

        /** No edge: refused, no answer, or the wrong node. */
        void onUnreachable();

        /** Nobody was dialled, because the budget for dials is used up: this says nothing about the node. */
        default void onDeferred() {
            onUnreachable();
        }
    }

    /** Where the wish to dial comes from; decides which limits apply. */
    enum Trust {
        /** Configured by the application: always dialled. */
        CONFIGURED,
        /** A node this one has had an edge with. */
        KNOWN,
        /** Hearsay: at most 8 dials at once and 1 a second, and no name is looked up. */
        HINT
    }

    /**
     * What is known of a node without an edge.
     *
     * @param descriptor where it may be
     * @param trust how well it is known
     */
    record Known(Descriptor descriptor, Trust trust) {}

    /**
     * The peer if the edge to it is up.
     *
     * @param id any id
     */
    @Nullable
    Peer get(NodeId id);

    /** All peers whose edge is up, in the order they came up. */
    Collection<? extends Peer> all();

    /**
     * Uses the edge to a node, dialling it if there is none. Attempts to the same node are joined.
     *
     * @param whom the node and its addresses
     * @param trust how well it is known
     * @param reach hears the outcome, always in a later step of the loop or before this returns
     */
    void reach(Descriptor whom, Trust trust, Reach reach);

    /**
     * Dials an address without knowing who is there.
     *
     * @param address where
     * @param trust how well it is known
     * @param reach hears the outcome
     */
    void reach(Address address, Trust trust, Reach reach);
}
