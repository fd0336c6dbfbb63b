package io.chaski.core.internal.protocol.tree;

import io.chaski.core.internal.protocol.ProtocolContext;
import io.chaski.core.internal.protocol.Timers;
import io.chaski.core.internal.protocol.tree.Downstream.Mode;
import io.chaski.core.internal.wire.ArrayPayload;
import io.chaski.core.internal.wire.TreeFrame.TopicCredit;
import org.jspecify.annotations.Nullable;

/**
 * What neighbours are owed: messages in the payload cache that wait for credit, or for a connection that is full. Whoever
 * grants nothing is sent one message now and then, as TCP probes a window of zero (RFC 9293 section 3.8.6.1), which also
 * shows a link that closes a cycle of full buffers: its copy is redundant, and it is pruned. Confined to the node's event
 * loop.
 */
final class Owing {

    private final ProtocolContext context;
    private final TreeSettings.Flow settings;
    private final Neighbours neighbours;
    private final PayloadCache cache;
    private final Listener listener;
    private final Debts debts = new Debts();
    private final Timers.Timer debtTimer;

    /** Hears what becomes of it. */
    interface Listener {
        /** A neighbour is owed so much. */
        void onOwed(long bytes);

        /** Some neighbour is owed less. */
        void onDrained();

        /** The neighbour has to be told what it is owed, and perhaps to be asked for credit. */
        void tell(Link link, boolean isQuestion);

        /** The neighbour has granted nothing for too long. */
        void onTooSlow(Link link);
    }

    Owing(
            ProtocolContext context,
            TreeSettings.Flow settings,
            Neighbours neighbours,
            PayloadCache cache,
            Listener listener) {
        this.context = context;
        this.settings = settings;
        this.neighbours = neighbours;
        this.cache = cache;
        this.listener = listener;
        this.debtTimer = context.timers().timer(this::expireDebts);
    }

    /** A message has been put into the cache: those whose links have broken are owed it as well. */
    void onPut(long cost) {
        if (!debts.isEmpty()) {
            debts.onPut(cost);
            listener.onOwed(debts.most());
        }
    }

    /**
     * Sends the message that has just been put into the cache, or owes it.
     *
     * @param isKept whether the cache had room for it
     * @return whether it was sent or is owed
     */
    boolean offer(
            Link link, OriginLog log, long seq, int hop, int hopLimit, int flags, ArrayPayload body, boolean isKept) {
        Downstream out = link.out;
        long cost = cost(body.size());
        if (out.owed == 0 && out.hasCredit() && link.peer.isWritable()) {
            send(link, log, seq, hop, hopLimit, flags, body);
            return true;
        }
        if (!isKept) {
            context.counters().increment("flow.not-kept");
            return false;
        }
        if (out.owed == 0) {
            out.next = cache.endPosition() - 1;
        }
        out.owed += cost;
        tellWhetherOwing(link);
        watch(link);
        listener.onOwed(out.owed);
        return true;
    }

    /**
     * Sends a live message, or not: it is owed to nobody. A neighbour that has no room itself is told of it only, and may pull it
     * later; one that takes little because others do has room, and is sent it beyond its credit, or those who take everything would
     * wait behind it for the slowest. Both ends then count it as granted.
     *
     * @return whether it was sent
     */
    boolean offerLive(Link link, OriginLog log, long seq, int hop, int hopLimit, int flags, ArrayPayload body) {
        Downstream out = link.out;
        boolean mayHaveIt = out.isPassedOn || out.owed == 0 && out.hasCredit();
        if (!mayHaveIt || !link.peer.isWritable()) {
            return false;
        }
        send(link, log, seq, hop, hopLimit, flags, body);
        if (out.isPassedOn) {
            out.granted = Math.max(out.granted, out.sent);
        }
        return true;
    }

    /** Sends a message at once. */
    void send(Link link, OriginLog log, long seq, int hop, int hopLimit, int flags, ArrayPayload body) {
        link.peer.sendData(log.source, seq, hop + 1, hopLimit, flags, body);
        if (!log.isLatestOnly()) {
            link.out.sent += cost(body.size());
        }
    }

