package io.chaski.core.internal.protocol.edge;

import io.chaski.core.Address;
import io.chaski.core.CloseReason;
import io.chaski.core.NodeId;
import io.chaski.core.internal.protocol.LocalNode;
import io.chaski.core.internal.wire.Descriptor;
import io.chaski.core.internal.wire.EdgeFrame.Hello;
import io.chaski.core.internal.wire.EdgeFrame.HelloAck;
import io.chaski.core.internal.wire.ProtocolVersion;
import java.util.Collections;
import java.util.List;
import java.util.function.LongPredicate;
import org.jspecify.annotations.Nullable;

/**
 * Writes our HELLO and judges the peer's. The side that dialled speaks first; the other answers an acceptable HELLO
 * with its own and HELLO_ACK, so a stranger who says nothing sensible learns nothing. Confined to the node's event
 * loop.
 */
final class Handshake {

    /** What GOODBYE says with FULL. */
    static final String NO_ROOM = "no room for one more connection";

    /** Feature of HELLO: the node takes signed messages and the chains that go with them. */
    static final long CHECKS_PROOFS = 2;

    private final EdgeContext context;
    private final Epochs epochs;

    Handshake(EdgeContext context, Epochs epochs) {
        this.context = context;
        this.epochs = epochs;
    }

    /**
     * Why a HELLO is not acceptable.
     *
     * @param reason for GOODBYE
     * @param seenEpoch for GOODBYE
     * @param detail for GOODBYE and the log
     */
    record Refusal(CloseReason reason, long seenEpoch, String detail) {
        static Refusal of(CloseReason reason, String detail) {
            return new Refusal(reason, 0, detail);
        }
    }

    Hello hello(Link link) {
        LocalNode self = context.local();
        return new Hello(
                ProtocolVersion.CURRENT,
                ProtocolVersion.CURRENT,
                self.cluster(),
                self.name(),
                context.descriptor(),
                link.nonce,
                context.settings().edge().maxFrame(),
                features(),
                context.wallClockMillis());
    }

    HelloAck ack(Link link) {
        long common = link.requireHello().features() & features();
        return new HelloAck(ProtocolVersion.CURRENT, common, link.tokenHigh, link.tokenLow);
    }

    private long features() {
        return context.outbox().originKeys() == null ? 0 : CHECKS_PROOFS;
    }

    /**
     * Judges a HELLO: when it comes, and once more when the peer's HELLO_ACK completes the handshake, because others
     * may have come between.
     *
     * @param link where it came
     * @param hello what it says
     * @param known the edge to the node it names, null if there is none
     * @param isOurNonce whether one of our own connections carries a nonce; looks at all of them
     * @param isFull whether there is no room for one more edge, not even for a moment
     */
    @Nullable
    Refusal judge(Link link, Hello hello, @Nullable Edge known, LongPredicate isOurNonce, boolean isFull) {
        Descriptor peer = hello.descriptor();
        if (hello.versionMin() > ProtocolVersion.CURRENT || hello.versionMax() < ProtocolVersion.CURRENT) {
            return Refusal.of(CloseReason.VERSION, "only version " + ProtocolVersion.CURRENT + " is spoken here");
        }
        if (!hello.cluster().equals(context.local().cluster())) {
            return Refusal.of(CloseReason.CLUSTER, "this node belongs to another cluster");
        }
        int maxFrame = context.settings().edge().maxFrame();
        if (hello.maxFrame() != maxFrame) {
            // A message travels in one frame (ADR 7): what one node sends, another could never pass on.
            return Refusal.of(
                    CloseReason.MAX_FRAME, "maxFrame is " + maxFrame + " here, not " + hello.maxFrame() + " bytes");
        }
        Refusal stranger = judgeIdentity(link);
        if (stranger != null) {
            return stranger;
        }
        if (link.identity != null && !link.identity.peer().nodeId().equals(peer.id())) {
            return Refusal.of(CloseReason.IDENTITY, "the id is not that of the certificate");
        }
        if (peer.id().equals(context.self())) {
            return isOurNonce.test(hello.nonce())
                    ? Refusal.of(CloseReason.SELF, "a node dialled itself")
                    : Refusal.of(CloseReason.DUPLICATE_ID, "this node has the same id");
        }
        NodeId expected = link.attempt == null ? null : link.attempt.expected();
        if (expected != null && !expected.equals(peer.id())) {
            return Refusal.of(CloseReason.IDENTITY, "another node was dialled");
        }
        if (!epochs.isPlausible(peer.epoch())) {
            return Refusal.of(CloseReason.PROTOCOL, "an epoch a hundred years ahead of the clock here");
        }
        long seenEpoch = known != null ? known.epoch() : epochs.lastSeen(peer.id());
        if (peer.epoch() < seenEpoch) {
            return new Refusal(CloseReason.SUPERSEDED, toGoAbove(seenEpoch), "a later incarnation was seen");
        }
        if (known != null && peer.epoch() == known.epoch() && isImpostor(peer, known)) {
            return Refusal.of(CloseReason.DUPLICATE_ID, "a live node elsewhere has the same id and epoch");
        }
        return isTooMany(peer, known, isFull) ? Refusal.of(CloseReason.FULL, NO_ROOM) : null;
    }

    /**
     * A node that has forgotten its epoch goes on just above what it is told. Told of the same one in each of its lives, by peers
     * that have not met the others, it would have the same epoch twice, and its messages would count as received already. Time
     * goes on between two lives.
     */
    private long toGoAbove(long seenEpoch) {
        return Math.max(seenEpoch, context.wallClockMillis());
    }

    /**
     * Judges what the other end has proved, before a word is said to it.
     *
     * @param link a connection that stands
     */
    @Nullable
    Refusal judgeIdentity(Link link) {
        if (link.identity == null) {
            return context.settings().edge().isSecured()
                    ? Refusal.of(CloseReason.UNTRUSTED, "nobody talks here without an identity")
                    : null;
        }
        NodeId expected = link.attempt == null ? null : link.attempt.expected();
        return expected == null || expected.equals(link.identity.peer().nodeId())
                ? null
                : Refusal.of(CloseReason.IDENTITY, "another node was dialled");
    }

    /** An incarnation that supersedes another one takes its place. */
    private static boolean isTooMany(Descriptor peer, @Nullable Edge known, boolean isFull) {
        return known == null
                ? isFull
                : peer.epoch() == known.epoch() && known.links().size() >= EdgeSettings.MAX_LINKS_PER_PEER;
    }

    /**
     * Whether the same id speaks from two places at once. A node whose address has changed is silent at its old one,
     * so the edge that is known must have been heard of since the last ping was due.
     */
    private boolean isImpostor(Descriptor peer, Edge known) {
        List<Address> addresses = known.descriptor().addresses();
        long silentNanos = context.nowNanos() - known.current().heardNanos;
        return !addresses.isEmpty()
                && !peer.addresses().isEmpty()
                && Collections.disjoint(addresses, peer.addresses())
                && silentNanos < 2 * context.settings().edge().pingIdleNanos();
    }
}
