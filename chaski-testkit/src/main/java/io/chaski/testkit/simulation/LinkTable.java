package io.chaski.testkit.simulation;

import io.chaski.core.NodeId;
import io.chaski.core.internal.wire.EdgeFrame;
import io.chaski.testkit.internal.virtual.Dial;
import io.chaski.testkit.internal.virtual.VirtualSocket;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** What the protocol's small link numbers stand for: a dial that is under way, or a connection. */
final class LinkTable {

    /** One link of one life of a node. */
    static final class Link {
        final int number;

        @Nullable
        Dial dial;

        @Nullable
        VirtualSocket socket;

        /** Topics by the alias that the other end gave them. Never iterated. */
        final Map<Integer, String> topics = new HashMap<>(4);

        /** Frames by which this end has named topics and publishers, the last of each kind last. */
        final List<EdgeFrame> named = new ArrayList<>(4);

        /** Steps of the handshake that have been seen on this link, see {@link LifeInvariants}. */
        int handshake;

        /** Who said HELLO on it. */
        @Nullable
        NodeId peer;

        Link(int number) {
            this.number = number;
        }
    }

    private @Nullable Link[] links = new Link[16];

    @Nullable
    Link get(int number) {
        return number < links.length ? links[number] : null;
    }

    void put(Link link) {
        if (link.number >= links.length) {
            links = Arrays.copyOf(links, Math.max(link.number + 1, links.length * 2));
        }
        if (links[link.number] != null) {
            throw new InvariantViolation("link number " + link.number + " is used twice");
        }
        links[link.number] = link;
    }

    void forEach(Consumer<Link> action) {
        for (Link link : links) {
            if (link != null) {
                action.accept(link);
            }
        }
    }

    boolean anyMatch(Predicate<Link> condition) {
        for (Link link : links) {
            if (link != null && condition.test(link)) {
                return true;
            }
        }
        return false;
    }

    void remove(Link link) {
        links[link.number] = null;
    }
}
