package io.chaski.core.internal.protocol.edge;

import io.chaski.core.CloseReason;
import io.chaski.core.internal.wire.EdgeFrame.Goodbye;

/**
 * Resolves two connections to the same peer to one. Of two that came up together, because both sides dialled, the one
 * with the lower (initiator's id, initiator's nonce) wins. Against one that has stood for a while the newer one wins:
 * a node that still has an edge does not dial, so its peer has lost the older one.
 *
 * <p>Only one side decides, the one with the lower id; the other follows its GOODBYE(DUPLICATE). So the two never give
 * up a connection each. Topic traffic moves to the winner at once. The loser carries its streams to their end, at most
 * {@code drainNanos}; then each side says GOODBYE(DUPLICATE) as its last frame, and when both have, everything that
 * was sent has been read.
 *
 * <p>Confined to the node's event loop.
 */
final class Duplicates {

    private final EdgeContext context;
    private final LinkLife life;

    Duplicates(EdgeContext context, LinkLife life) {
        this.context = context;
        this.life = life;
    }

    /** A further connection to a peer is up. */
    void onSecond(Edge edge, Link newer) {
        Link older = edge.current();
        boolean newerWins =
                older.goodbyeReceived || older.isSettled(context.nowNanos()) || newer.goesBefore(older, context.self());
        Link loser = newerWins ? older : newer;
        if (newerWins) {
            edge.switchTo(newer);
        }
        context.counters().increment("edge.duplicates");
        long drainNanos = context.settings().edge().drainNanos();
        if (context.self().compareTo(edge.id()) < 0) {
            loser.isRetiring = true;
            loser.deadline.armAt(context.nowNanos() + drainNanos);
            retireIfDone(loser);
        } else if (older.goodbyeReceived) {
            retireIfDone(older);
        }
    }

    /** The peer will send nothing more on this connection and wants us to leave it too. */
    void onGoodbye(Link link) {
        Edge edge = link.requireEdge();
        link.goodbyeReceived = true;
        link.isRetiring = true;
        if (!link.deadline.isArmed()) {
            link.deadline.armAt(context.nowNanos() + context.settings().edge().drainNanos());
        }
        if (edge.current() == link) {
            Link other = edge.usableBeside(link);
            if (other == null) {
                return; // the winner's handshake is still on its way; until then this one is read at the other end
            }
            edge.switchTo(other);
        }
        retireIfDone(link);
    }

    /** Says the last word on a connection that carries nothing any more, and closes it when both sides have. */
    void retireIfDone(Link link) {
        if (link.requireEdge().current() == link) {
            return;
        }
        if (!link.goodbyeSent && link.streams.isEmpty()) {
            link.goodbyeSent = true;
            context.outbox().send(link.number, new Goodbye(CloseReason.DUPLICATE, 0, ""));
        }
        if (link.goodbyeSent && link.goodbyeReceived) {
            life.discard(link);
        }
    }
}
