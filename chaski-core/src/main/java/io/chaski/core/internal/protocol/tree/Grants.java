package io.chaski.core.internal.protocol.tree;

import io.chaski.core.internal.protocol.ProtocolContext;
import io.chaski.core.internal.protocol.Timers;
import io.chaski.core.internal.protocol.TopicRef;
import io.chaski.core.internal.protocol.tree.Downstream.Mode;
import io.chaski.core.internal.wire.TreeFrame.TopicCredit;
import java.util.function.LongSupplier;

/**
 * How much this node takes from its neighbours: everything, or what its own subscriptions and those behind it have room for.
 * This node limits a neighbour if a subscription here waits for its consumer, or if another neighbour has said that it is
 * limited itself. So every direction of the tree that leads to a subscription that must not miss anything is limited, back
 * to the publishers, and no other one is. Confined to the node's event loop.
 */
final class Grants implements Delivery.Appetite {

    /** Nobody sends that much in a thousand years, and sums of it are still numbers. */
    static final long MAX_COST = 1L << 61;

    /** Credit is granted in steps of this part of a window: four small frames a megabyte. */
    private static final int STEPS = 4;
    /**
     * Between two times that neighbours are told that they are not limited any more. Whoever is limited for a moment longer
     * loses nothing; but a neighbour that says one thing and the other all the time would use up what others hear of credit.
     */
    private static final long LIFT_PAUSE_NANOS = 1_000_000_000;

    /** How many messages the mean of their cost looks back on. */
    private static final int MEAN_OF = 16;

    private final ProtocolContext context;
    private final TopicRef topic;
    private final TreeSettings.Flow settings;
    private final Neighbours neighbours;
    private final Owing owing;
    private final Progress progress;

    /** What waits behind gaps. */
    private final LongSupplier heldBytes;

    /** Of the messages that have come lately. */
    private double meanCost = 1_024;
    /** When neighbours were last told that they are not limited any more. */
    private long liftedNanos = Long.MIN_VALUE / 2;

    private final Timers.Timer liftTimer;

    /** Whether a neighbour has said that it waits no longer for this node, which has had no room since. */
    private boolean isCutOff;

    private int limits;
    private int limited;

    Grants(
            ProtocolContext context,
            TopicRef topic,
            TreeSettings.Flow settings,
            Neighbours neighbours,
            Owing owing,
            Progress progress,
            LongSupplier heldBytes) {
        this.context = context;
        this.topic = topic;
        this.settings = settings;
        this.neighbours = neighbours;
        this.owing = owing;
        this.progress = progress;
        this.heldBytes = heldBytes;
        this.liftTimer = context.timers().timer(this::review);
    }

    /** A message has come; returns whether this node has to take it. */
    boolean onReceived(Link link, int bodySize, boolean isLive) {
        Upstream in = link.in;
        long cost = cost(bodySize);
        in.received += cost;
        meanCost += (cost - meanCost) / MEAN_OF;
        if (!in.isLimited) {
            return true;
        }
        if (isLive && in.isPassedOn) {
            takeLive(link);
        }
        if (in.received >= in.nextLook) {
            grant(link, false);
        }
        return in.received - in.granted <= settings.maxExcessBytes();
    }

    /** A live message need not have been granted while this node has room itself; else it is time to say that it has not. */
    private void takeLive(Link link) {
        if (isPassedOn(link)) {
            link.in.granted = Math.max(link.in.granted, link.in.received);
        } else {
            tell(link, false, false);
        }
    }

    /** A message has come because this node asked for it: that takes nothing from what was granted. */
    void onPulled(Link link, int bodySize) {
        link.in.granted += cost(bodySize);
    }

    /** The number or the appetite of those who take has changed: who must be told how much? */
    void review() {
        long now = context.nowNanos();
        boolean mayLift = now - liftedNanos >= LIFT_PAUSE_NANOS;
        limits = 0;
        limited = 0;
        for (int i = 0; i < neighbours.count(); i++) {
            Link link = neighbours.get(i);
            boolean isLimited = isLimited(link);
            if (link.in.isLimited && !isLimited && !mayLift) {
                liftTimer.armAt(liftedNanos + LIFT_PAUSE_NANOS);
            } else if (link.in.isLimited != isLimited) {
                liftedNanos = isLimited ? liftedNanos : now;
                link.in.isLimited = isLimited;
                limit(link);
                tell(link, false, false);
            }
            limits += link.in.isLimited ? 1 : 0;
            limited += link.out.mode == Mode.LIMITED ? 1 : 0;
        }
    }

    void close() {
        liftTimer.cancel();
    }

    /**
     * Begins to grant: at least a message, because who grants nothing at first is not waited for. That is what this node
     * wants while neighbours have waited for it in vain.
     */
    private void limit(Link link) {
        long room = room(link);
        isCutOff &= room == 0;
        link.in.limitTo(isCutOff ? 0 : Math.max(1, room));
    }

    private boolean isLimited(Link link) {
        if (waits()) {
            return true;
        }
        for (int i = 0; i < neighbours.count(); i++) {
            Link other = neighbours.get(i);
            if (other != link && other.isEager() && other.out.mode == Mode.LIMITED && !other.out.isDormant) {
                return true;
            }
        }
        return false;
    }

