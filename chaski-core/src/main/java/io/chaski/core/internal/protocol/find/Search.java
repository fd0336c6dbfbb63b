package io.chaski.core.internal.protocol.find;

import io.chaski.core.Address;
import io.chaski.core.NodeId;
import io.chaski.core.internal.protocol.Peer;
import io.chaski.core.internal.protocol.Peers;
import io.chaski.core.internal.protocol.ProtocolContext;
import io.chaski.core.internal.protocol.Timers;
import io.chaski.core.internal.protocol.TopicRef;
import io.chaski.core.internal.protocol.member.Sampling;
import io.chaski.core.internal.protocol.member.View;
import io.chaski.core.internal.wire.Descriptor;
import io.chaski.core.internal.wire.DiscoveryFrame.Find;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Looks for the members of one topic until it is told to stop. Each attempt tries what is cheap before what is dear:
 * the own index, bootstraps and roots, walks, longer walks, a flood. Who is known to subscribe is not asked by the first
 * attempt of a node that joins: it is asked to let the node in, and its answer names members too. Confined to the node's
 * event loop.
 */
final class Search {

    /** Attempt from which on the whole ladder has been climbed once. */
    private static final int FLOOD_ATTEMPT = 2;

    private final ProtocolContext context;
    private final DiscoverySettings settings;
    private final Discovery discovery;
    private final TopicRef topic;
    private final Discovery.Answers found;
    private final Timers.Timer timer;
    private long pauseNanos;
    private int attempt;
    private int answers;
    private long askedNanos;
    private long floodPauseNanos;
    private long nextFloodNanos;

    Search(ProtocolContext context, Discovery discovery, TopicRef topic, Discovery.Answers found) {
        this.context = context;
        this.settings = context.settings().discovery();
        this.discovery = discovery;
        this.topic = topic;
        this.found = found;
        this.timer = context.timers().timer(this::attempt);
        this.pauseNanos = settings.retryFirst().toNanos();
        this.floodPauseNanos = settings.floodEvery().toNanos();
        this.nextFloodNanos = context.nowNanos();
        this.askedNanos = context.nowNanos();
    }

    void start() {
        timer.armAt(context.nowNanos());
    }

    void stop() {
        timer.cancel();
    }

    Discovery.Progress progress() {
        return new Discovery.Progress(attempt, askedNanos, answers);
    }

    void onFound(List<Descriptor> members, @Nullable Peer from) {
        answers++;
        found.onFound(members, from);
    }

    private void attempt() {
        timer.armAt(context.nowNanos() + context.jittered(pauseNanos));
        pauseNanos = Math.min(2 * pauseNanos, settings.retryLast().toNanos());
        int number = attempt++;
        askedNanos = context.nowNanos();
        NodeId request = discovery.newRequest(topic);
        askRoots(request, number > 0);
        List<Descriptor> known = discovery.lookUpOthers(topic.hash(), DiscoverySettings.ANSWER_MAX);
        if (!known.isEmpty()) {
            // Somebody is known already: walks look for more, but nobody else is bothered much. By hand that is all
            // there is.
            if (number > 0 || context.settings().manualTopology()) {
                walk(request, settings.walkers(), settings.walkHops());
            }
        } else if (number == 0) {
            walk(request, settings.walkers(), settings.walkHops());
        } else if (number >= FLOOD_ATTEMPT && mayFlood()) {
            flood(request);
        } else {
            walk(request, settings.wideWalkers(), settings.wideWalkHops());
        }
        if (!known.isEmpty()) {
            // Last, because whoever hears it may end this search.
            found.onFound(known, null);
        }
    }

    /** A topic that nobody else subscribes to must not flood the overlay for ever: floods grow rarer. */
    private boolean mayFlood() {
        if (context.nowNanos() < nextFloodNanos || !discovery.takeFlood()) {
            return false;
        }
        floodPauseNanos = Math.min(2 * floodPauseNanos, settings.floodLast().toNanos());
        nextFloodNanos = context.nowNanos() + floodPauseNanos;
        return true;
    }

    /**
     * Asks bootstrap nodes and known roots.
     *
     * @param isRetry whether the edges that the first attempt has dialled had time to come up: who has none by then is
     *     asked over UDP as well. At once it would only bring all joiners of a storm to the same members twice
     */
    private void askRoots(NodeId request, boolean isRetry) {
        Find find = find(request, 0, false);
        List<Address> bootstrap = new ArrayList<>(context.bootstrap());
        for (Address address : Sampling.choose(bootstrap, settings.rootsUsed(), context.random())) {
            context.peers().reach(address, Peers.Trust.CONFIGURED, new Ask(find, isRetry));
            if (isRetry) {
                discovery.askBeside(address, topic);
            }
        }
        for (View.Entry root : discovery.roots()) {
            context.peers().reach(root.descriptor(), root.trust(), new Ask(find, isRetry));
        }
    }

    private void walk(NodeId request, int walkers, int hops) {
        List<Peer> neighbours = discovery.neighbours();
        Sampling.choose(neighbours, walkers, context.random());
        for (int i = 0; i < walkers && !neighbours.isEmpty(); i++) {
            neighbours.get(i % neighbours.size()).send(find(request, hops, false));
        }
    }

    private void flood(NodeId request) {
        Find find = find(request, settings.floodHops(), true);
        for (Peer neighbour : discovery.neighbours()) {
            neighbour.send(find);
        }
    }

    private Find find(NodeId request, int hopsLeft, boolean flood) {
        return new Find(request, topic.hash(), context.descriptor(), hopsLeft, flood, DiscoverySettings.ANSWER_MAX);
    }

    /** Sends the question when the edge is up; nobody there is no answer, and the next attempt asks again. */
    private final class Ask implements Peers.Reach {
        private final Find find;
        private final boolean isRetry;

        Ask(Find find, boolean isRetry) {
            this.find = find;
            this.isRetry = isRetry;
        }

        @Override
        public void onReached(Peer peer) {
            // A member is asked to let this node in, and names others whether it does or not.
            if (isRetry || !peer.maySubscribe(topic) || !discovery.joins(topic)) {
                peer.send(find);
            }
        }

        @Override
        public void onUnreachable() {
            context.counters().increment("discovery.root-unreachable");
        }
    }
}
