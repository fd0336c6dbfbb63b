package io.chaski.core.internal.protocol.tree;

import io.chaski.core.internal.protocol.Peer;
import io.chaski.core.internal.protocol.ProtocolContext;
import io.chaski.core.internal.protocol.Timers;
import io.chaski.core.internal.protocol.TopicRef;
import io.chaski.core.internal.wire.TreeFrame;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The links of one topic: which are eager, what their peers are told of, how long they take. Confined to the node's event
 * loop.
 */
final class Neighbours {

    private final ProtocolContext context;
    private final TopicRef topic;
    private final TreeSettings settings;
    private final EagerListener listener;
    private final List<Link> links = new ArrayList<>();
    private final Timers.Timer flushTimer;
    private long[] rtts = new long[8];
    private int lastSerial;

    /** Hears which links become eager or lazy. */
    interface EagerListener {
        /**
         * The link is what {@link Link#isEager} says.
         *
         * @param link was the other thing before
         */
        void onEagerChanged(Link link);
    }

    Neighbours(ProtocolContext context, TopicRef topic, TreeSettings settings, Runnable flush, EagerListener listener) {
        this.listener = listener;
        this.context = context;
        this.topic = topic;
        this.settings = settings;
        this.flushTimer = context.timers().timer(flush);
    }

    int count() {
        return links.size();
    }

    Link get(int index) {
        return links.get(index);
    }

    @Nullable
    Link find(Peer peer) {
        for (int i = 0; i < links.size(); i++) {
            if (links.get(i).peer == peer) {
                return links.get(i);
            }
        }
        return null;
    }

    Link add(Peer peer) {
        Link link = new Link(peer, ++lastSerial, settings);
        link.eager = peer.mayReceive(topic) && eagerCount() < settings.links().eagerAtStart();
        links.add(link);
        return link;
    }

    void remove(Link link) {
        links.remove(link);
        link.cancelTimers();
    }

    /** Ends all timers. */
    void close() {
        flushTimer.cancel();
        links.forEach(Link::cancelTimers);
        links.clear();
    }

    List<Peer> peers() {
        List<Peer> peers = new ArrayList<>(links.size());
        for (Link link : links) {
            peers.add(link.peer);
        }
        return peers;
    }

    /** Peers that messages are sent to unasked now. */
    List<Peer> eager() {
        List<Peer> eager = new ArrayList<>(links.size());
        for (Link link : links) {
            if (link.eager && !link.stalled) {
                eager.add(link.peer);
            }
        }
        return eager;
    }

    /** How many hear of the messages of a source. */
    int audience(OriginLog log) {
        int count = 0;
        for (int i = 0; i < links.size(); i++) {
            count += hears(links.get(i), log) ? 1 : 0;
        }
        return count;
    }

    /** Not a publisher that may do nothing else, and not one that checks no proofs. */
    private boolean hears(Link link, OriginLog log) {
        return link.peer.mayReceive(topic) && log.isFor(link);
    }

    /** Tells a neighbour of a run of messages, soon, if it may receive them. */
    void advertise(Link link, OriginLog log, long from, long to, int hop) {
        if (!hears(link, log)) {
            return;
        }
        if (link.adverts.isFull()) {
            sendAdverts(link);
        }
        link.adverts.add(log, from, to, hop);
        flushSoon();
    }

    /** Sends what is collected to all who wait for it within {@link TreeSettings.Links#advertNanos}. */
    void flushSoon() {
        if (!flushTimer.isArmed()) {
            flushTimer.armAt(context.nowNanos() + settings.links().advertNanos());
        }
    }

    /**
     * Sends the advertisements collected for a neighbour. 128 of them take at most 3.5 KiB: a range has an alias (5
     * bytes), two numbers (10 each) and a hop (2).
     */
    void sendAdverts(Link link) {
        AdvertBatch batch = link.adverts;
        if (batch.size() == 0) {
            return;
        }
        List<TreeFrame.Advert> adverts = new ArrayList<>(batch.size());
        for (int run = 0; run < batch.size(); run++) {
            OriginLog log = batch.log(run);
            if (log != null) {
                adverts.add(new TreeFrame.Advert(
                        link.peer.alias(log.source), batch.from(run), batch.to(run), batch.minHop(run)));
            }
        }
        batch.clear();
        if (!adverts.isEmpty()) {
            link.peer.send(new TreeFrame.IHave(link.peer.alias(topic), adverts));
        }
    }

    /** Begins to send to a neighbour unasked. What it should have heard of before, it hears of before. */
    void makeEager(Link link) {
        if (!link.eager && link.peer.mayReceive(topic)) {
            sendAdverts(link);
            link.eager = true;
            listener.onEagerChanged(link);
        }
    }

    /** Sends to a neighbour unasked no more. */
    void makeLazy(Link link) {
        if (link.eager) {
            link.eager = false;
            listener.onEagerChanged(link);
        }
    }

    /** Other rules say who may receive. */
    void onRules() {
        for (Link link : links) {
            if (!link.peer.mayReceive(topic)) {
                link.adverts.clear();
                makeLazy(link);
            }
        }
    }

    /** Asks a neighbour to send unasked, and does the same. */
    void graft(Link link) {
        makeEager(link);
        link.excusedUntilNanos = Long.MIN_VALUE;
        link.peer.send(new TreeFrame.Graft(link.peer.alias(topic), true, List.of()));
    }

    /** Asks a neighbour to send no more unasked, and does the same. What is on its way is excused. */
    void prune(Link link) {
        onPruned(link);
        link.excuse(context.nowNanos());
        link.peer.send(new TreeFrame.Prune(link.peer.alias(topic)));
    }

    /** One end has asked the other to send no more unasked. */
    void onPruned(Link link) {
        makeLazy(link);
        link.prunedNanos = context.nowNanos();
    }

    /**
     * How long to wait for the tree before asking somebody, without the jitter. One link that is far slower than the others, as one
     * is whose connection is full, does not count as such: what it may bring comes later than what others have.
     */
    long patienceNanos(long leastNanos) {
        sortRtts();
        int count = links.size();
        TreeSettings.Repair repair = settings.repair();
        long longest = count == 0 ? 0 : Math.min(rtts[count - 1], 2 * rtts[count / 2] + repair.minNanos());
        return Math.max(leastNanos, Math.min(repair.maxNanos(), repair.rttFactor() * longest));
    }

    /** The middle round trip of all links. */
    long medianRttNanos() {
        sortRtts();
        int count = links.size();
        return count == 0 ? 0 : rtts[count / 2];
    }

    private void sortRtts() {
        int count = links.size();
        if (count > rtts.length) {
            rtts = new long[2 * count];
        }
        for (int i = 0; i < count; i++) {
            rtts[i] = links.get(i).rttNanos();
        }
        Arrays.sort(rtts, 0, count);
    }

    private int eagerCount() {
        int count = 0;
        for (Link link : links) {
            count += link.eager ? 1 : 0;
        }
        return count;
    }
}
