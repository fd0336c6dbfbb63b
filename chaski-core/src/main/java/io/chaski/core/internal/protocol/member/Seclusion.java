package io.chaski.core.internal.protocol.member;

import io.chaski.core.NodeId;
import io.chaski.core.internal.protocol.ProtocolContext;
import io.chaski.core.internal.wire.MembershipFrame.Priority;

/**
 * Notices that a node may live in a closed circle: seven members in which everybody is linked to everybody want nothing
 * from anybody and refuse whoever asks, although they know that there are others. Shuffles walk at random; where every
 * walk that ends here began next door, next door is probably all there is. Then this node trades a link for one to a
 * member outside, and as much as two links join the circle to the rest. Confined to the node's event loop.
 */
final class Seclusion {

    /**
     * So many walks in a row make a suspicion. In a random overlay of 15 members two walks in five begin next door, and
     * four in a row once in forty, which costs a link traded for nothing now and then; in larger ones it hardly happens.
     * In a closed circle it takes a minute at the most: about as many walks end at each node as begin there.
     */
    private static final int SUSPICIOUS = 4;

    private final ProtocolContext context;
    private final MembershipSettings settings;
    private final Links links;
    private final Members members;
    private int nearInARow;

    Seclusion(ProtocolContext context, Links links, Members members) {
        this.context = context;
        this.settings = context.settings().membership();
        this.links = links;
        this.members = members;
    }

    /** A walk has ended here after all its hops. */
    void onWalkEnded(NodeId origin) {
        if (!links.isLinked(origin)) {
            nearInARow = 0;
            return;
        }
        nearInARow++;
        // Below the target this node looks for links by itself.
        if (nearInARow >= SUSPICIOUS && links.count() >= settings.activeTarget()) {
            breakOut();
        }
    }

    private void breakOut() {
        View.Entry outside = members.candidate(links::isBusy, false);
        if (outside != null && links.requestCount() == 0 && links.takeHeal()) {
            nearInARow = 0;
            context.counters().increment("membership.broke-out");
            links.request(outside.descriptor(), outside.trust(), Priority.HEAL, true);
        }
    }
}
