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

    private final ProtocolContext context;
    private final MembershipSettings settings;
    private final Links links;
    private final Members members;

    Elders(ProtocolContext context, Links links, Members members) {
        this.context = context;
        this.settings = context.settings().membership();
        this.links = links;
        this.members = members;
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
        if (links.requestCount() > 0) {
            return;
        }
        View.Entry willing = members.candidate(this::isElder, links::isBusy, false);
        if (willing != null && links.count() < settings.activeMax()) {
            links.request(willing.descriptor(), willing.trust(), Priority.OFFER, true);
            return;
        }
        View.Entry any = willing != null ? willing : members.candidate(this::isElder, links::isBusy, true);
        if (any != null && links.takeHeal()) {
            context.counters().increment("membership.elder-insisted");
            links.request(any.descriptor(), any.trust(), Priority.HEAL, true);
        }
    }
}