    /** Sends a message from the cache besides, because the neighbour has asked for it. */
    void resend(Link link, int slot) {
        send(
                link,
                cache.log(slot),
                cache.seq(slot),
                cache.hop(slot),
                cache.hopLimit(slot),
                cache.flags(slot),
                cache.body(slot));
    }

    /** The neighbour takes more, or its connection does. */
    void drain(Link link) {
        Downstream out = link.out;
        if (out.owed == 0) {
            return;
        }
        while (out.owed > 0 && out.hasCredit() && link.peer.isWritable()) {
            sendNext(link);
        }
        if (out.owed == 0) {
            out.unblock();
            tellWhetherOwing(link);
        } else {
            watch(link);
        }
        listener.onDrained();
    }

    private void sendNext(Link link) {
        Downstream out = link.out;
        while (out.owed > 0) {
            int slot = cache.slotAt(out.next++);
            if (isOwedTo(link, slot)) {
                out.owed -= cost(cache.size(slot));
                if (!cache.log(slot).dropped) { // else its source may have lost its name, and nobody takes it any more
                    resend(link, slot);
                    break;
                }
            }
        }
        // What lies between is not needed for it, and the next one is what a probe would send.
        while (out.owed > 0 && !isOwedTo(link, cache.slotAt(out.next))) {
            out.next++;
        }
    }

    private boolean isOwedTo(Link link, int slot) {
        return cache.sender(slot) != link.serial
                && cache.hop(slot) < cache.hopLimit(slot)
                && !cache.log(slot).isLatestOnly()
                && cache.log(slot).isFor(link)
                && !Broadcast.isLive(cache.flags(slot));
    }

    /** Waits for credit, if that is what is missing. */
    private void watch(Link link) {
        Downstream out = link.out;
        if (out.hasCredit()) {
            out.unblock();
        } else if (!out.isBlocked) {
            out.isBlocked = true;
            out.blockedNanos = context.nowNanos();
            armTimer(link, out.blockedNanos + settings.probeNanos());
        }
    }

    private void armTimer(Link link, long atNanos) {
        if (link.out.timer == null) {
            link.out.timer = context.timers().timer(() -> onBlocked(link));
        }
        link.out.timer.armAt(atNanos);
    }

    private void onBlocked(Link link) {
        Downstream out = link.out;
        if (out.mode == Mode.UNKNOWN) {
            // Its first word was due with the link. Whoever does not speak of credit is left behind, not waited for.
            out.mode = Mode.LIVE;
            drain(link);
            return;
        }
        long now = context.nowNanos();
        long limitNanos = patienceNanos(out);
        if (now - out.blockedNanos >= limitNanos) {
            listener.onTooSlow(link);
            return;
        }
        if (cache.size(cache.slotAt(out.next)) <= settings.largestProbeBytes() && link.peer.isWritable()) {
            context.counters().increment("flow.probes");
            sendNext(link);
        }
        listener.tell(link, true);
        long pauseNanos = Math.min(settings.maxProbeNanos(), settings.probeNanos() << ++out.probes);
        if (out.owed > 0) {
            armTimer(link, Math.min(now + pauseNanos, out.blockedNanos + limitNanos));
        } else {
            out.unblock();
        }
    }

    /** The neighbour is owed nothing any more; it is told of what it was, and pulls what it still wants. */
    void abandon(Link link) {
        Downstream out = link.out;
        if (out.owed > 0) {
            for (long position = out.next; position < cache.endPosition(); position++) {
                int slot = cache.slotAt(position);
                if (isOwedTo(link, slot) && !cache.log(slot).dropped) {
                    long seq = cache.seq(slot);
                    neighbours.advertise(link, cache.log(slot), seq, seq, cache.hop(slot));
                }
            }
        }
        out.forget();
        tellWhetherOwing(link);
        listener.onDrained();
    }

    /** The neighbour takes no more than it grants. */
    static void takeGrant(Downstream out, TopicCredit credit) {
        Mode before = out.mode;
        out.mode = Mode.LIMITED;
        out.isPassedOn = credit.isPassedOn();
        out.granted = before == Mode.LIMITED ? Math.max(out.granted, credit.granted()) : credit.granted();
        if (out.hasCredit()) {
            out.isDormant = false;
            out.unblock();
        } else if (before == Mode.UNKNOWN && credit.granted() == 0) {
            out.isDormant = true;
        }
    }

