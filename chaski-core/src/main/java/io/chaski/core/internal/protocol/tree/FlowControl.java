package io.chaski.core.internal.protocol.tree;

import io.chaski.core.NodeEvent;
import io.chaski.core.internal.protocol.ProtocolContext;
import io.chaski.core.internal.protocol.Timers;
import io.chaski.core.internal.protocol.TopicRef;
import io.chaski.core.internal.protocol.tree.Downstream.Mode;
import io.chaski.core.internal.wire.PayloadView;
import io.chaski.core.internal.wire.TreeFrame.Digest;
import io.chaski.core.internal.wire.TreeFrame.Seen;
import io.chaski.core.internal.wire.TreeFrame.TopicCredit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Credit of one topic: how much each neighbour takes, and how much this node takes from each (design, ADR 13). Credit is
 * counted as in QUIC (RFC 9000 section 4.1), in all that may ever be sent on a link, so that a lost word is made up for by
 * the next one; whoever is out of it sends one message now and then, as TCP probes a window of zero (RFC 9293 section
 * 3.8.6.1), which also shows a link that closes a cycle of full buffers: its copy is redundant, and it is pruned.
 *
 * <p>This node limits a neighbour if a subscription here waits for its consumer, or if another neighbour has said that it
 * is limited itself. So every direction of the tree that leads to a subscription that must not miss anything is limited,
 * back to the publishers, and no other one is. Confined to the node's event loop.
 */
final class FlowControl implements PayloadCache.Owed, Delivery.Appetite {

    /** Credit is granted in steps of this part of a window: four small frames a megabyte. */
    private static final int STEPS = 4;

    /**
     * A publisher waits as soon as so small a part of a window is owed: what is on its way is not, and whoever relays needs
     * the rest. In a ring all of whose nodes publish, their own messages would fill every buffer before the first one had
     * gone round and shown the link to prune.
     */
    private static final int PUBLISHER_SHARE = 8;

    /** Whoever waits for this node hears what it has in steps of this part of a window. */
    private static final int REPORTS = 16;

    /** How many messages the mean of their cost looks back on. */
    private static final int MEAN_OF = 16;

    private final ProtocolContext context;
    private final TopicRef topic;
    private final TreeSettings.Flow settings;
    private final Neighbours neighbours;
    private final PayloadCache cache;
    private final SlowConsumer slowConsumer;
    private final Progress progress;
    private final Timers.Timer reportTimer;
    private final Timers.Timer behindTimer;

    /** What waits behind gaps. */
    private final LongSupplier heldBytes;

    /** Sends all whom this node limits what it has. */
    private final Runnable reports;

    /** Of the messages that have come lately. */
    private double meanCost = 1_024;

    private final Debts debts = new Debts();
    private final Timers.Timer debtTimer;

    /** Whether a neighbour has said that it waits no longer for this node, which has had no room since. */
    private boolean isCutOff;

    /** How many neighbours this node limits, and how many limit this node. */
    private int limits;

    private int limited;

    /** Cost of what has come and was not reported. */
    private long unreported;

    /** Whether a publisher here was told to wait. */
    private boolean isPublishingBlocked;

    /** Hears of a neighbour that is cut off. */
    interface SlowConsumer {
        /**
         * The link has to go; the neighbour has been told why.
         *
         * @param link has granted nothing for too long
         */
        void onCutOff(Link link);
    }

    FlowControl(
            ProtocolContext context,
            TopicRef topic,
            TreeSettings settings,
            Neighbours neighbours,
            LongSupplier heldBytes,
            Runnable reports,
            SlowConsumer slowConsumer) {
        this.context = context;
        this.topic = topic;
        this.settings = settings.flow();
        this.neighbours = neighbours;
        this.heldBytes = heldBytes;
        this.reports = reports;
        this.slowConsumer = slowConsumer;
        this.debtTimer = context.timers().timer(this::expireDebts);
        this.cache = new PayloadCache(settings, context.memory().cached(), this);
        this.progress = new Progress(cache, neighbours, this.settings.messageBytes());
        this.reportTimer = context.timers().timer(this::report);
        this.behindTimer = context.timers().timer(this::watchBehind);
    }

    PayloadCache cache() {
        return cache;
    }

    // ---- to a neighbour

    private long cost(int bodySize) {
        return settings.messageBytes() + (long) bodySize;
    }

