package io.chaski.core.internal.protocol.find;

import io.chaski.core.internal.protocol.Peer;
import io.chaski.core.internal.protocol.Peers;
import io.chaski.core.internal.protocol.ProtocolContext;
import io.chaski.core.internal.protocol.Timers;
import io.chaski.core.internal.protocol.TopicRef;
import io.chaski.core.internal.protocol.member.Sampling;
import io.chaski.core.internal.protocol.member.View;
import io.chaski.core.internal.wire.Descriptor;
import io.chaski.core.internal.wire.DiscoveryFrame.Register;
import java.util.ArrayList;
import java.util.List;

/**
 * Keeps this node's subscriptions known at some roots. Of a node with more than {@value Register#MAX_TOPICS} topics the
 * first are registered; the others are found by walks. Confined to the node's event loop.
 */
final class Registration {

    private final ProtocolContext context;
    private final DiscoverySettings settings;
    private final Discovery.LocalTopics local;
    private final View roots;
    private final Timers.Timer timer;
    private boolean registered;
    private long sentNanos;

    Registration(ProtocolContext context, Discovery.LocalTopics local) {
        this.context = context;
        this.settings = context.settings().discovery();
        this.local = local;
        this.roots = new View(settings.rootsMax());
        this.timer = context.timers().timer(this::register);
        this.sentNanos = context.nowNanos() - settings.registerAtMostEvery().toNanos();
    }

    /** A root this node has an edge with. */
    void onRootUp(Peer root) {
        if (roots.put(root.descriptor(), true, context.nowNanos(), context.random()) != null) {
            context.counters().increment("discovery.root-forgotten");
        }
        soon();
    }

    /** A root this node has heard of; it never takes the place of one it has met. */
    void onRootNamed(Descriptor root) {
        if (roots.contains(root.id()) || roots.size() < roots.capacity()) {
            roots.put(root, false, context.nowNanos(), context.random());
        }
    }

    /** Roots to ask, at most as many as are registered at. */
    List<View.Entry> some() {
        return Sampling.choose(new ArrayList<>(roots.entries()), settings.rootsUsed(), context.random());
    }

    /** Registers again as soon as the limit allows. */
    void soon() {
        long atNanos = Math.max(
                context.nowNanos(), sentNanos + settings.registerAtMostEvery().toNanos());
        if (!timer.isArmed() || timer.deadlineNanos() > atNanos) {
            timer.armAt(atNanos);
        }
    }

    private void register() {
        List<Long> topics = local.all().stream()
                .map(TopicRef::hash)
                .limit(Register.MAX_TOPICS)
                .toList();
        if (topics.isEmpty() && !registered || roots.size() == 0) {
            return;
        }
        registered = !topics.isEmpty();
        sentNanos = context.nowNanos();
        timer.armAt(sentNanos + context.jittered(settings.registerEvery().toNanos()));
        Register frame = new Register(
                context.descriptor(), topics, (int) settings.lease().toSeconds());
        for (View.Entry root : some()) {
            context.peers().reach(root.descriptor(), root.trust(), new Peers.Reach() {
                @Override
                public void onReached(Peer peer) {
                    if (peer.descriptor().root()) {
                        peer.send(frame);
                    }
                }

                @Override
                public void onUnreachable() {
                    context.counters().increment("discovery.root-unreachable");
                }
            });
        }
    }
}
