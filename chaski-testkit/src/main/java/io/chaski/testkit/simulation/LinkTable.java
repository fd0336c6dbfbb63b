package io.chaski.testkit.simulation;

import io.chaski.core.NodeId;
import io.chaski.core.internal.wire.EdgeFrame;
import io.chaski.testkit.internal.virtual.Dial;
import io.chaski.testkit.internal.virtual.VirtualSocket;
import java.util.ArrayList;
import java.util.Comparator;
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

    /** By number. Numbers are sparse: they say how often their slot was used before. Iterated in their order, or for any match. */
    private final Map<Integer, Link> links = new HashMap<>();

    @Nullable
    Link get(int number) {
        return links.get(number);
    }

    void put(Link link) {
        if (links.putIfAbsent(link.number, link) != null) {
            throw new InvariantViolation("link number " + link.number + " is used twice");
        }
    }

    void forEach(Consumer<Link> action) {
        List<Link> all = new ArrayList<>(links.values());
        all.sort(Comparator.comparingInt(link -> link.number));
        all.forEach(action);
    }

    boolean anyMatch(Predicate<Link> condition) {
        return links.values().stream().anyMatch(condition);
    }

    void remove(Link link) {
        links.remove(link.number);
    }
}