    /** A message has been put into the cache. */
    void onPut(int bodySize) {
        long cost = cost(bodySize);
        progress.onPut(cost);
        if (!debts.isEmpty()) {
            debts.onPut(cost);
            blockPublishingAt(debts.most());
        }
        if (limits == 0 && limited == 0) {
            return;
        }
        if (limits > 0) {
            unreported += cost;
            if (unreported >= settings.windowBytes() / REPORTS) {
                report();
            } else if (!reportTimer.isArmed()) {
                reportTimer.armAt(context.nowNanos() + settings.reportNanos());
            }
        }
        if (limited > 0) {
            isPublishingBlocked |= progress.mostBehind(null) >= mayBeBehind();
            if (!behindTimer.isArmed()) {
                watchBehind();
            }
        }
    }

    /** How far a neighbour may be behind until publishers wait: whoever relays needs the rest. */
    private long mayBeBehind() {
        return settings.windowBytes() / 2;
    }

    /** Tells whoever waits for this node what has come. */
    private void report() {
        unreported = 0;
        reportTimer.cancel();
        reports.run();
    }

    /** Gives those up who have not moved for too long, and tells others why this node does not. */
    private void watchBehind() {
        long now = context.nowNanos();
        boolean isAnyBehind = false;
        for (int i = 0; i < neighbours.count(); i++) {
            Link link = neighbours.get(i);
            Downstream out = link.out;
            boolean isBehind = progress.behind(link) > 0;
            isAnyBehind |= isBehind;
            if (out.hasMoved || !isBehind) {
                out.hasMoved = false;
                out.unmovedNanos = now;
            }
        }
        for (int i = neighbours.count() - 1; i >= 0; i--) {
            Link link = neighbours.get(i);
            if (link.in.isLimited && link.in.isPassedOn != isPassedOn(link)) {
                tell(link, false, false);
            }
            if (now - link.out.unmovedNanos >= patienceNanos(link.out)) {
                giveUp(link);
            }
        }
        if (isAnyBehind) {
            behindTimer.armAt(now + settings.probeNanos());
        }
    }

    /** It had what came next offered for long enough: nothing of it is kept for it any more. */
    private void giveUp(Link link) {
        if (progress.behind(link) >= mayBeBehind()) {
            cutOff(link);
        } else {
            context.counters().increment("flow.given-up");
            progress.begin(link);
        }
    }

    private long patienceNanos(Downstream out) {
        return settings.slowConsumerNanos() * (out.isPassedOn ? settings.passedOnFactor() : 1);
    }

    private void blockPublishingAt(long owed) {
        if (owed >= settings.windowBytes() / PUBLISHER_SHARE) {
            isPublishingBlocked = true;
        }
    }

    /**
     * Sends the message that has just been put into the cache, or owes it.
     *
     * @param isKept whether the cache had room for it
     * @return whether it was sent or is owed
     */
    boolean offer(
            Link link, OriginLog log, long seq, int hop, int hopLimit, int flags, PayloadView body, boolean isKept) {
        Downstream out = link.out;
        long cost = cost(body.size());
        if (out.owed == 0 && out.hasCredit() && link.peer.isWritable()) {
            if (isKept) {
                keepFrom(out, cache.endPosition() - 1);
            }
            send(link, log, seq, hop, hopLimit, flags, body);
            return true;
        }
        if (!isKept) {
            context.counters().increment("flow.not-kept");
            return false;
        }
        if (out.owed == 0) {
            out.next = cache.endPosition() - 1;
            keepFrom(out, out.next);
        }
        out.owed += cost;
        tellWhetherOwing(link);
        watch(link);
        blockPublishingAt(out.owed);
        return true;
    }

    /** Sends a message at once. */
    void send(Link link, OriginLog log, long seq, int hop, int hopLimit, int flags, PayloadView body) {
        link.peer.sendData(log.source, seq, hop + 1, hopLimit, flags, body);
        if (!log.isLatestOnly()) {
            link.out.sent += cost(body.size());
        }
    }

    /** Sends a message from the cache besides, because the neighbour has asked for it. */
    void resend(Link link, int slot) {
        PayloadView body = cache.body(slot);
        link.out.keptAt += cost(body.size()); // so that it is not taken for the confirmation of something else
        send(link, slot, body);
    }

