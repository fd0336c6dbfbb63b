package io.chaski.core.internal.protocol.tree;

import io.chaski.core.internal.protocol.ProtocolContext;
import io.chaski.core.internal.protocol.Timers;
import io.chaski.core.internal.protocol.TopicRef;
import io.chaski.core.internal.wire.TreeFrame;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Gets what the tree did not bring: waits a while for a message that a neighbour has told of, then asks one neighbour
 * after the other (Plumtree section 3.4, timers in {@link TreeSettings}). Confined to the node's event loop.
 */
final class Repair implements WantedList.Forgetful {

    /** How many unused entries are kept for the next time. */
    private static final int MAX_SPARE = 256;

    /** Between questions that are repeated until there is an answer: less often than a neighbour refuses to answer. */
    private static final long PATIENT_NANOS = 1_000_000_000;

    /**
     * How long what a neighbour owes is waited for that may not send it because others are behind, who may be waiting for this
     * node and have not moved for as long. Eight times as long as the others take to say what they have. What comes of it is one round
     * of questions, {@link TreeSettings.Repair#maxOutstanding} for each neighbour at most, within this time.
     */
    private static final long HELD_UP_NANOS = 2_000_000_000;

    private final ProtocolContext context;
    private final TopicRef topic;
    private final TreeSettings settings;
    private final Neighbours neighbours;
    private final TreeShape shape;
    private final Grants grants;
    private final ArrayDeque<Wanted> spare = new ArrayDeque<>();
    private final List<Wanted> due = new ArrayList<>();
    private final Timers.Timer askTimer;
    private @Nullable Wanted first;
    private @Nullable Wanted last;
    private final long startedNanos;
    private int count;

    /** What was advertised before this, before the last repair of the tree had settled, says nothing about the tree. */
    private long treeRepairedNanos = Long.MIN_VALUE;

    Repair(
            ProtocolContext context,
            TopicRef topic,
            TreeSettings settings,
            Neighbours neighbours,
            TreeShape shape,
            FlowControl flow) {
        this.context = context;
        this.topic = topic;
        this.settings = settings;
        this.neighbours = neighbours;
        this.shape = shape;
        this.grants = flow.grants();
        this.askTimer = context.timers().timer(this::askForDue);
        this.startedNanos = context.nowNanos();
    }

    /** Messages that are known to exist and have not come. */
    int count() {
        return count;
    }

    /**
     * How long to wait for the tree to bring what this neighbour has told of. A link that was pruned a moment ago was
     * redundant then: if it is not any more, the tree is broken, and it is the first to know. What has crossed the question
     * that mends the tree will not come by itself from there, and the tree that would have brought it has just been found broken.
     */
    long patienceNanos(Link link) {
        if (link.isMending(context.nowNanos())) {
            return 0;
        }
        boolean onProbation =
                context.nowNanos() - link.prunedNanos < settings.links().probationNanos();
        return spread(neighbours.patienceNanos(
                onProbation ? settings.links().advertNanos() : settings.repair().minNanos()));
    }

    /** How long to wait for the tree in general. */
    long patienceNanos() {
        return spread(neighbours.patienceNanos(settings.repair().minNanos()));
    }

    /** Neighbours of the same hole in the tree must not mend it all at once. */
    private long spread(long leastNanos) {
        return leastNanos
                + (long) (context.random().nextDouble() * settings.repair().spread() * leastNanos);
    }

    /** A neighbour has told of messages; returns whether all that are news could be noted. */
    boolean onAdvert(Link link, OriginLog log, long from, long to, int hop, long patienceNanos) {
        boolean complete = want(link, log, from, to, hop, true, patienceNanos);
        if (!complete && !log.isLatestOnly()) {
            log.onMoreToCome(to, context.nowNanos() + 2 * settings.repair().digestNanos());
        }
        return complete || log.isLatestOnly();
    }

    /**
     * A neighbour's digest names messages; returns whether all that are news could be noted. No more of them are noted
     * at a time than can be held back, so that a long absence is made up for in order.
     */
    boolean onDigest(Link link, OriginLog log, long from, long to, long patienceNanos) {
        long first = log.received.nextMissing(from);
        long last = Math.min(to, first + settings.order().maxHeld() - 1);
        boolean complete = want(link, log, from, last, Wanted.UNKNOWN_HOP, false, patienceNanos) && last == to;
        if (!complete) {
            log.onMoreToCome(to, context.nowNanos() + 2 * settings.repair().digestNanos());
        }
        return complete;
    }

