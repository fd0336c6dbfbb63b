package io.chaski.core.internal.protocol;

import io.chaski.core.internal.protocol.member.Membership;
import io.chaski.core.internal.protocol.tree.Broadcast;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * One overlay of a node, laid open for the invariants that simulations check. For looking only.
 *
 * @param topic name of the topic, or "@"
 * @param membership who its neighbours are
 * @param linkHash what PING says of all its links with a peer
 * @param broadcast its tree; null for "@"
 * @param others peers the tree has links to although they are no neighbours: publishers that do not subscribe, relays and
 *     their clients, and neighbours that were demoted and have not heard of it yet
 * @param tables tells how full its tables are
 */
public record OverlayInspection(
        String topic,
        Membership membership,
        ToLongFunction<Peer> linkHash,
        @Nullable Broadcast broadcast,
        List<Peer> others,
        Consumer<TableAudience> tables) {
    /** Copies the list. */
    public OverlayInspection {
        others = List.copyOf(others);
    }
}
