package io.chaski.core.internal.protocol.tree;

import io.chaski.core.internal.protocol.Source;
import io.chaski.core.internal.protocol.Timers;
import io.chaski.core.internal.wire.ArrayPayload;
import org.jspecify.annotations.Nullable;

/**
 * What has been received of one source, and its order. Each message is delivered once, in order; what cannot be
 * repaired in time is skipped and every skipped number reported once. Confined to the node's event loop.
 *
 * <pre>
 *   1 .... floor | gap | received, held back | gap | received, held back
 *                ^ everything up to here is delivered or reported
 * </pre>
 */
final class OriginLog {

    final Source source;

    /** Unique among the logs of a topic, unlike the index of a source, which is reused. */
    final int serial;

    final SeqSet received;
    final WantedList wanted = new WantedList();

    /** Neighbours in the list of logs by last message; see {@link Origins}. */
    @Nullable
    OriginLog older;

    @Nullable
    OriginLog newer;

    long lastActiveNanos;
    boolean dropped;

    /** How many of its messages the payload cache has, and the lowest of them as of the last look. */
    int keptCount;

    long oldestKept;

    private final Delivery delivery;
    private final boolean latestOnly;
    private final boolean own;
    private @Nullable HoldBack held;
    private Timers.@Nullable Timer gapTimer;

    /** Messages from here on are delivered. */
    private long deliverFrom;

    /**
     * Gaps from here on are reported: what came before this node first heard of the source was never promised. But once
     * something of that has come, nothing may be missing in silence behind it.
     */
    private long reportFrom;

    /** Up to here a neighbour has said that it can give nothing any more. */
    private long refusedUpTo;

    /** Up to here a neighbour has more than could be wanted at a time, as it has said not long before this time. */
    private long moreUpTo;

    private long moreUntilNanos;

    OriginLog(Source source, int serial, boolean own, long floor, long reportFrom, Delivery delivery) {
        this.source = source;
        this.serial = serial;
        this.own = own;
        this.received = new SeqSet(floor);
        this.reportFrom = reportFrom;
        this.deliverFrom = Long.MAX_VALUE;
        this.delivery = delivery;
        this.latestOnly = source.channel() == Source.PRESENCE;
    }

    /** Whether this node publishes it. */
    boolean isOwn() {
        return own;
    }

    /** Whether only the latest message counts: presence has neither order nor gaps. */
    boolean isLatestOnly() {
        return latestOnly;
    }

    /** Whether a neighbour is to hear of its messages: signed ones are only for those who check them. */
    boolean isFor(Link link) {
        return source.channel() != Source.SIGNED || link.peer.checksProofs();
    }

    /** How many messages wait behind a gap. */
    int heldCount() {
        return held == null ? 0 : held.count();
    }

    /** Whether the message has neither been received nor given up. */
    boolean isNew(long seq) {
        return latestOnly ? seq > received.floor() : !received.contains(seq);
    }

    /** Delivers what comes from now on: everything above what is known. */
    void startDelivering(long fromSeq) {
        deliverFrom = own ? Long.MAX_VALUE : fromSeq;
    }

    /** Delivers nothing any more, and forgets what is held back. */
    void stopDelivering() {
        deliverFrom = Long.MAX_VALUE;
        while (held != null && held.count() > 0) {
            release(held);
        }
        cancelGapTimer();
    }

    /** Whether it would be reported if the message did not come. */
    boolean isPromised(long seq) {
        return seq >= reportFrom;
    }

    /** A neighbour keeps messages from here on that were published while this node was a member: it must not miss them in silence. */
    void promiseFrom(long seq) {
        reportFrom = Math.min(reportFrom, seq);
    }

    /** Numbers the next own message. */
    long nextOwn(long nowNanos) {
        assert own : source;
        long seq = received.floor() + 1;
        received.add(seq, nowNanos);
        return seq;
    }

    /** Takes a new message: delivers it, or holds it back behind a gap. */
    void take(long seq, int hop, ArrayPayload body, long nowNanos) {
        assert isNew(seq) : seq;
        if (latestOnly) {
            takeLatest(seq, hop, body);
            return;
        }
        boolean inOrder = seq == received.floor() + 1;
        received.add(seq, nowNanos);
        if (inOrder) {
            if (seq >= deliverFrom) {
                deliver(seq, hop, body);
            }
            if (held != null) {
                deliverHeld(held);
            }
        } else {
            if (seq >= deliverFrom) {
                hold(seq, hop, body);
            }
            keepBounds();
        }
        watchGap();
    }

    /** Gives up every gap: delivers what is held back and reports what is missing between. */
    void giveUpGaps() {
        while (received.intervals() > 0) {
            skipTo(received.gapEnd());
        }
        cancelGapTimer();
    }

