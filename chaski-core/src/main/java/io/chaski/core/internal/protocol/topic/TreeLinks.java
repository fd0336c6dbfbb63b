package io.chaski.core.internal.protocol.topic;

import io.chaski.core.internal.protocol.Peer;
import io.chaski.core.internal.protocol.tree.Broadcast;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The links of one topic's tree, and on whose account each stands. One that two parts of the topic have with the same
 * peer stays, with all that is under way on it, until both have let it go: so nothing is lost when a guest becomes a
 * member, or a relay subscribes. Bounded by the tables of the parts. Confined to the node's event loop.
 */
final class TreeLinks {

    /** A part of the topic that has links. */
    enum Account {
        /** Members link to each other, and a publisher to some of them: {@code Membership}. */
        MEMBERSHIP,
        /** Publishers that do not subscribe: {@link Guests}. */
        GUEST,
        /** Subscribers this node carries the topic for: {@link Clients}. */
        CLIENT,
        /** The node that carries the topic for this one: {@link Carrier}. */
        RELAY
    }

    private final Broadcast broadcast;
    private final Map<Peer, Set<Account>> accounts = new LinkedHashMap<>();

    TreeLinks(Broadcast broadcast) {
        this.broadcast = broadcast;
    }

    void up(Peer peer, Account account) {
        Set<Account> held = accounts.computeIfAbsent(peer, unused -> EnumSet.noneOf(Account.class));
        held.add(account);
        if (held.size() == 1) {
            broadcast.onNeighbourUp(peer);
        }
    }

    void down(Peer peer, Account account) {
        if (isLast(peer, account)) {
            broadcast.onNeighbourDown(peer);
        }
    }

    /** Lets all links of an account go; whoever is linked to again on another one misses nothing. */
    void allAway(Account account) {
        for (Peer peer : peers()) {
            if (isLast(peer, account)) {
                broadcast.onNeighbourAway(peer);
            }
        }
    }

    private boolean isLast(Peer peer, Account account) {
        Set<Account> held = accounts.get(peer);
        boolean isLast = held != null && held.remove(account) && held.isEmpty();
        if (isLast) {
            accounts.remove(peer);
        }
        return isLast;
    }

    /** All peers there is a link to. */
    List<Peer> peers() {
        return List.copyOf(accounts.keySet());
    }
}
