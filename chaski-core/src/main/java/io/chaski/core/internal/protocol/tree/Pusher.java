package io.chaski.core.internal.protocol.tree;

import io.chaski.core.internal.protocol.ProtocolContext;
import io.chaski.core.internal.wire.ArrayPayload;
import org.jspecify.annotations.Nullable;

/**
 * Sends messages along eager links and tells lazy ones of them. A link that takes no more bytes is only told as well,
 * until it recovers; if that takes long its peer pulls, if it takes too long it is reported. Confined to the node's
 * event loop.
 */
final class Pusher {

    private final ProtocolContext context;
    private final TreeSettings settings;
    private final PayloadCache cache;
    private final Owing owing;
    private final Neighbours neighbours;
    private final TreeShape shape;
    private final Broadcast.SlowNeighbour slowNeighbour;

    Pusher(
            ProtocolContext context,
            TreeSettings settings,
            FlowControl flow,
            Neighbours neighbours,
            TreeShape shape,
            Broadcast.SlowNeighbour slowNeighbour) {
        this.context = context;
        this.settings = settings;
        this.owing = flow.owing();
        this.cache = flow.cache();
        this.neighbours = neighbours;
        this.shape = shape;
        this.slowNeighbour = slowNeighbour;
    }

    /**
     * Sends a message to all eager links and tells the others of it.
     *
     * @param except where it came from, null for an own message
     * @param wanted what is known of it, if it was wanted: who has told of it has it
     * @param hop hop at which it was received, 0 for an own one
     * @param isKept whether it is the last one in the cache
     * @return number of links it was sent to, or is owed to
     */
    int push(
            @Nullable Link except,
            @Nullable Wanted wanted,
            OriginLog log,
            long seq,
            int hop,
            int hopLimit,
            int flags,
            ArrayPayload body,
            boolean isKept) {
        if (hop >= hopLimit) {
            return 0;
        }
        int sent = 0;
        for (int i = 0; i < neighbours.count(); i++) {
            Link link = neighbours.get(i);
            if (link == except || !log.isFor(link)) {
                continue;
            }
            if (wanted != null && wanted.isCaughtUpWith() && !link.out.waits()) {
                // The neighbours of a newcomer have had what it catches up with, or lack it as it did.
                if (!wanted.isAdvertisedBy(link)) {
                    neighbours.advertise(link, log, seq, seq, hop);
                }
                continue;
            }
            if (wanted != null && wanted.isAdvertisedBy(link) && link.out.owed == 0) {
                // It got the message another way: a copy would only tell it that this link closes a cycle. Whoever is
                // owed something gets a copy all the same: all that follows is owed, without a hole.
                if (link.eager) {
                    shape.onCameAnotherWay(link, log, wanted.toldNanos(link));
                }
                continue;
            }
            // Whoever has asked for it in vain gets it whatever its credit: it may have no credit because it lacks this
            // very message.
            boolean isAnswer = wanted != null && wanted.askers.contains(link) && link.peer.isWritable();
            if (isAnswer) {
                owing.send(link, log, seq, hop, hopLimit, flags, body);
            }
            boolean isAnswered = isAnswer && (link.out.owed == 0 || Broadcast.isLive(flags));
            if (isAnswered || sends(link, log, seq, hop, hopLimit, flags, body, isKept)) {
                sent++;
            } else {
                neighbours.advertise(link, log, seq, seq, hop);
            }
        }
        return sent;
    }

    /** Sends the message, or owes it to a neighbour that grants credit. */
    private boolean sends(
            Link link, OriginLog log, long seq, int hop, int hopLimit, int flags, ArrayPayload body, boolean isKept) {
        if (!link.eager) {
            return false;
        }
        if (!log.isLatestOnly()) {
            boolean isLive = Broadcast.isLive(flags);
            if (link.out.isDormant && !(isLive && link.out.isPassedOn)) {
                return false;
            }
            if (isLive && link.out.isLimited()) {
                return owing.offerLive(link, log, seq, hop, hopLimit, flags, body);
            }
            if (!isLive && link.out.waits()) {
                return owing.offer(link, log, seq, hop, hopLimit, flags, body, isKept);
            }
        }
        if (takesMore(link)) {
            owing.send(link, log, seq, hop, hopLimit, flags, body);
            return true;
        }
        skip(link, log, seq, hop);
        return false;
    }

