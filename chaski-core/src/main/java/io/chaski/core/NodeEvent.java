package io.chaski.core;

import io.chaski.core.security.RenewalAlarm;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;

/**
 * Something that happened to a node. Events are facts about the past, delivered in order through
 * {@code ChaskiNode.events()}. Immutable.
 */
public sealed interface NodeEvent {

    /**
     * An edge is up: both sides have accepted the other's HELLO.
     *
     * @param peer the other node
     * @param name its label
     */
    record EdgeUp(NodeId peer, String name) implements NodeEvent {}

    /**
     * An edge that was up has ended.
     *
     * @param peer the other node
     * @param reason why
     */
    record EdgeDown(NodeId peer, CloseReason reason) implements NodeEvent {}

    /**
     * A connection ended before it became an edge.
     *
     * @param remote the other end
     * @param reason why
     */
    record HandshakeFailed(Address remote, CloseReason reason) implements NodeEvent {}

    /**
     * An address could not be dialled.
     *
     * @param address the address
     * @param failure why
     */
    record DialFailed(Address address, DialFailure failure) implements NodeEvent {}

    /**
     * The first active link of a topic stands.
     *
     * @param topic name of the topic
     */
    record Paired(String topic) implements NodeEvent {}

    /**
     * The last active link of a topic is gone; the node looks for new ones by itself.
     *
     * @param topic name of the topic
     */
    record Isolated(String topic) implements NodeEvent {}

    /**
     * An active link of a topic came or went.
     *
     * @param topic name of the topic
     * @param neighbours how many links there are now
     */
    record NeighboursChanged(String topic, int neighbours) implements NodeEvent {}

    /**
     * Two parts of a topic that had lost each other are joined again.
     *
     * @param topic name of the topic
     */
    record Healed(String topic) implements NodeEvent {}

    /**
     * Messages that will not be delivered: nobody could repair them in time.
     *
     * @param topic name of the topic
     * @param gap what is missing
     */
    record GapDetected(String topic, Gap gap) implements NodeEvent {}

    /**
     * A subscriber's queue was full and its policy gave messages up.
     *
     * @param topic name of the topic
     * @param messages how many since the last event of this kind
     */
    record Dropped(String topic, long messages) implements NodeEvent {}

    /**
     * A neighbour that subscribes with {@link OverflowPolicy#BLOCK}, or one on the way to such a subscriber, took nothing
     * for as long as publishers wait, and was cut off so that the others go on. It has been told.
     *
     * @param topic name of the topic
     * @param peer who it is
     */
    record SlowConsumer(String topic, NodeId peer) implements NodeEvent {}

    /**
     * A neighbour has cut this node off because it took nothing for too long. What was not taken is lost to subscriptions
     * here unless other neighbours still keep it; gaps tell.
     *
     * @param topic name of the topic
     * @param peer who did it
     */
    record CutOff(String topic, NodeId peer) implements NodeEvent {}

    /**
     * A payload could not be decoded as the topic's type; the message was skipped.
     *
     * @param topic name of the topic
     * @param origin who published it
     * @param detail why, at most 256 characters
     */
    record DecodeFailed(String topic, NodeId origin, String detail) implements NodeEvent {}

    /**
     * A peer broke a rule. Its edge was closed, or what it sent was ignored.
     *
     * @param remote where it came from
     * @param reason which rule
     * @param detail a short sentence, escaped
     */
    record Violation(Address remote, CloseReason reason, String detail) implements NodeEvent {}

    /**
     * The same message id arrived with two different contents: somebody forges, or an id was used twice.
     *
     * @param topic name of the topic
     * @param origin whose id it is
     * @param sequence sequence number of the message
     */
    record Equivocation(String topic, NodeId origin, long sequence) implements NodeEvent {}

    /**
     * A message of a {@linkplain Topic#signed signed} topic, or one that is signed, was dropped before anything was made of it: it
     * is not known to be its publisher's own. At most one such event a second for each topic, ten at once; the counters of the
     * snapshot that begin with {@code proof.} count all.
     *
     * @param topic name of the topic
     * @param origin whose message it claims to be
     * @param neighbour who sent it here
     * @param problem what is wrong
     */
    record UnprovedMessage(String topic, NodeId origin, NodeId neighbour, ProofProblem problem) implements NodeEvent {}

    /**
     * A peer does not let this node take part in a topic, subscribe to it, or send what it publishes or passes on there: its policy
     * says so. The edge stays.
     *
     * @param peer who refuses
     * @param topic name of the topic
     */
    record DeniedByPeer(NodeId peer, String topic) implements NodeEvent {}

    /**
     * Another live node presents this node's id or epoch.
     *
     * @param remote where it was seen
     */
    record DuplicateId(Address remote) implements NodeEvent {}

    /**
     * Somebody has shown a valid certificate of a peer with another key, under another incarnation, while the peer was
     * there: one of the two has stolen the identity. The later incarnation goes on.
     *
     * @param peer whose identity it is
     * @param remote where the newer key was seen
     */
    record TwoKeys(NodeId peer, Address remote) implements NodeEvent {}