    /** A message is about to leave a gap behind it: whoever sent it has probably what lies between. */
    void onGap(Link link, OriginLog log, long seq) {
        long from = log.received.max() + 1;
        if (from == seq) {
            return;
        }
        long to = Math.min(seq - 1, from + settings.order().maxHeld() - 1);
        // At the first contact nothing is on its way by the tree, and deliveries wait for the answer.
        long delayNanos = log.isPromised(to) ? patienceNanos() : 0;
        want(link, log, from, to, Wanted.UNKNOWN_HOP, false, delayNanos);
    }

    /** A message that was wanted has come; returns whether it had been asked for. */
    boolean onArrived(Link link, Wanted item, int hop) {
        long now = context.nowNanos();
        boolean pulled = item.requests > 0;
        Link asked = item.asked;
        if (asked == link) {
            link.succeeds();
        }
        if (asked != null && !item.askedForTree && (asked != link || isTooFastForAnAnswer(item, link, now))) {
            asked.excuse(now);
        }
        if (!pulled && item.fromTree && item.advertisedNanos >= treeRepairedNanos && link.eager && !grants.isOwed()) {
            shape.improve(link, item, hop);
        }
        remove(item);
        return pulled;
    }

    /** A neighbour cannot give what it was asked for. */
    void onNoHave(Link link, OriginLog log, long from, long to) {
        Wanted item = log.wanted.ceiling(from);
        while (item != null && item.seq <= to) {
            long seq = item.seq;
            item.removeAdvertiser(link);
            if (item.asked == link) {
                settle(item);
                if (item.fromTree) {
                    fail(link, item.askedNanos);
                }
                if (item.advertiserCount == 0) {
                    log.onRefused(seq);
                }
                makeDue(item);
            }
            item = log.wanted.ceiling(seq + 1);
        }
    }

    /** A neighbour is gone: others are asked at once, also for what it would have sent unasked. */
    void onLinkDown(Link link) {
        Wanted item = first;
        while (item != null) {
            item.removeAdvertiser(link);
            item.askers.remove(link);
            if (item.creator == link) {
                item.creator = null;
            }
            if (item.asked == link) {
                item.asked = null;
                makeDue(item);
            } else if (item.asked == null && (link.eager || item.advertiserCount == 0)) {
                makeDue(item);
            }
            item = item.next;
        }
    }

    /** Time stood still: nobody is late. */
    void onNetworkChanged() {
        long now = context.nowNanos();
        for (Wanted item = first; item != null; item = item.next) {
            long delayNanos = item.asked != null ? answerNanos(item, item.asked) : patienceNanos();
            timer(item).armAt(now + delayNanos);
        }
    }

    /** Forgets everything. */
    void close() {
        while (first != null) {
            remove(first);
        }
        askTimer.cancel();
    }

    @Override
    public void onGivenUp(Wanted item) {
        remove(item);
    }

    private boolean want(Link link, OriginLog log, long from, long to, int hop, boolean fromTree, long delayNanos) {
        long now = context.nowNanos();
        boolean complete = true;
        long seq = log.received.nextMissing(from);
        while (seq <= to) {
            if (!link.adverted.tryTake(1, now)) {
                context.counters().increment("tree.advert-rate");
                complete = false;
                break;
            }
            Wanted item = log.wanted.find(seq);
            if (item == null) {
                item = create(link, log, seq);
                if (item == null) {
                    complete = false;
                    break;
                }
                item.isPast =
                        !fromTree && now - startedNanos < settings.repair().digestNanos();
                timer(item).armAt(now + delayNanos);
            } else if (fromTree && delayNanos == 0 && item.requests == 0) {
                makeDue(item);
            }
            item.addAdvertiser(link, hop, now);
            if (fromTree && !item.fromTree) {
                item.fromTree = true;
                item.advertisedNanos = now;
            }
            seq = log.received.nextMissing(seq + 1);
        }
        log.watchGap();
        return complete;
    }