    /** The peer has begun or ceased to take bytes. */
    void onWritability(Link link) {
        if (!link.peer.isWritable()) {
            if (!link.out.waits()) {
                takesMore(link);
            }
        } else {
            if (link.stalled) {
                resume(link);
            }
            owing.drain(link);
        }
    }

    /** Time stood still: a stall begins now. */
    void restartStalls() {
        for (int i = 0; i < neighbours.count(); i++) {
            Link link = neighbours.get(i);
            if (link.stalled) {
                link.endStall();
                takesMore(link);
            }
        }
    }

    /** Whether a message may be sent; the first refusal begins a stall. */
    private boolean takesMore(Link link) {
        if (link.stalled) {
            return false;
        }
        if (link.peer.isWritable()) {
            return true;
        }
        link.stalled = true;
        link.stalledSinceNanos = context.nowNanos();
        armSlowTimer(link);
        return false;
    }

    private void armSlowTimer(Link link) {
        if (link.slowTimer == null) {
            link.slowTimer = context.timers().timer(() -> onSlow(link));
        }
        link.slowTimer.armAt(context.nowNanos() + settings.links().slowNanos());
    }

    private void skip(Link link, OriginLog log, long seq, int hop) {
        if (!link.eager) {
            return;
        }
        if (link.skipped.isFull() || isLongStalled(link)) {
            // Its neighbour has been told of everything and will pull what it still misses.
            neighbours.makeLazy(link);
            link.skipped.clear();
        } else {
            link.skipped.add(log, seq, hop);
        }
    }

    /** Sends what was skipped if nobody can have asked for it elsewhere yet; else the peer pulls. */
    private void resume(Link link) {
        if (!link.eager || isLongStalled(link)) {
            neighbours.makeLazy(link);
            link.endStall();
            tellPostponed(link);
            return;
        }
        AdvertBatch skipped = link.skipped;
        for (int run = 0; run < skipped.size(); run++) {
            OriginLog log = skipped.log(run);
            for (long seq = skipped.from(run); log != null && seq <= skipped.to(run); seq++) {
                if (!link.peer.isWritable()) {
                    skipped.dropBefore(run, seq);
                    goOnWaiting(link, log, seq);
                    return;
                }
                resend(link, log, seq);
            }
        }
        link.endStall();
        tellPostponed(link);
    }

    /**
     * A neighbour asks for a message while it takes no bytes. It is refused, so that it asks elsewhere at once, and told
     * of the message again when it takes some, because perhaps nobody else has it.
     */
    void postpone(Link link, OriginLog log, long seq) {
        takesMore(link); // the answer itself may have filled the connection a moment ago
        int slot = cache.find(log, seq);
        if (slot != PayloadCache.NOT_KEPT && !link.postponed.isFull()) {
            link.postponed.add(log, seq, cache.hop(slot));
        }
    }

    private void tellPostponed(Link link) {
        AdvertBatch postponed = link.postponed;
        for (int run = 0; run < postponed.size(); run++) {
            OriginLog log = postponed.log(run);
            if (log != null) {
                neighbours.advertise(link, log, postponed.from(run), postponed.to(run), postponed.minHop(run));
            }
        }
        postponed.clear();
    }

    /** It is full again, but it moves: only what still waits, this message first, says how far it is behind. */
    private void goOnWaiting(Link link, OriginLog log, long seq) {
        int slot = cache.find(log, seq);
        link.stalledSinceNanos = slot == PayloadCache.NOT_KEPT ? context.nowNanos() : cache.keptNanos(slot);
        armSlowTimer(link);
    }

    /** Sends a message from the cache; returns whether it was still there and may travel on. */
    boolean resend(Link link, OriginLog log, long seq) {
        int slot = cache.find(log, seq);
        if (slot == PayloadCache.NOT_KEPT || cache.hop(slot) >= cache.hopLimit(slot)) {
            return false;
        }
        owing.resend(link, slot);
        return true;
    }

    private boolean isLongStalled(Link link) {
        return context.nowNanos() - link.stalledSinceNanos > settings.links().stallNanos();
    }

    private void onSlow(Link link) {
        context.counters().increment("tree.slow-neighbour");
        slowNeighbour.onSlow(link.peer);
    }
}
