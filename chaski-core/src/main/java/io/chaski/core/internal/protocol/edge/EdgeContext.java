package io.chaski.core.internal.protocol.edge;

import io.chaski.core.Address;
import io.chaski.core.internal.protocol.LocalNode;
import io.chaski.core.internal.protocol.ProtocolContext;
import io.chaski.core.internal.protocol.access.KnownIdentities;
import io.chaski.core.internal.protocol.access.Permissions;
import io.chaski.core.internal.protocol.proof.Chains;
import io.chaski.core.internal.wire.Datagram;
import java.util.List;

/** What the edges need of their node beyond what all state machines share. Confined to the node's event loop. */
public interface EdgeContext extends ProtocolContext {

    /** Who this node is. */
    LocalNode local();

    /**
     * The node's wall clock as its start said it, advanced by the monotonic clock. It decides nothing but whether an
     * epoch is believable, see {@link Epochs}.
     */
    long wallClockMillis();

    /** Who may do what. */
    Permissions permissions();

    /** Who other nodes have proved to be. */
    KnownIdentities identities();

    /** Certificates of publishers. */
    Chains chains();

    /** Hashes of all topics this node subscribes to; the same list until that changes. */
    List<Long> topicHashes();

    /**
     * Asks something over UDP that anybody may read. A node with an identity asks nobody: it believes no answer that
     * anybody could have written.
     *
     * @param to whom
     * @param question what
     * @return false if nobody was asked, so that nobody need wait for an answer
     */
    default boolean ask(Address to, Datagram question) {
        return !settings().edge().isSecured() && outbox().datagram(to, question);
    }

    /**
     * Does something at the end of the current step, so that nobody is called while it is still working.
     *
     * @param action what to do
     */
    void later(Runnable action);

    /**
     * A peer has seen a higher epoch of this node, which must be an earlier life of it: it lives on in a later one.
     *
     * @param seenEpoch what the peer has seen
     * @param remote who said so
     */
    void onSuperseded(long seenEpoch, Address remote);
}