    private @Nullable Wanted create(Link link, OriginLog log, long seq) {
        TreeSettings.Repair limits = settings.repair();
        if (count >= limits.maxWanted() || link.wantedOnItsWord >= limits.maxWantedPerNeighbour()) {
            context.counters().increment("tree.wanted-full");
            return null;
        }
        Wanted item = spare.pollLast();
        if (item == null) {
            item = new Wanted(limits.maxAdvertisers());
        }
        item.log = log;
        item.seq = seq;
        item.creator = link;
        item.createdNanos = context.nowNanos();
        item.isBeforeFirst = !log.isPromised(seq);
        item.previous = last;
        if (last == null) {
            first = item;
        } else {
            last.next = item;
        }
        last = item;
        link.wantedOnItsWord++;
        count++;
        log.wanted.add(item, this);
        return item;
    }

    private void remove(Wanted item) {
        settle(item);
        timer(item).cancel();
        Link creator = item.creator;
        if (creator != null && --creator.wantedOnItsWord == 0) {
            goOnCatchingUp(creator);
        }
        if (item.previous == null) {
            first = item.next;
        } else {
            item.previous.next = item.next;
        }
        if (item.next == null) {
            last = item.previous;
        } else {
            item.next.previous = item.previous;
        }
        log(item).wanted.remove(item);
        count--;
        item.clear();
        if (spare.size() < MAX_SPARE) {
            spare.addLast(item);
        }
    }

    private void makeDue(Wanted item) {
        timer(item).armAt(context.nowNanos());
    }

    /** Requests that fall due together travel together. */
    private void onTimer(Wanted item) {
        item.due = true;
        due.add(item);
        askTimer.armAt(context.nowNanos());
    }

    private void askForDue() {
        for (int i = 0; i < due.size(); i++) {
            Wanted item = due.get(i);
            // An entry that was forgotten meanwhile, and perhaps used again, is not due.
            if (item.due) {
                item.due = false;
                ask(item);
            }
        }
        due.clear();
        for (int i = 0; i < neighbours.count(); i++) {
            sendRequests(neighbours.get(i));
        }
    }

    private void ask(Wanted item) {
        long now = context.nowNanos();
        Link silent = item.asked;
        if (silent != null) {
            settle(item);
            if (item.fromTree) {
                fail(silent, item.askedNanos);
            }
        }
        if (isForLater(item, now)) {
            timer(item).armAt(now + patienceNanos());
            return;
        }
        Link link = next(item, now);
        if (link == null || now - item.createdNanos >= settings.cache().ageNanos()) {
            OriginLog log = log(item);
            remove(item);
            log.watchGap();
            return;
        }
        if (link.outstanding >= settings.repair().maxOutstanding() || !link.mayBeAsked(now)) {
            timer(item).armAt(now + settings.repair().minNanos());
            return;
        }
        if (item.fromTree && item.advertisedNanos >= treeRepairedNanos) {
            mendTree(item, link, now);
        } else {
            request(item, link, now);
        }
    }

    /**
     * There is no room for the message; or it lies ahead of what has come, and an eager neighbour owes what comes next. What
     * lies behind was skipped, and is not on its way.
     */
    private boolean isForLater(Wanted item, long now) {
        if (!grants.mayPull(outstanding())) {
            return true;
        }
        OriginLog log = log(item);
        if (item.seq <= log.received.max() || !grants.isOwed()) {
            return false;
        }
        long waitNanos = grants.isHeldUpByLazy(HELD_UP_NANOS)
                ? Math.min(HELD_UP_NANOS, settings.repair().owedNanos())
                : settings.repair().owedNanos();
        return now - Math.max(item.createdNanos, log.lastActiveNanos) < waitNanos;
    }

    private int outstanding() {
        int sum = 0;
        for (int i = 0; i < neighbours.count(); i++) {
            sum += neighbours.get(i).outstanding;
        }
        return sum;
    }

    /** One link mends the tree: what else the broken tree did not bring comes the same way, and in order. */
    private void mendTree(Wanted reason, Link link, long now) {
        treeRepairedNanos = now + link.answerNanos();
        link.mendingUntilNanos = treeRepairedNanos;
        link.requestsTree = true;
        for (Wanted item = first; item != null; item = item.next) {
            if (item == reason || mayComeAlong(item, link, now)) {
                item.due = false;
                request(item, link, now);
            }
        }
        reason.askedForTree = true;
    }

    /**
     * Whether a message is asked for together with the one that is the reason. A neighbour may leave so many requests unanswered, and
     * one of these is the reason's: it is made in any case, and those that come along may be made before it.
     */
    private boolean mayComeAlong(Wanted item, Link link, long now) {
        return item.fromTree
                && item.requests == 0
                && item.isAdvertisedBy(link)
                && link.outstanding < settings.repair().maxOutstanding() - 1
                && link.mayBeAsked(now);
    }

