package io.chaski.core.internal.protocol.member;

import io.chaski.core.internal.protocol.Peer;
import io.chaski.core.internal.protocol.ProtocolContext;
import io.chaski.core.internal.wire.MembershipFrame;
import io.chaski.core.internal.wire.MembershipFrame.Disconnect;
import io.chaski.core.internal.wire.MembershipFrame.ForwardJoin;
import io.chaski.core.internal.wire.MembershipFrame.Join;
import io.chaski.core.internal.wire.MembershipFrame.Neighbor;
import io.chaski.core.internal.wire.MembershipFrame.NeighborAck;
import io.chaski.core.internal.wire.MembershipFrame.NeighborNack;
import io.chaski.core.internal.wire.MembershipFrame.Probe;
import io.chaski.core.internal.wire.MembershipFrame.ProbeAck;
import io.chaski.core.internal.wire.MembershipFrame.Redirect;
import io.chaski.core.internal.wire.MembershipFrame.Shuffle;
import io.chaski.core.internal.wire.MembershipFrame.ShuffleReply;
import org.jspecify.annotations.Nullable;

/**
 * Checks who sends a frame and how many of its kind there are, and hands it to the part of the overlay that decides.
 * Confined to the node's event loop.
 */
final class Incoming implements MembershipFrame.Handler {
    /** A joiner asks a contact once, and again after half a second at the earliest. */
    static final int JOINS_PER_SECOND = 10;

    /** A storm of a thousand joins a second through one contact sends half as many walks over each of its links. */
    private static final int WALKS_PER_SECOND = 2_000;

    /** A link carries one or two of these a second in normal times. */
    static final int FRAMES_PER_SECOND = 50;

    private static final int JOIN = 0;
    private static final int WALK = 1;
    private static final int LINK = 2;
    private static final int VIEW = 3;

    private final ProtocolContext context;
    private final HyParView overlay;
    private final Links links;
    private final Members members;
    private final Contacts contacts;
    private final Prober prober;
    private final Shuffling shuffling;
    private final FrameBudget budget =
            new FrameBudget(JOINS_PER_SECOND, WALKS_PER_SECOND, FRAMES_PER_SECOND, FRAMES_PER_SECOND);
    private @Nullable Peer from;

    Incoming(
            ProtocolContext context,
            HyParView overlay,
            Links links,
            Members members,
            Contacts contacts,
            Prober prober,
            Shuffling shuffling) {
        this.context = context;
        this.overlay = overlay;
        this.links = links;
        this.members = members;
        this.contacts = contacts;
        this.prober = prober;
        this.shuffling = shuffling;
    }

    void onFrame(Peer sender, MembershipFrame frame) {
        from = sender;
        frame.deliverTo(this);
    }

    void onPeerDown(Peer peer) {
        budget.forget(peer.id());
    }

    /** The sender, if it may still send this kind of frame. */
    private @Nullable Peer within(int kind) {
        Peer sender = from;
        if (sender != null && !budget.take(sender.id(), kind, context.nowNanos())) {
            sender.misbehaved("membership.rate");
            return null;
        }
        return sender;
    }

    @Override
    public void onJoin(Join join) {
        Peer sender = within(JOIN);
        if (sender != null) {
            contacts.onJoin(sender, join);
            if (!links.isLinked(sender)) {
                members.met(sender);
            }
        }
    }

    @Override
    public void onRedirect(Redirect redirect) {
        Peer sender = within(LINK);
        if (sender != null) {
            if (contacts.onRedirect(sender, redirect)) {
                overlay.onRedirected();
            } else {
                sender.misbehaved("membership.redirect-unsolicited");
            }
        }
    }

    @Override
    public void onForwardJoin(ForwardJoin walk) {
        Peer sender = within(WALK);
        if (sender != null) {
            contacts.onForwardJoin(sender, walk);
        }
    }

    @Override
    public void onNeighbor(Neighbor neighbor) {
        Peer sender = within(LINK);
        if (sender == null) {
            return;
        }
        if (!neighbor.sender().id().equals(sender.id())) {
            sender.misbehaved("membership.neighbor-forged");
            return;
        }
        members.met(sender);
        links.onNeighbor(sender, neighbor);
        members.learn(neighbor.others());
    }

    @Override
    public void onNeighborAck(NeighborAck ack) {
        Peer sender = within(LINK);
        if (sender != null) {
            links.onAck(sender, ack);
            members.learn(ack.others());
        }
    }

    @Override
    public void onNeighborNack(NeighborNack nack) {
        Peer sender = within(LINK);
        if (sender != null) {
            members.learn(nack.others());
            links.onNack(sender, nack);
        }
    }

    @Override
    public void onDisconnect(Disconnect disconnect) {
        Peer sender = within(LINK);
        if (sender == null) {
            return;
        }
        if (!links.onDisconnect(sender, disconnect)) {
            context.counters().increment("membership.disconnect-stale");
            return;
        }
        if (disconnect.alive()) {
            overlay.onSurplus(sender);
        } else {
            members.forget(sender.id());
        }
        members.learn(disconnect.others());
        if (disconnect.alive()) {
            links.bridge(disconnect.others());
        }
        overlay.onLinkLost();
    }

    @Override
    public void onShuffle(Shuffle shuffle) {
        Peer sender = within(VIEW);
        if (sender != null) {
            shuffling.onShuffle(sender, shuffle);
        }
    }

    @Override
    public void onShuffleReply(ShuffleReply reply) {
        Peer sender = within(VIEW);
        if (sender != null) {
            members.learn(reply.sample());
        }
    }

    @Override
    public void onProbe(Probe probe) {
        Peer sender = within(VIEW);
        if (sender != null) {
            prober.onProbe(sender, probe);
        }
    }

    @Override
    public void onProbeAck(ProbeAck ack) {
        Peer sender = within(VIEW);
        if (sender != null) {
            if (!ack.subscribed()) {
                members.forget(sender.id());
            }
            prober.onProbeAck(sender, ack);
        }
    }
}
