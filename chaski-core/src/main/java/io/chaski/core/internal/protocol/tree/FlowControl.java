package io.chaski.core.internal.protocol.tree;

import io.chaski.core.NodeEvent;
import io.chaski.core.internal.protocol.ProtocolContext;
import io.chaski.core.internal.protocol.Timers;
import io.chaski.core.internal.protocol.TopicRef;
import io.chaski.core.internal.protocol.tree.Downstream.Mode;
import io.chaski.core.internal.wire.TreeFrame.Digest;
import io.chaski.core.internal.wire.TreeFrame.Seen;
import io.chaski.core.internal.wire.TreeFrame.TopicCredit;
import java.util.function.LongSupplier;

/**
 * Lets publishers of one topic wait for those who must not miss anything (ADR 15). Credit says how much each
 * neighbour takes, see {@link Owing} and {@link Grants}; it is counted as in QUIC (RFC 9000 section 4.1), in all that may
 * ever be sent on a link, so that a lost word is made up for by the next one. Digests say what a neighbour has, see {@link
 * Progress}. Confined to the node's event loop.
 */
final class FlowControl implements PayloadCache.Owed, Owing.Listener {

    /**
     * A publisher waits as soon as so small a part of a window is owed: what is on its way is not, and whoever relays needs
     * the rest. In a ring all of whose nodes publish, their own messages would fill every buffer before the first one had
     * gone round and shown the link to prune.
     */
    private static final int PUBLISHER_SHARE = 8;

    /** Whoever waits for this node hears what it has in steps of this part of a window. */
    private static final int REPORTS = 16;

    private final ProtocolContext context;
    private final TopicRef topic;
    private final TreeSettings.Flow settings;
    private final Neighbours neighbours;
    private final PayloadCache cache;
    private final SlowConsumer slowConsumer;
    private final Progress progress;
    private final Owing owing;
    private final Grants grants;
    private final Timers.Timer reportTimer;
    private final Timers.Timer behindTimer;

    /** Sends all whom this node limits what it has. */
    private final Runnable reports;