    /** Looks again how long the first gap may stand; to be called when what is wanted has changed. */
    void watchGap() {
        if (received.intervals() == 0 || deliverFrom == Long.MAX_VALUE) {
            cancelGapTimer();
            return;
        }
        if (gapTimer == null) {
            gapTimer = delivery.context.timers().timer(this::onGapTimer);
        }
        long deadlineNanos = gapDeadlineNanos();
        if (!gapTimer.isArmed() || gapTimer.deadlineNanos() != deadlineNanos) {
            gapTimer.armAt(deadlineNanos);
        }
    }

    /** A neighbour that was asked does not have these messages any more, and nobody else is known to have them. */
    void onRefused(long upTo) {
        refusedUpTo = Math.max(refusedUpTo, upTo);
    }

    /**
     * A neighbour has messages up to here, and the next ones are wanted as soon as those that are wanted have come. Its word is
     * good for the gaps that open until a time: it may die, or lie.
     */
    void onMoreToCome(long upTo, long untilNanos) {
        moreUpTo = Math.max(moreUpTo, upTo);
        moreUntilNanos = untilNanos;
    }

    /** Time stood still: the gaps are as good as new. */
    void restartGaps(long nowNanos) {
        received.restartGaps(nowNanos);
        watchGap();
    }

    private void takeLatest(long seq, int hop, ArrayPayload body) {
        if (seq > received.floor() + 1) {
            // An interval is the way to say that the numbers before it do not matter any more.
            received.add(seq, 0);
            received.raiseFloor(seq - 1);
        } else {
            received.add(seq, 0);
        }
        if (seq >= deliverFrom) {
            delivery.deliver(source, seq, hop, body);
        }
    }

    /**
     * A gap is given up as a whole: nothing waits inside it, so giving up a part of it early would deliver nothing and
     * only cut the report into pieces. What can still be repaired and comes splits the gap, and the rest is given up
     * as soon as its own time has passed.
     */
    private void onGapTimer() {
        if (delivery.isPaused()) {
            received.restartGaps(delivery.context.nowNanos());
        }
        if (received.intervals() > 0 && gapDeadlineNanos() <= delivery.context.nowNanos()) {
            skipTo(received.gapEnd());
        }
        watchGap();
    }

    private long gapDeadlineNanos() {
        long since = received.gapSinceNanos();
        long end = received.gapEnd();
        boolean isMoreToCome = received.floor() < moreUpTo && since - moreUntilNanos < 0;
        if (wanted.firstSeq() <= end || isMoreToCome) {
            return since + delivery.repairLimitNanos();
        }
        // What lies before the first contact was never promised: a refusal is enough, others need not be waited for.
        return end < reportFrom && end <= refusedUpTo ? since : since + delivery.waitNanos();
    }

    private void skipTo(long last) {
        long first = received.floor() + 1;
        wanted.forgetUpTo(last);
        received.raiseFloor(last);
        long firstReported = Math.max(first, Math.max(reportFrom, deliverFrom));
        if (firstReported <= last) {
            delivery.gap(source, firstReported, last);
        }
        if (held != null) {
            deliverHeld(held);
        }
    }

    private void hold(long seq, int hop, ArrayPayload body) {
        if (held == null) {
            held = new HoldBack();
        }
        held.add(seq, hop, body);
        delivery.onHeld(body);
    }

    private void keepBounds() {
        TreeSettings settings = delivery.settings;
        while (received.intervals() > settings.order().maxIntervals()) {
            skipTo(received.gapEnd());
        }
        while (held != null
                && held.count() > 0
                && (held.count() > settings.order().maxHeld()
                        || held.bytes() > delivery.heldBytesOfSource()
                        || delivery.isOverfull())) {
            delivery.onOverfull();
            skipTo(received.gapEnd());
        }
    }

    private void deliverHeld(HoldBack messages) {
        while (messages.count() > 0 && messages.firstSeq() <= received.floor()) {
            long seq = messages.firstSeq();
            int hop = messages.firstHop();
            deliver(seq, hop, release(messages));
        }
    }

    private void deliver(long seq, int hop, ArrayPayload body) {
        reportFrom = Math.min(reportFrom, seq + 1);
        delivery.deliver(source, seq, hop, body);
    }

    private ArrayPayload release(HoldBack messages) {
        ArrayPayload body = messages.removeFirst();
        delivery.onReleased(body);
        return body;
    }

    private void cancelGapTimer() {
        if (gapTimer != null) {
            gapTimer.cancel();
        }
    }

    @Override
    public String toString() {
        return source + " up to " + received.max();
    }
}
