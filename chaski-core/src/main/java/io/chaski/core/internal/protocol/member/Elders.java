package io.chaski.core.internal.protocol.member;

import io.chaski.core.internal.protocol.Peer;
import io.chaski.core.internal.protocol.ProtocolContext;
import io.chaski.core.internal.wire.Descriptor;
import io.chaski.core.internal.wire.MembershipFrame.Priority;

/**
 * Sees to it that every member but the eldest has a link to one that is older, which makes the overlay one: from elder
 * to elder everybody comes to the same node. Having links enough is not enough. Members that join at the same time find
 * each other first, and as soon as seven of them are all linked to each other they want nothing and refuse whoever asks,
 * for ever. In such a circle the eldest lacks an elder, and it trades a link for one to any that it knows of.
 *
 * <p>Any total order of the nodes would do. By age those who join later have their elder by joining, and a node that
 * restarts is a newcomer. Confined to the node's event loop.
 */
final class Elders {

    /** In a storm of joins an elder's last slot may be taken a few times over by those that were quicker. */
    private static final int QUICK_QUESTIONS = 8;

    private final ProtocolContext context;
    private final MembershipSettings settings;
    private final Links links;
    private final Members members;
    private int questions;
    private long pauseNanos;
    private long notBeforeNanos;

    Elders(ProtocolContext context, Links links, Members members) {
        this.context = context;
        this.settings = context.settings().membership();
        this.links = links;
        this.members = members;
        beginAnew();
    }

    /** What was in vain until now may not be any more. */
    void onNetworkChanged() {
        beginAnew();
    }

    void onLinkUp(Peer peer) {
        if (isElder(peer.descriptor())) {
            beginAnew();
        }
    }

    private void beginAnew() {
        questions = 0;
        pauseNanos = settings.retryFirst().toNanos();
        notBeforeNanos = context.nowNanos();
    }

    /** Whether elders are known and none of them is a neighbour. */
    boolean isMissing() {
        for (Peer peer : links.peers()) {
            if (isElder(peer.descriptor())) {
                return false;
            }
        }
        return members.knowsAny(this::isElder);
    }

    private boolean isElder(Descriptor other) {
        Descriptor self = context.descriptor();
        return other.epoch() < self.epoch()
                || other.epoch() == self.epoch() && other.id().compareTo(self.id()) < 0;
    }

    /** Asks one for a slot that is free at both ends, or if all have refused, for one that another link has to leave. */
    void ask() {
        if (links.requestCount() > 0 || context.nowNanos() < notBeforeNanos) {
            return;
        }
        View.Entry willing = members.candidate(this::isElder, links::isBusy, false);
        if (willing != null && links.count() < settings.activeMax()) {
            request(willing, Priority.OFFER);
            return;
        }
        View.Entry any = willing != null ? willing : members.candidate(this::isElder, links::isBusy, true);
        if (any != null && links.takeHeal()) {
            context.counters().increment("membership.elder-insisted");
            request(any, Priority.HEAL);
        }
    }

    /** Elders that never accept, or that nobody can dial, must not be asked, or dialled, every second for ever. */
    private void request(View.Entry elder, Priority priority) {
        questions++;
        if (questions >= QUICK_QUESTIONS) {
            notBeforeNanos = context.nowNanos() + context.jittered(pauseNanos);
            pauseNanos = Math.min(2 * pauseNanos, settings.retryLast().toNanos());
        }
        links.request(elder.descriptor(), elder.trust(), priority, true);
    }
}