    private long owedFrom(Link link, long position) {
        long owed = 0;
        for (long at = position; at < cache.endPosition(); at++) {
            int slot = cache.slotAt(at);
            owed += isOwedTo(link, slot) ? cost(cache.size(slot)) : 0;
        }
        return owed;
    }

    private void expireDebts() {
        long next = debts.expire(context.nowNanos());
        if (next != Long.MAX_VALUE) {
            debtTimer.armAt(next);
        }
        listener.onDrained();
    }

    /** The most that any neighbour is owed but one. */
    long mostOwed(@Nullable Link except) {
        long most = debts.most();
        for (int i = 0; i < neighbours.count(); i++) {
            if (neighbours.get(i) != except) {
                most = Math.max(most, neighbours.get(i).out.owed);
            }
        }
        return most;
    }

    private long cost(int bodySize) {
        return settings.messageBytes() + (long) bodySize;
    }

    /** Begins to owe, or has paid. */
    private void tellWhetherOwing(Link link) {
        if (link.out.isOwing != link.out.owed > 0) {
            listener.tell(link, false);
        }
    }

    /** How long the neighbour may grant nothing. If it waits for others itself, these are cut off before. */
    long patienceNanos(Downstream out) {
        return settings.slowConsumerNanos() * (out.isPassedOn ? settings.passedOnFactor() : 1);
    }

    /**
     * A link stands. If it is that of a neighbour whose link has just broken, it is owed what that may have lost.
     *
     * @return whether it is; then it has been waited for since it moved last, on whatever link
     */
    boolean onLinkUp(Link link) {
        Debts.Debt debt = debts.take(link.peer.id());
        link.out.next = cache.endPosition();
        if (debt != null) {
            link.out.next = debt.out().next;
            link.out.owed = owedFrom(link, link.out.next);
            link.out.unmovedNanos = debt.out().unmovedNanos;
            neighbours.makeEager(link);
        }
        return debt != null;
    }

    /** A link has broken; its neighbour has nothing for certain from a position on. */
    void onBroken(Link link, long position) {
        long owed = owedFrom(link, position);
        if (owed > 0) {
            long untilNanos = context.nowNanos() + settings.debtNanos();
            Downstream out = new Downstream(0);
            out.next = position;
            out.owed = owed;
            out.unmovedNanos = link.out.hasMoved ? context.nowNanos() : link.out.unmovedNanos;
            debts.add(link.peer.id(), new Debts.Debt(out, untilNanos));
            if (!debtTimer.isArmed()) {
                debtTimer.armAt(untilNanos);
            }
            listener.onOwed(owed);
        }
    }

    /** Time stood still: nobody has been slow. */
    void onNetworkChanged() {
        for (int i = 0; i < neighbours.count(); i++) {
            Downstream out = neighbours.get(i).out;
            if (out.isBlocked) {
                out.unblock();
                watch(neighbours.get(i));
            }
        }
    }

    /** Position of the first message that somebody is owed, {@link Long#MAX_VALUE} for none. */
    long from() {
        long from = debts.from();
        for (int i = 0; i < neighbours.count(); i++) {
            Downstream out = neighbours.get(i).out;
            if (out.owed > 0) {
                from = Math.min(from, out.next);
            }
        }
        return from;
    }

    /** Whether anybody is waited for whose link has broken. */
    boolean hasDebts() {
        return !debts.isEmpty();
    }

    /** There is no room for the message at a position: nobody is owed it any more. */
    void onNoRoom(long position) {
        context.counters().add("flow.overrun", debts.forget(position));
        for (int i = 0; i < neighbours.count(); i++) {
            Downstream out = neighbours.get(i).out;
            if (out.owed > 0 && out.next <= position) {
                context.counters().increment("flow.overrun");
                neighbours.makeLazy(neighbours.get(i));
            }
        }
    }

    /** Nobody whose link has broken is waited for. */
    void forgetDebts() {
        debts.clear();
        debtTimer.cancel();
    }
}