    /**
     * The certificate of this node, whose identity an authority has given it, is not as it should be. Told once for each
     * alarm and certificate.
     *
     * @param alarm what is wrong
     * @param notAfter when the certificate ends, or has ended
     */
    record IdentityAlarm(RenewalAlarm alarm, Instant notAfter) implements NodeEvent {}

    /**
     * This node follows something else that its authority has signed; its neighbours, or this program, have brought it.
     *
     * @param document what
     * @param number of the list or the set of roots, or version of the policy
     */
    record TrustUpdated(TrustDocument document, long number) implements NodeEvent {}

    /** What an authority signs for all its nodes. */
    enum TrustDocument {
        /** {@link io.chaski.core.security.SignedRevocationList}. */
        REVOCATIONS,
        /** {@link io.chaski.core.security.SignedBundle}. */
        BUNDLE,
        /** {@link io.chaski.core.security.policy.SignedPolicy}. */
        POLICY
    }

    /**
     * The revocation list that should have followed the present one has not come: who was revoked since may still be here. Told
     * once for each list. If the node insists on current lists, nobody is let in until one comes.
     *
     * @param nextUpdate when it was due
     */
    record RevocationsOverdue(Instant nextUpdate) implements NodeEvent {}

    /**
     * The authority trusts the root of this node's certificate no more, and the node has not renewed in time: nobody who knows
     * it believes this node. It stays with the roots that it has, and follows the set when it has another certificate; if it had
     * one before it was started again, it follows the set still. Told once for each set; see {@link io.chaski.core.security.NodeSecurity#update(io.chaski.core.security.SignedBundle)}.
     *
     * @param number of the set of roots
     */
    record OwnRootDropped(long number) implements NodeEvent {}

    /**
     * A node that this one dialled has seen a later incarnation of it, left by a clock that was ahead or by a data
     * directory that was restored. This node goes on under a higher epoch; all its edges are made again.
     *
     * @param epoch the new one, as in {@link ChaskiNode#epoch()}
     */
    record EpochRaised(long epoch) implements NodeEvent {}

    /**
     * The wall clocks of two nodes differ by more than five minutes. Nothing in delivery depends on it.
     *
     * @param peer the other node
     * @param differenceMillis its clock minus ours
     */
    record ClockSkew(NodeId peer, long differenceMillis) implements NodeEvent {}

    /**
     * A bounded table or queue refused something.
     *
     * @param what name of the limit
     * @param limit its value
     */
    record LimitReached(String what, long limit) implements NodeEvent {}

    /**
     * The event loop came more than half a second late to its own timers: the machine is overloaded, garbage collection
     * or a callback with {@link Dispatch#INLINE} held it. The node waits longer for its peers meanwhile, because it may
     * be itself who is late. At most one such event in ten seconds. A pause above five seconds is
     * {@link NetworkChanged} instead.
     *
     * @param lag how late it was, at most since the event before
     */
    record Lagged(Duration lag) implements NodeEvent {}

    /** The machine slept, the network changed or the process was stopped for seconds; all links are probed again. */
    record NetworkChanged() implements NodeEvent {}

    /** The node has started. */
    record Started() implements NodeEvent {}

    /** The node has closed; the last event. */
    record Closed() implements NodeEvent {}

    /** Why a message is not believed to be its publisher's own. */
    enum ProofProblem {
        /** It is not signed, on a topic that this node takes signed messages of only. */
        MISSING,
        /** What stands in front of it is no proof. */
        MALFORMED,
        /** The neighbour has not sent the certificates that the proof names. */
        UNKNOWN_CHAIN,
        /**
         * The certificates are not believed here and now: ended, revoked, or of nobody who is trusted. The neighbour may not know
         * that yet.
         */
        UNTRUSTED,
        /** The key is not the publisher's, or has not signed this message under this number on this topic. */
        FORGED,
        /** The publisher has signed it, and may not publish on the topic. */
        DENIED
    }

    /** Why an address could not be dialled. */
    enum DialFailure {
        /** Nobody listens there. */
        REFUSED,
        /** No answer in time. */
        TIMEOUT,
        /** No route to the host. */
        UNREACHABLE,
        /** The name has no address. */
        UNRESOLVED,
        /** Connected, but the handshake was refused or failed. */
        HANDSHAKE,
        /** This transport is not available on this machine. */
        UNSUPPORTED,
        /**
         * Something else, and the log has the exception at DEBUG; or nobody was dialled, because too many dials were
         * under way.
         */
        OTHER
    }

    /**
     * Messages of one publisher that a subscriber will not see.
     *
     * @param origin the publisher
     * @param epoch its incarnation
     * @param from first missing sequence number
     * @param to last missing sequence number
     */
    record Gap(NodeId origin, long epoch, long from, long to) {
        /** Checks the order. */
        public Gap {
            Objects.requireNonNull(origin, "origin");
            if (from < 1 || to < from) {
                throw new IllegalArgumentException("not a range: " + from + " to " + to);
            }
        }

        /** Number of missing messages. */
        public long count() {
            return to - from + 1;
        }
    }
}
