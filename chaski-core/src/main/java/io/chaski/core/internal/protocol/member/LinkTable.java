package io.chaski.core.internal.protocol.member;

import io.chaski.core.NodeId;
import io.chaski.core.internal.protocol.Peer;
import io.chaski.core.internal.protocol.Timers;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Some links of one overlay: few enough (a view has six) that a list is the fastest table. Confined to the node's event
 * loop.
 */
final class LinkTable {

    /** A link at this end. */
    static final class Link {
        final Peer peer;
        final int generation;
        /** Whether this node wanted it, and not whoever stood at the door. */
        final boolean chosen;
        /** Ends the draining of a demoted link. */
        Timers.@Nullable Timer drained;

        Link(Peer peer, int generation, boolean chosen) {
            this.peer = peer;
            this.generation = generation;
            this.chosen = chosen;
        }
    }

    private final List<Link> links = new ArrayList<>();

    int size() {
        return links.size();
    }

    void add(Link link) {
        links.add(link);
    }

    boolean remove(Link link) {
        return links.remove(link);
    }

    /** The link that was added first; there must be one. */
    Link oldest() {
        return links.get(0);
    }

    List<Link> copy() {
        return List.copyOf(links);
    }

    List<Peer> peers() {
        List<Peer> peers = new ArrayList<>(links.size());
        for (Link link : links) {
            peers.add(link.peer);
        }
        return peers;
    }

    @Nullable
    Link get(NodeId id) {
        for (Link link : links) {
            if (link.peer.id().equals(id)) {
                return link;
            }
        }
        return null;
    }

    @Nullable
    Link get(Peer peer) {
        for (Link link : links) {
            if (link.peer == peer) {
                return link;
            }
        }
        return null;
    }

    /** Number of links that this node did not choose. */
    int unchosen() {
        int unchosen = 0;
        for (Link link : links) {
            unchosen += link.chosen ? 0 : 1;
        }
        return unchosen;
    }

    /** A random peer other than these; null if there is none. */
    @Nullable
    Peer random(RandomGenerator random, @Nullable NodeId notThis, NodeId norThis) {
        int fit = 0;
        Peer chosen = null;
        for (Link link : links) {
            NodeId id = link.peer.id();
            // Reservoir sampling spares a list on every step of every walk.
            if (!id.equals(notThis) && !id.equals(norThis) && random.nextInt(++fit) == 0) {
                chosen = link.peer;
            }
        }
        return chosen;
    }

    /**
     * A random link to give up.
     *
     * @param sparesChosen whether links this node chose are spared
     * @param isEager links over which messages are pushed are given up last
     */
    @Nullable
    Link victim(RandomGenerator random, boolean sparesChosen, Predicate<Peer> isEager) {
        Link victim = null;
        boolean victimIsEager = true;
        int fit = 0;
        for (Link link : links) {
            if (link.chosen && sparesChosen) {
                continue;
            }
            boolean eager = isEager.test(link.peer);
            if (victim == null || victimIsEager && !eager) {
                victim = link;
                victimIsEager = eager;
                fit = 1;
            } else if (eager == victimIsEager && random.nextInt(++fit) == 0) {
                victim = link;
            }
        }
        return victim;
    }
}
