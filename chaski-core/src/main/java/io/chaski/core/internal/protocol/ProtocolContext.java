package io.chaski.core.internal.protocol;

import io.chaski.core.Address;
import io.chaski.core.NodeId;
import io.chaski.core.internal.protocol.proof.OriginKeys;
import io.chaski.core.internal.wire.ArrayPayload;
import io.chaski.core.internal.wire.ChainHash;
import io.chaski.core.internal.wire.Descriptor;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * What all state machines of one node share: the time of the current input, chance, timers, the way out. Confined to
 * the node's event loop.
 */
public interface ProtocolContext {

    /** Time of the input that is being handled, in nanoseconds of a monotonic clock. */
    long nowNanos();

    /** Where chance comes from. */
    RandomGenerator random();

    /** The node's timers. */
    Timers timers();

    /** The way out. */
    Outbox outbox();

    /** Topics and sources of this node. */
    Names names();

    /** The edges. */
    Peers peers();

    /** This node. */
    NodeId self();

    /** This node in its own words, at age 0; changes with its subscriptions and addresses. */
    Descriptor descriptor();

    /** Configured addresses of other nodes. */
    List<Address> bootstrap();

    /** Settings of this node. */
    ProtocolSettings settings();

    /** What all topics of this node may keep of messages together. */
    NodeMemory memory();

    /** Counters of this node. */
    Counters counters();

    /** Name of the cluster, which proofs of origin are bound to. */
    String cluster();

    /**
     * This node has signed messages, which are about to be sent.
     *
     * @param hash of the chain
     * @param chain certificates of the key that it has used
     */
    void onSigned(ChainHash hash, ArrayPayload chain);

    /**
     * The proof of a message was good, so this node knows who its publisher is.
     *
     * @param source whose message
     * @param owner who signed it: the publisher
     * @param hash of the chain
     * @param chain certificates of the publisher
     * @return whether it may publish there
     */
    boolean onProved(Source source, OriginKeys.Owner owner, ChainHash hash, ArrayPayload chain);

    /**
     * A delay with chance in it, so that nodes do not act in step.
     *
     * @param nanos the delay
     * @return {@code nanos} plus or minus up to 20 %
     */
    default long jittered(long nanos) {
        return nanos - nanos / 5 + (long) (random().nextDouble() * (nanos / 5 * 2));
    }
}
