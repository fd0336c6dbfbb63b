package io.chaski.core.internal.protocol.find;

import io.chaski.core.internal.protocol.Peer;
import io.chaski.core.internal.protocol.Peers;
import io.chaski.core.internal.protocol.ProtocolContext;
import io.chaski.core.internal.protocol.TopicRef;
import io.chaski.core.internal.protocol.member.HyParView;
import io.chaski.core.internal.protocol.member.Sampling;
import io.chaski.core.internal.protocol.member.View;
import io.chaski.core.internal.wire.Descriptor;
import io.chaski.core.internal.wire.DiscoveryFrame.Find;
import io.chaski.core.internal.wire.DiscoveryFrame.Found;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Look-ups of others: answers those it can and passes the rest on, over the control overlay or, without one, over all
 * edges. Confined to the node's event loop.
 */
final class Finds {

    private final ProtocolContext context;
    private final DiscoverySettings settings;
    private final @Nullable HyParView control;
    private final Discovery.LocalTopics local;
    private final Subscribers subscribers;
    private final Registration registration;
    private final Requests requests;

    Finds(
            ProtocolContext context,
            @Nullable HyParView control,
            Discovery.LocalTopics local,
            Subscribers subscribers,
            Registration registration,
            Requests requests) {
        this.context = context;
        this.settings = context.settings().discovery();
        this.control = control;
        this.local = local;
        this.subscribers = subscribers;
        this.registration = registration;
        this.requests = requests;
    }

    void onFind(Peer from, Find find) {
        boolean direct = find.origin().id().equals(from.id());
        Descriptor origin = direct ? from.descriptor() : subscribers.believed(find.origin());
        if (origin == null) {
            from.misbehaved("discovery.origin-refused");
            return;
        }
        boolean isNew = requests.add(find.request(), from, find.topicHash(), context.nowNanos());
        if (!isNew && find.flood()) {
            return;
        }
        TopicRef subscribed = local.subscribed(find.topicHash());
        List<Descriptor> members = answer(find);
        if (!members.isEmpty()) {
            Peer asker = context.peers().get(origin.id());
            (asker != null ? asker : from).send(new Found(find.request(), find.topicHash(), members));
        }
        if (subscribed != null) {
            local.onWanted(subscribed, origin);
        } else if (members.isEmpty() && direct && find.hopsLeft() == 0 && !find.flood()) {
            askRoots(find);
        } else if (members.isEmpty()) {
            passOn(from, find);
        } else {
            passOnToMember(find, members);
        }
    }

    private List<Descriptor> answer(Find find) {
        int want = Math.max(1, Math.min(find.want(), DiscoverySettings.ANSWER_MAX));
        List<Descriptor> members = subscribers.lookUp(find.topicHash(), want + 1);
        members.removeIf(member -> member.id().equals(find.origin().id()));
        return members.size() > want ? members.subList(0, want) : members;
    }

    /** A member that hears of the look-up may offer itself, also to an origin that nobody can dial. */
    private void passOnToMember(Find find, List<Descriptor> members) {
        for (Descriptor member : members) {
            Peer peer = context.peers().get(member.id());
            if (peer != null) {
                peer.send(new Find(find.request(), find.topicHash(), find.origin(), 0, false, find.want()));
                return;
            }
        }
    }

    /**
     * Who asks this node alone has it for a bootstrap and may know no root, which would have the answer: without that a newcomer that has
     * come through any other node finds a rare topic by the luck of its walks, as if there were no root. As many are asked as members
     * register at.
     */
    private void askRoots(Find find) {
        for (View.Entry root : registration.some()) {
            if (!root.descriptor().id().equals(find.origin().id())) {
                context.peers().reach(root.descriptor(), root.trust(), new OnBehalf(find));
            }
        }
    }

    private final class OnBehalf implements Peers.Reach {
        private final Find find;

        OnBehalf(Find find) {
            this.find = find;
        }

        @Override
        public void onReached(Peer root) {
            root.send(find);
        }

        @Override
        public void onUnreachable() {
            context.counters().increment("discovery.root-unreachable");
        }
    }

    private void passOn(Peer from, Find find) {
        int longest = find.flood() ? settings.floodHops() : settings.wideWalkHops();
        int hopsLeft = Math.min(find.hopsLeft(), longest) - 1;
        if (hopsLeft < 0) {
            return;
        }
        Find further = new Find(find.request(), find.topicHash(), find.origin(), hopsLeft, find.flood(), find.want());
        List<Peer> neighbours = neighbours();
        neighbours.removeIf(
                peer -> peer == from || peer.id().equals(find.origin().id()));
        if (!find.flood()) {
            Sampling.choose(neighbours, 1, context.random());
        }
        neighbours.forEach(neighbour -> neighbour.send(further));
    }

    /** Where look-ups go, in a list of one's own. */
    List<Peer> neighbours() {
        return new ArrayList<>(
                control != null ? control.neighbours() : context.peers().all());
    }
}