    /** What neighbours may lack before publishers wait, and the largest message besides. */
    private final long reservedBytes;

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
        this.reservedBytes = (long) settings.flow().windowBytes() + settings.maxBodyBytes();
        this.neighbours = neighbours;
        this.reports = reports;
        this.slowConsumer = slowConsumer;
        this.cache = new PayloadCache(settings, context.memory().cached(), this);
        this.progress = new Progress(cache, neighbours, this.settings.messageBytes());
        this.owing = new Owing(context, this.settings, neighbours, cache, this);
        this.grants = new Grants(context, topic, this.settings, neighbours, owing, progress, heldBytes);
        this.reportTimer = context.timers().timer(this::report);
        this.behindTimer = context.timers().timer(this::watchBehind);
    }

    PayloadCache cache() {
        return cache;
    }

    /** What goes to neighbours. */
    Owing owing() {
        return owing;
    }

    /** What comes from neighbours. */
    Grants grants() {
        return grants;
    }

    /**
     * A message has been put into the cache.
     *
     * @param isExempt whether nobody has to have it
     */
    void onPut(int bodySize, boolean isExempt) {
        if (isExempt) {
            progress.onExemptPut();
            return;
        }
        long cost = settings.messageBytes() + (long) bodySize;
        progress.onPut(cost);
        owing.onPut(cost);
        if (grants.limits() > 0) {
            unreported += cost;
            if (unreported >= settings.windowBytes() / REPORTS) {
                // After this step: only then does what has come include this message.
                reportTimer.armAt(context.nowNanos());
            } else if (!reportTimer.isArmed()) {
                reportTimer.armAt(context.nowNanos() + settings.reportNanos());
            }
        }
        if (grants.limited() > 0) {
            isPublishingBlocked |= progress.mostBehind(null) >= mayBeBehind();
            if (!behindTimer.isArmed()) {
                beginToWatch(cost);
            }
        }
    }

    /** Who had everything but the last message is waited for from now on, whenever it moved last. */
    private void beginToWatch(long lastCost) {
        long now = context.nowNanos();
        for (int i = 0; i < neighbours.count(); i++) {
            Link link = neighbours.get(i);
            if (progress.behind(link) <= lastCost) {
                link.out.unmovedNanos = now;
            }
        }
        behindTimer.armAt(now + settings.probeNanos());
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
            if (out.mode != Mode.UNKNOWN && (out.hasMoved || !isBehind)) {
                out.hasMoved = false;
                out.unmovedNanos = now;
            }
        }
        for (int i = neighbours.count() - 1; i >= 0; i--) {
            Link link = neighbours.get(i);
            if (link.in.isLimited && link.in.isPassedOn != grants.isPassedOn(link)) {
                grants.tell(link, false, false);
            }
            if (progress.behind(link) > 0 && now - link.out.unmovedNanos >= owing.patienceNanos(link.out)) {
                giveUp(link);
            }
        }
        if (isAnyBehind) {
            behindTimer.armAt(now + settings.probeNanos());
        }
    }

    /** It had what came next offered for long enough: nothing of it is kept for it any more. */
    private void giveUp(Link link) {
        if (!isLittle(link.out.owed, progress.behind(link))) {
            cutOff(link);
        } else {
            context.counters().increment("flow.given-up");
            progress.begin(link);
            onDrained();
        }
    }

    @Override
    public void onOwed(long owed) {
        if (owed >= mayBeOwed()) {
            isPublishingBlocked = true;
        }
    }

    /** Whether publishers who wait may go on. */
    private boolean isLittle(long owed, long behind) {
        return owed < mayBeOwed() / 2 && behind < mayBeBehind() - settings.windowBytes() / REPORTS;
    }

    private long mayBeOwed() {
        return settings.windowBytes() / PUBLISHER_SHARE;
    }

    @Override
    public void tell(Link link, boolean isQuestion) {
        grants.tell(link, isQuestion, false);
    }

    @Override
    public void onTooSlow(Link link) {
        cutOff(link);
    }

    private void cutOff(Link link) {
        context.counters().increment("flow.cut-off");
        grants.tell(link, false, true);
        context.outbox().emit(new NodeEvent.SlowConsumer(topic.name(), link.peer.id()));
        link.out.isDormant = true; // if the link stays, as it does where nobody else can take its place
        owing.abandon(link);
        review();
        slowConsumer.onCutOff(link);
    }

    /** Whether somebody is owed, or is not known to have, a message before a position. */
    boolean isOwingBefore(long position) {
        return Math.min(owing.from(), progress.from()) < position;
    }

    /** Whether the neighbour has been sent everything and has not said that it has it. */
    boolean isSilent(Link link) {
        return link.out.owed == 0 && progress.behind(link) > 0;
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
            Owing.takeGrant(out, credit);
        } else {
            out.mode = Mode.LIVE;
            out.isDormant = false;
        }
        if (out.isDormant) {
            owing.abandon(link);
        }
        if (out.mode == Mode.LIMITED && (wasDormant && !out.isDormant || before == Mode.LIVE)) {
            progress.begin(link);
        } else if (out.mode == Mode.LIMITED && before == Mode.UNKNOWN && out.unseen < cache.firstPosition()) {
            progress.beginAt(link, out.unseen); // nothing was kept for it while it said nothing
        }
        if (out.mode != before) {
            review();
        }
        owing.drain(link);
        if (progress.behind(link) > 0 && !behindTimer.isArmed()) {
            beginToWatch(0);
        }
        if (credit.isQuestion()) {
            grants.grant(link, true);
        }
        if (credit.isCut()) {
            grants.onCutOff();
            context.outbox().emit(new NodeEvent.CutOff(topic.name(), link.peer.id()));
        }
    }

    /** A neighbour tells what it has. */
    void onDigest(Digest digest, Link link, GraftAnswer.Logs logs) {
        if (link.out.mode != Mode.LIMITED) {
            return;
        }
        for (Seen seen : digest.seen()) {
            OriginLog log = logs.known(seen.source());
            if (log != null) {
                progress.onSeen(link, log, seen);
            }
        }
        progress.onDigestRead(link);
        onDrained();
    }

    /** Looks again who must be told how much: the number or the appetite of those who take has changed. */
    void review() {
        grants.review();
        onDrained();
    }

    /** There is more room, here or behind a neighbour. */
    @Override
    public void onDrained() {
        grants.onDrained();
        if (isPublishingBlocked && isLittle(owing.mostOwed(null), progress.mostBehind(null))) {
            isPublishingBlocked = false;
            context.outbox().onPublishable(topic);
        }
    }

    /** Whether a publisher has to wait; it is told when it need not any more. */
    boolean isPublishingBlocked() {
        return isPublishingBlocked;
    }

    // ---- links

    void onLinkUp(Link link) {
        grants.onLinkUp(link);
        boolean isBack = owing.onLinkUp(link);
        grants.tell(link, false, false);
        progress.beginAt(link, link.out.next);
        link.out.hasMoved = !isBack;
        review();
        owing.drain(link);
    }

    /** The link is about to go; the neighbour may be back in a moment. {@link #review} has to follow. */
    void onLinkDown(Link link, boolean mayBeBack) {
        if (mayBeBack && link.isEager() && progress.behind(link) > 0) {
            owing.onBroken(link, Math.min(link.out.unseen, link.out.owed > 0 ? link.out.next : Long.MAX_VALUE));
        }
        link.out.forget();
    }

    /** The link is eager from now on, or not any more. */
    void onEagerChanged(Link link) {
        if (!link.isEager()) {
            owing.abandon(link);
        }
        review();
    }

    /** Time stood still: nobody has been slow. */
    void onNetworkChanged() {
        owing.onNetworkChanged();
        for (int i = 0; i < neighbours.count(); i++) {
            neighbours.get(i).out.hasMoved = true;
        }
    }

    /** The log is forgotten. */
    void onDropped(OriginLog log) {
        progress.onDropped(log);
    }

    /** Waits for nobody any more: whoever waits here may try another tree of the topic. */
    void close() {
        owing.forgetDebts();
        grants.close();
        reportTimer.cancel();
        behindTimer.cancel();
        if (isPublishingBlocked) {
            isPublishingBlocked = false;
            context.outbox().onPublishable(topic);
        }
    }

    @Override
    public long reservedBytes() {
        return grants.limited() > 0 || owing.hasDebts() ? reservedBytes : 0;
    }

    @Override
    public long neededFrom() {
        return Math.min(owing.from(), progress.from());
    }

    @Override
    public void onNoRoom(long position) {
        owing.onNoRoom(position);
        for (int i = 0; i < neighbours.count(); i++) {
            if (progress.giveUp(neighbours.get(i), position)) {
                context.counters().increment("flow.overrun");
            }
        }
    }
}