    private void send(Link link, int slot, PayloadView body) {
        send(link, cache.log(slot), cache.seq(slot), cache.hop(slot), cache.hopLimit(slot), cache.flags(slot), body);
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
        onDrained();
    }

    private void sendNext(Link link) {
        Downstream out = link.out;
        while (out.owed > 0) {
            int slot = cache.slotAt(out.next++);
            if (isOwedTo(link, slot)) {
                out.owed -= cost(cache.size(slot));
                send(link, slot, cache.body(slot));
                return;
            }
        }
    }

    private boolean isOwedTo(Link link, int slot) {
        return cache.sender(slot) != link.serial
                && cache.hop(slot) < cache.hopLimit(slot)
                && !cache.log(slot).isLatestOnly();
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
        long now = context.nowNanos();
        long limitNanos = patienceNanos(out);
        if (now - out.blockedNanos >= limitNanos) {
            cutOff(link);
            return;
        }
        if (cache.size(cache.slotAt(out.next)) <= settings.largestProbeBytes() && link.peer.isWritable()) {
            context.counters().increment("flow.probes");
            sendNext(link);
        }
        tell(link, true, false);
        long pauseNanos = Math.min(settings.maxProbeNanos(), settings.probeNanos() << ++out.probes);
        if (out.owed > 0) {
            armTimer(link, Math.min(now + pauseNanos, out.blockedNanos + limitNanos));
        } else {
            out.unblock();
        }
    }

    private void cutOff(Link link) {
        if (link.out.mode == Mode.UNKNOWN) {
            neighbours.makeLazy(link);
            return;
        }
        context.counters().increment("flow.cut-off");
        tell(link, false, true);
        context.outbox().emit(new NodeEvent.SlowConsumer(topic.name(), link.peer.id()));
        link.out.isDormant = true; // if the link stays, as it does where nobody else can take its place
        abandon(link);
        review();
        slowConsumer.onCutOff(link);
    }

    /** The neighbour is owed nothing any more; it is told of what it was, and pulls what it still wants. */
    void abandon(Link link) {
        Downstream out = link.out;
        if (out.owed > 0) {
            for (long position = out.next; position < cache.endPosition(); position++) {
                int slot = cache.slotAt(position);
                if (isOwedTo(link, slot)) {
                    long seq = cache.seq(slot);
                    neighbours.advertise(link, cache.log(slot), seq, seq, cache.hop(slot));
                }
            }
        }
        out.forget();
        tellWhetherOwing(link);
        onDrained();
    }

    /** A publisher that does not wait goes on: who is behind is owed nothing any more. */
    void abandonBlocked() {
        for (int i = 0; i < neighbours.count(); i++) {
            Link link = neighbours.get(i);
            if (link.out.owed >= settings.windowBytes() / PUBLISHER_SHARE / 2) {
                context.counters().increment("flow.left-behind");
                neighbours.makeLazy(link);
            }
            if (progress.behind(link) >= mayBeBehind() / 2) {
                progress.begin(link);
            }
        }
        debts.clear();
        onDrained();
    }

    // ---- what a neighbour says

    /** A word about credit. */
    void onCredit(Link link, TopicCredit credit) {
        Upstream in = link.in;
        if (credit.sent() > in.received) {
            // What was sent before this has come, or will not come any more.
            in.received = credit.sent();
        }
        in.isOwing = credit.isOwing();
        if (!in.isTold) {
            in.isTold = true;
            in.repeatedUpTo = credit.isOwing() ? in.received + settings.windowBytes() : 0;
        }
        Downstream out = link.out;
        Mode before = out.mode;
        boolean wasDormant = out.isDormant;
        if (credit.isLimited()) {
            takeGrant(out, credit, before);
            confirm(link);
        } else {
            out.mode = Mode.LIVE;
            out.isDormant = false;
            out.isKeeping = false;
        }
        if (out.isDormant) {
            abandon(link);
        }
        if (out.mode == Mode.LIMITED && (wasDormant && !out.isDormant || before == Mode.LIVE)) {
            progress.begin(link);
        }
        if (out.mode != before) {
            review();
        }
        drain(link);
        if (credit.isQuestion()) {
            grant(link, true);
        }
        if (credit.isCut()) {
            isCutOff = true;
            context.outbox().emit(new NodeEvent.CutOff(topic.name(), link.peer.id()));
        }
    }

