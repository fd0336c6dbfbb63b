package io.chaski.core.internal.protocol.member;

import io.chaski.core.NodeId;
import io.chaski.core.internal.protocol.Peers;
import io.chaski.core.internal.wire.Descriptor;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Members that vanished without a word. They stay until they speak themselves, whatever others say about them:
 * hearsay about the dead would fill the views with addresses that lead nowhere, and forgetting them would make a
 * partition permanent. When the table is full, rumours go first (members this node never met and nobody is known to
 * have reached), then whoever vanished first. Confined to the node's event loop.
 */
final class LostMembers {

    /** A member that vanished; {@code met} if this node has had an edge with it. */
    record Lost(Descriptor descriptor, boolean met, long sinceNanos) {
        private boolean isRumour() {
            return !met && !descriptor.reachable();
        }

        Peers.Known known() {
            return new Peers.Known(descriptor, met ? Peers.Trust.KNOWN : Peers.Trust.HINT);
        }
    }

    private final int capacity;
    private final long keptNanos;
    private final Map<NodeId, Lost> byId = new LinkedHashMap<>();

    LostMembers(int capacity, long keptNanos) {
        this.capacity = capacity;
        this.keptNanos = keptNanos;
    }

    int size() {
        return byId.size();
    }

    boolean contains(NodeId id) {
        return byId.containsKey(id);
    }

    /** The last word of a lost member, or null. */
    @Nullable
    Descriptor get(NodeId id) {
        Lost lost = byId.get(id);
        return lost == null ? null : lost.descriptor;
    }

    /** The last words of all of them, who vanished first comes first. */
    List<Descriptor> all() {
        return byId.values().stream().map(Lost::descriptor).toList();
    }

    /** Where a lost member was, or null. */
    Peers.@Nullable Known find(NodeId id) {
        Lost lost = byId.get(id);
        return lost == null ? null : lost.known();
    }

    void add(Descriptor descriptor, boolean met, long nowNanos) {
        Lost added = new Lost(descriptor, met, nowNanos);
        if (byId.containsKey(descriptor.id()) || byId.size() == capacity && !makeRoom(added.isRumour())) {
            return;
        }
        byId.put(descriptor.id(), added);
    }

    private boolean makeRoom(boolean forRumour) {
        for (Iterator<Lost> each = byId.values().iterator(); each.hasNext(); ) {
            if (each.next().isRumour()) {
                each.remove();
                return true;
            }
        }
        if (!forRumour) {
            byId.remove(byId.keySet().iterator().next());
        }
        return !forRumour;
    }

    /** Whether it was there. */
    boolean remove(NodeId id) {
        return byId.remove(id) != null;
    }

    /** Up to {@code count} different members at random. */
    List<Lost> choose(int count, RandomGenerator random) {
        return Sampling.choose(new ArrayList<>(byId.values()), count, random);
    }

    void expire(long nowNanos) {
        byId.values().removeIf(lost -> nowNanos - lost.sinceNanos > keptNanos);
    }
}
