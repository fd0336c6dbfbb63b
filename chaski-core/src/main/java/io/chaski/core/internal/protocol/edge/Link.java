package io.chaski.core.internal.protocol.edge;

import io.chaski.core.Address;
import io.chaski.core.NodeId;
import io.chaski.core.internal.protocol.LinkIdentity;
import io.chaski.core.internal.protocol.Timers;
import io.chaski.core.internal.protocol.TokenBucket;
import io.chaski.core.internal.wire.EdgeFrame.Hello;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One connection, from the dial to the last frame.
 *
 * <pre>
 *   DIALING --dialled--> HANDSHAKE --HELLO_ACK sent and received--> UP --lost against another--> retiring, then gone
 * </pre>
 *
 * Any stage ends at a deadline, a GOODBYE, a violation or the end of the connection. Confined to the node's event
 * loop.
 */
final class Link {

    enum Stage {
        DIALING,
        HANDSHAKE,
        UP,
        GONE
    }

    /** Filler bytes a second that are echoed: one of the largest pings. */
    static final long ECHO_BYTES_PER_SECOND = Edges.MAX_PING_BYTES;

    /** Twice a second's worth: what was sent at the permitted rate may arrive in a lump. */
    static final long ECHO_BURST_BYTES = 2 << 20;

    final int number;
    final boolean outbound;
    final Timers.Timer deadline;
    final Timers.Timer pulse;
    final LinkNames names;
    final LinkChains chains;
    final StreamLedger streams = new StreamLedger();
    final ControlBudget control = new ControlBudget();
    final TokenBucket echo = new TokenBucket(ECHO_BYTES_PER_SECOND, ECHO_BURST_BYTES);
    final long nonce;
    final long tokenHigh;
    final long tokenLow;

    Stage stage;
    Address remote;

    /** What was dialled, before a name was resolved; the other end's address for an inbound connection. */
    final Address dialled;

    /** Who is at the other end; null where nodes have no identities, and until it has proved it. */
    @Nullable
    LinkIdentity identity;

    /** Made with credentials that this node does not use any more. */
    boolean isStale;

    /** When its replacement may be dialled again. */
    long renewableNanos = Timers.NONE;

    boolean isWritable = true;
    long heardNanos;
    long pingedNanos;
    long upNanos;

    /** The dial that made this connection, until its outcome is known. */
    Dials.@Nullable Attempt attempt;

    /** Set if nothing but the peer's HELLO is wanted of this connection. */
    @Nullable
    Greeting greeting;

    /** The peer's HELLO once it was accepted; our HELLO_ACK went out with it. */
    @Nullable
    Hello peerHello;

    /** Which incarnation our HELLO said this is. */
    long toldEpoch;

    /** What our HELLO said of our subscriptions. */
    List<Long> toldTopics = List.of();

    boolean helloSent;
    boolean ackReceived;
    long peerTokenHigh;
    long peerTokenLow;

    /** For datagrams beside it, if there are any; set while the connection is up. */
    @Nullable
    LinkKeys keys;

    /** Set once the connection is up. */
    @Nullable
    Edge edge;

    /** This connection lost against another to the same peer, or the peer says so. */
    boolean isRetiring;

    boolean goodbyeSent;
    boolean goodbyeReceived;

    /** When the two ends began to disagree about topic links, {@link Timers#NONE} while they agree. */
    long disagreesSinceNanos = Timers.NONE;

    long disagreedOurs;
    long disagreedTheirs;

    Link(
            int number,
            boolean outbound,
            Address remote,
            Stage stage,
            LinkLife life,
            EdgeContext context,
            FullestNames fullest) {
        this.number = number;
        this.outbound = outbound;
        this.remote = remote;
        this.dialled = remote;
        this.stage = stage;
        this.nonce = context.random().nextLong();
        this.tokenHigh = context.random().nextLong();
        this.tokenLow = context.random().nextLong();
        this.names = new LinkNames(number, context.names(), context.outbox(), fullest);
        this.chains = new LinkChains(number, context.outbox());
        this.deadline = context.timers().timer(() -> life.onDeadline(this));
        this.pulse = context.timers().timer(() -> life.onPulse(this));
    }

    boolean isUp() {
        return stage == Stage.UP;
    }

    /** Nothing happens on it any more. */
    void end() {
        stage = Stage.GONE;
        deadline.cancel();
        pulse.cancel();
        names.releaseAll();
        if (keys != null) {
            keys.close();
            keys = null;
        }
    }

    /** Whether topic frames may be sent on it. */
    boolean isUsable() {
        return isUp() && !goodbyeSent;
    }

    Hello requireHello() {
        Hello hello = peerHello;
        if (hello == null) {
            throw new IllegalStateException("no HELLO on link " + number);
        }
        return hello;
    }

    Edge requireEdge() {
        Edge known = edge;
        if (known == null) {
            throw new IllegalStateException("link " + number + " is not up");
        }
        return known;
    }

    /** Whether this connection goes before another one to the same peer: lower (initiator's id, initiator's nonce). */
    boolean goesBefore(Link other, NodeId self) {
        int byId = initiator(self).compareTo(other.initiator(self));
        return byId != 0 ? byId < 0 : Long.compareUnsigned(initiatorNonce(), other.initiatorNonce()) < 0;
    }

    /** Whether it has been up long enough not to be one of two dials that crossed. */
    boolean isSettled(long nowNanos) {
        return nowNanos - upNanos >= TimeUnit.SECONDS.toNanos(2);
    }

    private NodeId initiator(NodeId self) {
        return outbound ? self : requireHello().descriptor().id();
    }

    private long initiatorNonce() {
        return outbound ? nonce : requireHello().nonce();
    }
}