    private static void takeGrant(Downstream out, TopicCredit credit, Mode before) {
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

    /** All but a window of what is granted has been passed on. */
    private void confirm(Link link) {
        Downstream out = link.out;
        if (!out.isKeeping) {
            return;
        }
        long confirmed = out.granted - settings.windowBytes();
        long end = out.owed > 0 ? out.next : cache.endPosition();
        out.kept = Math.max(out.kept, cache.firstPosition()); // what was sent long ago may be gone
        while (out.kept < end) {
            int slot = cache.slotAt(out.kept);
            long cost = isOwedTo(link, slot) ? cost(cache.size(slot)) : 0;
            if (out.keptAt + cost > confirmed) {
                return;
            }
            out.keptAt += cost;
            out.kept++;
        }
        out.isKeeping = out.owed > 0;
    }

    private void keepFrom(Downstream out, long position) {
        if (!out.isKeeping && out.mode == Mode.LIMITED) {
            out.isKeeping = true;
            out.kept = position;
            out.keptAt = out.sent;
        }
    }

    /** A neighbour tells what it has. */
    void onDigest(Digest digest, Link link, GraftAnswer.Logs logs) {
        if (link.out.mode != Mode.LIMITED) {
            return;
        }
        progress.onDigest();
        for (Seen seen : digest.seen()) {
            OriginLog log = logs.known(seen.source());
            if (log != null) {
                boolean isWhole = seen.gaps().isEmpty();
                progress.onSeen(
                        log, isWhole ? seen.maxSeq() : seen.gaps().get(0).from() - 1);
            }
        }
        progress.onDigestRead(link);
        onDrained();
    }

    // ---- from a neighbour

    /** A message has come; returns whether this node has to take it. */
    boolean onReceived(Link link, int bodySize) {
        Upstream in = link.in;
        long cost = cost(bodySize);
        in.received += cost;
        meanCost += (cost - meanCost) / MEAN_OF;
        if (!in.isLimited) {
            return true;
        }
        if (in.received >= in.nextLook) {
            grant(link, false);
        }
        return in.received - in.granted <= settings.maxExcessBytes();
    }

    /** A message has come because this node asked for it: that takes nothing from what was granted. */
    void onPulled(Link link, int bodySize) {
        link.in.granted += cost(bodySize);
    }

    /** The number or the appetite of those who take has changed: who must be told how much? */
    void review() {
        limits = 0;
        limited = 0;
        for (int i = 0; i < neighbours.count(); i++) {
            Link link = neighbours.get(i);
            boolean isLimited = isLimited(link);
            limits += isLimited ? 1 : 0;
            limited += link.out.mode == Mode.LIMITED ? 1 : 0;
            if (link.in.isLimited != isLimited) {
                link.in.isLimited = isLimited;
                limit(link);
                tell(link, false, false);
            }
        }
        onDrained();
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

    /** There is more room, here or behind a neighbour. */
    void onDrained() {
        for (int i = 0; i < neighbours.count(); i++) {
            if (neighbours.get(i).in.isStarved) {
                grant(neighbours.get(i), false);
            }
        }
        if (isPublishingBlocked
                && mostOwed(null) < settings.windowBytes() / PUBLISHER_SHARE / 2
                && progress.mostBehind(null) < mayBeBehind() - settings.windowBytes() / REPORTS) {
            isPublishingBlocked = false;
            context.outbox().onPublishable(topic);
        }
    }

    private void grant(Link link, boolean isAsked) {
        Upstream in = link.in;
        if (in.isLimited) {
            long room = room(link);
            long limit = in.received + room;
            isCutOff &= room == 0;
            in.nextLook = in.received + step() / 2;
            in.isStarved = limit - in.granted < step();
            if (!in.isStarved || isAsked) {
                in.granted = Math.max(in.granted, limit);
                tell(link, false, false);
            }
        } else if (isAsked) {
            tell(link, false, false);
        }
    }

    /** Begins to owe, or has paid. */
    private void tellWhetherOwing(Link link) {
        if (link.out.isOwing != link.out.owed > 0) {
            tell(link, false, false);
        }
    }

    private void tell(Link link, boolean isQuestion, boolean isCut) {
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

    private boolean isPassedOn(Link link) {
        return link.in.isLimited && roomBehind(link) < context.outbox().room(topic);
    }

    /** What other neighbours leave of a window. */
    private long roomBehind(Link link) {
        return settings.windowBytes() - Math.max(mostOwed(link), progress.mostBehind(link));
    }

    /** What may come from a neighbour now, 0 to a window. */
    private long room(Link link) {
        return Math.max(0, Math.min(roomBehind(link), context.outbox().room(topic)) - heldBytes.getAsLong());
    }

    private long mostOwed(@Nullable Link except) {
        long most = debts.most();
        for (int i = 0; i < neighbours.count(); i++) {
            if (neighbours.get(i) != except) {
                most = Math.max(most, neighbours.get(i).out.owed);
            }
        }
        return most;
    }

    /** What may be on its way at most: a subscription with a small queue does not want a megabyte. */
    private long window() {
        return Math.min(settings.windowBytes(), context.outbox().capacity(topic));
    }

    private long step() {
        return Math.max(1, window() / STEPS);
    }

    // ---- for the parts that pull, and for publishers

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

    /** Whether a publisher has to wait; it is told when it need not any more. */
    boolean isPublishingBlocked() {
        return isPublishingBlocked;
    }

    // ---- links

    void onLinkUp(Link link) {
        link.in.isLimited = isLimited(link);
        if (link.in.isLimited) {
            limit(link);
        }
        Debts.Debt debt = debts.take(link.peer.id());
        if (debt != null) {
            link.out.next = debt.out().next;
            link.out.owed = owedFrom(link, link.out.next);
            neighbours.makeEager(link);
        }
        tell(link, false, false);
        progress.beginAt(link, debt == null ? cache.endPosition() : link.out.next);
        review();
        drain(link);
    }

    /** The link is about to go; if it has broken, the neighbour may be back in a moment. {@link #review} has to follow. */
    void onLinkDown(Link link, boolean isBroken) {
        Downstream out = link.out;
        if (isBroken && link.isEager() && out.mode == Mode.LIMITED && !out.isDormant) {
            out.next = Math.max(cache.firstPosition(), out.isKeeping ? out.kept : out.next);
            out.owed = out.isKeeping || out.owed > 0 ? owedFrom(link, out.next) : 0;
            if (out.owed > 0) {
                long untilNanos = context.nowNanos() + settings.debtNanos();
                Downstream owed = new Downstream(0);
                owed.next = out.next;
                owed.owed = out.owed;
                debts.add(link.peer.id(), new Debts.Debt(owed, untilNanos));
                if (!debtTimer.isArmed()) {
                    debtTimer.armAt(untilNanos);
                }
                blockPublishingAt(owed.owed);
            }
        }
        out.forget();
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
        onDrained();
    }

    /** The link is eager from now on, or not any more. */
    void onEagerChanged(Link link) {
        if (!link.isEager()) {
            abandon(link);
        }
        review();
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

    /** Waits for nobody any more. */
    void close() {
        debts.clear();
        reportTimer.cancel();
        behindTimer.cancel();
        debtTimer.cancel();
    }

    // ---- what must stay in the cache

    @Override
    public long unsentFrom() {
        long from = Math.min(debts.from(), progress.from());
        for (int i = 0; i < neighbours.count(); i++) {
            Downstream out = neighbours.get(i).out;
            if (out.owed > 0) {
                from = Math.min(from, out.next);
            }
        }
        return from;
    }

    @Override
    public long unconfirmedFrom() {
        long from = unsentFrom();
        for (int i = 0; i < neighbours.count(); i++) {
            Downstream out = neighbours.get(i).out;
            if (out.isKeeping) {
                from = Math.min(from, out.kept);
            }
        }
        return from;
    }

    @Override
    public void onNoRoom(long position) {
        if (debts.forget(position) > 0) {
            context.counters().increment("flow.overrun");
        }
        for (int i = 0; i < neighbours.count(); i++) {
            Link link = neighbours.get(i);
            Downstream out = link.out;
            if (progress.giveUp(link, position)) {
                context.counters().increment("flow.overrun");
            }
            if (out.isKeeping && out.kept <= position) {
                context.counters().increment("flow.unconfirmed");
                out.isKeeping = false;
            } else if (out.owed > 0 && out.next <= position) {
                context.counters().increment("flow.overrun");
                neighbours.makeLazy(link);
            }
        }
    }
}
