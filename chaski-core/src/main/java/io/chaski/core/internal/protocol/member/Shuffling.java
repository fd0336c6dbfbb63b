package io.chaski.core.internal.protocol.member;

import io.chaski.core.internal.protocol.Peer;
import io.chaski.core.internal.protocol.ProtocolContext;
import io.chaski.core.internal.protocol.Timers;
import io.chaski.core.internal.protocol.TopicRef;
import io.chaski.core.internal.wire.Descriptor;
import io.chaski.core.internal.wire.MembershipFrame.Priority;
import io.chaski.core.internal.wire.MembershipFrame.Shuffle;
import io.chaski.core.internal.wire.MembershipFrame.ShuffleReply;
import java.util.ArrayList;
import java.util.List;

/**
 * Mixes passive views, so that whoever loses its neighbours knows living members from all over the overlay (HyParView,
 * section 4.4). Confined to the node's event loop.
 */
final class Shuffling {

    /** Most of a view: traded by each node, nearly all links of a new overlay have been replaced. */
    private static final int TRADES = 4;

    /** Six rounds: about as many walks end at each node. Later trades would disturb a tree that has settled. */
    private static final long TRADING_NANOS = 60_000_000_000L;

    /** Two views full: where fewer are known, everybody is near everybody anyway. */
    private static final int MANY_MEMBERS = 12;

    private final ProtocolContext context;
    private final MembershipSettings settings;
    private final TopicRef topic;
    private final Links links;
    private final Members members;
    private final Timers.Timer timer;
    private long startedNanos;
    private int trades = TRADES;

    Shuffling(ProtocolContext context, TopicRef topic, Links links, Members members) {
        this.context = context;
        this.settings = context.settings().membership();
        this.topic = topic;
        this.links = links;
        this.members = members;
        this.timer = context.timers().timer(this::onTimer);
    }

    void start() {
        startedNanos = context.nowNanos();
        arm();
    }

    private void arm() {
        timer.armAt(
                context.nowNanos() + context.jittered(settings.shuffleEvery().toNanos()));
    }

    void leave() {
        timer.cancel();
    }

    private void onTimer() {
        arm();
        members.expire();
        Peer first = links.randomPeer(null, context.self());
        if (first == null) {
            return;
        }
        List<Descriptor> sample = new ArrayList<>();
        for (Peer peer : Sampling.choose(links.peers(), settings.shuffleActive() + 1, context.random())) {
            if (peer != first && sample.size() < settings.shuffleActive()) {
                sample.add(Members.wordOf(peer));
            }
        }
        sample.addAll(members.passiveSample(settings.shufflePassive(), first.id()));
        first.send(new Shuffle(first.alias(topic), context.descriptor(), sample, settings.shuffleHops()));
    }

    /**
     * Trades a link for one to a node whose walk has ended here, from afar. Who joins gets links to those that have free
     * slots, which are those that joined at about the same time, and to those they name; so the graph is full of
     * triangles. A few such trades after joining make it a random one. Then a node leaves its links alone.
     */
    private void trade(Descriptor stranger) {
        boolean isSettled = links.count() >= settings.activeTarget() && links.requestCount() == 0;
        boolean isYoung = context.nowNanos() - startedNanos < TRADING_NANOS;
        if (trades == 0 || !isYoung || !isSettled || members.passive().size() < MANY_MEMBERS) {
            return;
        }
        View.Entry known = members.passive().get(stranger.id());
        if (known != null && !links.isBusy(stranger.id())) {
            trades--;
            links.request(known.descriptor(), known.trust(), Priority.HEAL, true);
        }
    }

    void onShuffle(Peer from, Shuffle shuffle) {
        if (shuffle.origin().id().equals(context.self())) {
            return;
        }
        int hopsLeft = Math.min(shuffle.hopsLeft(), settings.shuffleHops()) - 1;
        Peer next = hopsLeft > 0 ? links.randomPeer(from.id(), shuffle.origin().id()) : null;
        if (next != null) {
            next.send(new Shuffle(next.alias(topic), shuffle.origin(), shuffle.sample(), hopsLeft));
            return;
        }
        // The walk ends here, or cannot go on: its content is never lost.
        Peer origin = context.peers().get(shuffle.origin().id());
        Peer receiver = origin != null ? origin : from;
        List<Descriptor> reply = members.passiveSample(shuffle.sample().size(), receiver.id());
        receiver.send(new ShuffleReply(receiver.alias(topic), reply));
        members.learn(List.of(shuffle.origin()));
        members.learn(shuffle.sample());
        if (hopsLeft <= 0) {
            trade(shuffle.origin());
        }
    }
}