    /** Grants what there is room for, if that is worth a word or was asked for. */
    void grant(Link link, boolean isAsked) {
        Upstream in = link.in;
        if (in.isLimited) {
            long room = room(link);
            long limit = in.received + room;
            isCutOff &= room == 0;
            in.nextLook = in.received + step() / 2;
            in.isStarved = room == 0 || limit - in.granted < step();
            if (!in.isStarved || isAsked) {
                in.granted = room == 0 ? in.granted : Math.max(in.granted, limit);
                tell(link, false, false);
            }
        } else if (isAsked) {
            tell(link, false, false);
        }
    }

    /** Tells the neighbour how much it may send, how much it was sent, and what it is owed. */
    void tell(Link link, boolean isQuestion, boolean isCut) {
        Upstream in = link.in;
        link.out.isOwing = link.out.owed > 0;
        in.isPassedOn = isPassedOn(link);
        link.peer.send(new TopicCredit(
                link.peer.alias(topic),
                in.isLimited,
                isQuestion,
                link.out.owed > 0,
                in.isPassedOn,
                isCut,
                in.isLimited ? in.granted : 0,
                link.out.sent));
    }

    /** Whether this node takes little from a neighbour only because others take little from it. */
    boolean isPassedOn(Link link) {
        return link.in.isLimited
                && Math.max(0, roomBehind(link)) < context.outbox().room(topic);
    }

    /** What other neighbours leave of a window. */
    private long roomBehind(Link link) {
        return settings.windowBytes() - Math.max(owing.mostOwed(link), progress.mostBehind(link));
    }

    /** What may come from a neighbour now, 0 to a window. */
    private long room(Link link) {
        return Math.max(0, Math.min(roomBehind(link), context.outbox().room(topic)) - heldBytes.getAsLong());
    }

    /** What may be on its way at most: a subscription with a small queue does not want a megabyte. */
    private long window() {
        return Math.min(settings.windowBytes(), context.outbox().capacity(topic));
    }

    private long step() {
        return Math.max(1, window() / STEPS);
    }

    /**
     * Whether one more message may be asked for. What neighbours are behind with does not matter: they may be waiting for
     * this very message, and if nobody asked while others wait, a circle of nodes would wait for ever.
     *
     * @param outstanding how many have been and have not come
     */
    boolean mayPull(int outstanding) {
        long room = context.outbox().room(topic);
        return room == Long.MAX_VALUE || room > outstanding * meanCost;
    }

    /** Whether a message that is asked for would find room. */
    @Override
    public boolean hasRoom() {
        return context.outbox().room(topic) > 0;
    }

    @Override
    public boolean waits() {
        return context.outbox().capacity(topic) != Long.MAX_VALUE;
    }

    /** Whether an eager neighbour has messages that wait until this node takes them: what comes next comes from there. */
    boolean isOwed() {
        for (int i = 0; i < neighbours.count(); i++) {
            Link link = neighbours.get(i);
            if (link.isEager() && link.in.isOwing) {
                return true;
            }
        }
        return false;
    }

    /**
     * Whether this node takes no more from those that owe it something because of neighbours on lazy links that are behind and have
     * not moved for a while. These get it by asking, and may be waiting for this node to ask: the ends of the tree of a ring, for
     * each other. Who is merely slow moves, and is waited for.
     *
     * @param whileNanos how long they have stood still at least
     */
    boolean isHeldUpByLazy(long whileNanos) {
        for (int i = 0; i < neighbours.count(); i++) {
            Link link = neighbours.get(i);
            if (link.isEager() && link.in.isOwing && !isHeldUpByLazy(link, whileNanos)) {
                return false;
            }
        }
        return true;
    }

    private boolean isHeldUpByLazy(Link link, long whileNanos) {
        boolean hasCreditLeft = link.in.granted - link.in.received > meanCost;
        if (!link.in.isStarved || hasCreditLeft) {
            return false;
        }
        long mostBehind = 0;
        for (int i = 0; i < neighbours.count(); i++) {
            Link other = neighbours.get(i);
            boolean standsStill = !other.out.hasMoved && context.nowNanos() - other.out.unmovedNanos >= whileNanos;
            if (other != link && !other.isEager() && standsStill) {
                mostBehind = Math.max(mostBehind, progress.behind(other));
            }
        }
        return settings.windowBytes() - mostBehind < step();
    }

    private long cost(int bodySize) {
        return settings.messageBytes() + (long) bodySize;
    }

    /** A link stands. */
    void onLinkUp(Link link) {
        link.in.isLimited = isLimited(link);
        if (link.in.isLimited) {
            limit(link);
        }
    }

    /** A neighbour waits for this node no longer. */
    void onCutOff() {
        isCutOff = true;
    }

    /** There is more room, here or behind a neighbour. */
    void onDrained() {
        for (int i = 0; i < neighbours.count(); i++) {
            if (neighbours.get(i).in.isStarved) {
                grant(neighbours.get(i), false);
            }
        }
    }

    /** How many neighbours this node limits. */
    int limits() {
        return limits;
    }

    /** How many neighbours limit this node. */
    int limited() {
        return limited;
    }
}