    private void request(Wanted item, Link link, long now) {
        item.asked = link;
        item.askedNanos = now;
        item.askedForTree = false;
        item.requests++;
        link.outstanding++;
        if (link.requests.isFull()) {
            sendRequests(link);
        }
        link.requests.add(log(item), item.seq, 0);
        timer(item).armAt(now + answerNanos(item, link));
    }

    /**
     * How long to wait for whoever was asked last. Somebody else is asked quickly; but when all have been asked, the
     * network is not what is slow. On a fast link rounds of the same length would be over in tens of milliseconds, and
     * a neighbour that is only busy, or still waits for the message itself, would be given up until its next digest.
     */
    private long answerNanos(Wanted item, Link link) {
        TreeSettings.Repair limits = settings.repair();
        int round = Math.min((item.requests - 1) / Math.max(1, item.advertiserCount), limits.rounds() - 1);
        if (round == limits.rounds() - 1 && isAskedForOn(item)) {
            return Math.max(link.answerNanos(), PATIENT_NANOS);
        }
        return round == 0 ? link.answerNanos() : Math.max(link.answerNanos(), limits.minNanos() << round);
    }

    /**
     * Whether it is asked for as long as anybody may have it, whether anybody answers or not: what must not be missed, and what would be
     * missed in silence. For the latter the gap ends the wait, and a refusal, which is an answer.
     */
    private boolean isAskedForOn(Wanted item) {
        return grants.waits() || item.isBeforeFirst;
    }

    /** Whose turn it is: advertisers in order, several rounds, the unreliable ones only when there is nobody else. */
    private @Nullable Link next(Wanted item, long now) {
        int advertisers = item.advertiserCount;
        if (advertisers == 0 || item.requests >= settings.repair().rounds() * advertisers && !isAskedForOn(item)) {
            return null;
        }
        for (int i = 0; i < advertisers; i++) {
            Link link = item.advertisers[(item.requests + i) % advertisers];
            if (!link.isDemoted(now)) {
                return link;
            }
        }
        return item.advertisers[item.requests % advertisers];
    }

    private void sendRequests(Link link) {
        AdvertBatch batch = link.requests;
        if (batch.size() == 0) {
            return;
        }
        List<TreeFrame.Range> ranges = new ArrayList<>(batch.size());
        for (int run = 0; run < batch.size(); run++) {
            OriginLog log = batch.log(run);
            if (log != null) {
                ranges.add(new TreeFrame.Range(link.peer.alias(log.source), batch.from(run), batch.to(run)));
            }
        }
        boolean tree = link.requestsTree;
        batch.clear();
        link.requestsTree = false;
        if (tree) {
            neighbours.makeEager(link);
            link.excusedUntilNanos = Long.MIN_VALUE;
        }
        link.peer.send(new TreeFrame.Graft(link.peer.alias(topic), tree, ranges));
    }

    /** Ends the wait for the answer of whoever was asked. */
    private void settle(Wanted item) {
        Link asked = item.asked;
        if (asked == null) {
            return;
        }
        item.asked = null;
        if (--asked.outstanding == 0) {
            goOnCatchingUp(asked);
        }
    }

    /** Asks a neighbour for what could not be noted before. */
    private void goOnCatchingUp(Link link) {
        if (link.catchingUp) {
            link.digestDue = true;
            neighbours.flushSoon();
        }
    }

    private void fail(Link link, long askedNanos) {
        if (link.fails(askedNanos, context.nowNanos())) {
            context.counters().increment("tree.advertiser-demoted");
            if (link.eager) {
                neighbours.prune(link);
            }
        }
    }

    /** Whether the message was on its way already, so that the answer will be a duplicate. */
    private static boolean isTooFastForAnAnswer(Wanted item, Link link, long now) {
        return now - item.askedNanos < link.rttNanos() - link.rttNanos() / 4;
    }

    private Timers.Timer timer(Wanted item) {
        if (item.timer == null) {
            item.timer = context.timers().timer(() -> onTimer(item));
        }
        return item.timer;
    }

    private static OriginLog log(Wanted item) {
        return Objects.requireNonNull(item.log, "a spare entry");
    }
}
